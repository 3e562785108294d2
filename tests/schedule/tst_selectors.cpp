// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/calendar.h"
#include "app/schedule/targets.h"
#include "models/fleet/groupsettings.h"
#include "models/workflow/taskhistory.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

/// What a task is for, and what would come of it.  A fleet of one primary with two replicas, a MySQL alone, and one of which nothing is known.
class TestSelectors : public QObject
{
    Q_OBJECT

    Fleet m_fleet;
    Uuid m_primary, m_near, m_far, m_mysql, m_unknown, m_group;

    Uuid add(const std::string &host, const std::string &flavour, std::optional<std::int64_t> lag)
    {
        Host h;
        h.id = Uuid::v7();
        h.name = host;
        h.address = host;
        m_fleet.hosts.push_back(h);
        HostState state;
        state.hostId = h.id;
        state.state = "ok";
        state.seenAt = m_fleet.readAt;
        m_fleet.hostStates[h.id] = state;
        InstanceRecord record;
        record.instance = {Uuid::v7(), h.id, "my3306", 3306, {}, 1};
        record.state = "up";
        record.seenAt = m_fleet.readAt;
        if (!flavour.empty()) {
            record.detail.emplace();
            record.detail->flavour = flavour;
            record.detail->port = 3306;
            if (lag) {
                wire::ReplicationState source;
                source.sourceHost = "db1";
                source.sourcePort = 3306;
                source.ioRunning = source.sqlRunning = true;
                source.lagSeconds = lag;
                record.detail->replication.push_back(source);
            }
        }
        m_fleet.instances.push_back(record);
        return record.instance.id;
    }
    std::vector<Uuid> of(const Selector &selector) { return schedule::selected(selector, m_fleet); }
    static std::vector<Uuid> sorted(std::vector<Uuid> ids)
    {
        std::ranges::sort(ids);
        return ids;
    }

private Q_SLOTS:
    void init()
    {
        m_fleet = {};
        m_fleet.readAt = fromIso("2026-11-30T10:00:00Z").value();
        m_group = Uuid::v7();
        m_fleet.groups.push_back({m_group, std::nullopt, "production", 1});
        m_primary = add("db1", "mariadb", std::nullopt);
        m_near = add("db2", "mariadb", 2);
        m_far = add("db3", "mariadb", 40);
        m_mysql = add("db4", "mysql", std::nullopt);
        m_unknown = add("db5", "", std::nullopt);
        m_fleet.hosts[0].groupId = m_fleet.hosts[1].groupId = m_group;
    }

    void eachConditionNarrows()
    {
        Selector all;
        all.all = true;
        QCOMPARE(of(all).size(), 5u);
        Selector flavour;
        flavour.flavours = {"mysql"};
        QCOMPARE(of(flavour), std::vector<Uuid>{m_mysql}); // without anything named, the whole fleet is narrowed
        Selector primary;
        primary.role = "primary";
        QCOMPARE(of(primary), sorted({m_primary, m_mysql})); // and not the one of which nothing is known
        Selector replica;
        replica.role = "replica";
        QCOMPARE(of(replica), sorted({m_near, m_far}));
        replica.groups = {m_group};
        QCOMPARE(of(replica), std::vector<Uuid>{m_near});
        Selector named;
        named.names = {"db[", "db4/*", "*/my3307"};
        QCOMPARE(of(named), std::vector<Uuid>{m_mysql});
        Selector labelled;
        labelled.labels = {"pci"};
        QVERIFY(of(labelled).empty());
        m_fleet.labels[m_fleet.hosts[3].id] = {"pci"};
        m_fleet.labels[m_primary] = {"pci", "tier=1"};
        QCOMPARE(of(labelled), sorted({m_primary, m_mysql}));
        labelled.labels = {"pci", "tier=1"};
        QCOMPARE(of(labelled), std::vector<Uuid>{m_primary});
        labelled.except = {m_primary};
        QVERIFY(of(labelled).empty());
        Selector core;
        core.core = true;
        QVERIFY(of(core).empty());
        m_fleet.groupSettings[{m_group, std::string(coreMark)}] = 1;
        QCOMPARE(of(core), sorted({m_primary, m_near}));
        core.core = false;
        QCOMPARE(of(core), sorted({m_far, m_mysql, m_unknown}));
    }

    void theReplicaWithTheLeastLag()
    {
        Selector least;
        least.role = "least_lag";
        QCOMPARE(of(least), std::vector<Uuid>{m_near});
        // it is found out anew at each occurrence
        m_fleet.instances[1].detail->replication.front().lagSeconds = 100;
        QCOMPARE(of(least), std::vector<Uuid>{m_far});
        m_fleet.instances[2].detail->replication.front().sqlRunning = false;
        QCOMPARE(of(least), std::vector<Uuid>{m_near});
        m_fleet.instances[1].detail->replication.front().lagSeconds.reset();
        QVERIFY(of(least).empty()); // none is healthy, and a primary is no replica
    }

    void aRoleIsNotReadElsewhere()
    {
        Selector primary;
        primary.role = "primary";
        primary.flavours = {"mariadb"};
        const auto targets = schedule::expandTargets(primary, "replica_else_primary", m_fleet);
        QCOMPARE(targets.size(), 1u);
        QCOMPARE(targets.front().instance, m_primary);
        // without a role, one of the set is read, which is the healthy replica
        primary.role.clear();
        QCOMPARE(schedule::expandTargets(primary, "replica_else_primary", m_fleet).front().instance, m_near);
    }

    void whatIsMissedSaysWhy()
    {
        Selector selector;
        selector.all = true;
        selector.flavours = {"mariadb"};
        selector.except = {m_far};
        const auto targets = schedule::expandTargets(selector, "replica_else_primary", m_fleet);
        std::map<Uuid, std::string> why;
        for (const auto &miss : schedule::missed(selector, targets, m_fleet))
            why[miss.instance] = miss.reason;
        QCOMPARE(why, (std::map<Uuid, std::string>{{m_primary, "set"}, {m_far, "except"}, {m_mysql, "flavour"}, {m_unknown, "flavour"}}));
    }

    void asJsonAndForOlderPrograms()
    {
        Selector plain;
        plain.groups = {m_group};
        QVERIFY(!Json(plain).contains("among") && !Json(plain).contains("labels")); // as it always was
        Selector full = plain;
        full.labels = {"pci"};
        full.flavours = {"mysql", "mariadb"};
        full.role = "replica";
        full.names = {"db*"};
        full.core = false;
        full.except = {m_far};
        const Json json(full);
        QCOMPARE(json.get<Selector>(), full);
        // what does not know the conditions must not take the group as a whole
        QVERIFY(!json.contains("groups") && !json.contains("all"));
        QVERIFY(!decode<Selector>(Json{{"labels", 3}}));
    }

    void thePreviewSaysWhatWouldCome()
    {
        Task task;
        task.selector.all = true;
        task.schedule = {{"every", "day"}, {"at", "02:30"}, {"zone", "Europe/Berlin"}};
        task.policies.windowFrom = "03:00";
        task.policies.windowTo = "05:00";
        task.policies.windowZone = "Europe/Berlin";
        task.skips = {fromIso("2026-12-01T01:30:00Z").value()};
        const TaskPreview shown = schedule::preview(task, m_fleet, m_fleet.readAt, 10);
        QCOMPARE(shown.dues.size(), 10u);
        QCOMPARE(toIso(shown.dues[0].at), std::string("2026-12-01T01:30:00Z"));
        QVERIFY(shown.dues[0].leftOut && !shown.dues[1].leftOut);
        QCOMPARE(toIso(shown.dues[1].starts), std::string("2026-12-02T02:00:00Z"));
        QCOMPARE(shown.hits.size(), 3u);   // one of the set, the MySQL, the unknown one
        QCOMPARE(shown.misses.size(), 2u);
    }

    void theCalendarHasLoadAndWindows()
    {
        Task task;
        task.id = Uuid::v7();
        task.name = "nightly";
        task.selector.instances = {m_mysql};
        task.policies.source = "as_named";
        task.schedule = {{"every", "day"}, {"at", "23:30"}, {"zone", "UTC"}};
        task.policies.windowFrom = "23:00";
        task.policies.windowTo = "01:00";
        task.policies.windowZone = "UTC";
        Task often = task;
        often.id = Uuid::v7();
        often.policies = {};
        often.policies.source = "as_named";
        often.name = "often";
        often.schedule = {{"every", "interval"}, {"seconds", 600}, {"anchor", "2026-01-01T00:00:00Z"}};
        Task rests = often;
        rests.enabled = false;
        std::map<Uuid, LastRuns> last;
        last[task.id].took[m_mysql] = 45min;
        std::set<Uuid> all;
        for (const auto &record : m_fleet.instances)
            all.insert(record.instance.id);
        const auto calendar = schedule::calendar({task, often, rests}, last, m_fleet, all, m_fleet.readAt + 5min, 24);
        QCOMPARE(calendar.from, m_fleet.readAt);
        QCOMPARE(calendar.rows.size(), 1u);
        const auto &hours = calendar.rows[0].hours;
        QCOMPARE(hours[13].starts, 7);       // 23:00 to 24:00: six of them and the nightly one
        QCOMPARE(hours[12].starts, 6);
        QCOMPARE(qRound(hours[13].busy), 30); // 45 minutes from half past on
        QCOMPARE(qRound(hours[14].busy), 15);
        QVERIFY(hours[13].tasks.contains(QStringLiteral("nightly")));
        QVERIFY(calendar.window[13] && calendar.window[14] && !calendar.window[12] && !calendar.window[15]);
        QVERIFY(schedule::calendar({task}, last, m_fleet, {m_primary}, m_fleet.readAt, 24).rows.empty());
        task.skips = {fromIso("2026-11-30T23:30:00Z").value()};
        QVERIFY(schedule::calendar({task}, last, m_fleet, all, m_fleet.readAt, 24).rows.empty());
    }

    void whatARevisionChanged()
    {
        TaskRevision before;
        before.name = "nightly";
        before.schedule = {{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
        before.args = {{"method", "auto"}};
        TaskRevision after = before;
        QVERIFY(changesBetween(before, after).empty());
        after.schedule["at"] = Json::array({"02:30", "14:00"});
        after.policies.keep = 3;
        after.selector.labels = {"pci"};
        after.args["repository"] = "far";
        std::map<std::string, std::pair<Json, Json>> changes;
        for (const TaskChange &change : changesBetween(before, after))
            changes[change.field] = {change.before, change.after};
        QVERIFY(changes.at("schedule/at") == std::pair(Json("02:30"), Json::array({"02:30", "14:00"})));
        QVERIFY(changes.at("policies/keep") == std::pair(Json(0), Json(3)));
        QVERIFY(changes.at("args/repository") == std::pair(Json(), Json("far")));
        QVERIFY(changes.contains("selector/labels"));
        after.args = Json(); // written by an older program: not known, and so no change
        QVERIFY(std::ranges::none_of(changesBetween(before, after), [](const TaskChange &c) { return c.field.starts_with("args"); }));
    }
};

QTEST_GUILESS_MAIN(TestSelectors)
#include "tst_selectors.moc"
