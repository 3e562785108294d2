// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/explaintext.h"
#include "models/slowlog/orderedjson.h"
#include "tests/places.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace zandb;

/// Plans as real servers wrote them: MariaDB 10.11, MySQL 9.7 in both versions of its JSON.  o has 20,000 rows, c 1,024.
class TestPlan : public QObject
{
    Q_OBJECT

    static std::string fixture(const QString &name)
    {
        QFile file(QStringLiteral(ZANDB_SOURCE_DIR "/tests/fixtures/plans/%1.json").arg(name));
        return file.open(QFile::ReadOnly) ? file.readAll().toStdString() : std::string();
    }
    static std::optional<Plan> plan(const QString &name) { return planOf(fixture(name), name.startsWith(QLatin1String("maria")) ? "mariadb" : "mysql"); }
    /// "select[sort!filesort[table o!full_scan table c]]": kinds, tables and marks.
    static QByteArray shape(const PlanNode &node)
    {
        QByteArray text = QByteArray::fromStdString(node.kind);
        if (node.kind == "table")
            text += ' ' + QByteArray::fromStdString(node.table) + (node.key.empty() ? QByteArray() : ':' + QByteArray::fromStdString(node.key));
        for (const PlanMark mark : node.marks)
            text += '!' + QByteArray::fromStdString(std::string(toString(mark)));
        if (node.children.empty())
            return text;
        QByteArrayList children;
        for (const PlanNode &child : node.children)
            children << shape(child);
        return text + '[' + children.join(", ") + ']';
    }

private Q_SLOTS:
    void shapes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *expected) { QTest::newRow(name) << QString::fromLatin1(name) << QByteArray(expected); };
        row("mariadb-1", "select[table o!full_scan]");
        row("mysql-1-1", "select[table o!full_scan]");
        row("mysql-2-1", "select[filter[table o!full_scan]]");
        row("mariadb-2", "select[sort!filesort[temporary!temporary[join[table o!full_scan, table c:PRIMARY]]]]");
        row("mysql-1-2", "select[sort!filesort!temporary[join[table o!full_scan, table c:PRIMARY]]]");
        row("mysql-2-2", "select[limit[sort!filesort[other[join[filter[table o!full_scan!cost_share], table c:PRIMARY]]]]]");
        row("mariadb-3", "select[sort!filesort[temporary!temporary[join[table c!full_scan, table o!full_scan!row_product]]]]");
        row("mysql-1-3", "select[sort!filesort[group!temporary[join[table c!full_scan, table o!full_scan!row_product!cost_share]]]]");
        row("mysql-2-3", "select[sort!filesort[table <temporary>[group!temporary[filter[join!row_product!cost_share[table o!full_scan, table c!full_scan]]]]]]");
        row("mariadb-4", "select[table c!full_scan, subquery[materialized!temporary[select[table o!full_scan]]]]");
        row("mysql-1-4", "select[table c!full_scan[subquery[table <materialized_subquery>:<auto_key>[materialized!temporary[select[table o!full_scan!cost_share]]]]]]");
        row("mysql-2-4", "select[filter[table c!full_scan, subquery[limit[table <materialized_subquery>:<auto_distinct_key>[materialized!temporary[filter[table o!full_scan]]]]]]]");
        row("mariadb-5", "select[union[select[join[table c!full_scan, table <derived2>:key0[materialized!temporary[select[sort!filesort[temporary!temporary[table o!full_scan]]]]]]], select[join[table c!full_scan, table o:PRIMARY]]]]");
        row("mysql-1-5", "select[union!temporary[select[join[table c!full_scan, table d:<auto_key0>!cost_share[materialized!temporary[select[group!temporary[table o!full_scan]]]]]], select[join[table c!full_scan, table o:PRIMARY]]]]");
        row("mysql-2-5", "select[table <union temporary>[union!temporary[join[table c!full_scan, table d:<auto_key0>!cost_share[materialized!temporary[table <temporary>[group!temporary[table o!full_scan]]]]], join[table c!full_scan, filter[table o:PRIMARY]]]]]");
        row("mariadb-6", "select[join[table a!full_scan, table b!full_scan!row_product]]");
        row("mysql-1-6", "select[join[table a!full_scan, table b!full_scan!row_product!cost_share]]");
        row("mysql-2-6", "select[filter[join!row_product!cost_share[table b!full_scan, table a!full_scan]]]");
        row("mariadb-9", "select[message]");
        row("mysql-1-9", "select[message]");
        row("mysql-2-9", "select[message]");
        row("mariadb-11", "select[join[table <derived2>[materialized!temporary[select[union[select[message], select[table <derived2>]]]]], table c:PRIMARY]]");
        row("mysql-1-11", "select[join[table n[materialized!temporary[select[union[select[message], select[table n]]]]], table c:PRIMARY]]");
        row("mysql-2-11", "select[join[filter[table n[materialized!temporary[message, filter[table n]]]], filter[table c:PRIMARY]]]");
        row("mariadb-106-join", "select[table o!full_scan, table c:PRIMARY, table b!full_scan!row_product]");
    }
    void shapes()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, expected);
        const auto read = plan(name);
        QVERIFY(read.has_value());
        QCOMPARE(shape(read->root), expected);
    }

    void repeatedNames()
    {
        QCOMPARE(withoutRepeatedNames("{\"a\":1,\"b\":{\"a\":2},\"a\":{\"a\":\"a\",\"a\":[]},\"a\" : \"x:\\\"a\\\":\"}"),
                 std::string("{\"a\":1,\"b\":{\"a\":2},\"a 2\":{\"a\":\"a\",\"a 2\":[]},\"a 3\" : \"x:\\\"a\\\":\"}"));
        QCOMPARE(withoutRepeatedNames("[\"a\",\"a\"]"), std::string("[\"a\",\"a\"]"));
        QCOMPARE(withoutRepeatedNames("{\"a"), std::string("{\"a"));
    }

    void noPlans()
    {
        for (const char *text : {"", "{}", "[]", "x", "{\"query_block\":[]}", "{\"query_plan\":1}", "{\"query_block\":{}"})
            QVERIFY2(!planOf(text, "mysql"), text);
        std::string deep = "{\"query_block\":";
        for (int i = 0; i < 300; ++i)
            deep += "{\"query_block\":";
        QVERIFY(!planOf(deep + "1" + std::string(301, '}'), "mysql"));
        std::string wide = "{\"query_block\":{\"nested_loop\":[";
        for (int i = 0; i < 6'000; ++i)
            wide += std::string(i ? "," : "") + "{\"table\":{\"table_name\":\"t\",\"access_type\":\"ALL\",\"rows\":1}}";
        QVERIFY(!planOf(wide + "]}}", "mariadb"));
    }

    void usedIndexesAreThoseOfTheTable()
    {
        wire::Explained explained;
        explained.columns = {"id", "select_type", "table", "partitions", "type", "possible_keys", "key"};
        explained.rows = {{"1", "SIMPLE", "a", std::nullopt, "ref", "u,v", "u"}, {"1", "SIMPLE", "b", std::nullopt, "index_merge", "x,y", "x,y"}, {"1", "SIMPLE", "c", std::nullopt, "ALL", std::nullopt, std::nullopt},
                          {"2", "UNION", "a", std::nullopt, "ref", "u", "u"}, {"3"}};
        const std::vector<std::pair<std::string, std::string>> expected{{"a", "u"}, {"b", "x"}, {"b", "y"}};
        QVERIFY(usedIndexes(explained) == expected);
    }

    void textsForATicket()
    {
        wire::Explained explained;
        explained.flavour = "mariadb";
        explained.version = "10.11.19-MariaDB";
        explained.statement = "SELECT * FROM o";
        explained.as = "update";
        explained.plan = fixture(QStringLiteral("mariadb-2"));
        explained.columns = {"id", "table", "key"};
        explained.rows = {{"1", "o", std::nullopt}, {"1", "c", "PRIMARY"}};
        explained.tables = {{"shop", "c", {"c"}, "table", "InnoDB", 1024, 65536, 16384, {{"PRIMARY", true, false, "BTREE", {{"id", std::nullopt, 1024}}}, {"city", false, true, "BTREE", {{"city", 3, 2}}}}, 1}};
        const QString text = explainText(explained, QStringLiteral("db1/my3306")).replace(QChar(0xa0), QLatin1Char(' '));
        for (const char *piece : {"db1/my3306", "UPDATE", "-> table o: full scan, 19,567 rows", "!! full scan of many rows", "o      NULL", "shop.c: InnoDB, 1,024 rows, 64.0 KiB data",
                                  "PRIMARY (id): unique, 1,024 values, used by c", "city (city(3)): not used by plans, 2 values", "1 more indexes"})
            QVERIFY2(text.contains(QLatin1String(piece)), qPrintable(QLatin1String(piece) + QLatin1String(" is not in:\n") + text));
        explained.plan.clear();
        explained.planProblem = "too_large";
        QVERIFY(explainText(explained, QString()).contains(QLatin1String("too large")));
    }
};

QTEST_APPLESS_MAIN(TestPlan)
#include "tst_plan.moc"
