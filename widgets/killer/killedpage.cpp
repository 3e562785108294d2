// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/killer/killedpage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr int chartHeight = 19 * unit;

} // namespace

KilledPage::KilledPage(const Ui &ui, KilledDigestModel *digests, KilledTableModel *statements, QWidget *parent)
    : Page(parent), m_digests(digests), m_statements(statements), m_group(new ChartGroup(this)), m_chart(new TimeChart(QStringLiteral("killed"), this)),
      m_digestPane(new TablePane(ui, QStringLiteral("killedDigests"), this)), m_pane(new TablePane(ui, QStringLiteral("killed"), this)),
      m_digestsTitle(new QLabel(this)), m_statementsTitle(new QLabel(this)), m_inspector(new Inspector(this)), m_chip(new QToolButton(this)),
      m_policies(new QPushButton(this))
{
    setObjectName(QStringLiteral("killedPage"));
    m_chart->setShape({ChartShape::Form::Bars, ChartUnit::Count, true});
    m_chart->setFixedHeight(chartHeight);
    m_group->add(m_chart);
    connect(m_group, &ChartGroup::rangeRequested, this, &KilledPage::rangeRequested);
    connect(m_group, &ChartGroup::rangeBackRequested, this, &KilledPage::rangeBackRequested);

    using Digest = KilledDigestModel;
    m_digestPane->columns()->setHiddenByDefault({Digest::Total, Digest::Digest});
    m_digestPane->columns()->setFolding({Digest::Users, Digest::Instances, Digest::SlowTime, Digest::Others, Digest::Last, Digest::SlowCalls, Digest::Longest});
    m_digestPane->setModel(digests, -1, Digest::KilledCount, Qt::DescendingOrder);
    m_digestPane->setChoosesFirst(false);
    using Table = KilledTableModel;
    m_pane->columns()->setHiddenByDefault({Table::Examined, Table::Modified, Table::Digest, Table::Client});
    m_pane->columns()->setFolding({Table::Client, Table::Schema, Table::Policy, Table::User, Table::Instance});
    m_pane->setModel(statements, Table::Outcome, Table::At, Qt::DescendingOrder);

    m_chip->setObjectName(QStringLiteral("killedDigest"));
    m_chip->setIcon(themedIcon("close"));
    m_chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_chip->setLayoutDirection(Qt::RightToLeft); // the cross comes last
    m_chip->setProperty("chip", true);
    m_chip->hide();
    m_pane->addToBar(m_chip);
    connect(m_chip, &QToolButton::clicked, this, [this] { Q_EMIT digestChosen({}); });
    m_policies->setObjectName(QStringLiteral("killedPolicies"));
    connect(m_policies, &QPushButton::clicked, this, &KilledPage::policiesRequested);

    auto *tables = new QSplitter(Qt::Vertical, this);
    tables->addWidget(makeCard(m_digestsTitle, m_digestPane, this, {m_policies}));
    tables->addWidget(makeCard(m_statementsTitle, m_pane, this));
    tables->setStretchFactor(0, 2);
    tables->setStretchFactor(1, 3);
    tables->setHandleWidth(unit);
    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(unit);
    m_pictures = makeCard(m_chart, this);
    column->addWidget(m_pictures);
    setMinimumHeight(38 * unit);
    column->addWidget(tables, 1);
    auto *split = besideInspector(left, m_inspector, this);
    keepSizes(tables, ui.settings, QStringLiteral("killed"));
    keepSizes(split, ui.settings, QStringLiteral("killed-inspector"));
    makePageLayout(this)->addWidget(split);

    connect(m_digestPane, &TablePane::activated, this, [this](const Uuid &id) {
        const KilledDigest *row = m_digests->row(m_digests->rowOf(id));
        if (row)
            Q_EMIT digestChosen(qs(row->checksum));
    });
    connect(m_pane, &TablePane::currentChanged, this, &KilledPage::showInspector);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    retranslate();
}

QString KilledPage::title() const
{
    return tr("Killed");
}

void KilledPage::retranslate()
{
    setCounters(m_counters);
    m_digestsTitle->setText(tr("Digests"));
    m_statementsTitle->setText(tr("Statements"));
    m_policies->setText(tr("Kill policies…"));
    m_digestPane->emptyState()->setTexts(tr("Nothing was killed in this time range"), tr("Statements that run too long are killed, or only noted, as kill policies say."));
    m_pane->emptyState()->setTexts(tr("Nothing was killed in this time range"), tr("A policy begins as a dry run: it notes what it would kill."));
    m_chip->setToolTip(tr("Show the statements of all digests"));
    setSteps(m_steps, m_from, m_until);
    showForbidden();
    showInspector();
}

void KilledPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    m_pictures->setVisible(height() >= 56 * unit);
}

void KilledPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void KilledPage::setLoading(bool loading)
{
    m_loading = loading;
    m_digestPane->setLoading(loading);
    m_pane->setLoading(loading);
    showInspector();
}

void KilledPage::setAway(bool away)
{
    m_chart->setAway(away);
}

void KilledPage::focusFilter()
{
    m_pane->focusFilter();
}

bool KilledPage::escape()
{
    if (m_pane->clearFilter() || m_digestPane->clearFilter())
        return true;
    if (!m_chip->isVisible())
        return false;
    m_chip->click();
    return true;
}

void KilledPage::setSteps(const std::vector<KilledStep> &steps, TimePoint from, TimePoint until)
{
    m_steps = steps;
    m_from = from;
    m_until = until;
    m_chart->setData(killedChart(steps, from, until));
}

void KilledPage::setCounters(const KillCounters &counters)
{
    m_counters = counters;
    const QString said = countersText(counters);
    m_chart->setTitle(said.isEmpty() ? tr("Killed over time") : tr("Killed over time") + QStringLiteral(" · ") + said);
}

void KilledPage::setRange(TimePoint from, TimePoint until)
{
    m_group->setRange(from, until);
}

void KilledPage::setCut(int rows)
{
    m_pane->setNewestOnly(rows);
}

void KilledPage::setDigest(const QString &checksum)
{
    m_chip->setText(tr("Digest: %1").arg(checksum.right(16)));
    m_chip->setVisible(!checksum.isEmpty());
}

void KilledPage::showForbidden()
{
    permit(m_policies, forbidden());
}

QString KilledPage::help() const
{
    return tr("<p>Statements that ran too long: what the agents killed, and what a policy in dry run would have killed. The chart counts them over time; "
              "drag on it to zoom. Double click a digest to see its statements only.</p>"
              "<p><b>Kill policies</b> say which statements are killed, for the group or instance that is selected in the tree. A policy begins as a dry "
              "run. Replication, events, definitions, dumps and backups, large transactions and the agent's own sessions are never killed. Each "
              "statement is looked at again right before the kill.</p>"
              "<p>Only an administrator's key arms a policy, and an agent that hears of nobody for a day goes back to the dry run.</p>");
}

void KilledPage::showInspector()
{
    if (m_loading) {
        m_inspector->clear({});
        return;
    }
    const auto chosen = m_pane->chosenRows();
    const KilledRow *row = chosen.size() == 1 ? m_statements->row(chosen.front()) : nullptr;
    if (!row) {
        m_inspector->clear(tr("Select a statement to see its details."));
        return;
    }
    const wire::KillRecord &record = row->killed.record;
    Inspector::Content content;
    content.ids = {record.id};
    content.title = row->instance;
    content.state = killOutcomeText(record);
    content.look = outcomeLook(record);
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, fixed});
    };
    const QLocale locale;
    const auto number = [&](const std::optional<std::int64_t> &value) { return value ? locale.toString(static_cast<qlonglong>(*value)) : QString(); };
    const Microseconds ran{static_cast<std::int64_t>(std::min(record.seconds, 1e9) * 1e6)};
    add(tr("Why"), killDetailText(record));
    add(tr("When"), localTimeText(record.at), exactTimeText(record.at));
    add(tr("Ran for"), durationText(ran), exactDurationText(ran));
    add(tr("Policy"), qs(record.policy));
    add(tr("What"), record.action == "connection" ? tr("the connection") : tr("the statement"));
    add(tr("User"), qs(record.user));
    add(tr("Client"), qs(record.host));
    add(tr("Schema"), qs(record.schema));
    add(tr("Command"), qs(record.command));
    add(tr("State"), qs(record.state));
    add(tr("Rows examined"), number(record.rowsExamined));
    add(tr("Rows sent"), number(record.rowsSent));
    add(tr("Rows changed"), number(record.rowsModified));
    add(tr("Connection"), locale.toString(static_cast<qlonglong>(record.connection)));
    add(tr("Digest"), qs(record.checksum), {}, true);
    add(tr("Statement"), qs(record.statement), {}, true);
    m_inspector->setContent(content);
}

} // namespace zandb
