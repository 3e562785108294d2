// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sharding/shard.h"
#include "models/sharding/shardimport.h"
#include "models/sharding/shardschemas.h"

#include <QElapsedTimer>
#include <QTest>

using namespace zandb;

/// Rules, imports, plans and audits of the sharding map.
class TestShards : public QObject
{
    Q_OBJECT

    static Shard shard(std::int64_t number, const std::string &owner, std::int64_t count = 0, const std::string &schema = "s", const std::string &database = "shop")
    {
        Shard one;
        one.database = database;
        one.number = number;
        one.count = count;
        one.owner = owner;
        one.schema = schema;
        one.instance = Uuid{};
        one.instance->bytes[0] = static_cast<unsigned char>(owner.empty() ? 0 : owner[0]);
        one.id = shardId(one);
        return one;
    }
    static std::vector<ShardFinding> audit(std::vector<Shard> shards)
    {
        ShardAudit all;
        for (const Shard &one : shards)
            all.instances.insert(*one.instance);
        all.shards = std::move(shards);
        return auditShards(std::move(all));
    }
    static std::string kinds(const std::vector<ShardFinding> &findings)
    {
        std::string text;
        for (const ShardFinding &finding : findings)
            text += (text.empty() ? "" : " ") + finding.kind + ':' + std::to_string(finding.number) + (finding.last > finding.number ? '-' + std::to_string(finding.last) : "");
        return text;
    }
    static std::string faults(const ShardImport &import)
    {
        std::string text;
        for (const ShardImportFault &fault : import.faults)
            text += (text.empty() ? "" : " ") + std::to_string(fault.line) + ':' + fault.code;
        return text;
    }

private Q_SLOTS:
    void numbers_data()
    {
        QTest::addColumn<std::string>("pattern");
        QTest::addColumn<std::string>("schema");
        QTest::addColumn<int>("number"); // -1: it does not fit
        QTest::newRow("plain") << std::string(R"(order_(\d+))") << std::string("order_17") << 17;
        QTest::newRow("leading zeros") << std::string(R"(order_(\d+))") << std::string("order_0017") << 17;
        QTest::newRow("no digits") << std::string(R"(order_(\d*))") << std::string("order_") << -1;
        QTest::newRow("the whole name") << std::string(R"(order_(\d+))") << std::string("order_17_old") << -1;
        QTest::newRow("from its beginning") << std::string(R"(order_(\d+))") << std::string("old_order_17") << -1;
        QTest::newRow("a suffix") << std::string(R"(order_(\d+)_eu)") << std::string("order_3_eu") << 3;
        QTest::newRow("a choice") << std::string(R"((?:eu|us)_order_(\d+))") << std::string("us_order_4") << 4;
        QTest::newRow("a choice at the top") << std::string(R"(a|order_(\d+))") << std::string("order_5") << 5;
        QTest::newRow("the other of the choice") << std::string(R"(a|order_(\d+))") << std::string("a") << -1;
        QTest::newRow("other case") << std::string(R"(order_(\d+))") << std::string("Order_1") << -1;
        QTest::newRow("beyond letters") << std::string("订单_(\\d+)") << std::string("订单_8") << 8;
        QTest::newRow("too large") << std::string(R"(order_(\d+))") << std::string("order_99999999999999999999") << -1;
        QTest::newRow("a line's end") << std::string(R"(order_(\d+))") << std::string("order_1\n") << -1;
    }
    void numbers()
    {
        QFETCH(std::string, pattern);
        QFETCH(std::string, schema);
        QFETCH(int, number);
        QCOMPARE(static_cast<int>(ShardPattern(pattern).numberOf(schema).value_or(-1)), number);
    }

    void rulesThatAreNone()
    {
        ShardRule rule;
        rule.database = "shop";
        rule.pattern = R"(shop_(\d+))";
        QCOMPARE(problemOf(rule), std::string_view());
        for (const char *pattern : {"", "shop", "(", "(a)(b)", "shop_\\d+", "(*LIMIT_MATCH=9)(a)"}) {
            rule.pattern = pattern;
            QCOMPARE(problemOf(rule), std::string_view("pattern"));
        }
        rule.pattern = R"(shop_(\d+))";
        rule.dsn = "mysql://app:{number}@{host}/";
        QCOMPARE(problemOf(rule), std::string_view("dsn"));
        rule.dsn.clear();
        rule.database.clear();
        QCOMPARE(problemOf(rule), std::string_view("database"));
    }

    // A person's pattern that tries very many ways must not hold up anything.
    void aCostlyPattern()
    {
        const ShardPattern pattern("(?:a|aa|aaa)*b(\\d+)");
        QVERIFY(pattern.isValid());
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 200; ++i)
            QVERIFY(!pattern.numberOf(std::string(64, 'a')));
        QVERIFY2(clock.elapsed() < 20'000, qPrintable(QString::number(clock.elapsed())));
    }

    void dsns()
    {
        QCOMPARE(filledDsn("", "10.0.0.7", 3306, "my3306", "order_7", 7), std::string("mysql://10.0.0.7:3306/order_7"));
        QCOMPARE(filledDsn("jdbc:mysql://{host}:{port}/{schema}?n={number}&i={instance}", "::1", 3307, "my3307", "o", 7), std::string("jdbc:mysql://[::1]:3307/o?n=7&i=my3307"));
        for (const char *dsn : {"mysql://app:secret@db1/x", "app:secret@tcp(db1:3306)/x", "jdbc:mysql://db1/x?user=a&Password=b", "Server=db1;Pwd=b", "mysql://u:@h"})
            QVERIFY2(holdsPassword(dsn), dsn);
        for (const char *dsn : {"", "mysql://app@db1:3306/x", "app@tcp(db1:3306)/x", "mysql://db1:3306/x", "jdbc:mysql://db1:3306/x?user=a"})
            QVERIFY2(!holdsPassword(dsn), dsn);
    }

    void queries()
    {
        const auto two = parseShardQuery("  Order  17 ");
        QVERIFY(two.words == (std::vector<std::string>{"order", "17"}) && two.number == 17 && two.names == std::vector<std::string>{"order"});
        const auto one = parseShardQuery("order_0017");
        QVERIFY(one.words == std::vector<std::string>{"order_0017"} && one.number == 17 && one.names == std::vector<std::string>{"order_"});
        const auto name = parseShardQuery("order");
        QVERIFY(!name.number && name.names == name.words);
        QVERIFY(parseShardQuery("").words.empty());
    }

    void changes()
    {
        const auto text = [](const std::vector<ShardChange> &changes) {
            std::string all;
            for (const ShardChange &change : changes)
                all += std::string(all.empty() ? "" : " ") + change.kind() + ':' + std::to_string(change.shard().number);
            return all;
        };
        QCOMPARE(text(shardChanges({shard(0, "a"), shard(1, "a")}, {shard(1, "a"), shard(0, "a")})), std::string());
        QCOMPARE(text(shardChanges({shard(0, "a"), shard(1, "a")}, {shard(1, "b"), shard(2, "a")})), std::string("removed:0 changed:1 added:2"));
        QCOMPARE(text(shardChanges({shard(0, "a", 2)}, {shard(0, "a", 3)})), std::string("changed:0"));
        // two places stay two places: nobody can tell which of them moved
        QCOMPARE(text(shardChanges({shard(0, "a"), shard(0, "b")}, {shard(0, "c")})), std::string("removed:0 removed:0 added:0"));
        QCOMPARE(text(shardChanges({shard(0, "a"), shard(0, "b")}, {shard(0, "b"), shard(0, "c")})), std::string("changed:0"));
        QCOMPARE(text(shardChanges({}, {shard(0, "a"), shard(0, "a")})), std::string("added:0"));
        const auto counts = countsOf(shardChanges({shard(0, "a"), shard(1, "a")}, {shard(1, "b"), shard(2, "a")}));
        QVERIFY(counts.added == 1 && counts.changed == 1 && counts.removed == 1);
    }

    void theAudit()
    {
        QCOMPARE(kinds(audit({shard(0, "a"), shard(1, "b"), shard(2, "a")})), std::string());
        QCOMPARE(kinds(audit({shard(1, "a"), shard(2, "b")})), std::string()); // numbered from 1
        QCOMPARE(kinds(audit({shard(0, "a"), shard(3, "b"), shard(5, "b")})), std::string("missing:1-2 missing:4"));
        QCOMPARE(kinds(audit({shard(0, "a", 4), shard(1, "b", 4)})), std::string("missing:2-3"));
        QCOMPARE(kinds(audit({shard(100, "a", 3), shard(102, "b", 3)})), std::string("missing:101")); // numbered from 100
        QCOMPARE(kinds(audit({shard(0, "a"), shard(0, "b")})), std::string("two_owners:0"));
        QCOMPARE(kinds(audit({shard(0, "a", 0, "x"), shard(0, "a", 0, "y")})), std::string("duplicate:0"));
        QCOMPARE(kinds(audit({shard(0, "a", 2), shard(1, "a", 2), shard(2, "a", 2)})), std::string("beyond_count:2"));
        QCOMPARE(kinds(audit({shard(0, "a", 2), shard(1, "a", 3), shard(2, "a", 3)})), std::string("two_counts:-1"));
        QCOMPARE(kinds(audit({shard(0, "a"), shard(0, "b", 0, "s", "user")})), std::string()); // of two databases
        const auto two = audit({shard(5, "b"), shard(5, "a")});
        QCOMPARE(two.back().where, (std::vector<std::string>{"a s", "b s"}));
        QCOMPARE(kinds(audit({shard(0, "a", mostShardNumber)})), "missing:1-" + std::to_string(mostShardNumber - 1));

        ShardAudit all;
        all.shards = {shard(0, "a"), shard(1, "b"), shard(2, "c")};
        all.instances = {*all.shards[0].instance, *all.shards[1].instance};
        all.schemas[*all.shards[0].instance] = {"other"};
        all.stale = {{std::nullopt, shard(7, "b")}};
        QCOMPARE(kinds(auditShards(std::move(all))), std::string("stale:-1 schema_gone:0 unknown_owner:2"));
    }

    void imports()
    {
        const auto csv = parseShards("\xef\xbb\xbf" "Database,Shard,Owner,schema,count,dsn,note\r\nshop,0,db1/my3306,shop_0,2,,x\r\n\r\nshop,1,\"db2/my3306\",\"a \"\"b\"\",\n c\",2,mysql://app@db2/shop_1,\r\n",
                                     ShardFormat::CsvFile);
        QCOMPARE(faults(csv), std::string());
        QCOMPARE(csv.shards.size(), std::size_t{2});
        QCOMPARE(csv.shards.at(1).schema, std::string("a \"b\",\n c"));
        QCOMPARE(csv.shards.at(1).owner + ' ' + csv.shards.at(1).dsn, std::string("db2/my3306 mysql://app@db2/shop_1"));
        const auto semicolons = parseShards("database;shard_id;instance\nshop;7;db1/my3306", ShardFormat::CsvFile);
        QVERIFY(semicolons.faults.empty() && semicolons.shards.at(0).number == 7);
        const auto json = parseShards(R"([{"database":"shop","shard":7,"owner":"db1/my3306"},{"database":"shop","shard":"8","owner":"db1/my3306","count":9,"dsn":null,"more":[1]}])", ShardFormat::JsonFile);
        QCOMPARE(faults(json), std::string());
        QCOMPARE(json.shards.at(1).number * 10 + json.shards.at(1).count, std::int64_t{89});
        for (const ShardFormat format : {ShardFormat::CsvFile, ShardFormat::JsonFile}) {
            const auto again = parseShards(writeShards(csv.shards, format), format);
            QCOMPARE(faults(again), std::string());
            QVERIFY(std::ranges::equal(again.shards, csv.shards, sameShard));
        }
        QVERIFY(shardFormatOf("x.json", "") == ShardFormat::JsonFile && shardFormatOf("x", " [") == ShardFormat::JsonFile && shardFormatOf("x", "database,") == ShardFormat::CsvFile);
    }

    void badImports_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<bool>("json");
        QTest::addColumn<std::string>("named");
        const std::string head = "database,shard,owner,count,dsn\n";
        QTest::newRow("nothing") << std::string() << false << std::string("1:heading");
        QTest::newRow("no heading") << std::string("shop,1,db1/my3306\n") << false << std::string("1:heading");
        QTest::newRow("all bad lines are named") << head + "shop,one,db1/x,,\nshop,1,db1/x,,\n,2,db1/x,,\n\nshop,3,,x,\n" << false << std::string("2:shard 4:database 6:owner 6:count");
        QTest::newRow("a cell too few") << head + "shop,1\n" << false << std::string("2:cells");
        QTest::newRow("negative") << head + "shop,-1,db1/x,,\n" << false << std::string("2:shard");
        QTest::newRow("a password") << head + "shop,1,db1/x,,mysql://app:secret@db1/\n" << false << std::string("2:password");
        QTest::newRow("twice") << head + "shop,1,db1/x,,\nshop,01,db1/x,,\n" << false << std::string("3:twice");
        QTest::newRow("no end") << head + "shop,1,\"db1/x,,\nshop,2,db1/x,,\n" << false << std::string("2:quote");
        QTest::newRow("after a cell of two lines") << head + "\"a\nb\",1,db1/x,,\nshop,x,db1/x,,\n" << false << std::string("4:shard");
        QTest::newRow("not UTF-8") << head + "sh\xffop,1,db1/x,,\n" << false << std::string("2:encoding");
        QTest::newRow("no array") << std::string("{}") << true << std::string("1:json");
        QTest::newRow("an entry's line") << std::string("[\n {\"database\":\"a,[{\",\n  \"shard\":1,\"owner\":\"x/y\"},\n\n {\"database\":\"a\",\"shard\":1.5,\"owner\":\"x/y\"}, 7]") << true
                                         << std::string("5:shard 5:object");
        QTest::newRow("no JSON") << std::string("[\n\n  {]") << true << std::string("3:json");
        QTest::newRow("too deep") << std::string(40, '[') << true << std::string("1:json");
    }
    void badImports()
    {
        QFETCH(std::string, text);
        QFETCH(bool, json);
        QFETCH(std::string, named);
        const auto import = parseShards(text, json ? ShardFormat::JsonFile : ShardFormat::CsvFile);
        QCOMPARE(faults(import), named);
        for (const ShardImportFault &fault : import.faults) {
            QVERIFY(fault.detail.find("secret") == std::string::npos);
            const QString said = shardFaultText(fault);
            QVERIFY2(said.startsWith(QStringLiteral("line %1: ").arg(fault.line)) && !said.endsWith(QString::fromStdString(fault.code)), qPrintable(said));
        }
    }

    void faultsAreCounted()
    {
        std::string text = "database,shard,owner\n";
        for (int i = 0; i < 1000; ++i)
            text += "shop,x,a/b\n";
        const auto import = parseShards(text, ShardFormat::CsvFile);
        QVERIFY(import.faults.size() == 100 && import.faultCount == 1000);
    }

    void schemas()
    {
        const auto tables = [](std::int64_t number, std::map<std::string, std::vector<ShardTables::Column>> all) { return ShardTables{"db/" + std::to_string(number), number, std::move(all), true}; };
        const std::vector<ShardTables::Column> usual{{"id", "bigint NOT NULL"}, {"note", "text"}};
        const auto text = [](std::vector<ShardTables> shards) {
            std::string all;
            for (const ShardDifference &one : compareShards(std::move(shards)))
                all += (all.empty() ? "" : " ") + one.kind + ':' + one.table + (one.column.empty() ? "" : '.' + one.column) + '@' + numbersText(one.numbers);
            return all;
        };
        QCOMPARE(text({}), std::string());
        QCOMPARE(text({tables(0, {{"t", usual}}), tables(1, {{"t", usual}})}), std::string());
        QCOMPARE(text({tables(0, {{"t", usual}}), tables(1, {{"t", usual}}), tables(2, {})}), std::string("table_missing:t@2"));
        QCOMPARE(text({tables(0, {}), tables(1, {}), tables(2, {{"t", usual}})}), std::string("table_extra:t@2"));
        QCOMPARE(text({tables(0, {{"t", usual}}), tables(1, {{"t", usual}}), tables(2, {{"t", {{"id", "int NOT NULL"}, {"more", "int"}}}})}),
                 std::string("column_type:t.id@2 column_extra:t.more@2 column_missing:t.note@2"));
        QCOMPARE(text({tables(0, {{"t", usual}}), tables(1, {{"t", usual}}), tables(2, {{"t", {usual[1], usual[0]}}})}), std::string("column_order:t@2"));
        auto untyped = tables(2, {{"t", {{"id", ""}, {"note", ""}}}});
        untyped.hasTypes = false; // an older agent
        QCOMPARE(text({tables(0, {{"t", usual}}), untyped}), std::string());

        wire::SqlNames names;
        names.tables = {{"s", "t", {"id"}, {"int(11) unsigned NOT NULL"}}, {"other", "u", {"id"}, {"int"}}, {"s", "bare", {}, {}}};
        const auto read = shardTablesOf(names, "s");
        QVERIFY(read.tables.size() == 2 && read.hasTypes);
        QCOMPARE(read.tables.at("t").front().type, std::string("int unsigned NOT NULL"));
        QCOMPARE(numbersText({1, 2, 3, 7, 9, 10}), std::string("1-3, 7, 9-10"));
    }
};

QTEST_APPLESS_MAIN(TestShards)
#include "tst_shards.moc"
