// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/knownkeys.h"
#include "agent/checks/tablefindings.h"
#include "agent/rules/keyrange.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;

namespace {

std::string percentOf(const char *type, const char *used)
{
    return std::to_string(sharePpm(*parseKeyValue(used), largestValue(*integerType(type))));
}

TableIndex index(const char *name, std::initializer_list<const char *> columns, bool unique = false, const char *method = "BTREE")
{
    TableIndex made{name, method, unique, true, {}};
    for (const char *column : columns)
        made.parts.push_back({column, "", false});
    return made;
}

} // namespace

/// The arithmetic of keys, and what is said of tables and indexes.
class TestKeyRange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void types_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("largest");
        QTest::newRow("tinyint") << "tinyint(4)" << "127";
        QTest::newRow("tinyint unsigned") << "tinyint(3) unsigned" << "255";
        QTest::newRow("smallint") << "smallint" << "32767";
        QTest::newRow("smallint zerofill") << "smallint(5) zerofill" << "65535";
        QTest::newRow("mediumint") << "mediumint(9)" << "8388607";
        QTest::newRow("mediumint unsigned") << "mediumint unsigned" << "16777215";
        QTest::newRow("int") << "int(11)" << "2147483647";
        QTest::newRow("int unsigned zerofill") << "INT(10) UNSIGNED ZEROFILL" << "4294967295";
        QTest::newRow("bigint") << "bigint(20)" << "9223372036854775807";
        QTest::newRow("bigint unsigned") << "bigint unsigned" << "18446744073709551615";
        QTest::newRow("varchar") << "varchar(20)" << "";
        QTest::newRow("decimal") << "decimal(10,0)" << "";
        QTest::newRow("interval") << "interval" << "";
    }
    void types()
    {
        QFETCH(QString, type);
        QFETCH(QString, largest);
        const auto parsed = integerType(type.toStdString());
        QCOMPARE(QString::fromStdString(parsed ? keyValueText(largestValue(*parsed)) : ""), largest);
    }

    // A double would say that the last value but one of a bigint is the last.
    void sharesAreExact()
    {
        QCOMPARE(percentOf("bigint unsigned", "18446744073709551615"), std::string("1000000"));
        QCOMPARE(percentOf("bigint unsigned", "18446744073709551614"), std::string("999999"));
        QCOMPARE(percentOf("bigint", "9223372036854775806"), std::string("999999"));
        QCOMPARE(percentOf("int", "1073741823"), std::string("499999"));
        QCOMPARE(percentOf("int", "1073741824"), std::string("500000"));
        QCOMPARE(percentOf("tinyint", "-128"), std::string("0"));
        QCOMPARE(percentOf("tinyint", "200"), std::string("1000000")); // beyond the end is the end
        QCOMPARE(sharePpm(5, 0), 0);
        QVERIFY(!parseKeyValue("1.5") && !parseKeyValue("") && !parseKeyValue("-") && !parseKeyValue("123456789012345678901"));
        QCOMPARE(keyValueText(*parseKeyValue("-9223372036854775808")), std::string("-9223372036854775808"));
    }

    void whichReadingIsDue()
    {
        const QTemporaryDir directory;
        const std::filesystem::path file = std::filesystem::path(directory.path().toStdString()) / "checks" / "my3306.keys";
        const TimePoint monday = *fromIso("2026-09-07T03:00:00Z");
        const KeyValue limit = 1'000'000;
        auto known = KnownKeys::load(file);
        QVERIFY(known.isEmpty() && known.isDue("s", "t", "c", limit, monday));
        known.set("s", "full", "c", 600'000, monday);
        known.set("s", "fast", "c", 100'000, monday - 24h);
        known.set("s", "fast", "c", 120'000, monday); // 20,000 a day: beyond the half in 30 days
        known.set("s", "slow", "c", 100'000, monday - 24h);
        known.set("s", "slow", "c", 100'100, monday);
        known.set("s", "dropped", "c", 1, monday);
        QVERIFY(known.save());
        known = KnownKeys::load(file);
        QCOMPARE(keyValueText(known.find("s", "fast", "c")->perDay), std::string("20000"));
        QVERIFY(known.isDue("s", "full", "c", limit, monday + 24h));
        QVERIFY(known.isDue("s", "fast", "c", limit, monday + 24h));
        int days = 0; // the slow one once a week
        for (int day = 1; day <= 7; ++day)
            days += known.isDue("s", "slow", "c", limit, monday + day * 24h);
        QVERIFY2(days == 1 || days == 2, std::to_string(days).c_str()); // its day, and the seventh
        QVERIFY(known.isDue("s", "slow", "c", limit, monday - 1h)); // a clock that went back
        known.find("s", "full", "c");
        known.find("s", "slow", "c");
        QVERIFY(known.save()); // what nobody asked for is forgotten
        known = KnownKeys::load(file);
        QVERIFY(known.find("s", "full", "c") && !known.find("s", "dropped", "c"));
        std::ofstream(file) << "keys 1\nzz\n1 2 3 4\n\0\nff 18446744073709551615 x 1\n";
        known = KnownKeys::load(file);
        QVERIFY(!known.isEmpty()); // the one line that can be read
        std::ofstream(file) << "something else";
        QVERIFY(KnownKeys::load(file).isEmpty());
    }

    void needlessIndexes()
    {
        SchemaTable table;
        table.indexes = {index("PRIMARY", {"id"}, true), index("a", {"a"}), index("ab", {"a", "b"}), index("ab2", {"a", "b"}), index("u", {"a"}, true),
                         index("uid", {"id"}, true), index("text", {"note"}, false, "FULLTEXT"), index("both", {"note", "more"}, false, "FULLTEXT")};
        const auto by = [&](const char *name) {
            const auto *found = indexInstead(table, *std::ranges::find(table.indexes, std::string_view(name), &TableIndex::name));
            return found ? found->name : std::string();
        };
        QCOMPARE(by("PRIMARY"), std::string());
        QVERIFY(!by("a").empty());
        QCOMPARE(by("ab"), std::string());
        QCOMPARE(by("ab2"), std::string("ab"));
        QCOMPARE(by("u"), std::string()); // what is unique forbids something
        QCOMPARE(by("uid"), std::string("PRIMARY"));
        QCOMPARE(by("text"), std::string());
        table.indexes = {index("a", {"a"}), index("hidden", {"a", "b"})};
        table.indexes[1].usable = false;
        QCOMPARE(by("a"), std::string()); // an index that the optimizer does not use does nobody's work
        table.indexes = {index("a", {"a"}), index("ab", {"a", "b"})};
        table.indexes[1].parts[0].prefix = "10";
        QCOMPARE(by("a"), std::string());
    }
};

QTEST_GUILESS_MAIN(TestKeyRange)
#include "tst_keyrange.moc"
