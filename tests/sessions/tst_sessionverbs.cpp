// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/json.h"
#include "tests/support/same.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <future>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using zandb::test::TestFleet;

/// `zandbctl processlist` and `session` through real agents over SSH.
class TestSessionVerbs : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    Json ctl(std::vector<std::string> words)
    {
        words.insert(words.begin(), "--json");
        const auto output = m_fleet->ctl(words);
        const auto json = parseJson(output.out);
        if (!json)
            qWarning("%s\n%s", output.out.c_str(), output.err.c_str());
        return json ? *json : Json();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        zandb::test::FleetOptions options;
        options.hosts = 2;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        auto &server = *m_fleet->host(0).servers[0];
        const std::string user = getpwuid(geteuid())->pw_name;
        QVERIFY2(server.exec({"CREATE USER app@localhost", "GRANT ALL ON *.* TO app@localhost", "CREATE ROLE maint",
                              "GRANT SELECT, PROCESS, CONNECTION ADMIN ON *.* TO maint", "GRANT maint TO `" + user + "`@localhost"}),
                 server.lastError().c_str());
    }

    void listsShowsAndKills()
    {
        auto &server = *m_fleet->host(0).servers[0];
        const std::string path = m_fleet->host(0).path();
        auto client = agent::SqlClient::connect(server.name(), server.socket(), "app");
        QVERIFY(client);
        auto sleeping = std::async(std::launch::async, [&] { return (*client)->query("SELECT SLEEP(300), 'a secret'"); });
        const auto id = static_cast<std::int64_t>((*client)->connectionId());
        const auto find = [&](const Json &lists) {
            for (const Json &list : lists) {
                for (const Json &session : list.value("sessions", Json::array())) {
                    if (session["id"] == id && list["instance"] == path)
                        return session;
                }
            }
            return Json();
        };
        Json session;
        QTRY_VERIFY_WITH_TIMEOUT(!(session = find(ctl({"processlist"}))).is_null(), 30'000);
        SAME(session["user"], Json("app"));
        QVERIFY(session["statement"].get<std::string>().find("secret") == std::string::npos);
        QVERIFY(!find(ctl({"processlist", "db1"})).is_null());
        QVERIFY(!find(ctl({"processlist", path, "--idle"})).is_null());
        QVERIFY(find(ctl({"processlist", "db2"})).is_null());
        QCOMPARE(m_fleet->ctl({"processlist", "nowhere"}).status, 2);
        // for people: one line with what matters
        const auto table = m_fleet->ctl({"processlist", "db1"});
        QCOMPARE(table.status, 0);
        QVERIFY2(table.out.find("BLOCKED BY") != std::string::npos && table.out.find(std::to_string(id)) != std::string::npos, table.out.c_str());

        const Json whole = ctl({"session", "show", path, std::to_string(id)});
        SAME(whole["statement"], Json("SELECT SLEEP(300), 'a secret'"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'session.text'"), std::string("1"));

        // nothing is killed without --yes, and what would be is said
        const auto asked = m_fleet->ctl({"session", "kill", path, std::to_string(id)});
        QCOMPARE(asked.status, 2);
        QVERIFY2(asked.err.find("--yes") != std::string::npos && asked.err.find("app@localhost") != std::string::npos, asked.err.c_str());
        QCOMPARE(sleeping.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
        const Json killed = ctl({"session", "kill", path, std::to_string(id), "--yes"});
        QVERIFY2(killed.contains("killed"), dumpJson(killed).c_str());
        SAME(killed["killed"], Json("query"));
        QCOMPARE(sleeping.wait_for(std::chrono::seconds{30}), std::future_status::ready);
        (void)sleeping.get();
        QVERIFY((*client)->query("SELECT 1"));
        QCOMPARE(m_fleet->storeValue("SELECT CONCAT(subject, ' ', JSON_VALUE(detail, '$.what')) FROM zandb.audit WHERE act = 'session.kill'"), path + " query");
        QVERIFY(m_fleet->storeValue("SELECT detail FROM zandb.audit WHERE act = 'session.kill'").find("secret") == std::string::npos);
        const auto again = m_fleet->ctl({"session", "kill", path, std::to_string(id), "--yes"});
        QCOMPARE(again.status, 1); // it is idle
        QCOMPARE(m_fleet->ctl({"session", "kill", path, "x", "--yes"}).status, 2);
    }

    void anInstanceThatIsDownIsNamedAndTheOthersAnswer()
    {
        m_fleet->host(1).servers[0]->stop();
        const auto output = m_fleet->ctl({"--json", "processlist", "--idle"});
        QCOMPARE(output.status, 1);
        const auto lists = parseJson(output.out);
        QVERIFY(lists && lists->size() == 2);
        QVERIFY((*lists)[0].contains("sessions"));
        SAME((*lists)[1]["error"]["code"], Json("instance.down"));
        QVERIFY2(output.err.find(m_fleet->host(1).path()) != std::string::npos, output.err.c_str());
    }
};

QTEST_GUILESS_MAIN(TestSessionVerbs)
#include "tst_sessionverbs.moc"
