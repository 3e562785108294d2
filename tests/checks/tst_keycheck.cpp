// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/keycheck.h"
#include "tests/support/testserver.h"

#include <QTemporaryDir>
#include <QTest>

#include <pwd.h>
#include <set>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// How full the keys of real servers are, and that nobody waits for the check.
class TestKeyCheck : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    bool m_mariaDb = false;
    std::unique_ptr<QTemporaryDir> m_state;
    Config m_config;

    static std::string osUser()
    {
        const passwd *entry = ::getpwuid(::geteuid());
        return entry ? entry->pw_name : "root";
    }
    Result<wire::KeyCheckResult> check(wire::KeyCheckArgs args = {})
    {
        args.instance = m_server->name();
        KeyCheckContext context;
        context.log = [](const std::string &line) { qInfo("%s", line.c_str()); };
        return checkKeys(m_config, args, context);
    }
    static wire::KeyCheckArgs all()
    {
        wire::KeyCheckArgs args;
        args.leastPercent = 0;
        args.full = true;
        return args;
    }
    static std::string usage(const wire::KeyCheckResult &result, const std::string &table, const std::string &column)
    {
        for (const auto &one : result.usages) {
            if (one.table == table && one.column == column)
                return one.kind + ' ' + one.used + '/' + one.limit + ' ' + std::to_string(one.ppm) + (one.references.empty() ? "" : " -> " + one.references);
        }
        return "none";
    }
    static std::string findings(const wire::KeyCheckResult &result, const std::string &kind)
    {
        std::set<std::string> all;
        for (const auto &one : result.findings) {
            if (one.kind == kind)
                all.insert((one.schema.empty() ? "" : one.schema + '.') + one.table + (one.name.empty() ? "" : ":" + one.name));
        }
        std::string text;
        for (const std::string &one : all)
            text += (text.empty() ? "" : " ") + one;
        return text;
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }
    void init()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        m_mariaDb = flavour == Flavour::MariaDb;
        auto &server = m_servers[m_mariaDb ? 0 : 1];
        m_state = std::make_unique<QTemporaryDir>();
        if (!server) {
            test::ServerOptions options;
            options.flavour = flavour;
            options.myCnf = {"performance_schema=ON"};
            std::string error;
            server = TestServer::start(options, &error);
            QVERIFY2(server, error.c_str());
            if (!m_mariaDb)
                (void)server->exec("INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'"); // its copy may have it
            QVERIFY2(server->exec({
                         "CREATE DATABASE shop CHARACTER SET utf8mb4",
                         "CREATE TABLE shop.orders (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, note VARCHAR(20)) AUTO_INCREMENT=4000000000",
                         "INSERT INTO shop.orders VALUES (NULL, 'a')",
                         "CREATE TABLE shop.items (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_id INT UNSIGNED, shade TINYINT, free SMALLINT, KEY shade (shade, free), "
                         "KEY by_order (order_id), CONSTRAINT f FOREIGN KEY (order_id) REFERENCES shop.orders (id))",
                         "INSERT INTO shop.items VALUES (5, 4000000000, 100, 30000)",
                         "CREATE TABLE shop.gone (id SMALLINT AUTO_INCREMENT PRIMARY KEY)",
                         "INSERT INTO shop.gone VALUES (32000)",
                         "DELETE FROM shop.gone", // the counter does not go back
                         "CREATE TABLE shop.full (id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY)",
                         "INSERT INTO shop.full VALUES (255)",
                         "CREATE TABLE shop.`odd ``name` (`a ``b` SMALLINT, KEY (`a ``b`))",
                         "INSERT INTO shop.`odd ``name` VALUES (-5), (16000)",
                         "CREATE TABLE shop.minus (id INT PRIMARY KEY)",
                         "INSERT INTO shop.minus VALUES (-7)",
                         "CREATE TABLE shop.plain (a INT, b INT, KEY a (a), KEY ab (a, b), KEY ab2 (a, b))",
                         "CREATE TABLE shop.files (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=MyISAM",
                         "CREATE TABLE shop.latin (id INT PRIMARY KEY, a CHAR(5), b CHAR(5) CHARACTER SET latin1) CHARACTER SET utf8mb4",
                         "CREATE TABLE shop.old (id INT PRIMARY KEY, a CHAR(5)) CHARACTER SET latin1",
                         "CREATE VIEW shop.seen AS SELECT id FROM shop.orders",
                         "CREATE USER nobody@localhost",
                         "CREATE USER 'locked'@'%' ACCOUNT LOCK",
                     }),
                     server->lastError().c_str());
            if (m_mariaDb)
                QVERIFY2(server->exec({"CREATE USER strong@localhost IDENTIFIED BY 'x'", "CREATE ROLE team",
                                       "CREATE SEQUENCE shop.tickets START WITH 900 MAXVALUE 1000 NOCACHE", "SELECT NEXT VALUE FOR shop.tickets",
                                       "CREATE SEQUENCE shop.round START WITH 1 MAXVALUE 10 CYCLE"}),
                         server->lastError().c_str());
            else // the rights that HOST.md gives, and no others
                QVERIFY2(server->exec({"CREATE USER strong@localhost IDENTIFIED BY 'x'",
                                       "CREATE USER backup@localhost IDENTIFIED WITH auth_socket AS '" + osUser() + "'",
                                       "GRANT PROCESS, REPLICATION CLIENT, RELOAD, LOCK TABLES, SELECT, SHOW VIEW, EVENT, TRIGGER, BACKUP_ADMIN, SHOW_ROUTINE ON *.* TO backup@localhost"}),
                         server->lastError().c_str());
        }
        m_server = server.get();
        m_config.base = m_server->base();
        m_config.stateDirectory = m_state->path().toStdString();
        m_config.mariadbAccount = osUser();
    }

    void everyKeyIsFound()
    {
        const auto result = check(all());
        QVERIFY2(result, result ? "" : result.error().code.c_str());
        QCOMPARE(usage(*result, "orders", "id"), std::string("auto_increment 4000000000/4294967295 931322"));
        QCOMPARE(usage(*result, "items", "id"), std::string("auto_increment 5/9223372036854775807 0"));
        QCOMPARE(usage(*result, "items", "order_id"), std::string("foreign_key 4000000000/4294967295 931322 -> shop.orders.id"));
        QCOMPARE(usage(*result, "items", "shade"), std::string("key 100/127 787401"));
        QCOMPARE(usage(*result, "items", "free"), std::string("none")); // no index begins with it
        QCOMPARE(usage(*result, "gone", "id"), std::string("auto_increment 32000/32767 976592"));
        QCOMPARE(usage(*result, "full", "id"), std::string("auto_increment 255/255 1000000"));
        QCOMPARE(usage(*result, "odd `name", "a `b"), std::string("key 16000/32767 488296"));
        QCOMPARE(usage(*result, "minus", "id"), std::string("key -7/2147483647 0"));
        QCOMPARE(usage(*result, "files", "id"), std::string("auto_increment 0/2147483647 0"));
        QCOMPARE(usage(*result, "seen", "id"), std::string("none"));
        if (m_mariaDb) {
            QCOMPARE(usage(*result, "tickets", ""), std::string("sequence 900/1000 900000"));
            QCOMPARE(usage(*result, "round", ""), std::string("none"));
        }
        QCOMPARE(result->uncheckedCount, 0);
        QVERIFY(std::ranges::is_sorted(result->usages, std::greater(), &wire::KeyUsage::ppm));
        QVERIFY(result->usages[0].bytes && *result->usages[0].bytes > 0);
    }

    void whatTablesShouldNotBe()
    {
        auto args = all();
        args.unusedAfterDays = 0;
        const auto result = check(args);
        QVERIFY(result);
        QCOMPARE(findings(*result, "no_primary_key"), std::string("shop.odd `name shop.plain"));
        QCOMPARE(findings(*result, "other_engine"), std::string("shop.files"));
        QCOMPARE(findings(*result, "duplicate_index"), std::string("shop.plain:a shop.plain:ab2"));
        QCOMPARE(findings(*result, "mixed_charsets"), std::string("shop. shop.latin"));
        const std::string unprotected = findings(*result, "no_password");
        QVERIFY2(unprotected.find(":nobody@localhost") != std::string::npos && unprotected.find("strong") == std::string::npos && unprotected.find("locked") == std::string::npos
                     && unprotected.find("team") == std::string::npos,
                 unprotected.c_str());
        QVERIFY2(findings(*result, "unused_index").find("shop.plain:ab") != std::string::npos, findings(*result, "unused_index").c_str());
        QVERIFY(result->notPermitted.empty());
    }

    // The next day reads only what could come near its end; what it knows it says again.
    void aLaterPassReadsWhatIsDue()
    {
        wire::KeyCheckArgs args;
        args.leastPercent = 40;
        const auto first = check(args);
        QVERIFY(first && first->read == first->keys);
        const auto second = check(args);
        QVERIFY(second);
        QVERIFY2(second->read < first->read, std::to_string(second->read).c_str());
        QCOMPARE(second->usageCount, first->usageCount);
        QCOMPARE(usage(*second, "odd `name", "a `b"), usage(*first, "odd `name", "a `b"));
        QVERIFY(second->usages.back().ppm >= 400'000);
    }

    // A table that somebody changes or has locked is not waited for, and nobody waits for the check.
    void lockedTablesAreLeftOut()
    {
        auto holder = SqlClient::connect("t", m_server->socket(), "root");
        QVERIFY(holder && (*holder)->query("LOCK TABLES shop.items WRITE"));
        const auto begun = std::chrono::steady_clock::now();
        const auto result = check(all());
        const auto took = std::chrono::steady_clock::now() - begun;
        QVERIFY((*holder)->query("UNLOCK TABLES"));
        QVERIFY2(result, result ? "" : result.error().code.c_str());
        QCOMPARE(result->uncheckedCount, 1);
        QCOMPARE(result->unchecked[0].table + ' ' + result->unchecked[0].why, std::string("items locked"));
        QCOMPARE(usage(*result, "items", "shade"), std::string("none"));
        QCOMPARE(usage(*result, "orders", "id"), std::string("auto_increment 4000000000/4294967295 931322"));
        QVERIFY2(took < 20s, std::to_string(took / 1ms).c_str());
    }
};

QTEST_GUILESS_MAIN(TestKeyCheck)
#include "tst_keycheck.moc"
