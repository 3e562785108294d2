// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sharding/sharddialogs.h"

#include "models/common/text.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpressionValidator>
#include <QVBoxLayout>

namespace zandb {
namespace {

QVBoxLayout *frameOf(QDialog *dialog, const QString &title)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    auto *head = new QLabel(title, dialog);
    head->setProperty("title", true);
    head->setWordWrap(true);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(head);
    return layout;
}

QHBoxLayout *buttonsOf(QDialog *dialog, QPushButton *accept)
{
    auto *cancel = new QPushButton(ShardRuleDialog::tr("Cancel"), dialog);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(accept);
    return buttons;
}

} // namespace

ShardRuleDialog::ShardRuleDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_rule(question.rule), m_database(new QLineEdit(this)), m_pattern(new QLineEdit(this)), m_group(new QComboBox(this)), m_count(new QLineEdit(this)),
      m_dsn(new QLineEdit(this)), m_problem(new QLabel(this)), m_accept(new QPushButton(tr("Preview…"), this))
{
    setObjectName(QStringLiteral("shardRuleDialog"));
    setWindowTitle(tr("Rule of the sharding map — %1").arg(question.profile));
    setMinimumWidth(70 * unit);
    for (const auto &[widget, name] : std::initializer_list<std::pair<QWidget *, const char *>>{{m_database, "shardRuleDatabase"}, {m_pattern, "shardRulePattern"}, {m_group, "shardRuleGroup"},
                                                                                               {m_count, "shardRuleCount"}, {m_dsn, "shardRuleDsn"}, {m_problem, "shardRuleProblem"},
                                                                                               {m_accept, "shardRulePreview"}})
        widget->setObjectName(QString::fromLatin1(name));
    m_database->setText(qs(m_rule.database));
    m_database->setMaxLength(128);
    m_database->setPlaceholderText(QStringLiteral("orders"));
    m_pattern->setText(qs(m_rule.pattern));
    m_pattern->setMaxLength(255);
    m_pattern->setPlaceholderText(QStringLiteral("order_(\\d+)"));
    m_group->addItem(tr("the whole fleet"), QVariant::fromValue(Uuid()));
    for (const auto &[id, name] : question.groups) {
        m_group->addItem(name, QVariant::fromValue(id));
        if (m_rule.group == id)
            m_group->setCurrentIndex(m_group->count() - 1);
    }
    m_count->setText(m_rule.count > 0 ? QString::number(m_rule.count) : QString());
    m_count->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,15}")), this));
    m_count->setPlaceholderText(tr("unknown: the largest number counts"));
    m_dsn->setText(qs(m_rule.dsn));
    m_dsn->setMaxLength(255);
    m_dsn->setPlaceholderText(QString::fromLatin1(usualDsn.data(), static_cast<qsizetype>(usualDsn.size())));
    m_problem->setProperty("muted", true);
    m_problem->setWordWrap(true);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Logical database"), m_database);
    form->addRow(tr("Pattern of schemas"), m_pattern);
    form->addRow(tr("Where"), m_group);
    form->addRow(tr("Number of shards"), m_count);
    form->addRow(tr("DSN"), m_dsn);
    QVBoxLayout *layout = frameOf(this, question.isEdit ? tr("Change a rule") : tr("Add a rule"));
    auto *text = new QLabel(tr("Schemas whose whole names fit the pattern are shards of the logical database. The pattern is a regular expression with one group where the number stands. "
                               "Instances that are replicas own none."),
                            this);
    text->setWordWrap(true);
    layout->addWidget(text);
    layout->addSpacing(unit);
    layout->addLayout(form);
    layout->addWidget(m_problem);
    layout->addStretch();
    layout->addLayout(buttonsOf(this, m_accept));
    m_accept->setDefault(true);
    for (QLineEdit *edit : {m_database, m_pattern, m_count, m_dsn})
        connect(edit, &QLineEdit::textChanged, this, &ShardRuleDialog::check);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        Q_EMIT previewRequested(rule());
        accept();
    });
    check();
    m_database->setFocus();
}

ShardRule ShardRuleDialog::rule() const
{
    ShardRule rule = m_rule;
    rule.database = m_database->text().trimmed().toStdString();
    rule.pattern = m_pattern->text().trimmed().toStdString();
    const Uuid group = m_group->currentData().value<Uuid>();
    rule.group = group.isNull() ? std::nullopt : std::optional(group);
    rule.count = m_count->text().toLongLong();
    rule.dsn = m_dsn->text().trimmed().toStdString();
    return rule;
}

void ShardRuleDialog::check()
{
    const auto problem = problemOf(rule());
    const bool isBlank = m_database->text().trimmed().isEmpty() || m_pattern->text().trimmed().isEmpty();
    m_problem->setText(isBlank || problem.empty() ? QString()
                       : problem == "pattern" ? tr("This is no regular expression with exactly one group, such as order_(\\d+).")
                       : problem == "dsn"     ? tr("The DSN holds a password; passwords do not belong into the map.")
                                              : tr("The number of shards is too large."));
    m_accept->setEnabled(problem.empty());
}

ShardPreviewDialog::ShardPreviewDialog(const Ui &ui, const Question &question, QWidget *parent)
    : QDialog(parent), m_counts(new QLabel(this)), m_warnings(new QLabel(this)), m_keep(new QCheckBox(tr("Keep shards that the file does not name"), this)), m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("shardPreviewDialog"));
    setWindowTitle(QStringLiteral("%1 — %2").arg(question.title, question.profile));
    resize(110 * unit, 70 * unit);
    m_counts->setObjectName(QStringLiteral("shardPreviewCounts"));
    m_warnings->setObjectName(QStringLiteral("shardPreviewWarnings"));
    m_accept->setObjectName(QStringLiteral("shardPreviewAccept"));
    m_keep->setObjectName(QStringLiteral("shardPreviewKeep"));
    m_warnings->setProperty("trouble", true);
    m_warnings->setWordWrap(true);
    m_warnings->setTextFormat(Qt::PlainText);
    m_counts->setTextFormat(Qt::PlainText);
    m_counts->setWordWrap(true);
    QVBoxLayout *layout = frameOf(this, question.title);
    layout->addWidget(m_counts);
    layout->addWidget(m_warnings);
    if (question.faults.isEmpty()) {
        auto *pane = new TablePane(ui, QStringLiteral("shardChanges"), this);
        pane->setChoosesFirst(false);
        pane->columns()->setTellingColumn(ShardChangeModel::After);
        pane->setModel(&m_changes, ShardChangeModel::Kind, ShardChangeModel::Database, Qt::AscendingOrder);
        pane->emptyState()->setTexts(tr("The map stays as it is"), QString());
        layout->addWidget(makeCard(pane, this), 1);
    } else {
        layout->addStretch(1);
    }
    layout->addWidget(m_keep, 0, Qt::AlignLeft);
    layout->addLayout(buttonsOf(this, m_accept));
    connect(m_keep, &QCheckBox::toggled, this, [this](bool keep) {
        m_accept->setEnabled(false); // until what that would do is shown
        Q_EMIT keepOthersChosen(keep);
    });
    connect(m_accept, &QPushButton::clicked, this, [this] {
        Q_EMIT applyAgreed();
        accept();
    });
    setQuestion(question);
}

void ShardPreviewDialog::setQuestion(const Question &question)
{
    m_changes.setChanges(question.changes);
    m_keep->setVisible(question.canKeepOthers && question.faults.isEmpty());
    if (!question.faults.isEmpty()) {
        m_counts->setText(tr("Nothing can be imported while the file has faults:"));
        m_warnings->setText((question.faults + (question.faultsMore.isEmpty() ? QStringList() : QStringList{question.faultsMore})).join(QLatin1Char('\n')));
        m_warnings->show();
        m_accept->hide();
        return;
    }
    m_counts->setText(shardCountsText(question.counts) + QStringLiteral(" · ") + tr("%1 as before").arg(question.counts.same));
    m_warnings->setText(question.warnings.join(QLatin1Char('\n')));
    m_warnings->setVisible(!question.warnings.isEmpty());
    m_accept->setText(question.accept);
    permit(m_accept, question.changes.empty() && !question.always ? tr("The map stays as it is.") : QString());
}

} // namespace zandb
