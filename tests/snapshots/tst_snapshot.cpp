// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/snapshots/growth.h"
#include "models/snapshots/snapshotdiff.h"
#include "models/snapshots/snapshotpack.h"
#include "tests/support/same.h"

#include <QTest>

using namespace zandb;

/// Snapshots as values: read from items, packed, compared, and as growth.
class TestSnapshot : public QObject
{
    Q_OBJECT

    static Json facts()
    {
        return {{"facts",
                 {{"version", "10.11.19-MariaDB"}, {"flavour", "mariadb"}, {"variables", {{"sql_mode", "A,B"}, {"innodb_buffer_pool_size", "16777216"}, {"gtid_binlog_pos", "0-1-1"}, {"read_only", "OFF"}}},
                  {"plugins", {{"binlog", "1.0", "ACTIVE"}}}, {"accounts", {{"root", "localhost", "unix_socket", false, false, false}, {"shop", "%", "mysql_native_password", false, true, false}}},
                  {"directories", {{"data", 1000}, {"log", nullptr}, {"tmp", 0}, {"binlog", 7}}}, {"missing", {"files"}}}}};
    }
    static Json tables()
    {
        return {{"tables",
                 {{"shop", "orders", "InnoDB", 4096, 2048, 1024, 10}, {"", "innodb_system", "InnoDB", 100, nullptr, nullptr, nullptr}, {"shop", "", "", nullptr, nullptr, nullptr, nullptr},
                  {"old", "t", "MyISAM", nullptr, 30, 12, nullptr}}}};
    }
    static Snapshot sample()
    {
        wire::SnapshotResult result;
        result.takenAt = beginOf(20'000) + std::chrono::hours{5};
        SnapshotBuilder builder(result);
        if (!builder.add(tables()) || !builder.add(facts()))
            return {};
        return builder.take().value_or(Snapshot{});
    }

private Q_SLOTS:
    void isReadFromItems()
    {
        const Snapshot snapshot = sample();
        QCOMPARE(snapshot.tables.size(), std::size_t(4));
        QCOMPARE(snapshot.tables[0].table, std::string("innodb_system")); // by schema and table
        QCOMPARE(snapshot.tables[3].bytes(), 4096);
        QCOMPARE(snapshot.tables[1].bytes(), 42); // no file is known: what statistics say
        QVERIFY(!snapshot.tables[1].rows);
        QVERIFY(snapshot.accounts && snapshot.accounts->at(1).hasPassword == true);
        QVERIFY(!snapshot.directories.at("log"));
        const SnapshotSum sum = sumOf(snapshot);
        QCOMPARE(sum.tables, 2);
        QCOMPARE(sum.bytes, 100 + 42 + 4096);
        QCOMPARE(dayText(snapshotDayOf(snapshot.takenAt)), std::string("2024-10-04"));
        QCOMPARE(snapshotDayOf("2024-10-04").value_or(0), 20'000);
        for (const char *wrong : {"", "2024-13-01", "2024-1-1", "20241004", "2024-02-30", "yesterday"})
            QVERIFY2(!snapshotDayOf(wrong), wrong);
    }

    /// What an agent says is not trusted.
    void badItemsAreRefused()
    {
        SnapshotBuilder builder{wire::SnapshotResult{}};
        for (const char *bad : {"[]", "{}", "{\"tables\":{}}", "{\"tables\":[[1]]}", "{\"tables\":[{}]}", "{\"facts\":[]}"})
            QVERIFY2(!builder.add(parseJson(bad).value()), bad);
        QVERIFY(builder.add({{"tables", {{"s", std::string(10'000, 'x'), 5, -1, 1.5, "7", 3}}}}));
        QVERIFY(builder.add({{"facts", {{"variables", 3}, {"plugins", "x"}, {"accounts", {1, 2}}, {"directories", {}}, {"missing", {3}}}}}));
        QVERIFY(!builder.add(facts())); // once
        const auto snapshot = builder.take();
        QVERIFY(snapshot);
        QCOMPARE(snapshot->tables.front().table.size(), std::size_t(256));
        QVERIFY(!snapshot->tables.front().file && !snapshot->tables.front().data && !snapshot->tables.front().index);
        QCOMPARE(snapshot->tables.front().rows.value_or(0), 3);
        QVERIFY(!SnapshotBuilder(wire::SnapshotResult{}).take());
    }

    void packsAndUnpacks()
    {
        Snapshot snapshot = sample();
        for (int i = 0; i < 45'000; ++i) {
            SnapshotTable table{"tenant_" + std::to_string(100 + i / 500), "table_" + std::to_string(10'000 + i), "InnoDB", 16384LL * (i % 97), {}, {}, {}};
            if (i % 3)
                table.rows = i;
            snapshot.tables.push_back(table);
        }
        const auto parts = snapshotpack::pack(snapshot);
        QVERIFY(parts);
        QCOMPARE(parts->size(), std::size_t(4));
        const auto again = snapshotpack::unpack(*parts);
        QVERIFY(again);
        QVERIFY(again->tables == snapshot.tables);
        QVERIFY(again->variables == snapshot.variables && again->accounts == snapshot.accounts && again->plugins == snapshot.plugins && again->directories == snapshot.directories);
        QVERIFY(again->takenAt == snapshot.takenAt && again->missing == snapshot.missing && again->version == snapshot.version);
        // any bytes
        QVERIFY(!snapshotpack::unpack({}));
        QVERIFY(!snapshotpack::unpack({"nonsense"}));
        QVERIFY(!snapshotpack::unpack({parts->at(1), parts->at(0)}));
        QVERIFY(!snapshotpack::unpack({parts->at(0), parts->at(1).substr(0, 100)}));
    }

    void differencesAreFound()
    {
        const Snapshot before = sample();
        Snapshot after = before;
        QVERIFY(diffOf(before, after).isEmpty());
        after.variables["sql_mode"] = "B,A";
        after.variables["innodb_buffer_pool_size"] = "16M";
        after.variables["read_only"] = "0";
        after.variables["gtid_binlog_pos"] = "0-1-99";
        QVERIFY(diffOf(before, after).isEmpty()); // the same by meaning, and a position
        after.variables["innodb_buffer_pool_size"] = "32M";
        after.variables["new_one"] = "1";
        after.version = "10.11.20-MariaDB";
        after.accounts->at(1).locked = true;
        after.accounts->push_back({"app", "10.%", "ed25519", false, true, false});
        after.tables[3].file = 8192;
        after.tables[1] = {"shop", "added", "InnoDB", 10, {}, {}, {}}; // old.t goes
        const SnapshotDiff diff = diffOf(before, after);
        QCOMPARE(diff.after.bytes - diff.before.bytes, 8192 - 4096 + 10 - 42);
        QStringList lines;
        for (const auto &one : diff.texts)
            lines << QString::fromStdString(one.kind + ' ' + std::string(toString(one.change)) + ' ' + one.name + ": " + one.before + " > " + one.after);
        for (const auto *list : {&diff.schemas, &diff.tables}) {
            for (const auto &one : *list)
                lines << QString::fromStdString(std::string(toString(one.change)) + ' ' + one.schema + '.' + one.table + ' ' + std::to_string(one.grown()));
        }
        QCOMPARE(lines.join(QLatin1Char('\n')), QStringLiteral("version changed version: 10.11.19-MariaDB > 10.11.20-MariaDB\n"
                                                               "variable changed innodb_buffer_pool_size: 16777216 > 32M\n"
                                                               "variable added new_one:  > 1\n"
                                                               "account added app@10.%:  > ed25519, password\n"
                                                               "account changed shop@%: mysql_native_password, password > mysql_native_password, locked, password\n"
                                                               "changed shop. 4106\nremoved old. -42\n"
                                                               "changed shop.orders 4096\nadded shop.added 10\nremoved old.t -42"));
        after.accounts.reset();
        QVERIFY(!diffOf(before, after).accountsKnown);
    }

    /// Between two instances, what is each one's own is no difference.
    void anotherInstance()
    {
        Snapshot a = sample(), b = sample();
        a.variables.insert({{"server_id", "1"}, {"datadir", "/a/"}, {"max_connections", "100"}});
        b.variables.insert({{"server_id", "2"}, {"datadir", "/b/"}, {"max_connections", "200"}});
        QCOMPARE(diffOf(a, b).texts.size(), std::size_t(3));
        QCOMPARE(diffOf(a, b, true).texts.size(), std::size_t(1));
        QCOMPARE(diffOf(a, b, true).texts.front().name, std::string("max_connections"));
    }

    void growthOfLines()
    {
        const auto line = [](const char *schema, const char *table, std::int64_t bytes) { return SnapshotLine{schema, table, {1, bytes, 0, 0, 5}}; };
        const SnapshotGrowth growth = growthOf({{12, line("shop", "", 300)}, {10, line("shop", "", 100)}, {12, line("big", "", 900)}, {12, line("shop", "orders", 250)}});
        QVERIFY(growth.days == std::vector<SnapshotDay>({10, 12}));
        QCOMPARE(growth.schemas.size(), std::size_t(2));
        QCOMPARE(growth.schemas[0].schema, std::string("big"));
        QVERIFY(!growth.schemas[0].bytesPerDay(growth.days)); // one day only
        QCOMPARE(growth.schemas[1].bytesPerDay(growth.days).value_or(0), 100.0);
        QCOMPARE(growth.tables.size(), std::size_t(1));
        QVERIFY(growthOf({}).days.empty());
        // the largest only are kept for charts
        Snapshot many;
        for (int i = 0; i < 700; ++i)
            many.tables.push_back({"s" + std::to_string(i), "t", "InnoDB", i, {}, {}, {}});
        const auto lines = linesOf(many);
        QCOMPARE(lines.size(), mostSchemaLines + mostTableLines);
        QCOMPARE(lines.front().sum.bytes, 699);
        QCOMPARE(lines.at(mostSchemaLines).table, std::string("t"));
    }
};

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
