// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/killer/killpolicydialog.h"

#include "models/common/text.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

/// "a, b*" as patterns.
std::vector<std::string> patternsOf(const QLineEdit *edit)
{
    std::vector<std::string> patterns;
    for (const QString &part : edit->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (const QString pattern = part.trimmed(); !pattern.isEmpty())
            patterns.push_back(pattern.toStdString());
    }
    return patterns;
}

QString textOf(const std::vector<std::string> &patterns)
{
    QStringList parts;
    for (const std::string &pattern : patterns)
        parts << qs(pattern);
    return parts.join(QStringLiteral(", "));
}

} // namespace

KillPolicyDialog::KillPolicyDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_question(question), m_which(new QComboBox(this)), m_name(new QLineEdit(this)), m_seconds(new QSpinBox(this)), m_action(new QComboBox(this)),
      m_users(new QLineEdit(this)), m_clients(new QLineEdit(this)), m_schemas(new QLineEdit(this)), m_digests(new QLineEdit(this)), m_exceptUsers(new QLineEdit(this)),
      m_exceptSchemas(new QLineEdit(this)), m_exceptDigests(new QLineEdit(this)), m_perMinute(new QSpinBox(this)), m_modified(new QSpinBox(this)),
      m_kill(new QCheckBox(this)), m_type(new QLineEdit(this)), m_typeLabel(new QLabel(this)), m_preview(new QLabel(this)), m_missing(new QLabel(this)),
      m_remove(new QPushButton(tr("Remove"), this)), m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("killPolicyDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Kill policies — %1").arg(question.profile));
    setMinimumWidth(72 * unit);
    const std::pair<QWidget *, const char *> names[] = {{m_which, "killWhich"}, {m_name, "killName"}, {m_seconds, "killSeconds"}, {m_action, "killAction"},
                                                        {m_users, "killUsers"}, {m_kill, "killArmed"}, {m_type, "killType"}, {m_preview, "killPreview"},
                                                        {m_missing, "killMissing"}, {m_remove, "killRemove"}, {m_accept, "killAccept"}, {m_digests, "killDigests"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    auto *title = new QLabel(question.place.isEmpty() ? tr("Kill policies of the whole fleet") : tr("Kill policies of %1").arg(question.place), this);
    title->setProperty("title", true);
    title->setWordWrap(true);
    auto *text = new QLabel(tr("For %n instance(s), unless something nearer says otherwise.", nullptr, question.instances), this);
    text->setProperty("muted", true);
    text->setWordWrap(true);

    for (const KillPolicyRow &one : question.rows)
        m_which->addItem(one.policy ? qs(one.name) : tr("%1 (does not hold here)").arg(qs(one.name)));
    m_which->addItem(tr("New policy"));
    m_seconds->setRange(1, 31'536'000);
    m_seconds->setSuffix(tr(" s"));
    m_action->addItem(tr("the statement"), QStringLiteral("query"));
    m_action->addItem(tr("its connection too"), QStringLiteral("connection"));
    m_perMinute->setRange(1, 600);
    m_modified->setRange(0, 1'000'000'000);
    m_kill->setText(tr("Kill; without this, statements are only noted (dry run)"));
    for (QLineEdit *edit : {m_users, m_clients, m_schemas})
        edit->setPlaceholderText(tr("all; or patterns with * and ?, commas between them"));
    m_digests->setPlaceholderText(tr("all; or checksums, commas between them"));
    for (QLineEdit *edit : {m_exceptUsers, m_exceptSchemas, m_exceptDigests})
        edit->setPlaceholderText(tr("nothing"));
    for (QLabel *note : {m_preview, m_missing}) {
        note->setWordWrap(true);
        note->setProperty("muted", true);
    }

    auto *rows = new QFormLayout;
    rows->setHorizontalSpacing(2 * unit);
    rows->setVerticalSpacing(unit);
    rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    rows->addRow(tr("Policy"), m_which);
    rows->addRow(tr("Name"), m_name);
    rows->addRow(tr("Runs longer than"), m_seconds);
    rows->addRow(tr("End"), m_action);
    rows->addRow(tr("Users"), m_users);
    rows->addRow(tr("Clients"), m_clients);
    rows->addRow(tr("Schemas"), m_schemas);
    rows->addRow(tr("Digests"), m_digests);
    rows->addRow(tr("Except users"), m_exceptUsers);
    rows->addRow(tr("Except schemas"), m_exceptSchemas);
    rows->addRow(tr("Except digests"), m_exceptDigests);
    rows->addRow(tr("At most a minute"), m_perMinute);
    rows->addRow(tr("Changed rows, at most"), m_modified);
    rows->addRow(QString(), m_kill);
    m_typeLabel->setText(tr("Type %1").arg(question.place.isEmpty() ? question.profile : question.place));
    rows->addRow(m_typeLabel, m_type);

    auto *cancel = new QPushButton(tr("Cancel"), this);
    (question.production ? cancel : m_accept)->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_remove);
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(title);
    layout->addWidget(text);
    layout->addSpacing(unit);
    layout->addLayout(rows);
    layout->addWidget(m_preview);
    layout->addStretch();
    layout->addLayout(buttons);

    connect(m_which, &QComboBox::currentIndexChanged, this, &KillPolicyDialog::show);
    for (QLineEdit *edit : {m_name, m_users, m_clients, m_schemas, m_digests, m_exceptUsers, m_exceptSchemas, m_exceptDigests, m_type})
        connect(edit, &QLineEdit::textChanged, this, &KillPolicyDialog::check);
    for (QSpinBox *box : {m_seconds, m_perMinute, m_modified})
        connect(box, &QSpinBox::valueChanged, this, &KillPolicyDialog::check);
    connect(m_action, &QComboBox::currentIndexChanged, this, &KillPolicyDialog::check);
    connect(m_kill, &QCheckBox::toggled, this, &KillPolicyDialog::check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        const KillPolicyRow *before = row();
        Q_EMIT saveRequested(policy(), before ? before->revision : 0);
        accept();
    });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const KillPolicyRow *before = row())
            Q_EMIT removeRequested(qs(before->name), before->revision);
        accept();
    });
    show(0);
}

const KillPolicyRow *KillPolicyDialog::row() const
{
    const auto index = static_cast<std::size_t>(m_which->currentIndex());
    return index < m_question.rows.size() ? &m_question.rows[index] : nullptr;
}

void KillPolicyDialog::show(int)
{
    const KillPolicyRow *before = row();
    wire::KillPolicy shown;
    shown.longerThanSeconds = 60;
    if (before && before->policy)
        shown = *before->policy;
    m_name->setText(before ? qs(before->name) : QString());
    m_name->setReadOnly(before != nullptr);
    m_seconds->setValue(static_cast<int>(shown.longerThanSeconds));
    m_action->setCurrentIndex(shown.action == "connection" ? 1 : 0);
    m_users->setText(textOf(shown.users));
    m_clients->setText(textOf(shown.hosts));
    m_schemas->setText(textOf(shown.databases));
    m_digests->setText(textOf(shown.digests));
    m_exceptUsers->setText(textOf(shown.exceptUsers));
    m_exceptSchemas->setText(textOf(shown.exceptDatabases));
    m_exceptDigests->setText(textOf(shown.exceptDigests));
    m_perMinute->setValue(static_cast<int>(shown.maxPerMinute));
    m_modified->setValue(static_cast<int>(shown.maxModifiedRows));
    m_kill->setChecked(!shown.dryRun);
    m_remove->setVisible(before != nullptr);
    check();
}

/// What this dialog does not show stays as it was.
wire::KillPolicy KillPolicyDialog::policy() const
{
    const KillPolicyRow *before = row();
    wire::KillPolicy made = before && before->policy ? *before->policy : wire::KillPolicy();
    made.name = m_name->text().trimmed().toStdString();
    made.longerThanSeconds = m_seconds->value();
    made.action = m_action->currentData().toString().toStdString();
    made.users = patternsOf(m_users);
    made.hosts = patternsOf(m_clients);
    made.databases = patternsOf(m_schemas);
    made.digests = patternsOf(m_digests);
    made.exceptUsers = patternsOf(m_exceptUsers);
    made.exceptDatabases = patternsOf(m_exceptSchemas);
    made.exceptDigests = patternsOf(m_exceptDigests);
    made.maxPerMinute = m_perMinute->value();
    made.maxModifiedRows = m_modified->value();
    made.dryRun = !m_kill->isChecked();
    return made;
}

void KillPolicyDialog::check()
{
    const wire::KillPolicy made = policy();
    const auto problem = wire::problemOf(made);
    const bool twice = !row() && std::ranges::any_of(m_question.rows, [&](const KillPolicyRow &one) { return one.name == made.name; });
    const bool mustType = m_question.production && m_kill->isChecked();
    m_type->setVisible(mustType);
    m_typeLabel->setVisible(mustType);
    const QString expected = m_question.place.isEmpty() ? m_question.profile : m_question.place;
    QString missing;
    if (problem == "name")
        missing = tr("Give the policy a name of at most 64 characters.");
    else if (problem == "digest")
        missing = tr("A digest is a checksum of 32 hexadecimal digits.");
    else if (!problem.empty())
        missing = tr("A pattern is too long, or there are too many.");
    else if (twice)
        missing = tr("There is a policy of this name already: choose it above.");
    else if (mustType && m_type->text() != expected)
        missing = tr("Type the name to confirm.");
    m_missing->setText(missing);
    m_accept->setEnabled(missing.isEmpty());
    m_accept->setText(made.dryRun ? tr("Save as a dry run") : tr("Kill on %n instance(s)", nullptr, m_question.instances));
    wire::KillPolicy asked = made; // its name makes no difference
    asked.name = "preview";
    if (!wire::problemOf(asked).empty())
        return;
    if (const std::string text = dumpJson(Json(asked)); text != m_asked) {
        m_asked = text;
        m_preview->setText(tr("Looking what this would have killed…"));
        Q_EMIT previewRequested(asked);
    }
}

void KillPolicyDialog::requestPreview()
{
    m_asked.clear();
    check();
}

void KillPolicyDialog::setPreview(std::int64_t matching, std::int64_t looked)
{
    const QLocale locale;
    m_preview->setText(looked == 0 ? tr("Nothing was noted in the last day: begin with a dry run to see what this would kill.")
                                   : tr("In the last day this would have killed %1 of %2 statements that policies noted.")
                                         .arg(locale.toString(static_cast<qlonglong>(matching)), locale.toString(static_cast<qlonglong>(looked))));
}

} // namespace zandb
