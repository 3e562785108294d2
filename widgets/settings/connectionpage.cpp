// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings/connectionpage.h"

#include "widgets/common/theme.h"
#include "widgets/common/ui.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr int widest = 76 * unit;

/// Commands to type into a terminal, to be selected and copied.
QLabel *commands(const QStringList &lines, const QString &name, QWidget *parent)
{
    auto *label = new QLabel(lines.join(QLatin1Char('\n')), parent);
    label->setObjectName(name);
    label->setFont(fixedFont());
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setProperty("code", true);
    label->setTextFormat(Qt::PlainText);
    // between wrapping labels a layout would take it from these
    label->setMinimumHeight(static_cast<int>(lines.size()) * QFontMetrics(label->font()).lineSpacing() + 2 * unit + 2);
    return label;
}

} // namespace

ConnectionPage::ConnectionPage(Dialogs &dialogs, QWidget *parent)
    : QWidget(parent), m_dialogs(dialogs), m_title(new QLabel(this)), m_intro(new QLabel(this)), m_rows(new QFormLayout), m_profile(new QLineEdit(this)),
      m_host(new QLineEdit(this)), m_port(new QSpinBox(this)), m_user(new QLineEdit(this)), m_password(new QLineEdit(this)),
      m_keep(new QComboBox(this)), m_schema(new QLineEdit(this)), m_tls(new QComboBox(this)), m_ca(new QLineEdit(this)),
      m_caBrowse(new QPushButton(this)), m_key(new QLineEdit(this)), m_keyBrowse(new QPushButton(this)),
      m_production(new QCheckBox(this)), m_result(new QFrame(this)), m_resultText(new QLabel(m_result)), m_resultAdvice(new QLabel(m_result)),
      m_test(new QPushButton(this)), m_save(new QPushButton(this)), m_leave(new QPushButton(this)), m_create(new QPushButton(this)), m_elseTitle(new QLabel(this)), m_elseText(new QLabel(this)),
      m_newTitle(new QLabel(this)), m_newText(new QLabel(this)), m_nextText(new QLabel(this))
{
    setObjectName(QStringLiteral("connectionPage"));
    m_host->setObjectName(QStringLiteral("connectionHost"));
    m_port->setObjectName(QStringLiteral("connectionPort"));
    m_user->setObjectName(QStringLiteral("connectionUser"));
    m_password->setObjectName(QStringLiteral("connectionPassword"));
    m_keep->setObjectName(QStringLiteral("connectionKeep"));
    m_schema->setObjectName(QStringLiteral("connectionSchema"));
    m_tls->setObjectName(QStringLiteral("connectionTls"));
    m_ca->setObjectName(QStringLiteral("connectionCa"));
    m_caBrowse->setObjectName(QStringLiteral("connectionCaBrowse"));
    m_key->setObjectName(QStringLiteral("connectionKey"));
    m_keyBrowse->setObjectName(QStringLiteral("connectionKeyBrowse"));
    m_profile->setObjectName(QStringLiteral("connectionProfile"));
    m_production->setObjectName(QStringLiteral("connectionProduction"));
    m_resultText->setObjectName(QStringLiteral("connectionResult"));
    m_resultAdvice->setObjectName(QStringLiteral("connectionAdvice"));
    m_test->setObjectName(QStringLiteral("connectionTest"));
    m_save->setObjectName(QStringLiteral("connectionSave"));
    m_leave->setObjectName(QStringLiteral("connectionLeave"));
    m_create->setObjectName(QStringLiteral("connectionCreate"));
    m_leave->hide();
    m_title->setProperty("title", true);
    m_password->setEchoMode(QLineEdit::Password);
    m_port->setRange(1, 65535);
    m_port->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_port->setGroupSeparatorShown(false);
    m_save->setProperty("primary", true);
    for (QComboBox *box : {m_keep, m_tls})
        box->addItems({QString(), QString()});
    m_tls->addItem(QString());
    for (QLabel *label : {m_intro, m_elseText, m_newText, m_nextText, m_resultText, m_resultAdvice})
        label->setWordWrap(true);
    for (QLabel *label : {m_intro, m_elseText, m_newText, m_nextText})
        label->setProperty("muted", true);
    for (QLabel *label : {m_elseTitle, m_newTitle, m_resultText})
        label->setProperty("section", true);
    for (QLabel *label : {m_resultText, m_resultAdvice})
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *result = new QVBoxLayout(m_result);
    result->setContentsMargins(unit + 4, unit, unit + 4, unit);
    result->setSpacing(unit / 2);
    result->addWidget(m_resultText);
    result->addWidget(m_resultAdvice);
    m_result->hide();

    m_rows->setHorizontalSpacing(2 * unit);
    m_rows->setVerticalSpacing(unit);
    m_rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_rows->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *server = new QHBoxLayout;
    server->setSpacing(unit);
    server->addWidget(m_host, 1);
    server->addWidget(m_port);
    m_port->setFixedWidth(10 * unit);
    const auto addRow = [this](QWidget *field, QLayout *line = nullptr) {
        auto *label = new QLabel(this);
        label->setBuddy(field); // what a screen reader calls the field
        if (line)
            m_rows->addRow(label, line);
        else
            m_rows->addRow(label, field);
    };
    addRow(m_profile);
    addRow(m_host, server);
    addRow(m_user);
    addRow(m_password);
    addRow(m_keep);
    addRow(m_schema);
    addRow(m_tls);
    addRow(m_ca, withBrowse(m_ca, m_caBrowse));
    addRow(m_key, withBrowse(m_key, m_keyBrowse));
    m_rows->addRow(QString(), m_production);
    QWidget *before = m_profile;
    for (QWidget *next : std::initializer_list<QWidget *>{m_host, m_port, m_user, m_password, m_keep, m_schema, m_tls, m_ca, m_caBrowse, m_key, m_keyBrowse,
                                                          m_production, m_test, m_save}) {
        setTabOrder(before, next);
        before = next;
    }

    const auto card = [this](std::initializer_list<QWidget *> parts) {
        auto *frame = new QFrame(this);
        frame->setObjectName(QStringLiteral("card"));
        auto *box = new QVBoxLayout(frame);
        box->setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit);
        box->setSpacing(unit);
        for (QWidget *part : parts)
            box->addWidget(part);
        return frame;
    };
    auto *left = card({m_title, m_intro});
    auto *leftBox = static_cast<QVBoxLayout *>(left->layout());
    leftBox->addSpacing(unit);
    leftBox->addLayout(m_rows);
    leftBox->addSpacing(unit);
    leftBox->addWidget(m_result);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_leave);
    buttons->addStretch();
    buttons->addWidget(m_test);
    buttons->addWidget(m_save);
    leftBox->addStretch();
    leftBox->addLayout(buttons);
    auto *fresh = card({m_newTitle, m_newText, m_create, m_nextText,
                        commands({QStringLiteral("zandbctl host add db1 --address db1.example.com"), QStringLiteral("zandbctl serve")},
                                 QStringLiteral("newStoreCommands"), this)});
    auto *play = card({m_elseTitle, m_elseText,
                       commands({QStringLiteral("./packaging/sandbox up"), QStringLiteral("./packaging/sandbox down")},
                                QStringLiteral("sandboxCommands"), this)});
    auto *right = new QVBoxLayout;
    right->setSpacing(2 * unit);
    right->addWidget(fresh);
    right->addWidget(play);
    right->addStretch();
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight);
    m_columns->setSpacing(2 * unit);
    m_columns->addStretch(1);
    m_columns->addWidget(left, 6);
    m_columns->addLayout(right, 4);
    m_columns->addStretch(1);
    left->setMaximumWidth(widest);
    m_beside = {fresh, play};
    // squeezed between wrapping labels a field would be lower than its letters
    for (QWidget *field : std::initializer_list<QWidget *>{m_profile, m_host, m_port, m_user, m_password, m_keep, m_schema, m_tls, m_ca, m_key})
        field->setMinimumHeight(fontMetrics().height() + unit + 4);
    auto *body = new QWidget(this);
    auto *middle = new QVBoxLayout(body);
    middle->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 3 * unit);
    middle->addStretch(1);
    middle->addLayout(m_columns);
    middle->addStretch(2);
    auto *scroll = new QScrollArea(this); // at 200 % on a small screen everything can still be reached
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);

    connect(m_test, &QPushButton::clicked, this, &ConnectionPage::testRequested);
    connect(m_save, &QPushButton::clicked, this, &ConnectionPage::saveRequested);
    connect(m_create, &QPushButton::clicked, this, &ConnectionPage::createRequested);
    connect(m_leave, &QPushButton::clicked, this, &ConnectionPage::leaveRequested);
    for (QLineEdit *edit : {m_profile, m_host, m_user, m_schema, m_ca, m_key})
        connect(edit, &QLineEdit::textChanged, this, &ConnectionPage::checkComplete);
    for (QLineEdit *edit : {m_profile, m_host, m_port->findChild<QLineEdit *>(), m_user, m_password, m_schema, m_ca, m_key})
        connect(edit, &QLineEdit::returnPressed, this, &ConnectionPage::finish);
    for (QPushButton *button : {m_caBrowse, m_keyBrowse, m_test, m_save, m_leave, m_create})
        button->setAutoDefault(true); // Return presses the one that has the keyboard, outside a dialog too
    retranslate();
    setForm({});
}

QHBoxLayout *ConnectionPage::withBrowse(QLineEdit *edit, QPushButton *browse)
{
    auto *line = new QHBoxLayout;
    line->setSpacing(unit);
    line->addWidget(edit, 1);
    line->addWidget(browse);
    connect(browse, &QPushButton::clicked, this, [this, edit] {
        const bool key = edit == m_key;
        const QString usual = key ? QDir::homePath() + QStringLiteral("/.ssh") : QDir::homePath();
        m_dialogs.openFile(this, key ? tr("Your private SSH key") : tr("File of certificate authorities"), edit->text().isEmpty() ? usual : edit->text(),
                           [edit](const QString &path) {
                               edit->setText(path);
                               edit->setFocus();
                           });
    });
    return line;
}

/// Return in a field: saves and opens when everything is there, else leads to what is missing.
void ConnectionPage::finish()
{
    if (m_missing && !m_busy)
        m_missing->setFocus();
    else
        m_save->click();
}

void ConnectionPage::retranslate()
{
    m_title->setText(tr("Connect to the metadata store"));
    m_intro->setText(tr("The store is one schema of a MySQL or MariaDB server that your team shares: everything ZanDB knows stands there. "
                        "Whoever set it up can tell you its address and your account."));
    const QString labels[] = {tr("Profile"), tr("Server and port"), tr("Account"), tr("Password"), tr("Save it in"), tr("Schema"), tr("TLS"), tr("CA file"), tr("SSH key")};
    for (int row = 0; row < 9; ++row) {
        if (auto *label = qobject_cast<QLabel *>(m_rows->itemAt(row, QFormLayout::LabelRole)->widget()))
            label->setText(labels[row]);
    }
    m_profile->setToolTip(tr("Shown in every title, such as “production”"));
    m_password->setPlaceholderText(tr("leave empty to use the saved one"));
    m_keep->setItemText(0, tr("the keychain"));
    m_keep->setItemText(1, tr("a file that only you may read"));
    m_tls->setItemText(0, tr("required unless the store is on this computer"));
    m_tls->setItemText(1, tr("required, and verified"));
    m_tls->setItemText(2, tr("never"));
    m_ca->setPlaceholderText(tr("leave empty to use those of this system"));
    m_key->setPlaceholderText(tr("leave empty to use your ssh-agent"));
    m_key->setToolTip(tr("Your own private key: for restores, and for backups while no headless instance runs"));
    for (QPushButton *browse : {m_caBrowse, m_keyBrowse})
        browse->setText(tr("Choose…"));
    m_production->setText(tr("This is production: confirm dangerous actions by typing the name"));
    m_test->setText(m_busy ? tr("Testing…") : tr("Test connection"));
    m_save->setText(tr("Save and open"));
    m_newTitle->setText(tr("No store yet?"));
    m_newText->setText(tr("It can be created on any server of MySQL 8.0 or MariaDB 10.6 and later. Fill in its address and the account you want to use, "
                          "then:"));
    m_create->setText(tr("Create the store…"));
    m_nextText->setText(tr("After that, add the hosts, and let a headless instance run the schedules:"));
    m_leave->setText(tr("Back without changes"));
    m_elseTitle->setText(tr("Just looking?"));
    m_elseText->setText(tr("The sandbox starts a small fleet of real servers on this computer and opens the console on it. The second command stops it:"));
    checkComplete();
}

void ConnectionPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void ConnectionPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool stacked = width() < 140 * unit;
    m_columns->setDirection(stacked ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    for (QFrame *frame : m_beside) // one below the other they are equally wide
        frame->setMaximumWidth(stacked ? widest : 54 * unit);
}

void ConnectionPage::checkComplete()
{
    QString missing;
    m_missing = nullptr;
    const auto lacks = [&](QWidget *field, const QString &what) {
        if (!m_missing) {
            m_missing = field;
            missing = what;
        }
    };
    const auto empty = [](const QLineEdit *edit) { return edit->text().trimmed().isEmpty(); };
    const auto absent = [](const QLineEdit *edit) { return !edit->text().trimmed().isEmpty() && !QFileInfo(edit->text().trimmed()).isFile(); };
    if (empty(m_host))
        lacks(m_host, tr("The server's address is missing."));
    if (empty(m_user))
        lacks(m_user, tr("The account is missing."));
    if (empty(m_profile) || empty(m_schema))
        lacks(empty(m_profile) ? m_profile : m_schema, tr("Profile and schema need a name."));
    for (QLineEdit *edit : {m_ca, m_key}) {
        if (absent(edit))
            lacks(edit, tr("There is no file %1.").arg(edit->text().trimmed()));
    }
    if (m_key->text().trimmed().endsWith(QLatin1String(".pub")))
        lacks(m_key, tr("This is the public half of the key; choose the file without .pub."));
    for (QPushButton *button : {m_test, m_save}) {
        button->setEnabled(!m_busy && missing.isEmpty());
        button->setToolTip(missing);
    }
    m_create->setEnabled(!m_busy && !empty(m_host) && !empty(m_schema));
    m_create->setToolTip(empty(m_host) ? tr("The server's address is missing.") : empty(m_schema) ? tr("The schema's name is missing.") : QString());
}

void ConnectionPage::setForm(const ConnectionForm &form)
{
    m_profile->setText(form.profile);
    m_production->setChecked(form.production);
    m_host->setText(form.host);
    m_port->setValue(form.port);
    m_user->setText(form.user);
    m_password->setText(form.password);
    m_keep->setCurrentIndex(form.inKeychain ? 0 : 1);
    m_schema->setText(form.schema);
    m_tls->setCurrentIndex(form.tls == QLatin1String("required") ? 1 : form.tls == QLatin1String("off") ? 2 : 0);
    m_ca->setText(form.tlsCa);
    m_key->setText(form.sshKey);
    checkComplete();
}

ConnectionForm ConnectionPage::form() const
{
    static const QString tls[] = {QStringLiteral("auto"), QStringLiteral("required"), QStringLiteral("off")};
    ConnectionForm form;
    form.profile = m_profile->text().trimmed();
    form.production = m_production->isChecked();
    form.host = m_host->text().trimmed();
    form.port = m_port->value();
    form.user = m_user->text().trimmed();
    form.password = m_password->text();
    form.inKeychain = m_keep->currentIndex() == 0;
    form.schema = m_schema->text().trimmed();
    form.tls = tls[m_tls->currentIndex()];
    form.tlsCa = m_ca->text().trimmed();
    form.sshKey = m_key->text().trimmed();
    return form;
}

void ConnectionPage::setMayLeave(bool may)
{
    m_leave->setVisible(may);
}

void ConnectionPage::setBusy(bool busy)
{
    m_busy = busy;
    m_test->setText(busy ? tr("Testing…") : tr("Test connection"));
    checkComplete();
}

void ConnectionPage::showGood(const QString &text)
{
    showResult(QStringLiteral("goodBanner"), text, {});
}

void ConnectionPage::showTrouble(const QString &text, const QString &advice)
{
    showResult(QStringLiteral("banner"), text, advice);
}

void ConnectionPage::showResult(const QString &kind, const QString &text, const QString &advice)
{
    m_result->setObjectName(kind);
    for (QWidget *part : std::initializer_list<QWidget *>{m_result, m_resultText, m_resultAdvice})
        style()->polish(part);
    m_resultText->setText(text);
    m_resultAdvice->setText(advice);
    m_resultAdvice->setVisible(!advice.isEmpty());
    m_result->show();
}

} // namespace zandb
