// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/collected.h"
#include "agent/protocol/killer.h"
#include "tests/agent/servefixture.h"
#include "tests/support/testserver.h"

#include <future>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

/// The whole agent with a real server: who may set policies, what is recorded, and what outlives `kill -9`.
class TestKillerAgent : public QObject, private ServeFixture
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    std::vector<std::future<void>> m_victims;
    static constexpr const char *victim = "SELECT SLEEP(60), 'victim' FROM shop.t";

    static wire::KillPolicy policy()
    {
        wire::KillPolicy result;
        result.name = "long";
        result.dryRun = false;
        result.longerThanSeconds = 1;
        result.users = {"app"};
        result.maxPerMinute = 100;
        return result;
    }
    Json params(const wire::KillPolicy &rule, std::int64_t revision) const
    {
        return {{"instance", m_server->name()}, {"set", wire::KillSet{revision, {rule}}}};
    }
    void startVictim()
    {
        m_victims.push_back(std::async(std::launch::async, [socket = m_server->socket()] {
            const auto client = agent::SqlClient::connect("t", socket, "app", 5s, 100s);
            if (client)
                (*client)->query(victim);
        }));
    }
    int victims() { return std::stoi(m_server->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'app' AND COMMAND = 'Query'").value_or("-1")); }
    /// Records that a new watcher is sent, in their order, until one of them has this outcome and there are so many; all that come
    /// within a second of one another when there is no such number.
    std::vector<wire::KillRecord> records(Client &client, const std::string &outcome, std::optional<std::size_t> least = std::nullopt)
    {
        client.send(wire::FrameKind::Request, 900, {{"method", "collected.watch"}, {"params", Json::object()}});
        std::vector<wire::KillRecord> found;
        bool seen = false;
        std::int64_t last = 0;
        while (const auto frame = client.receive(least ? 20'000 : 1'000)) {
            if (frame->id != 900 || frame->kind != wire::FrameKind::Item)
                continue;
            const auto batch = parseJson(frame->body, 64).value().get<wire::CollectedBatch>();
            client.send(wire::FrameKind::Credit, 900, {{"bytes", frame->body.size()}});
            if (!batch.source.starts_with(wire::killsSourcePrefix))
                continue;
            if (batch.source != "kills/" + m_server->name() || batch.number != last + 1)
                return {};
            last = batch.number;
            for (auto &record : batch.payload.get<wire::KillBatch>().records) {
                seen = seen || record.outcome == outcome;
                found.push_back(std::move(record));
            }
            if (seen && least && found.size() >= *least)
                return found;
        }
        return found;
    }
    std::string dryRunWhy(Client &client)
    {
        const auto state = client.call("killer.state");
        if (!state || state->at("instances").size() != 1)
            return "?";
        const auto one = state->at("instances")[0].get<wire::KillerState>();
        return one.policies.size() == 1 ? one.policies[0].dryRunWhy : "none";
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestServer::unavailable(Flavour::MariaDb); !reason.empty())
            QSKIP(reason.c_str());
        startFresh();
        std::string error;
        m_server = TestServer::start({.base = m_root / "base"}, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec({"CREATE USER zandb@localhost", "CREATE ROLE maint", "GRANT PROCESS, CONNECTION ADMIN ON *.* TO maint", "GRANT maint TO zandb@localhost",
                                 "CREATE DATABASE shop", "CREATE TABLE shop.t (i INT PRIMARY KEY)", "INSERT INTO shop.t VALUES (1)", "CREATE USER app@localhost",
                                 "GRANT SELECT ON shop.* TO app@localhost"}),
                 m_server->lastError().c_str());
    }
    void cleanupTestCase()
    {
        m_server.reset();
        m_victims.clear();
        end();
    }

    void onlyAnAdministratorSets()
    {
        for (const char *role : {"viewer", "operator", "dispatcher"}) {
            auto client = enter(role);
            QVERIFY(client);
            QCOMPARE(client->errorOf("killer.set", params(policy(), 1)), std::string("access.denied"));
            QVERIFY(client->call("killer.state").has_value());
        }
        for (const char *role : {"viewer", "operator"}) {
            auto client = enter(role);
            QCOMPARE(client->errorOf("killer.offer", params(policy(), 1)), std::string("access.denied"));
            QCOMPARE(client->errorOf("killer.renew", {{"revisions", Json::object()}}), std::string("access.denied"));
        }
        auto admin = enter("admin");
        auto bad = policy();
        bad.longerThanSeconds = 0;
        QCOMPARE(admin->errorOf("killer.set", params(bad, 1)), std::string("killer.policy"));
        QCOMPARE(admin->errorOf("killer.set", {{"instance", "my1"}, {"set", wire::KillSet{1, {policy()}}}}), std::string("instance.unknown"));
        QCOMPARE(admin->errorOf("killer.set", {{"instance", m_server->name()}, {"set", 7}}), std::string("protocol.bad_params"));
        QCOMPARE(admin->errorOf("killer.set", Json::object()), std::string("protocol.bad_params"));
        QCOMPARE(admin->call("killer.state")->at("instances").size(), std::size_t(0));
    }

    void whatIsOnlyOfferedKillsNothing()
    {
        auto dispatcher = enter("dispatcher");
        QCOMPARE(dispatcher->errorOf("killer.offer", params(policy(), 1)), std::string());
        QCOMPARE(dryRunWhy(*dispatcher), std::string("unconfirmed"));
        startVictim();
        const auto found = records(*dispatcher, "dry_run", 1);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].detail, std::string("unconfirmed"));
        QCOMPARE(victims(), 1);
    }

    void whatAnAdministratorSetsKillsAndOutlivesTheAgent()
    {
        auto admin = enter("admin");
        QCOMPARE(admin->errorOf("killer.set", params(policy(), 2)), std::string());
        QCOMPARE(dryRunWhy(*admin), std::string());
        QTRY_COMPARE_WITH_TIMEOUT(victims(), 0, 20'000); // that of the dry run
        auto found = records(*admin, "killed", 3);
        QCOMPARE(found.size(), std::size_t(3)); // dry run, ordered, killed
        QCOMPARE(found[1].outcome, std::string("ordered"));
        QCOMPARE(found[2].outcome, std::string("killed"));
        QVERIFY(found[1].id == found[2].id && found[0].id != found[1].id);
        QCOMPARE(found[2].user, std::string("app"));
        QVERIFY(found[2].statement.find("victim") == std::string::npos && found[2].statement.find("60") == std::string::npos);
        QCOMPARE(admin->errorOf("killer.set", params(policy(), 1)), std::string("killer.older_revision"));

        killServe();
        startVictim();
        startServe();
        QTRY_COMPARE_WITH_TIMEOUT(victims(), 0, 20'000); // nobody has spoken to it
        auto viewer = enter("dispatcher");
        QCOMPARE(dryRunWhy(*viewer), std::string());
        // nothing was acknowledged, so all of it comes again, and what came since
        found = records(*viewer, "killed", 5);
        QCOMPARE(found.size(), std::size_t(5));
        QCOMPARE(viewer->call("killer.renew", {{"revisions", {{m_server->name(), 2}}}})->at("differ").size(), std::size_t(0));
        QCOMPARE(viewer->call("killer.renew", {{"revisions", {{m_server->name(), 3}}}})->at("differ").size(), std::size_t(1));
    }

    void killedWhileItKillsItRecordsEachOnce()
    {
        // ids of records that say "ordered" are as many as statements that ended, whenever the agent dies
        for (int round = 0; round < 3; ++round) {
            startVictim();
            startVictim();
            QTRY_COMPARE_WITH_TIMEOUT(victims(), 2, 20'000);
            QTest::qWait(1000 + 300 * round); // somewhere between the look and the records
            killServe();
            startServe();
            QTRY_COMPARE_WITH_TIMEOUT(victims(), 0, 20'000);
        }
        // the last outcome may still be on its way to the disk
        const auto isSettled = [&] {
            auto watcher = enter("dispatcher");
            std::map<Uuid, std::vector<std::string>> outcomes;
            for (const auto &record : records(*watcher, "killed")) {
                if (record.outcome != "dry_run")
                    outcomes[record.id].push_back(record.outcome);
            }
            std::size_t killed = 0, open = 0;
            for (const auto &[id, words] : outcomes) {
                if (words.front() != "ordered" || words.size() > 2)
                    return false;
                killed += words.back() == "killed";
                open += words.size() == 1;
            }
            // each of the eight statements was ended under exactly one id; an agent that died in between may have left "ordered" of a kill
            // that it had not tried, and then there is another that did
            return killed + open >= 8 && killed <= 8;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSettled(), 30'000);
        // and by the server's own count no more was killed than is recorded
        QCOMPARE(std::stoi(m_server->value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'COM_KILL'").value_or("-1")), 8);
    }
};

QTEST_MAIN(TestKillerAgent)
#include "tst_killeragent.moc"
