// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/attention.h"

#include "models/alerts/alerttext.h"
#include "models/backups/backupdays.h"
#include "models/common/errortext.h"
#include "models/fleet/groupsettings.h"
#include "models/fleet/statetext.h"
#include "models/workflow/schedulehealth.h"
#include "tests/widgets/sampledata.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

/// What Today lists, and the figures behind it.
class TestAttention : public QObject
{
    Q_OBJECT

    Fleet m_fleet = sample::fleet();

    static QStringList lines(const std::vector<Attention> &items)
    {
        QStringList all;
        for (const Attention &item : items)
            all << item.what;
        return all;
    }
    Unrun unwritten(BoardState state, std::size_t instances)
    {
        Unrun row;
        row.taskId = sample::id(5, 1);
        row.task = "nightly";
        row.kind = "backup";
        row.state = state;
        row.reason = "unwritten";
        row.since = row.last = sample::now() - 5h;
        row.dues = {row.last};
        for (std::size_t i = 0; i < instances; ++i)
            row.targets.push_back({m_fleet.instances[i].instance.id, m_fleet.instances[i].instance.hostId});
        row.targetCount = static_cast<int>(instances);
        return row;
    }
    static std::vector<BackupRow> rows(const std::vector<Unrun> &unrun)
    {
        auto made = rowsOf(unrun, [](const Unrun::Target &) { return true; }, 1000);
        for (RunRow &row : made)
            row.target = QStringLiteral("db1/my3306");
        return joinBackups(std::move(made), {});
    }

private Q_SLOTS:
    /// A backup that a verification found bad was no good one: it is listed, heals nothing, and another good one heals it.
    void aBackupThatWasFoundBad()
    {
        const auto row = [this](int n, std::chrono::hours ago, bool good) {
            BackupRow made;
            made.run.run.id = sample::id(7, n);
            made.run.run.targetId = m_fleet.instances[0].instance.id;
            made.run.run.occurrence = made.run.run.due = sample::now() - ago;
            made.run.run.state = RunState::Succeeded;
            made.run.look = Look::Ok;
            made.run.exists = true;
            made.run.target = QStringLiteral("db1/my3306");
            made.backup = Backup{};
            if (!good)
                made.backup->finding = makeError(errors::backupInvalid, {{"path", "/b/x"}, {"detail", "a file is missing"}});
            return made;
        };
        const BoardDay night = boardDayOf(sample::now() - 6h, "UTC");
        const auto troubled = troubledOf({row(1, 3h, false), row(2, 27h, true)}, sample::now() - 72h, night);
        QCOMPARE(troubled.rows.size(), 1u);
        const auto told = attentionOf(m_fleet, troubled.rows, sample::now());
        QVERIFY(lines(told).contains(QStringLiteral("db1/my3306: backup was found bad")));
        QCOMPARE(troubledOf({row(1, 3h, true), row(2, 5h, false)}, sample::now() - 72h, night).rows.size(), 0u);
        QCOMPARE(backupDays({row(1, 3h, false)}, sample::now() - 12h, sample::now(), "UTC").back().failed, 1);
        auto expired = row(1, 3h, false);
        expired.backup->expiredAt = sample::now();
        QVERIFY(!wasFoundBad(expired)); // removed as it should be
    }

    /// The headline says as many as the list tells of: one that failed again in the same night is told by its newest.
    void theCountIsThatOfTheLines()
    {
        const auto failed = [this](int n, std::chrono::hours ago, int instance) {
            BackupRow made;
            made.run.run.id = sample::id(7, n);
            made.run.run.taskId = sample::id(5, 1);
            made.run.run.targetId = m_fleet.instances[static_cast<std::size_t>(instance)].instance.id;
            made.run.run.occurrence = made.run.run.due = sample::now() - ago;
            made.run.run.state = RunState::Failed;
            made.run.look = Look::Failed;
            made.run.exists = true;
            made.run.target = QStringLiteral("db1/my3306");
            return made;
        };
        const BoardDay night = boardDayOf(sample::now() - 6h, "UTC");
        QVERIFY(sample::now() - 4h >= night.from);
        const Troubled troubled = troubledOf({failed(1, 1h, 0), failed(2, 2h, 0), failed(3, 3h, 1), failed(4, 4h, 2)}, sample::now() - 72h, night);
        QCOMPARE(troubled.rows.size(), 3u);
        QCOMPARE(troubled.repeated, 1);
        // the failure of an earlier night stays that night's own
        const BoardDay before = boardDayOf(night.from - 1h, "UTC");
        QCOMPARE(troubledOf({failed(1, 1h, 0), failed(2, std::chrono::hours{26}, 0)}, sample::now() - 72h, before).repeated, 0);
    }

    /// A held clock is one line, that of its alert; without one the line says it.
    void aHeldClockIsToldOnce()
    {
        AttentionFacts facts;
        facts.health = scheduleHealth(1, sample::now(), sample::now() - 1h, {}, 3);
        QVERIFY(facts.health.isBad());
        const auto withClock = [&] {
            const auto items = attentionOf({}, {}, sample::now(), facts);
            return std::ranges::count_if(items, [](const Attention &item) { return item.what.contains(QStringLiteral("clock")); });
        };
        QCOMPARE(withClock(), 1);
        Attention alert;
        alert.what = QStringLiteral("The store's clock went back");
        alert.alert = sample::id(8, 1);
        alert.ofSchedules = true;
        facts.alerts.push_back(alert);
        QCOMPARE(withClock(), 1);
        QVERIFY(attentionOf({}, {}, sample::now(), facts).front().alert);
        facts.alerts.front().ofSchedules = false; // of something else
        QCOMPARE(withClock(), 2);
    }

    /// With no headless instance all hosts grow old: one cause, one line, and it stands first.
    void nobodySchedulesIsSaidFirst()
    {
        for (auto &[id, state] : m_fleet.hostStates) {
            state.state = "ok";
            state.seenAt = sample::now() - 59s;
            state.facts.reset();
        }
        for (InstanceRecord &record : m_fleet.instances) {
            record.state = "up";
            record.detail.reset();
            record.seenAt = sample::now() - 59s;
        }
        QCOMPARE(attentionOf(m_fleet, {}, sample::now()).size(), m_fleet.hosts.size()); // each by itself
        AttentionFacts facts;
        facts.health = scheduleHealth(0, sample::now() - 1h, {}, {}, 3);
        auto items = attentionOf(m_fleet, {}, sample::now(), facts);
        QCOMPARE(items.size(), std::size_t{1});
        QCOMPARE(items[0].look, Look::Failed);
        QVERIFY(items[0].what.startsWith(QStringLiteral("Schedules do not run: no headless instance")));
        // a host that was not well then keeps its line
        m_fleet.hostStates.begin()->second.state = "unreachable";
        items = attentionOf(m_fleet, {}, sample::now(), facts);
        QCOMPARE(items.size(), std::size_t{2});
        facts.health = scheduleHealth(1, {}, sample::now() - 1h, {}, 3);
        QVERIFY(attentionOf(m_fleet, {}, sample::now(), facts)[0].what.contains(QStringLiteral("clock went back")));
        m_fleet = sample::fleet();
    }

    /// A replica that does not replicate is told with the server's reason, also when nobody has asked its host since.
    void aStoppedReplicaHasItsLine()
    {
        InstanceRecord &record = m_fleet.instances[0];
        record.state = "up";
        record.seenAt = sample::now();
        wire::ReplicationState source;
        source.sourceHost = "10.0.0.7";
        source.ioRunning = true;
        source.errorNumber = 1062;
        source.errorText = "Duplicate entry '1'";
        record.detail->replication = {source};
        HostState &state = m_fleet.hostStates[record.instance.hostId];
        state.state = "ok";
        state.seenAt = sample::now();
        const auto told = [&](const AttentionFacts &facts) -> std::optional<Attention> {
            for (Attention &item : attentionOf(m_fleet, {}, sample::now(), facts)) {
                if (item.what.startsWith(QString::fromStdString(m_fleet.pathOf(record.instance.id)) + QStringLiteral(": replication stopped")))
                    return std::move(item);
            }
            return std::nullopt;
        };
        auto line = told({});
        QVERIFY(line && line->look == Look::Failed);
        QCOMPARE(line->detail, QStringLiteral("SQL thread stopped: error 1062, Duplicate entry '1'"));
        record.detail->replication = {wire::ReplicationState{}};
        QCOMPARE(told({})->detail, QStringLiteral("IO and SQL threads stopped, the server reports no error"));
        state.seenAt = record.seenAt = sample::now() - 1h;
        AttentionFacts facts;
        facts.health = scheduleHealth(0, sample::now() - 1h, {}, {}, 3);
        QVERIFY(told(facts));
        QVERIFY(told({}));
        m_fleet = sample::fleet();
    }

    /// Nothing is scheduled and nobody watches: what was well an hour ago is not shown as well now.
    void nobodyWatchesIsSaid()
    {
        for (auto &[id, state] : m_fleet.hostStates) {
            state.state = "ok";
            state.seenAt = sample::now() - 1h;
            state.facts.reset();
        }
        for (InstanceRecord &record : m_fleet.instances) {
            record.state = "up";
            record.detail.reset();
            record.seenAt = sample::now() - 1h;
        }
        AttentionFacts facts;
        facts.health = scheduleHealth(0, sample::now() - 1h, {}, {}, 0);
        const auto items = attentionOf(m_fleet, {}, sample::now(), facts);
        QCOMPARE(items.size(), std::size_t{1});
        QCOMPARE(items[0].look, Look::Unknown);
        QVERIFY(items[0].what.startsWith(QStringLiteral("Nobody watches the hosts")));
        m_fleet = sample::fleet();
    }

    void health()
    {
        using State = ScheduleHealth::State;
        QVERIFY(scheduleHealth(1, {}, {}, {}, 2).state == State::Fine);
        QVERIFY(scheduleHealth(0, {}, sample::now(), {}, 2).state == State::NoHeadless); // nobody is there to clear the alert
        QVERIFY(scheduleHealth(1, {}, sample::now(), {}, 2).state == State::HeldBack);
        QVERIFY(scheduleHealth(1, {}, {}, sample::now(), 2).state == State::HeldForward);
        QVERIFY(!scheduleHealth(0, {}, {}, {}, 0).isBad()); // nothing is there to be run
        QVERIFY(!ScheduleHealth{}.isBad());
    }

    /// However old it is, and whatever came after it: what was found bad stays on Today until it has expired.
    void aBackupFoundBadIsListed()
    {
        Backup bad;
        bad.id = sample::id(8, 1);
        bad.instanceId = m_fleet.instances[0].instance.id;
        bad.endedAt = sample::now() - 240h;
        bad.finding = makeError(errors::backupInvalid, {{"path", "/b/payload"}, {"detail", "changed"}});
        bad.foundAt = sample::now() - 1h;
        AttentionFacts facts;
        facts.foundBad = {bad};
        auto items = attentionOf(m_fleet, {}, sample::now(), facts);
        const auto found = std::ranges::find_if(items, [](const Attention &item) { return item.what.contains(QStringLiteral("was found bad")); });
        QVERIFY(found != items.end());
        QCOMPARE(found->look, Look::Failed);
        QVERIFY(found->what.startsWith(QString::fromStdString(m_fleet.pathOf(bad.instanceId))));
        QVERIFY(found->detail.contains(QStringLiteral("/b/payload")));
        QVERIFY(found->since == *bad.foundAt);
        // one line where its run is listed already
        BackupRow row;
        row.run.look = Look::Failed;
        row.backup = bad;
        QCOMPARE(lines(attentionOf(m_fleet, {row}, sample::now(), facts)).filter(QStringLiteral("found bad")).size(), 1);
        facts.foundBad.assign(20, bad);
        QCOMPARE(lines(attentionOf(m_fleet, {}, sample::now(), facts)).filter(QStringLiteral("found bad")).size(), 9);
    }

    void manyOfOneCauseAreOneLine()
    {
        auto items = attentionOf({}, rows({unwritten(BoardState::Late, 3)}), sample::now());
        QCOMPARE(items.size(), std::size_t{3});
        QVERIFY(items[0].what.contains(QStringLiteral("has not started")));
        items = attentionOf({}, rows({unwritten(BoardState::Late, 8), unwritten(BoardState::Missed, 2)}), sample::now());
        QCOMPARE(items.size(), std::size_t{3});
        QVERIFY2(lines(items).contains(QStringLiteral("nightly: 8 backup(s) have not started")), qPrintable(lines(items).join(QLatin1Char('\n'))));
        QCOMPARE(items.back().detail, errorSummary(unrunError("unwritten")));
    }

    void tasksWithoutATarget()
    {
        Unrun row = unwritten(BoardState::Skipped, 0);
        row.reason = "no_target";
        AttentionFacts facts;
        facts.withoutTarget = {row};
        const auto items = attentionOf({}, {}, sample::now(), facts);
        QCOMPARE(lines(items), QStringList{QStringLiteral("nightly: backed up nothing")});
        QCOMPARE(items[0].leadsTo.idOf(taskSubject), std::optional(row.taskId));
    }

    /// A series of many is one row with a count; a row of an occurrence offers nothing that needs a run.
    void rowsOfOccurrences()
    {
        Unrun series = unwritten(BoardState::Missed, 2);
        series.since = series.last - 24h;
        series.count = 1440;
        series.dues.clear();
        const auto made = rowsOf({series, unwritten(BoardState::Late, 1)}, [](const Unrun::Target &) { return true; }, 1000);
        QCOMPARE(made.size(), std::size_t{3});
        QCOMPARE(made[0].count, 1440);
        QVERIFY(runStateText(made[0], sample::now()).contains(QStringLiteral("1440")));
        QVERIFY(!made[0].exists && hasNoRun(made[0].run) && made[0].run.state == RunState::Missed);
        QVERIFY(made[2].run.state == RunState::Pending && made[2].look == Look::Late);
        for (const RunRow &row : made)
            QVERIFY(!whyNotRetry(row.run).isEmpty() && !whyNotCancel(row.run).isEmpty() && !whyNotGiveUp(row.run).isEmpty());
        QCOMPARE(rowsOf({series}, [](const Unrun::Target &) { return false; }, 1000).size(), std::size_t{0});
        QCOMPARE(rowsOf({unwritten(BoardState::Late, 8)}, [](const Unrun::Target &) { return true; }, 5).size(), std::size_t{5});
        QCOMPARE(countWithin(series, series.since, series.last + 1s), 1440);
        QCOMPARE(countWithin(series, series.last + 1s, series.last + 1h), 0);
    }

    /// Everything that waits says why, where its row stands and on its page.
    void waitingIsSaid()
    {
        RunRow row = sample::runs(m_fleet).front();
        row.run.state = RunState::Pending;
        row.behind = QStringLiteral("db2/my3306");
        for (int why = 0; why <= static_cast<int>(Waiting::Why::RepositoryLimit); ++why) {
            row.waiting = Waiting{static_cast<Waiting::Why>(why), sample::now() + 1h, sample::id(4, 9), sample::id(3, 3)};
            QVERIFY(!waitingText(row).isEmpty() && !toString(row.waiting->why).empty());
            bool told = false;
            for (const Fact &fact : factsOf(row, sample::now()))
                told = told || fact.value == waitingText(row);
            QVERIFY2(told, toString(row.waiting->why).data());
        }
        QVERIFY(waitingText(row).contains(row.behind));
    }

    void coverage()
    {
        const auto id = [&](std::size_t at) { return m_fleet.instances[at].instance.id; };
        std::map<Uuid, LastBackups> backups;
        backups[id(2)] = {sample::now() - 3h, sample::now() - 90h};
        backups[id(1)] = {sample::now() - 49h, {}};
        backups[id(3)] = {sample::now() + 48h, {}}; // a clock that was ahead: it was made, no more is known
        m_fleet.groupSettings[{m_fleet.groups[1].id, std::string(backupAgeDays)}] = 3;
        const auto all = coverageOf(m_fleet, {{id(0), id(2)}}, backups, {id(0), id(1)}, sample::now());
        QCOMPARE(all.size(), m_fleet.instances.size());
        const auto of = [&](std::size_t at) { return *std::ranges::find(all, id(at), &Coverage::instance); };
        QVERIFY(of(0).backedUpBy == id(2) && of(0).inTask && of(2).inTask && of(0).isFine(sample::now())); // by its replica
        QVERIFY(of(1).maxAgeDays == 3 && !of(1).isTooOld(sample::now()) && !of(1).isFine(sample::now()));
        QCOMPARE(of(3).lastGood, std::optional(sample::now()));
        QVERIFY(of(5).isTooOld(sample::now()) && !of(5).inTask && of(5).maxAgeDays == 2);
        const CoverageCounts counts = countCoverage(all, sample::now());
        QVERIFY(counts.instances == 8 && counts.never == 4 && counts.tooOld == 4 && counts.inNoTask == 5 && counts.neverProved == 2);
        QVERIFY(!coverageText(counts).isEmpty());
        QVERIFY(coverageText({8, 0, 0, 0, 0}).isEmpty());
        AttentionFacts facts;
        facts.coverage = all;
        Fleet well = m_fleet;
        well.hosts.clear();
        well.instances.clear();
        const QStringList told = lines(attentionOf(well, {}, sample::now(), facts));
        QVERIFY2(told.contains(QStringLiteral("db4/my3306: no good backup")), qPrintable(told.join(QLatin1Char('\n'))));
        m_fleet = sample::fleet();
    }

    void alerts()
    {
        Alert alert;
        alert.kind = taskUnreadableAlert;
        alert.subject = sample::id(5, 1).toString();
        alert.detail = Json{{"name", "nightly"}, {"field", "policies.keep"}, {"detail", "not a number"}};
        QVERIFY(alertTitle(alert).contains(QStringLiteral("nightly")));
        QVERIFY(alertDetail(alert).contains(QStringLiteral("policies.keep")));
        alert.detail = Json{{"name", "nightly"}, {"field", "every"}, {"detail", "must be day or week"}};
        QVERIFY2(alertDetail(alert).startsWith(QStringLiteral("Its definition is wrong at \"every\": must be day or week.")), qPrintable(alertDetail(alert)));
        alert.ackedBy = "maria";
        QVERIFY(alertDetail(alert).contains(QStringLiteral("maria")));
        alert.kind = "later.kind";
        alert.detail = Json::array();
        QVERIFY(alertTitle(alert).contains(QStringLiteral("later.kind")));
        // by its name and not by its id
        alert.subject = m_fleet.instances[0].instance.id.toString();
        QCOMPARE(alertTitle(alert, m_fleet), QStringLiteral("later.kind: ") + QString::fromStdString(m_fleet.pathOf(m_fleet.instances[0].instance.id)));
        alert.subject = m_fleet.hosts[0].id.toString();
        QCOMPARE(alertTitle(alert, m_fleet), QStringLiteral("later.kind: ") + QString::fromStdString(m_fleet.hosts[0].name));
        AttentionFacts facts;
        facts.alerts = {{Look::Failed, QStringLiteral("seen"), {}, {}, {}, sample::id(7, 1), true},
                        {Look::Failed, QStringLiteral("new"), {}, {}, {}, sample::id(7, 2), false}};
        const auto items = attentionOf(m_fleet, {}, sample::now(), facts);
        QCOMPARE(items.front().what, QStringLiteral("new"));
        QCOMPARE(items.back().what, QStringLiteral("seen"));
    }

    /// A time ahead of the clock is no age, and nothing is green by it.
    void whatWasSeenInTheFutureIsUnknown()
    {
        const Host &host = m_fleet.hosts.front();
        m_fleet.hostStates[host.id].seenAt = sample::now() + 48h;
        const Condition condition = hostCondition(m_fleet, host, sample::now());
        QVERIFY(condition.look == Look::Unknown && condition.stale && !condition.age);
        m_fleet.instances[0].seenAt = sample::now() + 48h;
        QVERIFY(instanceCondition(m_fleet.instances[0], sample::now()).look == Look::Unknown);
        m_fleet.instances[0].state = "gone";
        QVERIFY(!instanceCondition(m_fleet.instances[0], sample::now()).age);
        m_fleet = sample::fleet();
    }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "tst_attention.moc"
