// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/same.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <fstream>

using namespace zandb;
using namespace zandb::test;

/// The sharding map of two real instances, through zandbctl, ssh, agent and store.
class TestShardFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    Json ctl(std::vector<std::string> words, int expected = 0)
    {
        words.insert(words.begin(), "--json");
        const auto output = m_fleet->ctl(words);
        const auto json = parseJson(output.out);
        if (!json || output.status != expected)
            qWarning("%d: %s\n%s", output.status, output.out.substr(0, 2000).c_str(), output.err.c_str());
        return json && output.status == expected ? *json : Json();
    }
    std::string file(const std::string &name, const std::string &text)
    {
        const auto path = m_fleet->directory() / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    static std::string kinds(const Json &list)
    {
        std::string text;
        for (const Json &one : list)
            text += (text.empty() ? "" : " ") + one.at("kind").get<std::string>();
        return text;
    }
    const std::string pattern = R"(orders_(\d+))";

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        FleetOptions options;
        options.instancesPerHost = 2;
        options.serve = true;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (int i = 0; i < 2; ++i) {
            TestServer &server = *m_fleet->host().servers[static_cast<std::size_t>(i)];
            QVERIFY2(server.exec({"CREATE ROLE 'explain'", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'", "GRANT 'explain' TO root@localhost"}), server.lastError().c_str());
            for (const int number : {i, i + 2}) {
                const std::string schema = "orders_" + std::to_string(number);
                QVERIFY2(server.exec({"CREATE DATABASE " + schema, "CREATE TABLE " + schema + ".item (id BIGINT PRIMARY KEY, note VARCHAR(20))"}), server.lastError().c_str());
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(ctl({"instance", "list"}).size(), std::size_t(2), 60'000);
        for (std::size_t i = 0; i < 2; ++i)
            QVERIFY2(ctl({"instance", "snapshot", m_fleet->host().path(i)}).is_object(), m_fleet->describe().c_str());
    }
    void cleanupTestCase() { m_fleet.reset(); }

    void rules()
    {
        const Json preview = ctl({"shard", "rule", "set", "orders", pattern, "--count", "5", "--preview"});
        SAME(preview.at("added"), 4);
        SAME(preview.at("applied"), false);
        SAME(ctl({"shard", "list"}), Json::array());
        SAME(ctl({"shard", "rule", "set", "orders", pattern, "--count", "5"}).at("added"), 4);
        const Json list = ctl({"shard", "list", "orders"});
        SAME(list.size(), 4);
        SAME(list.at(3).at("owner"), m_fleet->host().path(1));
        SAME(list.at(3).at("schema"), "orders_3");
        SAME(list.at(3).at("dsn"), "mysql://127.0.0.1:" + std::to_string(m_fleet->host().servers[1]->port()) + "/orders_3");
        SAME(ctl({"shard", "list", "--on", m_fleet->host().path(0)}).size(), 2);
        SAME(ctl({"shard", "rule", "list"}).at(0).at("pattern"), pattern);
        QCOMPARE(m_fleet->ctl({"shard", "rule", "set", "orders", "orders_1"}).status, 2);
    }

    void search()
    {
        const Json found = ctl({"shard", "find", "orders", "2"});
        SAME(found.size(), 1);
        SAME(found.at(0).at("owner"), m_fleet->host().path(0));
        QCOMPARE(m_fleet->ctl({"shard", "find", "nowhere"}).status, 1);
        const auto text = m_fleet->ctl({"shard", "find", "ORDERS_3"}).out;
        QVERIFY2(text.find("orders_3") != text.npos && text.find(m_fleet->host().path(1)) != text.npos, text.c_str());
    }

    void audits()
    {
        const Json first = ctl({"shard", "audit", "orders", "--schemas"}, 1);
        QCOMPARE(kinds(first.at("findings")), std::string("missing"));
        SAME(first.at("findings").at(0).at("shard"), 4);
        SAME(first.at("differences"), Json::array());
        QVERIFY2(first.at("unread").empty(), dumpJson(first).c_str());
        TestServer &server = *m_fleet->host().servers[1];
        QVERIFY2(server.exec({"ALTER TABLE orders_3.item MODIFY id INT, ADD more INT", "CREATE TABLE orders_1.item_old (a INT)", "DROP DATABASE IF EXISTS orders_7"}), server.lastError().c_str());
        const Json second = ctl({"shard", "audit", "orders", "--schemas"}, 1);
        QCOMPARE(kinds(second.at("differences")), std::string("column_type column_extra table_extra"));
        const Json &type = second.at("differences").at(0);
        SAME(type.at("has"), "int NOT NULL");
        SAME(type.at("usual"), "bigint NOT NULL");
        SAME(type.at("shards"), Json::array({3}));

        // what the map says and what there is part ways, and a new snapshot tells
        QVERIFY2(server.exec({"DROP DATABASE orders_3", "CREATE DATABASE orders_4", "CREATE TABLE orders_4.item (id BIGINT PRIMARY KEY)"}), server.lastError().c_str());
        QVERIFY(ctl({"instance", "snapshot", m_fleet->host().path(1)}).is_object());
        const Json third = ctl({"shard", "audit", "--schemas"}, 1);
        QCOMPARE(kinds(third.at("findings")), std::string("stale schema_gone missing"));
        SAME(third.at("unread").size(), 1);
        const Json applied = ctl({"shard", "rule", "apply"});
        SAME(applied.at("added"), 1);
        SAME(applied.at("removed"), 1);
        QCOMPARE(kinds(ctl({"shard", "audit"}, 1).at("findings")), std::string("missing"));
    }

    void importAndExport()
    {
        const auto output = m_fleet->ctl({"shard", "export"});
        QVERIFY2(output.status == 0 && output.out.starts_with("database,shard,owner,count,schema,dsn\norders,0,"), output.out.c_str());
        const std::string exported = file("exported.csv", output.out);
        const Json same = ctl({"shard", "import", exported, "--preview"});
        SAME(same.at("changed"), 4); // they would be the import's
        SAME(same.at("added"), 0);
        SAME(ctl({"shard", "export"}).size(), 4);

        const Json bad = ctl({"shard", "import", file("bad.csv", "database,shard,owner\nuser,0,db1/my1\nuser,x,db1/my1\nuser,2\n")}, 1);
        SAME(bad.at("fault_count"), 2);
        SAME(bad.at("faults").at(0).at("line"), 3);
        SAME(bad.at("faults").at(1).at("line"), 4);
        SAME(ctl({"shard", "list", "user"}), Json::array()); // nothing half imported
        const auto told = m_fleet->ctl({"shard", "import", file("bad.json", "[\n{\"database\":\"user\"}]")});
        QVERIFY2(told.status == 1 && told.err.find("line 2: ") != told.err.npos, told.err.c_str());

        const std::string good = file("good.json", R"([{"database":"user","shard":0,"owner":")" + m_fleet->host().path(0) + R"("},{"database":"user","shard":0,"owner":"gone/my1"}])");
        SAME(ctl({"shard", "import", good}).at("unknown_owner_shards"), 1);
        QCOMPARE(kinds(ctl({"shard", "audit", "user"}, 1).at("findings")), std::string("two_owners unknown_owner"));
        SAME(ctl({"shard", "rule", "remove", "orders", pattern}).at("removed"), 4);
        SAME(ctl({"shard", "list"}).size(), 2);
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act LIKE 'shard.%'"), std::string("4")); // set, apply, import, remove
        QCOMPARE(m_fleet->storeValue("SELECT MAX(person) FROM zandb.audit WHERE act LIKE 'shard.%'"), std::string("tester"));
    }
};

QTEST_GUILESS_MAIN(TestShardFleet)
#include "tst_shardfleet.moc"
