// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/consistency/keyedtable.h"
#include "agent/consistency/rowdigest.h"
#include "models/consistency/consistency.h"

#include <QTest>

#include <set>

using namespace zandb;
using namespace zandb::agent;

/// Digests of rows, the statements that read them, and the text that would repair them.
class TestRowDigest : public QObject
{
    Q_OBJECT

    using Values = std::vector<std::optional<std::string>>;
    static std::string digest(const Values &values)
    {
        RowDigest row;
        for (const auto &value : values)
            value ? row.add(*value) : row.addNull();
        return digestText(row.digest());
    }
    static std::string chunk(const std::vector<Values> &rows)
    {
        ChunkDigest all;
        for (const Values &values : rows) {
            RowDigest row;
            for (const auto &value : values)
                value ? row.add(*value) : row.addNull();
            all.add(row.digest());
        }
        return digestText(all.digest());
    }
    static KeyedTable table()
    {
        KeyedTable made{"shop", "or`ders", {}, {{"a", "int", "int", "", "", false, false}, {"b", "varchar(20)", "varchar", "latin1", "latin1_swedish_ci", false, false},
                                                {"price", "float", "float", "", "", true, false}, {"at", "timestamp(6)", "timestamp", "", "", true, false}}, "PRIMARY", {0, 1}};
        return made;
    }

private Q_SLOTS:
    void valuesAreNotTakenForOthers()
    {
        QCOMPARE(digest({"a", "b,c"}), digest({"a", "b,c"}));
        const std::vector<Values> rows{{"a", "b,c"}, {"a,b", "c"}, {"ab", ",c"}, {std::nullopt, ""}, {"", std::nullopt}, {"", ""}, {std::nullopt, std::nullopt},
                                       {""}, {}, {"a", "b,c", ""}, {"a "}, {"a"}, {"A"}, {std::string(1, '\0')}, {std::string("\xff")}, {std::string(250, 'x')}, {std::string(251, 'x')},
                                       {std::string(70'000, 'x')}};
        std::set<std::string> digests;
        for (const Values &row : rows)
            digests.insert(digest(row));
        QCOMPARE(digests.size(), rows.size());
        // the length of one value cannot be taken for bytes of another
        QVERIFY(digest({std::string("\x01") + "a", ""}) != digest({"", std::string("\x01") + "a"}));
    }

    // CRC32 is linear: an even number of equal changes cancels out in its XOR.
    void equalChangesDoNotCancel()
    {
        QVERIFY(chunk({{"1", "140.00"}, {"2", "140.00"}, {"3", "140.00"}, {"4", "140.00"}}) != chunk({{"1", "190.00"}, {"2", "190.00"}, {"3", "190.00"}, {"4", "190.00"}}));
        QVERIFY(chunk({{"1"}, {"2"}}) != chunk({{"2"}, {"1"}}));
        QVERIFY(chunk({{"1"}, {"1"}}) != chunk({}));
    }

    void statements()
    {
        const auto made = chunkQuery(table(), {"7", "x'y"}, {"9", "z"}, 100);
        QVERIFY(made);
        QCOMPARE(*made, std::string("SELECT `a`, `b`, `price` + 0e0, `at` FROM `shop`.`or``ders` FORCE INDEX (`PRIMARY`)"
                                    " WHERE (`a` > 7 OR (`a` = 7 AND `b` > _latin1 x'782779')) AND (`a` < 9 OR (`a` = 9 AND `b` <= _latin1 x'7a')) ORDER BY `a`, `b` LIMIT 100"));
        QCOMPARE(*chunkQuery(table(), {}, {}, 5), std::string("SELECT `a`, `b`, `price` + 0e0, `at` FROM `shop`.`or``ders` FORCE INDEX (`PRIMARY`) ORDER BY `a`, `b` LIMIT 5"));
        QCOMPARE(*rowsQuery(table(), {{"1", "x"}, {"-2", Json{{"b64", "/w=="}}}}),
                 std::string("SELECT `a`, `b`, `price` + 0e0, `at` FROM `shop`.`or``ders` FORCE INDEX (`PRIMARY`) WHERE (`a` = 1 AND `b` = _latin1 x'78') OR (`a` = -2 AND `b` = _latin1 x'ff')"));
    }

    // Keys come over the wire: nothing of them may become SQL.
    void keysAreNoSql_data()
    {
        QTest::addColumn<QString>("key");
        for (const char *key : {"[\"1 OR 1=1\",\"x\"]", "[\"\",\"x\"]", "[\"1-1\",\"x\"]", "[\"-\",\"x\"]", "[1,\"x\"]", "[\"1\"]", "[\"1\",\"x\",\"y\"]", "[null,\"x\"]", "[\"1\",{\"b64\":\"?\"}]"})
            QTest::newRow(key) << QString::fromLatin1(key);
    }
    void keysAreNoSql()
    {
        QFETCH(QString, key);
        const auto json = parseJson(key.toStdString());
        QVERIFY(json);
        const auto words = decode<wire::ConsistencyKey>(*json);
        QVERIFY(!words || !chunkQuery(table(), *words, {}, 1));
        KeyedTable dated = table();
        dated.key = {3};
        QVERIFY(!chunkQuery(dated, {"2026-01-01' OR '1"}, {}, 1));
        QVERIFY(chunkQuery(dated, {"2026-01-01 00:00:00.000001"}, {}, 1));
    }

    void repairs()
    {
        wire::ConsistencyRows rows;
        rows.key = {"a"};
        rows.columns = {"a", "note", "raw", "made"};
        rows.kinds = {"number", "text", "bytes", "number"};
        rows.written = {"a", "note", "raw"};
        rows.rows = {{{"1"}, "d", {}, {"1", "it's", Json{{"b64", "/w=="}}, "2"}}, {{"2"}, "", {}, {}}, {{"3"}, "d", {}, {"3", nullptr, "x", "4"}}, {{"4"}, "d", {}, {}}};
        QCOMPARE(repairStatement("shop", "t`t", rows, 0), std::string("REPLACE INTO `shop`.`t``t` (`a`, `note`, `raw`) VALUES (1, x'69742773', x'ff');"));
        QCOMPARE(repairStatement("shop", "t", rows, 1), std::string("DELETE FROM `shop`.`t` WHERE `a` = 2;"));
        QCOMPARE(repairStatement("shop", "t", rows, 2), std::string("REPLACE INTO `shop`.`t` (`a`, `note`, `raw`) VALUES (3, NULL, x'78');"));
        QCOMPARE(repairStatement("shop", "t", rows, 3), std::string());
        // what a terminal would not show, and what another character set would read otherwise, goes by its bytes
        rows.kinds = {"number", "text", "json", "number"};
        rows.rows = {{{"1"}, "d", {}, {"1", "a\u202eb", "{\"k\": \"é\"}", "2"}}};
        QCOMPARE(repairStatement("shop", "t", rows, 0), std::string("REPLACE INTO `shop`.`t` (`a`, `note`, `raw`) VALUES (1, x'61e280ae62', _utf8mb4 x'7b226b223a2022c3a9227d');"));
    }

    void whatIsStoredIsReadBack()
    {
        CheckProgress progress;
        progress.tables = 3;
        progress.table = "a.b";
        progress.secondsLeft = 7;
        QCOMPARE(progressJson(progressOf(progressJson(progress))).dump(), progressJson(progress).dump());
        CheckSums sums;
        sums.rows = 5;
        sums.isCut = true;
        QCOMPARE(sumsJson(sumsOf(sumsJson(sums))).dump(), sumsJson(sums).dump());
        for (const char *other : {"null", "[]", "\"x\"", "{\"rows\":-1,\"tables\":1.5,\"table\":7,\"is_cut\":1,\"seconds_left\":\"x\"}"}) {
            QCOMPARE(progressOf(parseJson(other).value()).rows, std::int64_t{0});
            QVERIFY(!sumsOf(parseJson(other).value()).isCut);
            TableVerdict verdict;
            readVerdictDetail(parseJson(other).value(), verdict);
            QCOMPARE(verdict.rows, std::int64_t{0});
        }
    }
};

QTEST_GUILESS_MAIN(TestRowDigest)
#include "tst_rowdigest.moc"
