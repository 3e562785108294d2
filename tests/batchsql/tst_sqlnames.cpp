// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlnames.h"
#include "agent/fleet/sqlclient.h"
#include "tests/batchsql/sqlworkfixture.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Names for completion, from real servers.
class TestSqlNames : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    Config m_config;
    bool m_maria = false;

    wire::SqlNames names(const std::string &schema = {}, bool only = false)
    {
        const auto instance = findInstance(m_config, m_server->name());
        const auto found = instance ? namesOf(m_config, *instance, {m_server->name(), schema, only, only}) : Result<wire::SqlNames>(fail(instance.error()));
        if (!found)
            qWarning("%s", describe(found.error()).c_str());
        return found.value_or(wire::SqlNames());
    }
    static std::string columns(const wire::SqlNames &names, const std::string &schema, const std::string &table)
    {
        for (const wire::SqlNamedTable &one : names.tables) {
            if (one.schema != schema || one.table != table)
                continue;
            std::string text;
            for (const std::string &column : one.columns)
                text += (text.empty() ? "" : ",") + column;
            return text;
        }
        return "no such table";
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
        if (m_server && m_server->flavour() == flavour)
            return;
        m_maria = flavour == Flavour::MariaDb;
        const std::string user = getpwuid(geteuid())->pw_name;
        std::string error;
        m_server = TestServer::start({.flavour = flavour}, &error);
        QVERIFY2(m_server, error.c_str());
        auto sql = test::accountsOfHost(flavour, user);
        if (m_maria)
            sql.insert(sql.end(), {"CREATE ROLE watch", "GRANT PROCESS ON *.* TO watch", "GRANT watch TO " + user + "@localhost"});
        sql.insert(sql.end(), {"CREATE DATABASE shop", "CREATE DATABASE `other-one`", "CREATE TABLE shop.product (id INT PRIMARY KEY, price INT, `Näme` VARCHAR(20))",
                               "CREATE TABLE `other-one`.`a b` (x INT, y INT)", "CREATE TABLE shop.parts (id INT PRIMARY KEY, v INT) PARTITION BY HASH (id) PARTITIONS 3"});
        QVERIFY2(m_server->exec(sql), m_server->lastError().c_str());
        m_config = {};
        m_config.mariadbAccount = user;
        m_config.base = m_server->base();
        m_config.host = "db1";
    }
    void cleanupTestCase() { m_server.reset(); }

    void schemasTablesAndColumns()
    {
        const wire::SqlNames all = names("shop");
        std::vector<std::string> schemas = all.schemas;
        std::ranges::sort(schemas);
        QCOMPARE(schemas, (std::vector<std::string>{"other-one", "shop"}));
        QCOMPARE(all.tables.front().schema, std::string("shop")); // the one that one works in
        QCOMPARE(columns(all, "shop", "product"), std::string("id,price,Näme"));
        QCOMPARE(columns(all, "shop", "parts"), std::string("id,v"));
        QCOMPARE(columns(all, "other-one", "a b"), std::string("x,y"));
        QVERIFY(!all.isCut);
    }

    void oneSchemaWithItsTypes()
    {
        const wire::SqlNames one = names("shop", true);
        QCOMPARE(one.schemas, std::vector<std::string>{"shop"});
        QCOMPARE(one.tables.size(), std::size_t{2});
        QCOMPARE(columns(one, "shop", "product"), std::string("id,price,Näme"));
        const auto product = std::ranges::find(one.tables, std::string("product"), &wire::SqlNamedTable::table);
        QVERIFY(product->types.size() == 3 && product->types[0].starts_with("int") && product->types[0].ends_with(" NOT NULL") && product->types[2] == "varchar(20)");
        QVERIFY(names("gone", true).schemas.empty());
    }

    /// A table that is locked against everybody, and one that a DDL waits for, hold up nothing.
    void noLockIsWaitedFor()
    {
        const auto locker = SqlClient::connect("x", m_server->socket(), "root");
        QVERIFY(locker);
        QVERIFY((*locker)->query("LOCK TABLES shop.product WRITE"));
        QElapsedTimer since;
        since.start();
        QCOMPARE(columns(names("shop"), "shop", "product"), std::string("id,price,Näme"));
        QVERIFY2(since.elapsed() < 3'000, qPrintable(QString::number(since.elapsed())));
        QVERIFY((*locker)->query("UNLOCK TABLES"));
    }

    void manyTablesAreCut()
    {
        std::vector<std::string> sql{"CREATE DATABASE many"};
        for (int i = 0; i < 60; ++i) {
            std::string table = "CREATE TABLE many.t" + std::to_string(i) + " (c0 INT";
            for (int column = 1; column < 1000; ++column)
                table += ", c" + std::to_string(column) + " INT";
            sql.push_back(table + ')');
        }
        QVERIFY2(m_server->exec(sql), m_server->lastError().c_str());
        const wire::SqlNames all = names("shop");
        QVERIFY(all.isCut);
        std::size_t count = 0;
        for (const wire::SqlNamedTable &table : all.tables)
            count += table.columns.size();
        QVERIFY2(count <= 50'000 && count > 40'000, qPrintable(QString::number(count)));
        QVERIFY(dumpJson(Json(all)).size() < 4u << 20);
    }

    void namesOfFiles()
    {
        QCOMPARE(nameOfFile("product").value_or("?"), std::string("product"));
        QCOMPARE(nameOfFile("a@002db").value_or("?"), std::string("a-b"));
        QCOMPARE(nameOfFile("@4e2d@6587").value_or("?"), std::string("中文"));
        QCOMPARE(nameOfFile("parts#P#p0").value_or("?"), std::string("parts"));
        for (const char *odd : {"", "#sql-1", "a@", "a@00", "a@zz00", "a@0000", "a@d800", "@0e"})
            QVERIFY2(!nameOfFile(odd), odd);
    }
};

QTEST_GUILESS_MAIN(TestSqlNames)
#include "tst_sqlnames.moc"
