// SPDX-License-Identifier: GPL-3.0-or-later
// What of the fleet is an alert, when it begins and when it ends: rules, and a look at a real store.
#include "app/alerts/alertrepository.h"
#include "app/alerts/diskrepository.h"
#include "app/fleet/grouprepository.h"
#include "app/headless/watching.h"
#include "app/workflow/memberrepository.h"
#include "models/alerts/alerttext.h"
#include "models/fleet/groupsettings.h"
#include "tests/store/repositorytest.h"
#include "tests/support/same.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

namespace {

const TimePoint noon = *fromIso("2026-03-01T12:00:00Z");
constexpr std::int64_t gib = 1LL << 30;

} // namespace

class TestWatch : public RepositoryTest
{
    Q_OBJECT

    Fleet m_fleet;

    Host &add(const std::string &name, const std::string &state, TimePoint seen)
    {
        Host host;
        host.id = Uuid::v7();
        host.name = name;
        host.createdAt = noon - 48h;
        m_fleet.hosts.push_back(host);
        HostState &said = m_fleet.hostStates[host.id];
        said.hostId = host.id;
        said.state = state;
        said.seenAt = seen;
        return m_fleet.hosts.back();
    }
    InstanceRecord &addInstance(const Uuid &host, const std::string &state)
    {
        InstanceRecord record;
        record.instance.id = Uuid::v7();
        record.instance.hostId = host;
        record.instance.name = "my3306";
        record.state = state;
        record.detail.emplace();
        m_fleet.instances.push_back(record);
        return m_fleet.instances.back();
    }
    static std::string text(const std::vector<Condition> &conditions)
    {
        std::string all;
        for (const Condition &one : conditions)
            all += one.kind + (one.holds == Condition::Holds::Yes ? " " : "? ");
        return all;
    }
    std::string held()
    {
        std::string all;
        auto open = alerts::list(*m_session).value();
        std::ranges::sort(open, {}, &Alert::kind);
        for (const Alert &alert : open)
            all += alert.kind + ' ';
        return all;
    }
    void sql(const std::string &statement, const std::vector<store::Value> &values = {})
    {
        const auto done = m_session->execute(statement, values);
        if (!done)
            qFatal("%s", describe(done.error()).c_str());
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("mySql");
        QTest::newRow("MariaDB") << false; // what is special of MySQL is in the tests of the repositories
    }
    void initTestCase() {}
    void init() { m_fleet = {}; }

    void hostsThatAreSilent()
    {
        add("ok", "ok", noon - 10s);
        add("short", "unreachable", noon - 1min);
        add("long", "unreachable", noon - 6min);
        SAME(text(hostConditions(m_fleet, noon)), "host.away? host.away ");
        m_fleet.groupSettings[{Uuid{}, std::string(hostAwayMinutes)}] = 60;
        SAME(text(hostConditions(m_fleet, noon)), "host.away? host.away? ");
    }

    void instancesAndReplication()
    {
        const Uuid host = add("db1", "ok", noon - 10s).id;
        addInstance(host, "down");
        InstanceRecord &replica = addInstance(host, "up");
        replica.detail->replication = {{"db0", 3306, true, true, 700, "", 0, ""}};
        SAME(text(instanceConditions(m_fleet, noon)), "instance.down replication.behind ");
        m_fleet.instances[1].detail->replication[0].lagSeconds = 400; // between half and all of it
        SAME(text(instanceConditions(m_fleet, noon)), "instance.down replication.behind? ");
        m_fleet.instances[1].detail->replication[0].lagSeconds = 200;
        SAME(text(instanceConditions(m_fleet, noon)), "instance.down ");
        m_fleet.instances[1].detail->replication[0].sqlRunning = false;
        SAME(text(instanceConditions(m_fleet, noon)), "instance.down replication.broken ");
        // of a host that does not answer nobody can tell: what holds goes on, nothing begins
        m_fleet.hostStates[host].state = "unreachable";
        QVERIFY(text(instanceConditions(m_fleet, noon)).find(". ") == std::string::npos);
        for (const Condition &one : instanceConditions(m_fleet, noon))
            QVERIFY(one.holds == Condition::Holds::Still);
    }

    void alertsBeginAndEndWithPatience()
    {
        AlertWatch watch;
        Condition down{"instance.down", "x", {}, Condition::Holds::Yes, 60s};
        SAME(watch.judge({down}, {}, noon).size(), 0u);
        SAME(watch.judge({down}, {}, noon + 30s).size(), 0u);
        SAME(watch.judge({}, {}, noon + 40s).size(), 0u); // it flaps: counted anew
        SAME(watch.judge({down}, {}, noon + 50s).size(), 0u);
        SAME(watch.judge({down}, {}, noon + 100s).size(), 0u);
        const auto begun = watch.judge({down}, {}, noon + 110s);
        SAME(begun.size(), 1u);
        QVERIFY(begun[0].begins);
        const std::set<AlertKey> held{{"instance.down", "x"}};
        SAME(watch.judge({down}, held, noon + 120s).size(), 0u);
        down.holds = Condition::Holds::Still;
        SAME(watch.judge({down}, held, noon + 130s).size(), 0u);
        const auto ended = watch.judge({}, held, noon + 140s);
        SAME(ended.size(), 1u);
        QVERIFY(!ended[0].begins);
    }

    void aFullDiskIsForeseen()
    {
        std::vector<DiskReading> readings;
        for (int hour = 0; hour < 24 * 7; ++hour)
            readings.push_back({noon - 7 * 24h + std::chrono::hours{hour}, 100 * gib - hour * gib / 24 * 2}); // two a day
        auto days = daysUntilFull(readings, 20 * gib);
        QVERIFY2(days && *days > 9.9 && *days < 10.1, days ? std::to_string(*days).c_str() : "none");
        // odd readings change nothing: a large file that came and went
        for (int i = 40; i < 50; ++i)
            readings[static_cast<std::size_t>(i)].freeBytes = gib;
        days = daysUntilFull(readings, 20 * gib);
        QVERIFY(days && *days > 9 && *days < 11);
        std::vector<DiskReading> emptying = readings;
        for (std::size_t i = 0; i < emptying.size(); ++i)
            emptying[i].freeBytes = static_cast<std::int64_t>(i) * gib;
        QVERIFY(!daysUntilFull(emptying, 20 * gib));
        QVERIFY(!daysUntilFull({readings.begin(), readings.begin() + 12}, 20 * gib)); // half a day
        QVERIFY(!daysUntilFull({}, 0));

        const Uuid host = add("db1", "ok", noon).id;
        const auto judged = [&](std::int64_t free, std::optional<double> left) {
            const auto conditions = diskConditions({{host, {"/data", "sda", 100 * gib, free}, left}}, m_fleet);
            return conditions.empty() ? std::string() : text(conditions) + std::string(toString(severityOf(conditions[0].kind, conditions[0].detail)));
        };
        SAME(judged(50 * gib, std::nullopt), "");
        SAME(judged(50 * gib, 30), "");
        SAME(judged(50 * gib, 9), "disk.full_soon? warning");
        SAME(judged(50 * gib, 5), "disk.full_soon warning");
        SAME(judged(50 * gib, 1), "disk.full_soon critical");
        SAME(judged(2 * gib, std::nullopt), "disk.full_soon critical");
    }

    /// The whole look, on a store: what is wrong becomes alerts with messages, what is mended ends them.
    void aLookAtAStore()
    {
        prepare();
        if (QTest::currentTestFailed() || !m_session)
            return;
        headless::Watching watching;
        VERIFY_OK(watching.look(*m_session));
        SAME(held(), "");
        Host host = RepositoryTest::addHost("db1");
        const TimePoint at = m_session->now().value();
        sql("UPDATE host SET created_us = ?", {value(at - 72h)});
        wire::InstanceState state;
        state.name = "my3306";
        state.state = "up";
        state.port = 3306;
        wire::HostFacts facts;
        facts.hostName = "db1";
        facts.disks = {{"/data", "sda", 100 * gib, gib}};
        VERIFY_OK(fleet::storeSamples(*m_session, {{host.id, "ok", facts, std::vector<wire::InstanceState>{state}, std::nullopt, 1}}));
        sql("UPDATE instance SET created_us = ?", {value(at - 72h)});
        const Uuid instance = fleet::loadFleet(*m_session).value().instances.at(0).instance.id;
        VERIFY_OK(watching.look(*m_session));
        SAME(held(), "backup.old "); // disks are looked at once an hour
        headless::Watching other; // another headless instance takes over
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.old disk.full_soon ");
        const auto readings = alerts::diskReadings(*m_session, at - 2h).value();
        SAME(readings.size(), 1u);

        // a run of a task fails, then one succeeds
        const auto run = [&](const char *word, TimePoint ended) {
            sql("INSERT INTO run (id, task_id, task_revision, occurrence_us, due_us, kind, host_id, target_id, args, policies, state, executor, author, definition_sha256, "
                "signer, signature, cancel_requested, retry_requested, attempts, created_us, ended_us, error, fence, revision) "
                "VALUES (?,?,1,?,?,'backup',?,?,'{}','{}',?,'','ann','','','',0,0,1,?,?,?,1,1)",
                {value(Uuid::v7()), value(host.id), value(ended), value(ended), value(host.id), value(instance), value(word), value(ended), value(ended),
                 value(errorToJson(makeError(errors::internal, {{"detail", "tool"}})))});
        };
        run("failed", at - 1min);
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.failed backup.old disk.full_soon ");
        VERIFY_OK(other.look(*m_session));
        SAME(m_session->query("SELECT COUNT(*) FROM alert_message WHERE kind = 'backup.failed'").value().front().integer(0), std::int64_t{1});
        run("succeeded", at - 30s);
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.old disk.full_soon ");
        SAME(m_session->query("SELECT COUNT(*) FROM alert_message WHERE kind = 'backup.failed'").value().front().integer(0), std::int64_t{2});

        // late: 15 minutes after it was due it has not begun; then it runs, and again longer than it may
        const Uuid waits = Uuid::v7();
        sql("INSERT INTO run (id, task_id, task_revision, occurrence_us, due_us, kind, host_id, target_id, args, policies, state, executor, author, definition_sha256, "
            "signer, signature, cancel_requested, retry_requested, attempts, created_us, fence, revision) "
            "VALUES (?,?,1,?,?,'backup',?,?,'{}','{}','pending','','ann','','','',0,0,0,?,1,1)",
            {value(waits), value(host.id), value(at - 14min), value(at - 14min), value(host.id), value(instance), value(at - 14min)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.old disk.full_soon ");
        sql("UPDATE run SET occurrence_us = ?, due_us = ? WHERE id = ?", {value(at - 16min), value(at - 16min), value(waits)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.late backup.old disk.full_soon ");
        sql("UPDATE run SET state = 'running', started_us = ? WHERE id = ?", {value(at - 1min), value(waits)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.old disk.full_soon ");
        sql("UPDATE run SET started_us = ? WHERE id = ?", {value(at - 61min), value(waits)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.late backup.old disk.full_soon ");
        SAME(m_session->query("SELECT COUNT(*) FROM alert_message WHERE kind = 'backup.late'").value().front().integer(0), std::int64_t{3});
        sql("DELETE FROM run WHERE id = ?", {value(waits)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.old disk.full_soon ");

        // what is of the core wants proofs; a backup that is good and old enough to be proved
        VERIFY_OK(fleet::setInstanceSetting(*m_session, instance, coreMark, Json(1), "ann"));
        VERIFY_OK(fleet::setGroupSetting(*m_session, Uuid{}, unprovedDays, Json(1), "ann"));
        sql("INSERT INTO backup (id, instance_id, host_id, run_id, method, repository, host_name, path, bytes, stored_bytes, duration_us, sha256, position, detail, level, "
            "started_us, ended_us) VALUES (?,?,?,?,'mariadb-backup','local','db1','/b',1,1,1,'','{}','{}',0,?,?)",
            {value(Uuid::v7()), value(instance), value(host.id), value(Uuid::v7()), value(at - 1h), value(at - 1h)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "backup.unproved disk.full_soon ");
        sql("UPDATE backup SET level = 2, verified_us = ?", {value(at - 1min)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "disk.full_soon ");

        // a headless instance that died; its computer's next one takes its place
        workflow::Member member;
        member.id = Uuid::v7();
        member.name = "night1:4711";
        QVERIFY(workflow::renewMember(*m_session, member).value());
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "disk.full_soon ");
        sql("UPDATE member SET expires_us = ?", {value(at - 1min)});
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "disk.full_soon member.away ");
        workflow::Member next;
        next.id = Uuid::v7();
        next.name = "night1:4712";
        QVERIFY(workflow::renewMember(*m_session, next).value());
        VERIFY_OK(other.look(*m_session));
        SAME(held(), "disk.full_soon ");

        // every kind reads as a sentence, and none as its own name
        const auto fleet = fleet::loadFleet(*m_session).value();
        const auto all = alerts::list(*m_session, true).value();
        QVERIFY(all.size() >= 5);
        for (const Alert &alert : all) {
            const QString title = alertTitle(alert, fleet);
            QVERIFY2(!title.contains(QString::fromStdString(alert.kind)) && !title.contains(QStringLiteral("%")), qPrintable(title));
        }
    }
};

QTEST_GUILESS_MAIN(TestWatch)
#include "tst_watch.moc"
