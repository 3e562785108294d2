// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/snapshots/snapshot.h"
#include "agent/snapshots/tablesizes.h"
#include "tests/support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <future>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Snapshots of real servers of both flavours.
class TestTakeSnapshot : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    bool m_mariaDb = false;
    Config m_config;

    struct Taken
    {
        Result<wire::SnapshotResult> result = fail(errors::internal);
        Json facts;
        std::map<std::string, Json> tables; ///< by "schema.table"
        std::string text;                   ///< everything
    };
    Taken take(int share = 100)
    {
        Taken taken;
        SnapshotContext context;
        context.log = [](const std::string &line) { qInfo("%s", line.c_str()); };
        context.item = [&](const Json &item) {
            taken.text += dumpJson(item);
            if (item.contains("facts"))
                taken.facts = item.at("facts");
            else
                for (const Json &row : item.at("tables"))
                    taken.tables[row.at(0).get<std::string>() + '.' + row.at(1).get<std::string>()] = row;
            return true;
        };
        m_config.base = m_server->base();
        wire::SnapshotArgs args;
        args.instance = m_server->name();
        args.share = share;
        taken.result = takeSnapshot(m_config, args, context);
        return taken;
    }
    static bool run(SqlClient &client, const std::string &sql)
    {
        const auto done = client.query(sql);
        if (!done)
            qWarning("%s: %s", sql.c_str(), describe(done.error()).c_str());
        return done.has_value();
    }
    std::unique_ptr<SqlClient> session()
    {
        auto client = SqlClient::connect(m_server->name(), m_server->socket(), "root", 5s, 60s);
        return client ? std::move(*client) : nullptr;
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
        const std::string user = getpwuid(geteuid())->pw_name;
        m_config.mariadbAccount = m_mariaDb ? "root" : "zandb";
        auto &server = m_servers[!m_mariaDb];
        if (!server) {
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            if (!m_mariaDb)
                QVERIFY2(server->exec({"CREATE USER watch@localhost IDENTIFIED WITH auth_socket AS '" + user + "'", "GRANT PROCESS, REPLICATION CLIENT ON *.* TO watch@localhost",
                                       "CREATE USER backup@localhost IDENTIFIED WITH auth_socket AS '" + user + "'",
                                       "GRANT PROCESS, REPLICATION CLIENT, RELOAD, SELECT ON *.* TO backup@localhost"}),
                         server->lastError().c_str());
            QVERIFY2(server->exec({"CREATE DATABASE shop", "CREATE DATABASE empty_one", "CREATE DATABASE `we-ird`",
                                   "CREATE TABLE shop.orders (id INT PRIMARY KEY AUTO_INCREMENT, note VARCHAR(200), KEY (note)) ENGINE=InnoDB STATS_PERSISTENT=1",
                                   "INSERT INTO shop.orders (note) VALUES (REPEAT('a', 200)), (REPEAT('b', 200)), ('c')",
                                   "CREATE TABLE shop.parts (id INT PRIMARY KEY) ENGINE=InnoDB STATS_PERSISTENT=1 PARTITION BY HASH (id) PARTITIONS 4",
                                   "INSERT INTO shop.parts VALUES (1), (2), (3), (4), (5)", "CREATE TABLE shop.plain (a INT, KEY (a)) ENGINE=MyISAM", "INSERT INTO shop.plain VALUES (1), (2)",
                                   "CREATE TABLE `we-ird`.`tä.ble` (a INT PRIMARY KEY) ENGINE=InnoDB", "CREATE USER shop@'10.%' IDENTIFIED BY 'TopSecret1!'", "CREATE USER nobody@localhost ACCOUNT LOCK",
                                   "ANALYZE TABLE shop.orders", "ANALYZE TABLE shop.parts"}),
                     server->lastError().c_str());
        }
        m_server = server.get();
    }

    void holdsWhatIsThere()
    {
        const Taken taken = take();
        QVERIFY2(taken.result, taken.result ? "" : describe(taken.result.error()).c_str());
        QVERIFY2(taken.result->missing.empty(), dumpJson(Json(taken.result->missing)).c_str());
        for (const char *name : {"shop.orders", "shop.parts", "shop.plain", "we-ird.tä.ble", "empty_one.", "shop."})
            QVERIFY2(taken.tables.contains(name), name);
        const Json &orders = taken.tables.at("shop.orders");
        const auto size = static_cast<std::int64_t>(std::filesystem::file_size(m_server->dataDirectory() / "shop" / "orders.ibd"));
        QCOMPARE(orders.at(3).get<std::int64_t>(), size);
        QCOMPARE(orders.at(6).get<std::int64_t>(), 3);
        QVERIFY(orders.at(4).get<std::int64_t>() >= 16384 && orders.at(5).get<std::int64_t>() >= 16384);
        // partitions are one table
        QVERIFY(taken.tables.at("shop.parts").at(3).get<std::int64_t>() >= 4 * 65536);
        QCOMPARE(taken.tables.at("shop.parts").at(6).get<std::int64_t>(), 5);
        QCOMPARE(taken.tables.at("shop.plain").at(2).get<std::string>(), std::string("MyISAM"));
        QCOMPARE(taken.tables.at("shop.plain").at(4).get<std::int64_t>(), 14);
        QCOMPARE(taken.facts.at("variables").at("innodb_page_size").get<std::string>(), std::string("16384"));
        QVERIFY(taken.facts.at("plugins").size() > 10);
        QVERIFY(taken.facts.at("directories").at("data").get<std::int64_t>() > size && taken.facts.at("directories").at("binlog").get<std::int64_t>() > 100);
        std::map<std::string, Json> accounts;
        for (const Json &row : taken.facts.at("accounts"))
            accounts[row.at(0).get<std::string>() + '@' + row.at(1).get<std::string>()] = row;
        QVERIFY(accounts.contains("shop@10.%"));
        QCOMPARE(accounts["shop@10.%"].at(4).get<bool>(), true);
        QCOMPARE(accounts["nobody@localhost"].at(3).get<bool>(), true);
        QCOMPARE(accounts["nobody@localhost"].at(4).get<bool>(), false);
        // nothing of a hash
        const auto hash = m_mariaDb ? m_server->value("SELECT JSON_VALUE(Priv, '$.authentication_string') FROM mysql.global_priv WHERE User='shop'")
                                    : m_server->value("SELECT HEX(RIGHT(authentication_string, 20)) FROM mysql.user WHERE User='shop'");
        QVERIFY(hash && hash->size() > 10);
        const std::string plain = m_mariaDb ? *hash : m_server->value("SELECT RIGHT(authentication_string, 20) FROM mysql.user WHERE User='shop'").value_or("?");
        QVERIFY(taken.text.find(plain) == taken.text.npos && taken.text.find("TopSecret") == taken.text.npos);
    }

    /// LOCK TABLES of one session and an ALTER that waits behind another one do not stop it.
    void takesNoMetadataLock()
    {
        const auto locking = session(), reading = session();
        QVERIFY(locking && reading);
        QVERIFY(run(*locking, "LOCK TABLES shop.parts WRITE"));
        QVERIFY(run(*reading, "BEGIN"));
        QVERIFY(run(*reading, "SELECT COUNT(*) FROM shop.orders"));
        auto altering = session();
        QVERIFY(altering);
        const auto connection = altering->connectionId();
        auto waits = std::async(std::launch::async, [client = std::move(altering)] { return client->query("ALTER TABLE shop.orders ADD COLUMN more INT"); });
        const std::string waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = " + std::to_string(connection) + " AND STATE LIKE '%metadata lock%'";
        QTRY_COMPARE_WITH_TIMEOUT(m_server->value(waiting).value_or("?"), std::string("1"), 20'000);
        QElapsedTimer timer;
        timer.start();
        const Taken taken = take();
        QVERIFY2(taken.result, taken.result ? "" : describe(taken.result.error()).c_str());
        QVERIFY2(taken.result->missing.empty(), dumpJson(Json(taken.result->missing)).c_str());
        QVERIFY(taken.tables.contains("shop.orders") && taken.tables.contains("shop.plain") && taken.tables.contains("shop.parts"));
        qInfo("a snapshot beside locks took %lld ms", static_cast<long long>(timer.elapsed()));
        QVERIFY2(timer.elapsed() < 10'000, "it waited");
        QCOMPARE(m_server->value(waiting).value_or("?"), std::string("1")); // the ALTER still waits: it was not let in either
        QVERIFY(run(*reading, "COMMIT"));
        QVERIFY(waits.get());
        QVERIFY(run(*locking, "UNLOCK TABLES"));
    }

    /// FLUSH TABLES WITH READ LOCK of a backup does not stop it; a lock on the statistics themselves costs their columns only.
    void locksOfTheServersOwnTables()
    {
        const auto holder = session();
        QVERIFY(holder);
        QVERIFY(run(*holder, "FLUSH TABLES WITH READ LOCK"));
        Taken taken = take();
        QVERIFY(taken.result && taken.result->missing.empty());
        QVERIFY(run(*holder, "UNLOCK TABLES"));
        if (!m_mariaDb)
            return; // MySQL lets nobody lock its own tables
        QVERIFY(run(*holder, "LOCK TABLES mysql.innodb_table_stats WRITE"));
        taken = take();
        QVERIFY2(taken.result, taken.result ? "" : describe(taken.result.error()).c_str());
        QVERIFY2(taken.result->missing == std::vector<std::string>{"statistics"}, dumpJson(Json(taken.result->missing)).c_str());
        QVERIFY(taken.tables.at("shop.orders").at(6).is_null() && taken.tables.at("shop.orders").at(3).is_number());
        QVERIFY(run(*holder, "UNLOCK TABLES"));
    }

    void withLessRights()
    {
        if (m_mariaDb)
            QSKIP("On MariaDB the account root, which the tests use, has all rights");
        QVERIFY2(m_server->exec("RENAME USER backup@localhost TO away@localhost"), m_server->lastError().c_str());
        const Taken taken = take();
        QVERIFY2(m_server->exec("RENAME USER away@localhost TO backup@localhost"), m_server->lastError().c_str());
        QVERIFY2(taken.result, taken.result ? "" : describe(taken.result.error()).c_str());
        QVERIFY(taken.facts.at("accounts").is_null());
        QVERIFY2(taken.result->missing == std::vector<std::string>({"statistics", "accounts"}), dumpJson(Json(taken.result->missing)).c_str());
        QVERIFY(taken.tables.at("shop.orders").at(6).is_null() && taken.tables.at("shop.orders").at(3).is_number());
    }

    void wrongArguments()
    {
        QCOMPARE(take(0).result.error().code, std::string("order.args"));
        m_config.base = "/nonexistent";
        wire::SnapshotArgs args;
        args.instance = "my1";
        QCOMPARE(takeSnapshot(m_config, args, {}).error().code, std::string("instance.unknown"));
    }

    void namesOfFiles()
    {
        using Name = std::pair<std::string, std::string>;
        QVERIFY(tableOfTablespace("shop/or@002dders#P#p0") == Name("shop", "or-ders"));
        QVERIFY(tableOfTablespace("shop/parts#p#p0#sp#p0sp1") == Name("shop", "parts"));
        QVERIFY(tableOfTablespace("shop/FTS_000000000000010c_CONFIG") == Name("shop", ""));
        QVERIFY(tableOfTablespace("innodb_system") == Name("", "innodb_system"));
        TableSizes sizes;
        QVERIFY(addTableFile(sizes, "s", "t#P#p0.MYD", 5, false) && addTableFile(sizes, "s", "t#P#p1.MYD", 7, false) && addTableFile(sizes, "s", "t#P#p0.MYI", 1, false));
        QVERIFY(!addTableFile(sizes, "s", "t.ibd", 5, false) && !addTableFile(sizes, "s", "db.opt", 5, true) && addTableFile(sizes, "s", "i.ibd", 9, true));
        const TableSize &size = sizes.at({"s", "t"});
        QVERIFY(size.file == 13 && size.data == 12 && size.index == 1 && size.engine == "MyISAM");
    }
};

QTEST_GUILESS_MAIN(TestTakeSnapshot)
#include "tst_takesnapshot.moc"
