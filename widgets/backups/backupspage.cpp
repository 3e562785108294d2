// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/backupspage.h"

#include "models/backups/attention.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/backups/backupdayschart.h"
#include "widgets/backups/backuptimelineview.h"
#include "widgets/backups/boardstrip.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/runcontent.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace zandb {

BackupsPage::BackupsPage(const Ui &ui, BackupTableModel *table, BackupTimelineModel *timeline, QWidget *parent)
    : Page(parent), m_model(table), m_strip(new BoardStrip(this)), m_timeline(new BackupTimelineView(this)),
      m_chart(new BackupDaysChart(this)), m_pictures(new QSplitter(Qt::Horizontal, this)), m_pane(new TablePane(ui, QStringLiteral("backups"), this)), m_inspector(new Inspector(this)),
      m_backupScope(new QPushButton(this))
{
    setObjectName(QStringLiteral("backupsPage"));
    m_timeline->setModel(timeline);
    // the stored size is what a repository fills up with; that of the data stands in the inspector
    m_pane->columns()->setHiddenByDefault({BackupTableModel::Method, BackupTableModel::Progress, BackupTableModel::Size});
    using Table = BackupTableModel;
    m_pane->columns()->setFolding({Table::Level, Table::Stored, Table::Size, Table::Method, Table::Duration, Table::Progress, Table::TaskName});
    m_pane->columns()->setTellingColumn(Table::Due);
    m_pane->columns()->setTroubleColumn(Table::Trouble);
    m_pane->setModel(table, BackupTableModel::State, BackupTableModel::Due, Qt::DescendingOrder);
    using Ids = std::vector<Uuid>;
    const auto backupsOf = [this](const Ids &ids) {
        std::vector<Backup> backups;
        for (const Uuid &id : ids) {
            const BackupRow *row = m_model->row(m_model->rowOf(id));
            if (row && row->backup)
                backups.push_back(*row->backup);
        }
        return backups;
    };
    const auto open = [this](const Uuid &id) { goToRun(id); };
    m_retry = m_inspector->addAction(QStringLiteral("backupRetry"), QStringLiteral("retry"), [this](const Ids &ids) { Q_EMIT retryRequested(ids); }, true);
    m_cancel = m_inspector->addAction(QStringLiteral("backupCancel"), QStringLiteral("close"), [this](const Ids &ids) { Q_EMIT cancelRequested(ids); });
    m_open = m_inspector->addAction(QStringLiteral("backupOpenRun"), QStringLiteral("page-runs"), [open](const Ids &ids) { open(ids.front()); });
    m_restore = m_inspector->addAction(QStringLiteral("backupRestore"), QStringLiteral("restore"), [this, backupsOf](const Ids &ids) {
        if (const auto backups = backupsOf(ids); backups.size() == 1)
            Q_EMIT restoreRequested(backups.front());
    });
    m_verify = m_inspector->addAction(QStringLiteral("backupVerify"), QStringLiteral("verify"), [this, backupsOf](const Ids &ids) {
        if (const auto backups = backupsOf(ids); !backups.empty())
            Q_EMIT verifyRequested(backups);
    });
    m_backup = m_inspector->addAction(QStringLiteral("backupAgain"), QStringLiteral("backup"), [this](const Ids &ids) {
        Ids instances; // each once, whichever of its runs are selected
        for (const Uuid &id : ids) {
            const BackupRow *row = m_model->row(m_model->rowOf(id));
            if (row && std::ranges::find(instances, row->run.run.targetId) == instances.end())
                instances.push_back(row->run.run.targetId);
        }
        if (!instances.empty())
            Q_EMIT backupRequested(instances);
    });
    m_backupScope->setObjectName(QStringLiteral("backupScope"));
    setIconBeside(m_backupScope, QStringLiteral("backup"));

    auto *strip = new QWidget(this);
    auto *stripBox = new QHBoxLayout(strip);
    stripBox->setContentsMargins(0, unit / 2, unit, unit / 2);
    stripBox->addWidget(m_strip, 1);
    stripBox->addWidget(m_backupScope);

    m_pictures->addWidget(makeCard(m_timeline, this));
    m_pictures->addWidget(makeCard(m_chart, this));
    m_pictures->setStretchFactor(0, 5);
    m_pictures->setStretchFactor(1, 3);
    m_pictures->setSizes({700, 380});
    m_pictures->setHandleWidth(unit);
    m_pictures->setMinimumHeight(1); // they fold away (resizeEvent) before they would keep a window high
    auto *split = new QSplitter(Qt::Vertical, this);
    split->addWidget(m_pictures);
    auto *list = besideInspector(makeCard(m_pane, this), m_inspector, this);
    split->addWidget(list);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setSizes({260, 420});
    split->setHandleWidth(unit);
    keepSizes(m_pictures, ui.settings, QStringLiteral("backups-pictures"));
    keepSizes(split, ui.settings, QStringLiteral("backups"));
    keepSizes(list, ui.settings, QStringLiteral("backups-inspector"));
    auto *layout = makePageLayout(this);
    layout->addWidget(makeCard(strip, this));
    m_coverage = new QLabel(this);
    m_coverage->setObjectName(QStringLiteral("coverageLine"));
    m_coverage->setWordWrap(true);
    m_coverage->hide();
    layout->addWidget(m_coverage);
    layout->addWidget(split, 1);

    m_skeletons = {new Skeleton(m_timeline), new Skeleton(m_chart), new Skeleton(m_strip)};

    connect(m_strip, &BoardStrip::lookChosen, this, &BackupsPage::setLook);
    // chart and table share the selection
    connect(m_timeline, &BackupTimelineView::runSelected, this, [this](const Uuid &id) {
        if (!m_pane->select(id)) { // hidden by a filter: what one points at must be seen
            setLook(std::nullopt);
            m_pane->clearFilter();
            m_pane->select(id);
        }
    });
    connect(m_pane, &TablePane::currentChanged, this, [this] {
        m_timeline->setCurrentRun(m_pane->currentId());
        showInspector();
    });
    connect(m_timeline, &BackupTimelineView::runActivated, this, open);
    connect(m_pane, &TablePane::activated, this, open);
    connect(m_timeline, &BackupTimelineView::rangeRequested, this, &BackupsPage::rangeRequested);
    connect(m_timeline, &BackupTimelineView::rangeBackRequested, this, &BackupsPage::rangeBackRequested);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    connect(m_backupScope, &QPushButton::clicked, this, [this] {
        std::vector<Uuid> ids;
        for (const auto &[id, title] : m_instances)
            ids.push_back(id);
        Q_EMIT backupRequested(ids);
    });
    retranslate();
}

QString BackupsPage::title() const
{
    return tr("Backups");
}

void BackupsPage::retranslate()
{
    setCoverage(m_coverageCounts);
    m_pane->emptyState()->setTexts(tr("No backups in this time range"),
                                   tr("Tasks back up instances on a schedule: zandbctl task add. Or back up the selection in the tree now."));
    m_open->setText(tr("Open the run"));
    m_restore->setText(tr("Restore…"));
    setInstances(m_instances);
    showInspector();
}

void BackupsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void BackupsPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    m_pictures->setVisible(height() >= 56 * unit); // on a low screen the list is worth more
}

void BackupsPage::setLoading(bool loading)
{
    m_loading = loading;
    m_pane->setLoading(loading);
    for (Skeleton *skeleton : m_skeletons)
        skeleton->setLoading(loading);
    showInspector();
}

void BackupsPage::setAway(bool away)
{
    m_chart->setAway(away);
}

void BackupsPage::setCut(int rows)
{
    m_pane->setNewestOnly(rows);
}

void BackupsPage::focusFilter()
{
    m_pane->focusFilter();
}

bool BackupsPage::escape()
{
    if (m_pane->clearFilter())
        return true;
    if (!m_look)
        return false;
    setLook(std::nullopt);
    return true;
}

void BackupsPage::enter(const Location &location)
{
    setLook(location.look());
    if (const auto run = location.idOf(runSubject))
        m_pane->select(*run);
}

void BackupsPage::setLook(std::optional<Look> look)
{
    m_look = look;
    m_strip->setLook(look);
    m_pane->setLooks(look ? std::set<Look>{*look} : std::set<Look>{});
}

void BackupsPage::setCoverage(const CoverageCounts &counts)
{
    m_coverageCounts = counts;
    m_coverage->setText(coverageText(counts));
    m_coverage->setVisible(!m_coverage->text().isEmpty());
    m_coverage->setToolTip(tr("Which ones: see Today, or the column \"Last good backup\" of the Fleet page."));
}

void BackupsPage::setBoard(const BoardCounts &counts)
{
    m_strip->setCounts(counts);
}

void BackupsPage::setRange(TimePoint from, TimePoint until, const std::string &zone)
{
    m_timeline->setRange(from, until, zone);
}

void BackupsPage::setDays(const std::vector<BackupDay> &days)
{
    m_chart->setDays(days);
}

void BackupsPage::setInstances(const std::vector<std::pair<Uuid, QString>> &instances)
{
    m_instances = instances;
    if (instances.size() == 1)
        m_backupScope->setText(tr("Back up %1").arg(buttonName(instances.front().second, m_backupScope)));
    else
        m_backupScope->setText(tr("Back up %n instance(s)", nullptr, static_cast<int>(instances.size())));
    m_backupScope->setEnabled(!instances.empty() && forbidden().isEmpty());
    m_backupScope->setToolTip(instances.empty() ? tr("The selection in the tree holds no instance.") : forbidden());
}

void BackupsPage::showForbidden()
{
    setInstances(m_instances);
    showInspector();
}

QString BackupsPage::help() const
{
    return tr("<p>The backups of what the tree has selected, in the time range at the top right. A night counts from noon to noon, so that it "
              "belongs to one day.</p><p>The counts filter when clicked. In the timeline each bar is a run from its start to its end: click selects "
              "it in the table too, drag zooms, Ctrl and the wheel zoom at the pointer, a double click beside the bars goes back. Clicking a word "
              "above the chart switches that series.</p>"
              "<p>A backup is <b>ok</b> only when the tool ended well and said so, everything the server holds is in it, and its position is known. "
              "<b>Proved</b> says how far it was tested: <i>verified</i> means that a server was started on a restore of it and its tables were "
              "checked. <i>Verify by a restore</i> does that now; <i>Restore</i> keeps what it made, in a directory you "
              "name.</p><p><b>Unknown</b> means that the host cannot be asked; it resolves when the host answers.</p>");
}

void BackupsPage::showInspector()
{
    if (m_loading) {
        m_inspector->clear({});
        return;
    }
    std::vector<const BackupRow *> rows;
    for (const int at : m_pane->chosenRows()) {
        if (const BackupRow *row = m_model->row(at))
            rows.push_back(row);
    }
    if (rows.empty())
        m_inspector->clear(tr("Select a backup to see its details."));
    else if (rows.size() == 1)
        showOne(*rows.front());
    else
        showMany(rows, m_pane->chosenCount());
}

void BackupsPage::showOne(const BackupRow &row)
{
    Inspector::Content content = runContent(row.run, m_model->now());
    addFacts(content, factsOf(row, m_model->now()));
    m_inspector->setContent(content);
    offerActs({&row});
}

void BackupsPage::showMany(const std::vector<const BackupRow *> &rows, int chosen)
{
    std::vector<const RunRow *> runs;
    std::int64_t stored = 0;
    for (const BackupRow *row : rows) {
        runs.push_back(&row->run);
        stored += row->backup && !row->backup->expiredAt ? row->backup->storedBytes : 0;
    }
    Inspector::Content content = runsContent(runs, chosen);
    if (!content.ids.empty() && stored > 0)
        content.lines.push_back({tr("Stored"), bytesText(stored), exactBytesText(stored), false});
    m_inspector->setContent(content);
    if (!content.ids.empty())
        offerActs(rows);
}

/// What can be done with the rows, each act with those of them it is possible with.
void BackupsPage::offerActs(const std::vector<const BackupRow *> &rows)
{
    std::vector<const RunRow *> runs;
    Subjects again;
    Subjects proofs;
    std::set<Uuid> instances;
    bool anyBackup = false;
    bool allFinal = true;
    bool anyRetry = false;
    for (const BackupRow *row : rows) {
        const Run &run = row->run.run;
        runs.push_back(&row->run);
        instances.insert(run.targetId);
        again.ids.push_back(run.id);
        allFinal = allFinal && isFinal(run.state);
        anyRetry = anyRetry || run.state == RunState::Failed || whyNotRetry(run).isEmpty();
        anyBackup = anyBackup || row->backup;
        if (row->backup && !row->backup->expiredAt)
            proofs.ids.push_back(run.id);
    }
    if (proofs.ids.empty())
        proofs.whyNone = tr("This backup has expired: its files are gone.");
    const Subjects cancels = subjectsOf(runs, whyNotCancel);
    const std::size_t shown = rows.size();
    const bool single = shown == 1;
    m_retry->setVisible(anyRetry);
    offer(m_inspector, m_retry, subjectsOf(runs, whyNotRetry), shown, tr("Retry"), tr("Retry %1"), forbidden());
    m_cancel->setVisible(!allFinal);
    offer(m_inspector, m_cancel, cancels, shown, tr("Cancel this backup"), tr("Cancel %1"), forbidden());
    m_open->setVisible(single);
    m_backup->setVisible(allFinal || !single);
    offer(m_inspector, m_backup, again, instances.size(), tr("Back up %1…").arg(buttonName(rows.front()->run.target, m_backup)), tr("Back up %n instance(s)…", nullptr, static_cast<int>(instances.size())),
          forbidden());
    m_verify->setVisible(anyBackup);
    offer(m_inspector, m_verify, proofs, shown, tr("Verify by a restore"), tr("Verify %1 by restores"), forbidden());
    m_restore->setVisible(anyBackup && single);
    permit(m_restore, !forbidden().isEmpty() ? forbidden() : proofs.whyNone);
    if (m_verify->toolTip().isEmpty())
        m_verify->setToolTip(tr("Its host restores it into a scratch directory, starts a server on it, checks every table and removes it again."));
    if (m_restore->toolTip().isEmpty())
        m_restore->setToolTip(tr("Into an empty directory on a host, with your own key"));
}

} // namespace zandb
