// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/addhostdialog.h"

#include "models/common/names.h"
#include "models/common/text.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

QFormLayout *makeForm()
{
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

std::vector<std::string> labelsIn(const QLineEdit *edit)
{
    std::vector<std::string> labels;
    for (const QString &part : edit->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (const QString label = part.trimmed(); !label.isEmpty())
            labels.push_back(label.toStdString());
    }
    return labels;
}

bool areLabels(const std::vector<std::string> &labels)
{
    return std::ranges::all_of(labels, [](const std::string &label) { return names::checkLabel(label).has_value(); });
}

bool isGroup(const QString &path)
{
    return std::ranges::all_of(path.split(QLatin1Char('/'), Qt::SkipEmptyParts), [](const QString &name) { return names::checkGroup(name.toStdString()).has_value(); });
}

} // namespace

AddHostDialog::AddHostDialog(const QString &profile, const QStringList &groups, const QStringList &taken, const QString &keyLine, QWidget *parent)
    : QDialog(parent), m_taken(taken), m_keyLine(keyLine), m_id(Uuid::v7()), m_name(new QLineEdit(this)), m_address(new QLineEdit(this)), m_port(new QSpinBox(this)), m_user(new QLineEdit(this)),
      m_group(new QComboBox(this)), m_labels(new QLineEdit(this)), m_fingerprint(new QLabel(this)), m_accepted(new QCheckBox(this)), m_found(new QPlainTextEdit(this)),
      m_missing(new QLabel(this)), m_next(new QPushButton(this)), m_add(new QPushButton(this))
{
    setObjectName(QStringLiteral("addHostDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Add a host — %1").arg(profile));
    resize(80 * unit, 66 * unit);
    const std::pair<QWidget *, const char *> names[] = {{m_name, "hostName"}, {m_address, "hostAddress"}, {m_port, "hostPort"}, {m_user, "hostUser"}, {m_group, "hostGroup"},
                                                        {m_labels, "hostLabels"}, {m_fingerprint, "hostFingerprint"}, {m_accepted, "hostAccepted"}, {m_found, "hostFound"},
                                                        {m_missing, "hostMissing"}, {m_next, "hostNext"}, {m_add, "hostAdd"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    m_address->setPlaceholderText(tr("as the name, where left empty"));
    m_port->setRange(1, 65535);
    m_port->setValue(22);
    m_user->setText(QStringLiteral("zandb"));
    m_group->setEditable(true);
    m_group->setInsertPolicy(QComboBox::NoInsert);
    m_group->addItem(QString());
    m_group->addItems(groups);
    m_group->lineEdit()->setPlaceholderText(tr("none; or e.g. production/shop"));
    m_labels->setPlaceholderText(tr("e.g. pci, tier=1"));
    m_fingerprint->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_fingerprint->setFont(fixedFont());
    m_fingerprint->setWordWrap(true);
    m_accepted->setText(tr("I have compared it with the host's own (ssh-keygen -lf there)"));
    m_found->setReadOnly(true);
    m_missing->setWordWrap(true);
    m_missing->setProperty("muted", true);
    auto *form = makeForm();
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Address"), m_address);
    form->addRow(tr("SSH port"), m_port);
    form->addRow(tr("Login"), m_user);
    form->addRow(tr("Group"), m_group);
    form->addRow(tr("Labels"), m_labels);
    form->addRow(tr("Key it shows"), m_fingerprint);
    form->addRow(QString(), m_accepted);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    m_add->setText(tr("Add the host"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_next);
    buttons->addWidget(m_add);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(2 * unit);
    layout->addLayout(form);
    layout->addWidget(m_found, 1);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    for (QLineEdit *edit : {m_name, m_user, m_labels, m_group->lineEdit()})
        connect(edit, &QLineEdit::textChanged, this, &AddHostDialog::check);
    // another place has another key
    connect(m_address, &QLineEdit::textChanged, this, [this] { go(Step::Where); });
    connect(m_port, &QSpinBox::valueChanged, this, [this] { go(Step::Where); });
    connect(m_name, &QLineEdit::textChanged, this, [this] {
        if (m_address->text().isEmpty())
            go(Step::Where);
    });
    connect(m_accepted, &QCheckBox::toggled, this, &AddHostDialog::check);
    connect(m_next, &QPushButton::clicked, this, [this] {
        const HostWish asked = wish();
        if (m_step == Step::Where) {
            go(Step::Asking);
            Q_EMIT keyRequested(qs(asked.host.address), asked.host.sshPort);
        } else {
            go(Step::Checking);
            Q_EMIT checkRequested(asked);
        }
    });
    connect(m_add, &QPushButton::clicked, this, [this] {
        const HostWish asked = wish();
        accept();
        Q_EMIT addRequested(asked);
    });
    go(Step::Where);
    m_name->setFocus();
}

void AddHostDialog::go(Step step)
{
    m_step = step;
    if (step == Step::Where || step == Step::Asking) {
        m_key.clear();
        m_fingerprint->setText(step == Step::Asking ? tr("asking…") : QStringLiteral("\u2013"));
        m_accepted->setChecked(false);
        QString text = tr("The agent must stand on the host, and a line with your public key in its file of keys (packaging/HOST.md).");
        if (!m_keyLine.isEmpty())
            text += QLatin1Char(' ') + tr("This is the line:") + QStringLiteral("\n\n") + m_keyLine + QStringLiteral("\n\n");
        else
            text += QLatin1Char(' ');
        m_found->setPlainText(text + tr("First the host is asked for the key of its sshd, which you compare; then its agent is asked for what it can do."));
    }
    if (step == Step::Checking)
        m_found->setPlainText(tr("Asking the agent with your key…"));
    check();
}

HostWish AddHostDialog::wish() const
{
    HostWish wish;
    wish.host.id = m_id;
    wish.host.name = m_name->text().trimmed().toStdString();
    const QString address = m_address->text().trimmed();
    wish.host.address = address.isEmpty() ? wish.host.name : address.toStdString();
    wish.host.sshPort = m_port->value();
    wish.host.sshUser = m_user->text().trimmed().toStdString();
    wish.host.hostKey = m_key.toStdString();
    wish.group = m_group->currentText().trimmed();
    wish.labels = labelsIn(m_labels);
    return wish;
}

void AddHostDialog::check()
{
    const HostWish asked = wish();
    QString wrong;
    if (!names::checkHost(asked.host.name))
        wrong = asked.host.name.empty() ? tr("The name is missing.") : tr("A name has no blanks and slashes.");
    else if (m_taken.contains(qs(asked.host.name)))
        wrong = tr("There is a host of this name already.");
    else if (!names::checkAddress(asked.host.address))
        wrong = tr("The address is a host name or an IP address.");
    else if (!names::checkLogin(asked.host.sshUser))
        wrong = tr("The login is not one.");
    else if (!isGroup(asked.group))
        wrong = tr("A group is a path of names, such as production/shop.");
    else if (!areLabels(asked.labels))
        wrong = tr("Labels have no blanks; commas stand between them.");
    const bool hasKey = m_step == Step::Key || m_step == Step::Checking || m_step == Step::Checked;
    if (wrong.isEmpty() && m_step == Step::Key && !m_accepted->isChecked())
        wrong = tr("Compare the fingerprint first.");
    m_accepted->setEnabled(hasKey);
    m_next->setText(hasKey ? (m_step == Step::Checked ? tr("Ask the agent again") : tr("Ask the agent")) : tr("Ask for its key"));
    const bool busy = m_step == Step::Asking || m_step == Step::Checking;
    m_next->setEnabled(wrong.isEmpty() && !busy && (!hasKey || m_accepted->isChecked()));
    m_add->setEnabled(wrong.isEmpty() && m_step == Step::Checked && m_accepted->isChecked());
    (m_add->isEnabled() ? m_add : m_next)->setDefault(true);
    m_missing->setText(wrong);
}

void AddHostDialog::setKey(const QString &key, const QString &fingerprint, const QString &trouble)
{
    if (m_step != Step::Asking) // the address was changed meanwhile
        return;
    if (key.isEmpty()) {
        go(Step::Where);
        m_found->setPlainText(trouble);
        return;
    }
    m_key = key;
    m_fingerprint->setText(fingerprint);
    go(Step::Key);
}

void AddHostDialog::setChecked(const QString &text, bool ready, bool answered)
{
    if (m_step != Step::Checking)
        return;
    go(Step::Checked);
    m_found->setPlainText(text);
    m_add->setText(!answered ? tr("Add it all the same") : ready ? tr("Add the host") : tr("Add it as it is"));
    check();
}

EditHostsDialog::EditHostsDialog(const QString &profile, const std::vector<Host> &hosts, const QString &group, const QStringList &groups, const std::vector<std::string> &labels,
                                 QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("editHostsDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    const bool one = hosts.size() == 1;
    setWindowTitle((one ? tr("Change %1").arg(qs(hosts.front().name)) : tr("Change %n host(s)", nullptr, static_cast<int>(hosts.size()))) + QStringLiteral(" \u2014 ") + profile);
    setMinimumWidth(64 * unit);
    auto *name = new QLineEdit(one ? qs(hosts.front().name) : QString(), this);
    auto *address = new QLineEdit(one ? qs(hosts.front().address) : QString(), this);
    auto *port = new QSpinBox(this);
    auto *user = new QLineEdit(one ? qs(hosts.front().sshUser) : QString(), this);
    auto *which = new QComboBox(this);
    auto *label = new QLineEdit(this);
    auto *missing = new QLabel(this);
    auto *save = new QPushButton(one ? tr("Save the changes") : tr("Change %n host(s)", nullptr, static_cast<int>(hosts.size())), this);
    const std::pair<QWidget *, const char *> names[] = {{name, "editHostName"}, {address, "editHostAddress"}, {port, "editHostPort"}, {user, "editHostUser"},
                                                        {which, "editHostGroup"}, {label, "editHostLabels"}, {save, "editHostSave"}};
    for (const auto &[widget, objectName] : names)
        widget->setObjectName(QString::fromLatin1(objectName));
    port->setRange(1, 65535);
    port->setValue(one ? hosts.front().sshPort : 22);
    which->setEditable(true);
    which->setInsertPolicy(QComboBox::NoInsert);
    which->addItem(QString());
    which->addItems(groups);
    which->setCurrentText(group);
    if (!one)
        which->lineEdit()->setPlaceholderText(tr("stays as it is"));
    QStringList had;
    for (const std::string &text : labels)
        had << qs(text);
    label->setText(had.join(QStringLiteral(", ")));
    label->setPlaceholderText(tr("e.g. pci, tier=1"));
    auto *form = makeForm();
    QStringList all;
    for (const Host &host : hosts)
        all << qs(host.name);
    if (!one) {
        auto *list = new QLabel(all.size() > 12 ? all.mid(0, 12).join(tr(", ")) + QStringLiteral("\u2026") : all.join(tr(", ")), this);
        list->setWordWrap(true);
        form->addRow(tr("Hosts"), list);
    }
    form->addRow(tr("Name"), name);
    form->addRow(tr("Address"), address);
    form->addRow(tr("SSH port"), port);
    form->addRow(tr("Login"), user);
    form->addRow(tr("Group"), which);
    form->addRow(one ? tr("Labels") : tr("Labels of all"), label);
    for (QWidget *field : std::initializer_list<QWidget *>{name, address, port, user})
        form->setRowVisible(field, one);
    missing->setWordWrap(true);
    missing->setProperty("muted", true);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    save->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(2 * unit);
    layout->addLayout(form, 1);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    const auto check = [=] {
        QString wrong;
        if (one && !names::checkHost(name->text().trimmed().toStdString()))
            wrong = tr("A name has no blanks and slashes.");
        else if (one && !names::checkAddress(address->text().trimmed().toStdString()))
            wrong = tr("The address is a host name or an IP address.");
        else if (one && !names::checkLogin(user->text().trimmed().toStdString()))
            wrong = tr("The login is not one.");
        else if (!isGroup(which->currentText().trimmed()))
            wrong = tr("A group is a path of names, such as production/shop.");
        else if (!areLabels(labelsIn(label)))
            wrong = tr("Labels have no blanks; commas stand between them.");
        missing->setText(wrong);
        save->setEnabled(wrong.isEmpty());
    };
    for (QLineEdit *edit : findChildren<QLineEdit *>())
        connect(edit, &QLineEdit::textChanged, this, check);
    connect(save, &QPushButton::clicked, this, [=, this] {
        Change change;
        if (one) {
            change.name = name->text().trimmed();
            change.address = address->text().trimmed();
            change.user = user->text().trimmed();
            change.port = port->value();
        }
        if (const QString path = which->currentText().trimmed(); path != group && (one || !path.isEmpty()))
            change.group = path;
        const auto wanted = labelsIn(label);
        for (const std::string &text : wanted) {
            if (std::ranges::find(labels, text) == labels.end())
                change.addLabels.push_back(text);
        }
        for (const std::string &text : labels) {
            if (std::ranges::find(wanted, text) == wanted.end())
                change.removeLabels.push_back(text);
        }
        accept();
        Q_EMIT saveRequested(change);
    });
    check();
}

} // namespace zandb
