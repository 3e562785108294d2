// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/json.h"
#include "tests/consistency/replicapair.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <csignal>

using namespace zandb;
using namespace zandb::test;

/// A replica on one host against its primary on another, through zandbctl, ssh, agents and store.
class TestConsistencyFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;
    std::string m_primary, m_replica;

    Json json(const std::vector<std::string> &words, int *status = nullptr)
    {
        std::vector<std::string> all{"--json"};
        all.insert(all.end(), words.begin(), words.end());
        const auto output = m_fleet->ctl(all);
        if (status)
            *status = output.status;
        else if (output.status != 0)
            qWarning("%s%s", output.out.c_str(), output.err.c_str());
        return parseJson(output.out).value_or(Json());
    }
    TestServer &primary() { return *m_fleet->host(0).servers[0]; }
    TestServer &replica() { return *m_fleet->host(1).servers[0]; }

    static bool inOneSession(TestServer &server, const std::vector<std::string> &statements)
    {
        const auto client = agent::SqlClient::connect("test", server.socket(), "root");
        for (const std::string &sql : statements) {
            const auto done = client ? (*client)->query(sql) : Result<agent::SqlResult>(fail(client.error()));
            if (!done) {
                qWarning("%s: %s", sql.c_str(), describe(done.error()).c_str());
                return false;
            }
        }
        return true;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        FleetOptions options;
        options.hosts = 2;
        options.serve = true;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        m_primary = m_fleet->host(0).path();
        m_replica = m_fleet->host(1).path();
        QVERIFY2(replica().exec("DROP DATABASE shop"), replica().lastError().c_str());
        // both were filled on their own: what is in the primary's binlog comes from there, at its end the replica has the same
        QVERIFY2(replicate(primary(), replica()), (primary().lastError() + replica().lastError()).c_str());
        QVERIFY(QTest::qWaitFor([&] { return replica().value("SELECT COUNT(*) FROM shop.orders") == "5000"; }, 60'000));
    }

    void aReplicaThatIsEqual()
    {
        Json checked;
        int status = 0;
        // once the hosts were asked, it is known who replicates from whom
        QVERIFY2(QTest::qWaitFor([&] { return (checked = json({"consistency", "check", m_replica}, &status)).is_array(); }, 60'000), m_fleet->describe().c_str());
        QCOMPARE(checked.size(), std::size_t{1});
        QVERIFY2(checked[0].value("state", "") == "equal", (checked.dump() + m_fleet->describe()).c_str());
        QCOMPARE(checked[0]["primary"].get<std::string>(), m_primary);
        QCOMPARE(checked[0]["rows"].get<int>(), 5000);
        QCOMPARE(json({"consistency", "history"}).size(), std::size_t{1});
    }

    void aReplicaThatDiffers()
    {
        QVERIFY2(replica().exec("SET STATEMENT sql_log_bin = 0 FOR UPDATE shop.orders SET note = 'it''s' WHERE id = 77"), replica().lastError().c_str());
        QVERIFY2(replica().exec("SET STATEMENT sql_log_bin = 0 FOR DELETE FROM shop.orders WHERE id = 78"), replica().lastError().c_str());
        QVERIFY2(replica().exec("SET STATEMENT sql_log_bin = 0 FOR INSERT INTO shop.orders VALUES (9000, 'more')"), replica().lastError().c_str());
        int status = 0;
        const auto checked = json({"consistency", "check", m_primary, "--schema", "shop"}, &status); // all its replicas
        QCOMPARE(status, 1);
        QVERIFY2(checked.is_array() && checked.size() == 1 && checked[0].value("differences", 0) == 3, checked.dump().c_str());
        const auto shown = json({"consistency", "show", m_replica, "--repair"});
        QCOMPARE(shown["row_list"].size(), std::size_t{3});
        std::vector<std::string> statements;
        for (const Json &row : shown["row_list"])
            statements.push_back(row["repair"].get<std::string>());
        // nothing of it was run; a person does, and then both are equal
        QCOMPARE(json({"consistency", "show", m_replica})["state"].get<std::string>(), std::string("differs"));
        for (const std::string &sql : statements)
            QVERIFY2(replica().exec("SET STATEMENT sql_log_bin = 0 FOR " + sql.substr(0, sql.size() - 1)), replica().lastError().c_str());
        QCOMPARE(json({"consistency", "check", m_replica})[0]["state"].get<std::string>(), std::string("equal"));
        QCOMPARE(json({"consistency", "history", m_replica}).size(), std::size_t{3});
        const auto text = m_fleet->ctl({"consistency", "show", m_replica});
        QVERIFY2(text.out.find("1 equal") != std::string::npos, text.out.c_str());
    }

    /// What is printed is run as it stands: rows that others refer to, bytes of other character sets, letters that a terminal does not show, a key of 0.
    void thePrintedRepairIsRun()
    {
        QVERIFY(inOneSession(primary(), {"SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'", "CREATE TABLE shop.parent (id INT PRIMARY KEY, v INT)",
                                 "CREATE TABLE shop.child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES shop.parent (id) ON DELETE CASCADE)",
                                 "CREATE TABLE shop.words (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) CHARACTER SET latin1, b VARCHAR(20) CHARACTER SET utf16, c VARCHAR(20) CHARACTER SET utf8mb4)",
                                 "INSERT INTO shop.parent VALUES (1, 1), (2, 2)", "INSERT INTO shop.child VALUES (1, 1), (2, 2), (3, 1)",
                                 "INSERT INTO shop.words VALUES (0, x'C3A9', x'61626364', x'61E280AE62'), (7, 'plain', x'00610062', 'plain')"}));
        QVERIFY(QTest::qWaitFor([&] { return replica().value("SELECT COUNT(*) FROM shop.words").value_or("") == "2"; }, 30'000));
        QVERIFY(inOneSession(replica(), {"SET SESSION sql_log_bin = 0", "UPDATE shop.parent SET v = 9", "DELETE FROM shop.child WHERE id = 3", "UPDATE shop.words SET a = 'x', b = 'y', c = 'z'",
                                         "DELETE FROM shop.words WHERE id = 0"}));
        int status = 0;
        QVERIFY(json({"consistency", "check", m_replica}, &status).is_array());
        QCOMPARE(status, 1);
        const auto printed = m_fleet->ctl({"consistency", "show", m_replica, "--repair"});
        std::vector<std::string> statements;
        for (const QString &line : QString::fromStdString(printed.out).split(QLatin1Char('\n'))) {
            if (line.endsWith(QLatin1Char(';')) && !line.startsWith(QLatin1String("--")))
                statements.push_back(line.chopped(1).toStdString());
        }
        QVERIFY2(statements.size() == 7, printed.out.c_str()); // two that set the session, five rows
        QVERIFY(inOneSession(replica(), statements));
        const auto again = json({"consistency", "check", m_replica});
        QVERIFY2(again[0]["state"] == "equal", (printed.out + m_fleet->ctl({"consistency", "show", m_replica}).out).c_str());
    }

    void whatCannotBe()
    {
        for (const auto &[option, name] : {std::pair{"--schema", "nosuch"}, std::pair{"--table", "shop.nosuch"}, std::pair{"--table", "shop.orders,shop.orderz"}}) {
            const auto missing = m_fleet->ctl({"consistency", "check", m_replica, option, name}); // nothing is not equal
            QVERIFY2(missing.status != 0 && missing.out.find("failed (There is no ") != std::string::npos, (missing.out + missing.err).c_str());
        }
        QCOMPARE(m_fleet->ctl({"consistency", "show", "nothing"}).status == 0, false);
        int status = 0;
        QVERIFY(replica().exec("STOP SLAVE"));
        const auto failed = json({"consistency", "check", m_replica}, &status);
        QCOMPARE(status, 1);
        QCOMPARE(failed[0]["state"].get<std::string>(), std::string("failed"));
        QCOMPARE(failed[0]["error"]["code"].get<std::string>(), std::string("consistency.replication"));
        QVERIFY(replica().exec("START SLAVE"));
    }

    // A check that waits is ended from another program, and by a signal.
    void cancel()
    {
        // the applier waits for this lock, and with it the check
        QVERIFY(primary().exec("CREATE TABLE shop.held (id INT PRIMARY KEY)"));
        QVERIFY(QTest::qWaitFor([&] { return replica().value("SELECT COUNT(*) FROM shop.held").has_value(); }, 30'000));
        for (const bool bySignal : {false, true}) {
            const std::string before = m_fleet->storeValue("SELECT COUNT(*) FROM zandb.consistency_check");
            const pid_t holder = startProgram({"/usr/bin/mariadb", "--no-defaults", "-S", replica().socket().string(), "-u", "root", "-e", "LOCK TABLES shop.held WRITE; SELECT SLEEP(60)"},
                                              m_fleet->directory() / "holder.log");
            QVERIFY(holder > 0);
            QVERIFY(QTest::qWaitFor([&] { return replica().value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP(60)%'") == "1"; }, 30'000));
            QVERIFY(primary().exec("REPLACE INTO shop.held VALUES (1)"));
            const pid_t check = startProgram(m_fleet->ctlWords({"--json", "consistency", "check", m_replica, "--max-load", "1000"}), m_fleet->directory() / "cancelled.log");
            QVERIFY(QTest::qWaitFor([&] { return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.consistency_check WHERE state = 'running'") == "1"; }, 30'000));
            QVERIFY(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.consistency_check") != before);
            if (bySignal)
                ::kill(check, SIGINT);
            else
                QCOMPARE(m_fleet->ctl({"consistency", "cancel", m_replica}).status, 0);
            QVERIFY(QTest::qWaitFor([&] { return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.consistency_check WHERE state = 'running'") == "0"; }, 30'000));
            QCOMPARE(m_fleet->storeValue("SELECT state FROM zandb.consistency_check ORDER BY started_us DESC LIMIT 1"), std::string("cancelled"));
            endProgram(check, SIGTERM);
            endProgram(holder, SIGKILL);
        }
    }
};

QTEST_GUILESS_MAIN(TestConsistencyFleet)
#include "tst_consistencyfleet.moc"
