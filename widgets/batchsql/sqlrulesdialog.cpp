// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/sqlrulesdialog.h"

#include "models/common/text.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

constexpr int day = 86'400;

} // namespace

SqlRulesDialog::SqlRulesDialog(const SqlRules &rules, const Fleet &fleet, const std::vector<Uuid> &targets, const QString &profile, const QColor &colour, QWidget *parent)
    : QDialog(parent), m_first(new QComboBox(this)), m_wave(new QSpinBox(this)), m_pause(new QSpinBox(this)), m_percent(new QSpinBox(this)), m_lagLimited(new QCheckBox(this)),
      m_lag(new QSpinBox(this)), m_runningLimited(new QCheckBox(this)), m_running(new QSpinBox(this)), m_timeout(new QSpinBox(this)), m_lockWait(new QSpinBox(this)), m_rows(new QSpinBox(this)),
      m_saves(new QCheckBox(this)), m_saveTo(new QLineEdit(this))
{
    setObjectName(QStringLiteral("sqlRulesDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("How scripts run — %1").arg(profile));
    const std::pair<QWidget *, const char *> names[] = {{m_first, "rulesFirst"}, {m_wave, "rulesWave"}, {m_pause, "rulesPause"}, {m_percent, "rulesPercent"}, {m_lagLimited, "rulesLagLimited"},
                                                        {m_lag, "rulesLag"}, {m_runningLimited, "rulesRunningLimited"}, {m_running, "rulesRunning"}, {m_timeout, "rulesTimeout"},
                                                        {m_lockWait, "rulesLockWait"}, {m_rows, "rulesRows"}, {m_saves, "rulesSaves"}, {m_saveTo, "rulesSaveTo"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    const auto number = [](QSpinBox *box, int least, int most, std::int64_t value, const QString &suffix = {}) {
        box->setRange(least, most);
        box->setSuffix(suffix);
        box->setValue(static_cast<int>(std::clamp<std::int64_t>(value, least, most)));
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setFixedWidth(14 * unit);
    };
    const QString seconds = QStringLiteral(" s");
    number(m_wave, 1, 64, rules.policy.wave);
    number(m_pause, 0, day, rules.policy.pauseSeconds, seconds);
    number(m_percent, 0, 100, rules.policy.stopPercent, QStringLiteral(" %"));
    m_percent->setSpecialValueText(tr("the first failure"));
    m_percent->setFixedWidth(20 * unit);
    number(m_lag, 0, day, rules.policy.maxLagSeconds.value_or(30), seconds);
    number(m_running, 1, 100'000, rules.policy.maxThreadsRunning.value_or(50));
    number(m_timeout, 1, day, rules.timeoutSeconds, seconds);
    number(m_lockWait, 1, day, rules.lockWaitSeconds, seconds);
    number(m_rows, 1, 10'000, rules.rows);
    m_lagLimited->setText(tr("Stop when a replica, or the instance itself, lags more than"));
    m_lagLimited->setChecked(rules.policy.maxLagSeconds.has_value());
    m_runningLimited->setText(tr("Stop when more statements run on an instance than"));
    m_runningLimited->setChecked(rules.policy.maxThreadsRunning.has_value());
    m_saves->setText(tr("Save whole results of reads as CSV, in the directory"));
    m_saves->setChecked(!rules.saveTo.isEmpty());
    m_saveTo->setText(rules.saveTo.isEmpty() ? QDir::homePath() : rules.saveTo);
    m_saveTo->setMinimumWidth(24 * unit);
    m_first->addItem(tr("the first of the list"), QStringLiteral("first"));
    m_first->addItem(tr("none: waves begin at once"), QStringLiteral("none"));
    for (const Uuid &id : targets)
        m_first->addItem(qs(fleet.pathOf(id)), qs(id.toString()));
    const QString chosen = rules.policy.noCanary ? QStringLiteral("none") : rules.policy.canary ? qs(rules.policy.canary->toString()) : QStringLiteral("first");
    m_first->setCurrentIndex(std::max(0, m_first->findData(chosen)));

    auto *content = new QWidget(this);
    auto *form = new QFormLayout(content);
    form->setSpacing(unit);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->addRow(tr("Alone before all others"), m_first);
    form->addRow(tr("Instances in a wave"), m_wave);
    form->addRow(tr("Pause between waves"), m_pause);
    form->addRow(tr("Stop when more have failed than"), m_percent);
    form->addRow(m_lagLimited, m_lag);
    form->addRow(m_runningLimited, m_running);
    form->addRow(tr("A statement may take"), m_timeout);
    form->addRow(tr("and wait for a lock"), m_lockWait);
    form->addRow(tr("Rows shown of each result"), m_rows);
    form->addRow(m_saves, m_saveTo);
    const std::pair<const char *, QString> accepted[] = {{"copies_table", tr("An ALTER may copy a large table")}, {"locks_table", tr("An ALTER may lock a large table")},
                                                         {"unique_index", tr("A unique index may be dropped")}, {"foreign_key_index", tr("An index of a foreign key may be dropped")},
                                                         {"durability", tr("A primary may be made less durable")}};
    for (const auto &[name, words] : accepted) {
        auto *box = new QCheckBox(words, this);
        box->setObjectName(QStringLiteral("rulesAccept-") + QLatin1String(name));
        box->setChecked(std::ranges::find(rules.accepted, name) != rules.accepted.end());
        form->addRow(box);
        m_accepted.emplace_back(box, name);
    }
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto *edge = new QWidget(this);
    edge->setFixedHeight(3);
    edge->setStyleSheet(QStringLiteral("background:%1").arg(colour.name()));
    auto *accept = new QPushButton(tr("Use these rules"), this);
    accept->setObjectName(QStringLiteral("rulesAccept"));
    accept->setDefault(true);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(accept);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(unit);
    layout->addWidget(edge);
    layout->addWidget(scroll, 1);
    layout->addLayout(buttons);
    resize(94 * unit, 80 * unit);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (QCheckBox *box : {m_lagLimited, m_runningLimited, m_saves})
        connect(box, &QCheckBox::toggled, this, &SqlRulesDialog::showEnabled);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(accept, &QPushButton::clicked, this, [this] {
        Q_EMIT rulesChosen(this->rules());
        this->accept();
    });
    showEnabled();
}

void SqlRulesDialog::showEnabled()
{
    m_lag->setEnabled(m_lagLimited->isChecked());
    m_running->setEnabled(m_runningLimited->isChecked());
    m_saveTo->setEnabled(m_saves->isChecked());
}

SqlRules SqlRulesDialog::rules() const
{
    SqlRules rules;
    const QString first = m_first->currentData().toString();
    rules.policy.noCanary = first == QLatin1String("none");
    rules.policy.canary = Uuid::parse(first.toStdString());
    rules.policy.wave = m_wave->value();
    rules.policy.pauseSeconds = m_pause->value();
    rules.policy.stopPercent = m_percent->value();
    if (m_lagLimited->isChecked())
        rules.policy.maxLagSeconds = m_lag->value();
    if (m_runningLimited->isChecked())
        rules.policy.maxThreadsRunning = m_running->value();
    rules.timeoutSeconds = m_timeout->value();
    rules.lockWaitSeconds = m_lockWait->value();
    rules.rows = m_rows->value();
    if (m_saves->isChecked())
        rules.saveTo = m_saveTo->text().trimmed();
    for (const auto &[box, name] : m_accepted) {
        if (box->isChecked())
            rules.accepted.push_back(name);
    }
    return rules;
}

} // namespace zandb
