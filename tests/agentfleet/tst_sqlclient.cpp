// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/instances.h"
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/errors.h"
#include "tests/support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using zandb::test::Flavour;
using zandb::test::TestServer;
using std::chrono::seconds;

Q_DECLARE_METATYPE(zandb::test::Flavour)

namespace {

std::string osUser()
{
    return getpwuid(geteuid())->pw_name;
}

} // namespace

/// Against real servers of both flavours: each is started once and shared by all tests of it.
class TestSqlClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }

    void cleanupTestCase()
    {
        for (auto &server : m_servers)
            server.reset();
    }

    void init()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        auto &server = m_servers[flavour == Flavour::MySql];
        if (!server) {
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            const std::string how = flavour == Flavour::MySql ? "IDENTIFIED WITH auth_socket AS '" + osUser() + "'" : "";
            QVERIFY2(server->exec({"CREATE USER limited@localhost " + how, "CREATE USER watch@localhost " + how, "CREATE USER locked@localhost IDENTIFIED BY 'x'",
                                   "CREATE DATABASE shop", "CREATE TABLE shop.t (i INT PRIMARY KEY, s VARCHAR(20))",
                                   "CREATE PROCEDURE shop.p() BEGIN SELECT 1; SELECT 2; END", "GRANT EXECUTE ON shop.* TO watch@localhost"}),
                     server->lastError().c_str());
        }
        m_server = server.get();
        if (server->pid() < 0)
            QVERIFY(server->startAgain());
        m_local = {server->name(), server->port(), server->directory(), server->dataDirectory(), server->logDirectory(), server->socket(), server->myCnf()};
        m_mariaDb = flavour == Flavour::MariaDb;
    }

    void readsTheGreeting()
    {
        const auto greeting = greet(m_local);
        QVERIFY2(greeting, greeting ? "" : describe(greeting.error()).c_str());
        QCOMPARE(greeting->isMariaDb(), m_mariaDb);
        QCOMPARE(greeting->version, *m_server->value("SELECT VERSION()"));
    }

    void speaks()
    {
        auto client = connect("watch");
        QVERIFY2(client, client ? "" : describe(client.error()).c_str());
        SqlClient &link = **client;
        QCOMPARE(link.isMariaDb(), m_mariaDb);
        QCOMPARE(link.version(), *m_server->value("SELECT VERSION()"));
        QVERIFY(m_mariaDb ? link.versionNumber() >= 100600 : link.versionNumber() >= 80000);
        QCOMPARE(**link.value("SELECT CONNECTION_ID()"), std::to_string(link.connectionId()));
        QCOMPARE(**link.value("SELECT @@session.time_zone"), std::string("+00:00"));
        QCOMPARE(**link.value("SELECT @@character_set_client"), std::string("utf8mb4"));

        const auto result = link.query("SELECT 1 AS One, NULL AS Nothing, '' AS Blank, x'0001ff' AS Bytes, 'ü€😀' AS Text");
        QVERIFY(result);
        QCOMPARE(result->rows.size(), std::size_t{1});
        QCOMPARE(result->value(0, "one"), std::optional<std::string>("1"));
        QCOMPARE(result->value(0, "NOTHING"), std::optional<std::string>());
        QCOMPARE(result->value(0, "blank"), std::optional<std::string>(""));
        QCOMPARE(result->value(0, "bytes"), std::optional<std::string>(std::string("\0\1\xff", 3)));
        QCOMPARE(result->value(0, "text"), std::optional<std::string>("ü€😀"));
        QCOMPARE(result->value(0, "absent"), std::optional<std::string>());
        QCOMPARE(result->value(1, "one"), std::optional<std::string>());
        QVERIFY(!*link.value("SELECT 1 FROM DUAL WHERE 0"));
        QVERIFY(!*link.value("DO 1"));
    }

    void quotes()
    {
        auto client = connect("watch");
        QVERIFY(client);
        for (const std::string mode : {"''", "'NO_BACKSLASH_ESCAPES'", "'ANSI_QUOTES'"}) {
            QVERIFY((*client)->query("SET SESSION sql_mode=" + mode));
            for (const std::string &text : {std::string("it's"), std::string("\\"), std::string("a\\' OR 1=1 -- "), std::string("\0\n\r\x1a\"", 5), std::string("ü€")}) {
                const auto back = (*client)->value("SELECT HEX(" + (*client)->quote(text) + ")");
                QVERIFY2(back, back ? "" : describe(back.error()).c_str());
                QCOMPARE(QByteArray::fromHex(QByteArray::fromStdString(**back)), QByteArray::fromStdString(text));
            }
        }
    }

    /// CALL answers with several results; the first counts and the connection stays in step.
    void survivesProcedures()
    {
        auto client = connect("watch");
        QVERIFY(client);
        QCOMPARE(**(*client)->value("CALL shop.p()"), std::string("1"));
        QCOMPARE(**(*client)->value("SELECT 3"), std::string("3"));
    }

    void refusesDangerousThings()
    {
        auto client = connect("root");
        QVERIFY2(client, client ? "" : describe(client.error()).c_str());
        const auto both = (*client)->query("SELECT 1; SELECT 2");
        QVERIFY(!both);
        QCOMPARE(both.error().fields.at("errno"), std::string("1064"));
        QVERIFY(m_server->exec(std::string("SET GLOBAL local_infile=1")));
        const auto load = (*client)->query("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE shop.t");
        QVERIFY(!load);
        QCOMPARE(m_server->value("SELECT COUNT(*) FROM shop.t"), std::optional<std::string>("0"));
    }

    void mapsErrors()
    {
        auto client = connect("limited");
        QVERIFY(client);
        SqlClient &link = **client;
        const auto wrong = link.query("SELEKT 1");
        QVERIFY(!wrong && wrong.error().is(errors::sqlFailed));
        QCOMPARE(wrong.error().fields.at("errno"), std::string("1064"));

        const auto process = link.query(m_mariaDb ? "SELECT 1 FROM information_schema.INNODB_SYS_TABLESPACES" : "SELECT 1 FROM information_schema.INNODB_TABLESPACES");
        QVERIFY(!process && process.error().is(errors::notPermitted));
        QCOMPARE(process.error().fields.at("right"), std::string("PROCESS"));
        QCOMPARE(process.error().fields.at("account"), std::string("limited"));
        QCOMPARE(process.error().fields.at("instance"), m_local.name);
        QCOMPARE(process.error().fields.at("remedy"), std::string("GRANT PROCESS ON *.* TO 'limited'@'localhost'"));

        const auto table = link.query("SELECT * FROM shop.t");
        QVERIFY(!table && table.error().is(errors::notPermitted));
        QCOMPARE(table.error().fields.at("right"), std::string("SELECT"));
        const auto schema = link.query("USE shop");
        QVERIFY(!schema && schema.error().is(errors::notPermitted));
        const auto logs = link.query("SHOW BINARY LOGS");
        QVERIFY(!logs && logs.error().is(errors::notPermitted));
        QVERIFY(logs.error().fields.at("right") == "BINLOG MONITOR" || logs.error().fields.at("right") == "REPLICATION CLIENT");
        QVERIFY(link.query("SELECT 1"));
    }

    void tellsRefusedFromDown()
    {
        for (const char *account : {"locked", "nobody-of-that-name"}) {
            const auto refused = connect(account);
            QVERIFY(!refused);
            QVERIFY2(refused.error().is(errors::instanceAccess), describe(refused.error()).c_str());
            QCOMPARE(refused.error().fields.at("account"), std::string(account));
        }
        for (const std::string &socket : {std::string("/nonexistent.sock"), std::string(), "/" + std::string(200, 'x')}) {
            const auto down = SqlClient::connect("x", socket, "watch");
            QVERIFY(!down);
            QVERIFY(down.error().is(errors::instanceDown));
        }
        m_server->stop();
        QVERIFY(connect("watch").error().is(errors::instanceDown));
        QVERIFY(greet(m_local).error().is(errors::instanceDown));
    }

    void tellsALostConnection()
    {
        auto client = connect("watch");
        QVERIFY(client);
        m_server->kill();
        const auto lost = (*client)->query("SELECT 1");
        QVERIFY(!lost && lost.error().is(errors::instanceDown));
        QVERIFY(m_server->startAgain());
        QVERIFY(!(*client)->query("SELECT 1")); // it never reconnects by itself
    }

    void aKilledConnectionIsDownNotWrong()
    {
        auto client = connect("watch");
        QVERIFY(client);
        QVERIFY(m_server->exec("KILL " + std::to_string((*client)->connectionId())));
        const auto lost = (*client)->query("SELECT 1");
        QVERIFY(!lost);
        QVERIFY2(lost.error().is(errors::instanceDown), describe(lost.error()).c_str());
    }

    void aSilentServerCostsNoMoreThanTheTimeouts()
    {
        auto client = SqlClient::connect(m_local.name, m_local.socket, "watch", seconds{5}, seconds{1});
        QVERIFY(client);
        m_server->freeze();
        QElapsedTimer clock;
        clock.start();
        const auto silent = (*client)->query("SELECT 1");
        const auto asked = clock.restart();
        const auto again = SqlClient::connect(m_local.name, m_local.socket, "watch", seconds{1}, seconds{1});
        const auto connected = clock.restart();
        const auto greeting = greet(m_local, seconds{1});
        const auto greeted = clock.elapsed();
        m_server->thaw();
        QVERIFY(!silent && silent.error().is(errors::instanceDown));
        QVERIFY(!again && again.error().is(errors::instanceDown));
        QVERIFY(!greeting && greeting.error().is(errors::instanceDown));
        // what is set is what counts: 1 s, not the 5 s and 30 s that hold without
        QVERIFY2(asked < 20'000 && connected < 4500 && greeted < 4500, qPrintable(QStringLiteral("%1 %2 %3 ms").arg(asked).arg(connected).arg(greeted)));
    }

    void choosesTheAccountByFlavour()
    {
        QVERIFY(m_server->exec(m_mariaDb ? "CREATE USER IF NOT EXISTS union1@localhost"
                                         : "CREATE USER IF NOT EXISTS backup@localhost IDENTIFIED WITH auth_socket AS '" + osUser() + "'"));
        Config config;
        config.mariadbAccount = "union1";
        for (const auto use : {Account::Watch, Account::Backup}) {
            auto client = connectTo(config, m_local, use);
            QVERIFY2(client, client ? "" : describe(client.error()).c_str());
            QCOMPARE(**(*client)->value("SELECT CURRENT_USER()"), std::string(m_mariaDb ? "union1" : use == Account::Watch ? "watch" : "backup") + "@localhost");
        }
    }

private:
    Result<std::unique_ptr<SqlClient>> connect(const std::string &account) { return SqlClient::connect(m_local.name, m_local.socket, account); }
    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    LocalInstance m_local;
    bool m_mariaDb = true;
};

QTEST_APPLESS_MAIN(TestSqlClient)
#include "tst_sqlclient.moc"
