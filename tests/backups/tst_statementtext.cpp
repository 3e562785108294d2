// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/statementtext.h"

#include <QtTest>

using namespace zandb::agent;
using namespace Qt::StringLiterals;

/// Reading statements of others: which table, and what of it may be written down.
class TestStatementText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void literalsAreLeftOut()
    {
        QCOMPARE(withoutLiterals("SELECT * FROM t2 WHERE a='it''s' AND b=\"x\\\"y\" AND c=0x1F OR d=4.5"),
                 std::string("SELECT * FROM t2 WHERE a=?? AND b=? AND c=? OR d=?.?"));
        QCOMPARE(withoutLiterals("SELECT 'never closed"), std::string("SELECT ?"));
        QCOMPARE(withoutLiterals(std::string(5000, 'x')).size(), std::size_t(200));
    }

    void definitionsOfViews()
    {
        for (const char *view : {"CREATE ALGORITHM=UNDEFINED DEFINER=`a b`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1 AS `x`", "create view v as select ';'",
                                 "CREATE OR REPLACE VIEW v AS SELECT 1;"})
            QVERIFY2(isViewDefinition(view), view);
        for (const char *other : {"", "DROP VIEW v", "CREATE TABLE t AS SELECT 1 VIEW", "CREATE PROCEDURE p() SELECT ' VIEW '", "CREATE",
                                  "CREATE VIEW v AS SELECT 1; DROP DATABASE shop", "CREATE DEFINER=`VIEW`@`%` EVENT e ON SCHEDULE EVERY 1 DAY DO DROP VIEW v"})
            QVERIFY2(!isViewDefinition(other), other);
    }

    void tableADumpReads()
    {
        const auto name = [](std::string_view statement, std::string_view schema = "shop") {
            const TableName table = tableDumped(statement, schema);
            return table.schema + '|' + table.table;
        };
        QCOMPARE(name("SELECT /*!40001 SQL_NO_CACHE */ `id`, `from` FROM `orders`"), std::string("shop|orders"));
        QCOMPARE(name("SELECT /*!40001 SQL_NO_CACHE */ * FROM `a``b`.`c.d` WHERE `id` > 5 ORDER BY `id`"), std::string("a`b|c.d"));
        QCOMPARE(name("SELECT a FROM `orders`"), std::string("|"));
        QCOMPARE(name("SELECT /*!40001 SQL_NO_CACHE */ 1"), std::string("|"));
    }

    void aTableIsNamed_data()
    {
        QTest::addColumn<QString>("statement");
        QTest::addColumn<bool>("named");
        QTest::newRow("alter") << u"ALTER TABLE orders ADD COLUMN t INT"_s << true;
        QTest::newRow("qualified, quoted") << u"alter table `shop`.`ORDERS` force"_s << true;
        QTest::newRow("later in a list") << u"DROP TABLE IF EXISTS a, `b`, orders"_s << true;
        QTest::newRow("locks") << u"LOCK TABLES a READ LOCAL, b AS x WRITE, orders READ"_s << true;
        QTest::newRow("rename to") << u"RENAME TABLE a TO orders"_s << true;
        QTest::newRow("index") << u"CREATE INDEX i ON orders (a)"_s << true;
        QTest::newRow("truncate") << u"TRUNCATE orders"_s << true;
        QTest::newRow("insert") << u"INSERT /* why */ IGNORE INTO orders VALUES (1)"_s << true;
        QTest::newRow("join, aliases") << u"SELECT 1 FROM a x, b JOIN (orders o) ON o.id = b.id"_s << true;
        QTest::newRow("version comment") << u"ALTER /*!40000 TABLE orders */ FORCE"_s << true;
        QTest::newRow("other schema") << u"ALTER TABLE stock.orders FORCE"_s << false;
        QTest::newRow("part of a name") << u"ALTER TABLE orders_old FORCE"_s << false;
        QTest::newRow("a column") << u"ALTER TABLE a ADD COLUMN orders INT, ADD INDEX (orders)"_s << false;
        QTest::newRow("a literal") << u"UPDATE a SET b = 'FROM orders' WHERE c = \"orders\""_s << false;
        QTest::newRow("a comment") << u"ALTER TABLE a FORCE -- TABLE orders"_s << false;
        QTest::newRow("cut in a name") << u"ALTER TABLE `orders"_s << true;
        QTest::newRow("nothing") << QString() << false;
    }
    void aTableIsNamed()
    {
        QFETCH(QString, statement);
        QFETCH(bool, named);
        QCOMPARE(namesTable(statement.toStdString(), "shop", {"shop", "orders"}), named);
        // unqualified names are those of the session's own schema
        if (!statement.contains(u"shop"_s))
            QVERIFY(!namesTable(statement.toStdString(), "stock2", {"shop", "orders"}));
    }

    void linesOfATool()
    {
        ToolLines lines;
        QCOMPARE(lines.fit("[00] 2026-11-25 14:35:04 Waiting for query 38 (duration 0 sec): SELECT 'secret'"),
                 std::string("[00] 2026-11-25 14:35:04 Waiting for query 38 (duration 0 sec): SELECT ?"));
        QCOMPARE(lines.fit("  'another secret'"), std::string());
        QCOMPARE(lines.fit("[00] 2026-11-25 14:35:05 done"), std::string("[00] 2026-11-25 14:35:05 done"));
        QCOMPARE(lines.fit("mariabackup: as it is"), std::string("mariabackup: as it is"));
    }
};

QTEST_GUILESS_MAIN(TestStatementText)
#include "tst_statementtext.moc"
