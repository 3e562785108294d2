// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/sampledata.h"

#include "agent/protocol/errors.h"
#include "models/backups/attention.h"
#include "models/backups/backupdays.h"
#include "models/backups/backuptimelinemodel.h"
#include "models/common/errortext.h"
#include "models/common/natural.h"
#include "models/common/roles.h"
#include "models/common/sortfiltermodel.h"
#include "models/common/tableexport.h"
#include "models/fleet/fleetindex.h"
#include "models/fleet/fleettables.h"
#include "models/fleet/fleettreemodel.h"
#include "models/fleet/location.h"
#include "models/workflow/runtablemodel.h"
#include "models/workflow/steptreemodel.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

#include <ctime>
#include <random>

using namespace zandb;

namespace {

double threadCpuMs()
{
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

/// A tree as text: two spaces a level, name and state.
QString printed(const QAbstractItemModel &model, const QModelIndex &parent = {}, int depth = 0)
{
    QString out;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        out += QString(2 * depth, QLatin1Char(' ')) + index.data().toString() + QStringLiteral(" [")
            + index.siblingAtColumn(1).data().toString() + QStringLiteral("]\n");
        out += printed(model, index, depth + 1);
    }
    return out;
}

} // namespace

class TestItemModels : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_fleet = sample::fleet();
        m_runs = sample::runs(m_fleet);
    }

    void treeShowsTheFleet()
    {
        FleetTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFleet(m_fleet);
        QCOMPARE(printed(model), QStringLiteral("production [failed]\n"
                                                "  shop [failed]\n"
                                                "    db1 [ok]\n"
                                                "      my3306 [up]\n"
                                                "      my3307 [up]\n"
                                                "    db2 [ok]\n"
                                                "      my3306 [up]\n"
                                                "      my3307 [lagging]\n"
                                                "    db3 [unreachable, seen 11 min ago]\n"
                                                "      my3306 [up, seen 11 min ago]\n"
                                                "staging [failed]\n"
                                                "  db4 [ok]\n"
                                                "    my3306 [down]\n"
                                                "    my3307 [replication stopped]\n"
                                                "  db10 [ok, seen 1 min ago]\n"
                                                "    my3306 [up, seen 1 min ago]\n"));
    }
    void unknownIsNeverGreen()
    {
        FleetTreeModel model;
        model.setFleet(m_fleet);
        const Scope db1{Scope::Kind::Host, m_fleet.hosts[0].id};
        QCOMPARE(model.indexOf(db1).data(LookRole).toInt(), static_cast<int>(Look::Ok));
        QVERIFY(!model.indexOf(db1).data(StaleRole).toBool());
        model.setNow(sample::now() + std::chrono::seconds{30});
        QCOMPARE(model.indexOf(db1).data(LookRole).toInt(), static_cast<int>(Look::Unknown));
        QVERIFY(model.indexOf(db1).data(StaleRole).toBool());
    }
    void treeTellsOnlyWhatChanged()
    {
        FleetTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFleet(m_fleet);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.setFleet(m_fleet);
        QCOMPARE(changes.count() + inserts.count(), 0);
        Fleet next = m_fleet;
        next.instances[0].state = "down";
        model.setFleet(next);
        QCOMPARE(changes.count(), 1);
        InstanceRecord more = next.instances[0];
        more.instance.id = sample::id(3, 99);
        more.instance.name = "my3400";
        next.instances.push_back(more);
        model.setFleet(next);
        QCOMPARE(inserts.count(), 1);
        next.instances.erase(next.instances.begin());
        next.hosts[1].name = "a-first";
        model.setFleet(next);
        QCOMPARE(resets.count(), 0);
        QVERIFY(printed(model).contains(QStringLiteral("  shop [failed]\n    a-first")));
    }
    void treeFiltersItself()
    {
        FleetTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFleet(m_fleet);
        model.setFilter(QStringLiteral("lagging"));
        QCOMPARE(printed(model), QStringLiteral("production [failed]\n  shop [failed]\n    db2 [ok]\n      my3307 [lagging]\n"));
        model.setFilter(QStringLiteral("STAGING mysql"));
        QCOMPARE(model.rowCount(), 1);
        model.setFilter({});
        QCOMPARE(model.rowCount(), 2);
        model.setFilter(QStringLiteral("no such thing"));
        QCOMPARE(model.rowCount(), 0);
    }
    void groupsMayFormACycle()
    {
        m_fleet.groups[0].parentId = m_fleet.groups[1].id;
        FleetTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFleet(m_fleet);
        QVERIFY(!groupPath(m_fleet, m_fleet.groups[0].id).isEmpty());
        QCOMPARE(contentsOf(m_fleet, {Scope::Kind::Group, m_fleet.groups[1].id}).hosts.size(), std::size_t{3});
    }
    void tableKeepsRows()
    {
        RunTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(m_runs);
        const QPersistentModelIndex kept(model.index(5, 0));
        const Uuid id = kept.data(IdRole).value<Uuid>();
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        auto next = m_runs;
        next[7].run.revision = 9;
        model.setRows(next);
        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes[0][0].toModelIndex().row(), 7);
        next.erase(next.begin() + 1, next.begin() + 4);
        RunRow fresh = next[0];
        fresh.run.id = sample::id(4, 1000);
        next.insert(next.begin(), fresh);
        model.setRows(next);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(kept.data(IdRole).value<Uuid>(), id);
        QCOMPARE(kept.row(), 3);
        fresh.run.state = RunState::Failed;
        fresh.run.revision = 10;
        fresh.look = Look::Failed;
        model.upsert(fresh);
        QCOMPARE(model.rowCount(), static_cast<int>(next.size()));
        std::ranges::reverse(next);
        model.setRows(next);
        QCOMPARE(resets.count(), 1);
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }
    void filterAndSort()
    {
        RunTableModel model;
        model.setRows(m_runs);
        SortFilterModel proxy;
        proxy.setSourceModel(&model);
        proxy.setLooks({Look::Failed, Look::Unknown});
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setLooks({});
        proxy.setWords(QStringLiteral("instance:db2 -state:ok"));
        QCOMPARE(proxy.rowCount(), 2); // one running, one cancelled
        proxy.setWords({});
        proxy.sort(RunTableModel::Target, Qt::AscendingOrder);
        QCOMPARE(proxy.index(0, RunTableModel::Target).data().toString(), QStringLiteral("db1/my3306"));
        QCOMPARE(proxy.index(proxy.rowCount() - 1, RunTableModel::Target).data().toString(), QStringLiteral("db10/my3306"));
        proxy.sort(RunTableModel::Duration, Qt::DescendingOrder);
        QVERIFY(proxy.index(0, RunTableModel::Duration).data(SortRole).toLongLong() >= proxy.index(1, RunTableModel::Duration).data(SortRole).toLongLong());
    }
    void exportsAreExact()
    {
        RunTableModel model;
        model.setRows({m_runs[0]});
        Shown shown = allOf(&model);
        shown.columns = {RunTableModel::State, RunTableModel::Duration, RunTableModel::Due};
        QCOMPARE(toTsv(shown, true), QStringLiteral("State\tDuration (s)\tDue (UTC)\nok\t1501\t2026-11-22T01:30:00Z"));
        QCOMPARE(toCsv(shown, true), QByteArray("\xef\xbb\xbfState,Duration (s),Due (UTC)\r\nok,1501,2026-11-22T01:30:00Z\r\n"));
        const QJsonObject object = QJsonDocument::fromJson(toJsonText(shown)).array().at(0).toObject();
        QCOMPARE(object.value(QStringLiteral("Duration")).toObject().value(QStringLiteral("value")).toDouble(), 1501.0);
        QCOMPARE(object.value(QStringLiteral("Duration")).toObject().value(QStringLiteral("unit")).toString(), QStringLiteral("s"));
    }
    /// A colleague who opens an export reads what stood on the screen; a program finds what it stands for beside it.
    void exportsAreWhatIsShown()
    {
        auto rows = joinBackups(m_runs, sample::backups(m_runs));
        BackupTableModel model;
        std::erase_if(rows, [](const BackupRow &row) {
            return row.run.run.state != RunState::Failed && !(row.backup && (row.backup->level == 2 || row.run.run.id == sample::id(4, 9)));
        });
        for (BackupRow &row : rows)
            row.run.task.clear(); // by hand
        model.setRows(rows);
        const Shown shown = allOf(&model);
        const auto words = [&](int column) {
            QStringList texts;
            for (int row = 0; row < model.rowCount(); ++row)
                texts << model.index(row, column).data().toString();
            return texts;
        };
        QVERIFY(words(BackupTableModel::Level).contains(QStringLiteral("verified")) && words(BackupTableModel::Level).contains(QStringLiteral("copied")));
        const auto json = QJsonDocument::fromJson(toJsonText(shown)).array();
        QCOMPARE(json.size(), model.rowCount());
        const QStringList lines = QString::fromUtf8(toCsv(shown, false)).split(QStringLiteral("\r\n"));
        QVERIFY2(lines[0].contains(QStringLiteral("Stored (bytes)")), qPrintable(lines[0]));
        for (const int column : {BackupTableModel::State, BackupTableModel::TaskName, BackupTableModel::Level, BackupTableModel::Trouble}) {
            const QString title = model.headerData(column, Qt::Horizontal).toString();
            for (int row = 0; row < model.rowCount(); ++row) {
                const QString word = model.index(row, column).data().toString();
                QVERIFY2(lines[row + 1].contains(word), qPrintable(title + QStringLiteral(": ") + lines[row + 1]));
                QCOMPARE(json.at(row).toObject().value(title).toObject().value(QStringLiteral("shown")).toString(), word);
            }
        }
        const auto value = [&](int row, const char *title) {
            return json.at(row).toObject().value(QLatin1String(title)).toObject().value(QStringLiteral("value"));
        };
        for (int row = 0; row < model.rowCount(); ++row) {
            const BackupRow &of = *model.row(row);
            QCOMPARE(value(row, "State").toString(), lookName(of.run.look));
            QCOMPARE(value(row, "Task").toString(), QString());
            if (of.backup)
                QCOMPARE(value(row, "Proved").toInt(), of.backup->level);
            else
                QCOMPARE(value(row, "Error").toString(), QStringLiteral("backup.coverage"));
        }
        // fleet: sizes in bytes, a yes is a true
        InstanceTableModel instances;
        instances.setRows(InstanceTableModel::rowsOf(m_fleet, {}, sample::now()));
        const auto fleet = QJsonDocument::fromJson(toJsonText(allOf(&instances))).array().at(0).toObject();
        QCOMPARE(fleet.value(QStringLiteral("Data")).toObject().value(QStringLiteral("unit")).toString(), QStringLiteral("bytes"));
        QVERIFY(fleet.value(QStringLiteral("Read-only")).toObject().value(QStringLiteral("value")).isBool());
    }
    /// What a verify found out stands in the row and in the inspector, whatever had been proved before.
    void aBackupThatWasFoundBad()
    {
        auto rows = joinBackups(m_runs, sample::backups(m_runs));
        const auto at = std::ranges::find_if(rows, [](const BackupRow &row) { return row.backup && row.backup->level == 2; });
        QVERIFY(at != rows.end());
        BackupTableModel model;
        model.setRows({*at});
        const QModelIndex level = model.index(0, BackupTableModel::Level);
        QCOMPARE(level.data().toString(), QStringLiteral("verified"));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        at->backup->finding = makeError(errors::backupReplaced, {{"path", "/b/x"}, {"expected", "aa"}, {"found", "bb"}});
        at->backup->foundAt = sample::now();
        model.setRows({*at});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(level.data().toString(), QStringLiteral("found bad"));
        QVERIFY(level.data(Qt::ToolTipRole).toString().startsWith(QStringLiteral("This is not the backup that was catalogued")));
        const auto facts = factsOf(*at, sample::now());
        const auto joined = joinBackups({at->run}, {*at->backup});
        QVERIFY(joined[0].run.look == Look::Failed);
        QVERIFY(std::ranges::any_of(facts, [](const Fact &fact) { return fact.label == QStringLiteral("Found bad") && fact.value.contains(QStringLiteral("bb")); }));
    }
    /// An index finds what the fleet itself finds.
    void fleetIndex()
    {
        const FleetIndex index(m_fleet);
        for (const InstanceRecord &record : m_fleet.instances) {
            QCOMPARE(index.instance(record.instance.id), m_fleet.instance(record.instance.id));
            QCOMPARE(index.host(record.instance.hostId), m_fleet.host(record.instance.hostId));
            QCOMPARE(index.pathOf(record), m_fleet.pathOf(record.instance.id));
        }
        QVERIFY(!index.instance(Uuid::v7()) && !index.host(Uuid{}));
        InstanceRecord stray;
        stray.instance.hostId = Uuid::v7();
        stray.instance.name = "my1";
        QCOMPARE(index.pathOf(stray), stray.instance.hostId.toString() + "/my1");
    }
    void timelineAndDays()
    {
        const auto rows = joinBackups(m_runs, sample::backups(m_runs));
        std::vector<std::pair<Uuid, QString>> instances;
        for (const InstanceRecord &record : m_fleet.instances)
            instances.emplace_back(record.instance.id, QString::fromStdString(m_fleet.pathOf(record.instance.id)));
        BackupTimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setBackups(instances, rows, sample::now());
        QCOMPARE(model.rowCount(), 8);
        QCOMPARE(model.index(7, 0).data().toString(), QStringLiteral("db10/my3306"));
        QCOMPARE(model.rowCount(model.index(0, 0)), 5);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setBackups(instances, rows, sample::now() + std::chrono::minutes{1});
        QCOMPARE(resets.count(), 0);
        const auto days = backupDays(rows, sample::now() - std::chrono::hours{120}, sample::now(), "UTC");
        QCOMPARE(days.size(), std::size_t{5});
        // a range within one night shows that night
        QCOMPARE(backupDays(rows, sample::now() - std::chrono::hours{6}, sample::now(), "UTC").size(), std::size_t{1});
        QCOMPARE(days.back().good, 3);
        QCOMPARE(days.back().failed, 1);
        QCOMPARE(days.back().other, 4);
        QVERIFY(days.back().storedBytes > 0);
    }
    void stepsAndAttempts()
    {
        StepTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        RunDetail detail = sample::detail(m_runs[1]);
        model.setDetail(detail, sample::now());
        QCOMPARE(printed(model), QStringLiteral("Step 1: Backup [failed]\n  Attempt 1 [failed]\n  Attempt 2 [failed]\n  Attempt 3 [failed]\n  Attempt 4 [failed]\n"));
        QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
        Attempt more = detail.attempts.back();
        more.attempt = 5;
        more.state = RunState::Running;
        more.orderedBy = wire::OrderedBy{"headless", "dispatcher", "SHA256:abc"};
        detail.attempts.push_back(more);
        model.setDetail(detail, sample::now());
        QCOMPARE(inserts.count(), 1);
        QCOMPARE(model.attemptAt(model.index(0, 0))->attempt, 5);
        const auto orderedBy = [&](int row) { return model.index(row, StepTreeModel::OrderedBy, model.index(0, 0)); };
        QCOMPARE(orderedBy(4).data().toString(), QStringLiteral("headless (dispatcher)"));
        QCOMPARE(orderedBy(4).data(Qt::ToolTipRole).toString(), QStringLiteral("with the key SHA256:abc"));
        QCOMPARE(orderedBy(0).data().toString(), QString()); // an agent that did not keep it
    }
    /// What failed needs a look until the same instance has a good backup, also by another task or by hand.
    void failuresStayUntilASuccess()
    {
        const BoardDay night = boardDayOf(sample::now(), "UTC");
        BackupRow failed;
        failed.run.run.id = sample::id(9, 1);
        failed.run.run.targetId = sample::id(3, 1);
        failed.run.run.occurrence = failed.run.run.due = night.from + std::chrono::hours{14};
        failed.run.run.state = RunState::Failed;
        failed.run.look = Look::Failed;
        BackupRow good = failed;
        good.run.run.id = sample::id(9, 2);
        good.run.run.occurrence += std::chrono::hours{12};
        good.run.run.state = RunState::Succeeded;
        good.run.look = Look::Ok;
        BackupRow ofAnother = good;
        ofAnother.run.run.targetId = sample::id(3, 2);
        QCOMPARE(troubledOf({ofAnother, failed}, night.from, night).rows.size(), std::size_t{1});
        const Troubled healed = troubledOf({good, failed}, night.from, night);
        QVERIFY(healed.rows.empty());
        QCOMPARE(healed.healed, 1);
        // one that was found bad since heals nothing, and needs a look itself
        BackupRow bad = good;
        bad.backup.emplace().finding = makeError(errors::backupReplaced, {{"path", "/b"}});
        bad.backup->foundAt = sample::now();
        const Troubled both = troubledOf({bad, failed}, night.from, night);
        QCOMPARE(both.healed, 0);
        QCOMPARE(both.rows.size(), std::size_t{1});
        QVERIFY(wasFoundBad(both.rows[0]));
        const auto told = attentionOf({}, both.rows, sample::now());
        QCOMPARE(told.size(), std::size_t{1});
        QVERIFY2(told[0].what.endsWith(QStringLiteral(": backup was found bad")), qPrintable(told[0].what));
        QCOMPARE(backupDays({bad}, night.from, night.until, "UTC").at(0).good, 0);
        QCOMPARE(backupDays({bad}, night.from, night.until, "UTC").at(0).failed, 1);
        bad.backup->expiredAt = sample::now(); // history
        QCOMPARE(troubledOf({bad, failed}, night.from, night).healed, 1);
        good.run.run.occurrence = failed.run.run.occurrence - std::chrono::hours{1}; // an older one heals nothing
        QCOMPARE(troubledOf({failed, good}, night.from, night).rows.size(), std::size_t{1});
    }
    /// What a task has given is corrected in the task, all else where it was given; and no advice is what has just failed.
    void adviceFitsWhoGaveIt()
    {
        Run run;
        const Error args = makeError(errors::orderArgs, {{"detail", "the directory is no absolute path"}});
        QVERIFY(errorAdvice(toldError(args, run)).contains(QStringLiteral("what was given")));
        QVERIFY(!errorAdvice(args).contains(QStringLiteral("task")));
        run.taskId = sample::id(5, 1);
        QVERIFY(errorAdvice(toldError(args, run)).contains(QStringLiteral("Correct the task")));
        QCOMPARE(errorSummary(toldError(args, run)), errorSummary(args));
        QVERIFY(!errorAdvice(makeError(errors::backupToolLoses, {{"tool", "mariadb-dump"}, {"objects", "SYS"}, {"count", "1"}})).contains(QStringLiteral("logical")));
        QVERIFY(errorAdvice(makeError(errors::backupToolLoses, {{"tool", "mydumper"}, {"objects", "t"}, {"count", "1"}})).contains(QStringLiteral("logical")));
        // the meaning first: a path may be long
        for (const auto &code : {errors::backupInvalid, errors::backupReplaced})
            QVERIFY(errorSummary(makeError(code, {{"path", "/a/long/path"}, {"detail", "a file is missing"}})).indexOf(QStringLiteral("/a/long/path")) > 20);
    }
    /// A clock that was ahead says nothing of how old it is, and never a negative age.
    void aClockThatWasAhead()
    {
        Fleet fleet = sample::fleet();
        for (auto &[id, state] : fleet.hostStates)
            state.seenAt = sample::now() + std::chrono::hours{48};
        HostTableModel hosts;
        hosts.setRows(HostTableModel::rowsOf(fleet, {}, sample::now()));
        QVERIFY(hosts.rowCount() > 0);
        int ahead = 0;
        for (int row = 0; row < hosts.rowCount(); ++row) {
            const QString seen = hosts.index(row, HostTableModel::Seen).data().toString();
            QVERIFY2(seen.isEmpty() || seen == QLatin1String("clock ahead"), qPrintable(seen));
            ahead += seen == QLatin1String("clock ahead");
        }
        QVERIFY(ahead > 0);
    }
    void attentionNamesCauses()
    {
        std::vector<BackupRow> rows = joinBackups({m_runs.begin(), m_runs.begin() + 8}, {});
        const auto items = attentionOf(m_fleet, rows, sample::now());
        QStringList lines;
        for (const Attention &item : items)
            lines << item.what;
        QVERIFY(lines.contains(QStringLiteral("db1/my3307: backup failed")));
        QVERIFY(lines.contains(QStringLiteral("db2: 9\u00a0% of /data left")));
        QVERIFY(lines.contains(QStringLiteral("db4/my3306: down")));
        QVERIFY(!lines.join(QLatin1Char('\n')).contains(QStringLiteral("db3/my3306: up"))); // its host's line says it
        QCOMPARE(items.front().look, Look::Failed);
    }
    void placesTravelAsText()
    {
        Location at;
        at.page = QStringLiteral("backups");
        at.scope = {Scope::Kind::Instance, m_fleet.instances[2].instance.id};
        at.range = TimeRange::last(48);
        at.subject = Subject(Look::Failed);
        QCOMPARE(at.look(), std::optional(Look::Failed));
        const QString text = locationToText(m_fleet, at);
        QVERIFY2(text.startsWith(QStringLiteral("zandb:backups?scope=db2/my3306&range=2d")), qPrintable(text));
        QCOMPARE(locationFromText(m_fleet, text), std::optional(at));
        at.scope = {Scope::Kind::Group, m_fleet.groups[1].id};
        QCOMPARE(locationFromText(m_fleet, locationToText(m_fleet, at)), std::optional(at));
        at.subject = Subject(runSubject, m_runs[0].run.id);
        const QString run = locationToText(m_fleet, at);
        QCOMPARE(locationFromText(m_fleet, run), std::optional(at));
        QCOMPARE(at.idOf(runSubject), std::optional(m_runs[0].run.id));
        QVERIFY(!at.idOf(taskSubject) && !at.look());
        // what older windows wrote
        QCOMPARE(locationFromText(m_fleet, QString(run).replace(QStringLiteral("subject=run:"), QStringLiteral("run="))), std::optional(at));
        QCOMPARE(locationFromText(m_fleet, QStringLiteral("zandb:runs?range=5d&state=failed"))->look(), std::optional(Look::Failed));
        for (const char *bad : {"", "zandb:", "zandb:../x", "zandb:No Where", "http://x", "zandb:backups?scope=no/such"})
            QVERIFY2(!locationFromText(m_fleet, QLatin1String(bad)), bad);
    }
    void hundredThousandRows()
    {
        std::vector<RunRow> rows;
        rows.reserve(100'000);
        for (int at = 0; at < 100'000; ++at) {
            RunRow row = m_runs[static_cast<std::size_t>(at) % m_runs.size()];
            row.run.id = sample::id(7, at);
            row.run.due += std::chrono::seconds{at * 7919 % 1'000'003};
            rows.push_back(std::move(row));
        }
        RunTableModel model;
        SortFilterModel proxy;
        proxy.setSourceModel(&model);
        QElapsedTimer timer;
        timer.start();
        model.setRows(rows);
        const auto filled = timer.restart();
        // the longest that one event takes of this thread's own time: what other programs do is not the model's
        double worst = 0;
        const auto settle = [&](auto &&act) {
            double before = threadCpuMs();
            act();
            do {
                worst = std::max(worst, threadCpuMs() - before);
                before = threadCpuMs();
                QCoreApplication::processEvents();
            } while (proxy.busy());
            worst = std::max(worst, threadCpuMs() - before);
            return timer.restart();
        };
        const auto sorted = settle([&] { proxy.sort(RunTableModel::Due, Qt::DescendingOrder); });
        const auto byName = settle([&] { proxy.sort(RunTableModel::Target, Qt::AscendingOrder); });
        const auto filtered = settle([&] { proxy.setWords(QStringLiteral("failed")); });
        QVERIFY(proxy.rowCount() > 2000);
        const auto back = settle([&] { proxy.setWords({}); });
        QCOMPARE(proxy.rowCount(), 100'000);
        qInfo("100,000 runs: fill %lld ms; then, between events, sort by time %lld ms, by name %lld ms, filter by a word %lld ms, take it back "
              "%lld ms; longest slice %.1f ms",
              filled, sorted, byName, filtered, back, worst);
        QVERIFY2(worst < 50, qPrintable(QString::number(worst)));
    }
    /// Whatever comes, goes and changes in whatever order: the rows shown are those the rules ask for, in their order,
    /// and what one has selected stays selected.
    void sortingFollowsEveryChange()
    {
        std::mt19937 dice(20261122);
        const auto upTo = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
        int number = 0;
        const auto fresh = [&] {
            RunRow row = m_runs[static_cast<std::size_t>(upTo(static_cast<int>(m_runs.size())))];
            row.run.id = sample::id(9, ++number);
            row.run.due += std::chrono::seconds{upTo(50)};
            return row;
        };
        RunTableModel model;
        SortFilterModel proxy;
        QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setLookColumn(RunTableModel::State);
        proxy.setSourceModel(&model);
        std::vector<RunRow> rows;
        for (int round = 0; round < 50; ++round) {
            std::set<Look> looks;
            switch (upTo(8)) {
            case 0: // many at once, so that they are not put in one by one
                for (int n = 150 + upTo(150); n > 0; --n)
                    rows.insert(rows.begin() + upTo(static_cast<int>(rows.size()) + 1), fresh());
                break;
            case 1:
                for (int n = upTo(5); n > 0; --n)
                    rows.insert(rows.begin() + upTo(static_cast<int>(rows.size()) + 1), fresh());
                break;
            case 2:
                std::erase_if(rows, [&, of = upTo(3) && rows.size() < 500 ? 30 : 2](const RunRow &) { return upTo(of) == 0; });
                break;
            case 3:
                for (RunRow &row : rows) {
                    if (upTo(10) > 0)
                        continue;
                    const RunRow other = fresh();
                    row.run.due = other.run.due;
                    row.look = other.look;
                    row.target = other.target;
                    ++row.run.revision;
                }
                break;
            case 4:
                proxy.sort(upTo(2) ? RunTableModel::Due : RunTableModel::Target, upTo(2) ? Qt::AscendingOrder : Qt::DescendingOrder);
                break;
            case 5:
                for (int n = upTo(3); n > 0; --n)
                    looks.insert(static_cast<Look>(upTo(lookCount)));
                proxy.setLooks(looks);
                break;
            case 6:
                proxy.setWords(upTo(2) ? QString() : QStringLiteral("db1 -state:failed"));
                break;
            default:
                std::ranges::shuffle(rows, dice);
            }
            const QPersistentModelIndex kept = proxy.index(upTo(std::max(1, proxy.rowCount())), 0);
            const auto keptId = kept.isValid() ? kept.data(IdRole).value<Uuid>() : Uuid{};
            const QSignalSpy resets(&proxy, &QAbstractItemModel::modelReset);
            model.setRows(rows);
            QTRY_VERIFY(!proxy.busy());
            if (kept.isValid())
                QVERIFY(kept.data(IdRole).value<Uuid>() == keptId);
            else if (keptId != Uuid{} && resets.isEmpty()) // only what went, or is not asked for, may lose its place
                QVERIFY(!proxy.mapFromSource(model.index(model.rowOf(keptId), 0)).isValid());
            int accepted = 0;
            for (const RunRow &row : rows) {
                const bool words = proxy.words().isEmpty()
                    || (row.target.contains(QStringLiteral("db1")) && row.look != Look::Failed);
                accepted += words && (proxy.looks().empty() || proxy.looks().contains(row.look));
            }
            QCOMPARE(proxy.rowCount(), accepted);
            const int column = proxy.sortColumn();
            for (int at = 1; column >= 0 && at < proxy.rowCount(); ++at) {
                const QVariant a = proxy.index(at - 1, column).data(SortRole);
                const QVariant b = proxy.index(at, column).data(SortRole);
                const int order = column == RunTableModel::Due ? (a.toLongLong() > b.toLongLong()) - (a.toLongLong() < b.toLongLong())
                                                               : compareNaturally(a.toString(), b.toString());
                QVERIFY(proxy.sortOrder() == Qt::AscendingOrder ? order <= 0 : order >= 0);
            }
        }
    }

private:
    Fleet m_fleet;
    std::vector<RunRow> m_runs;
};

QTEST_GUILESS_MAIN(TestItemModels)
#include "tst_itemmodels.moc"
