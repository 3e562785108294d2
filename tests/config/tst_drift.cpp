// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/config/drift.h"
#include "models/config/serverid.h"

#include <QElapsedTimer>
#include <QTest>

#include <random>
#include <set>

using namespace zandb;

namespace {

Uuid idOf(int number)
{
    Uuid id;
    id.bytes[0] = 1;
    id.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

/// Instances on hosts of one group each hundred, one instance a host.
struct Simulated
{
    Fleet fleet;
    std::vector<DriftFacts> facts;
    std::vector<StandardRule> standard;
    std::vector<DriftException> exceptions;

    explicit Simulated(int count, int variables = 600)
    {
        for (int i = 0; i < count; ++i) {
            const int group = i / 100;
            if (i % 100 == 0)
                fleet.groups.push_back({idOf(20'000 + group), std::nullopt, "group" + std::to_string(group), 0});
            Host host;
            host.id = idOf(10'000 + i);
            host.groupId = idOf(20'000 + group);
            host.name = "db" + std::to_string(i + 1);
            InstanceRecord record;
            record.instance.id = idOf(i);
            record.instance.hostId = host.id;
            record.instance.port = 3306 + i % 3;
            record.instance.name = "my" + std::to_string(record.instance.port);
            fleet.hosts.push_back(host);
            fleet.instances.push_back(record);
            facts.push_back(factsOf(i, record.instance, variables));
        }
        fleet.readAt = TimePoint(std::chrono::hours(1'000'000));
    }

    static DriftFacts factsOf(int i, const Instance &instance, int variables)
    {
        DriftFacts one;
        one.instanceId = instance.id;
        one.state.flavour = "mariadb";
        one.state.version = "10.11.14-MariaDB";
        const std::string base = "/srv/" + instance.name;
        const auto add = [&](std::string name, std::string value) {
            wire::ConfigVariable variable;
            variable.name = std::move(name);
            variable.memory = std::move(value);
            one.state.variables.push_back(std::move(variable));
        };
        for (int v = 0; v < variables; ++v)
            add("variable_" + std::to_string(1000 + v), v % 3 == 0 ? (i % 2 ? "ON" : "1") : v % 3 == 1 ? (i % 2 ? "16M" : "16777216") : "text " + std::to_string(v));
        add("datadir", base + (i % 2 ? "/data/" : "/data"));
        add("socket", base + "/run/mysqld.sock");
        add("port", std::to_string(instance.port));
        add("server_id", std::to_string(1000 + i));
        add("innodb_buffer_pool_size", std::to_string((1 + i % 7) << 30));
        add("sql_mode", i % 2 ? "STRICT_TRANS_TABLES,NO_ZERO_DATE" : "NO_ZERO_DATE,STRICT_TRANS_TABLES");
        add("long_query_time", i % 2 ? "1" : "1.000000");
        add("gtid_binlog_pos", "0-1-" + std::to_string(i));
        add("read_only", i % 2 ? "ON" : "OFF");
        std::ranges::sort(one.state.variables, {}, &wire::ConfigVariable::name);
        one.state.files.push_back({base + "/my.cnf", "root:zandb", "0640"});
        one.state.programSha256 = "aa";
        return one;
    }

    wire::ConfigVariable &variable(int i, std::string_view name) { return *std::ranges::find(facts[static_cast<std::size_t>(i)].state.variables, name, &wire::ConfigVariable::name); }
    wire::ConfigState &state(int i) { return facts[static_cast<std::size_t>(i)].state; }
    std::vector<DriftFinding> find() const { return findDrift({fleet, facts, standard, exceptions, fleet.readAt}); }
    /// "17 peers variable_1003" each.
    std::set<std::string> found() const
    {
        std::set<std::string> all;
        for (const DriftFinding &finding : find())
            all.insert(std::to_string(finding.instanceId.bytes[14] * 256 + finding.instanceId.bytes[15]) + ' ' + finding.code + ' ' + finding.subject);
        return all;
    }
};

} // namespace

class TestDrift : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalInMeaningIsNoDrift()
    {
        QCOMPARE(Simulated(10, 20).found().size(), std::size_t(0));
    }

    void sixtyOfFiveHundred()
    {
        Simulated fleet(500);
        std::set<std::string> seeded;
        const auto note = [&](int i, const std::string &what) { seeded.insert(std::to_string(i) + ' ' + what); };
        for (int n = 0; n < 58; ++n) { // the last kind makes two
            const int i = n * 8 + 3;
            switch (n % 8) {
            case 0:
                fleet.variable(i, "variable_1003").memory = "OFF";
                note(i, "peers variable_1003");
                break;
            case 1:
                fleet.variable(i, "variable_1004").memory = "17M";
                note(i, "peers variable_1004");
                break;
            case 2:
                fleet.variable(i, "sql_mode").memory = "STRICT_TRANS_TABLES";
                note(i, "peers sql_mode");
                break;
            case 3:
                fleet.variable(i, "datadir").memory = "/elsewhere/data";
                note(i, "layout datadir");
                break;
            case 4:
                fleet.variable(i, "long_query_time").disk = "2";
                fleet.variable(i, "long_query_time").agree = false;
                note(i, "memory_disk long_query_time");
                break;
            case 5:
                fleet.state(i).files[0].mode = "0666";
                note(i, "mode my.cnf");
                break;
            case 6:
                fleet.state(i).version = "10.11.9-MariaDB";
                note(i, "version version");
                break;
            default:
                fleet.state(i).programSha256 = "bb";
                note(i, "program program");
            }
        }
        fleet.variable(400, "server_id").memory = fleet.variable(401, "server_id").memory;
        note(400, "server_id server_id");
        note(401, "server_id server_id");
        QCOMPARE(seeded.size(), std::size_t(60));
        QElapsedTimer timer;
        timer.start();
        const auto found = fleet.found();
        qInfo("500 instances compared in %lld ms", static_cast<long long>(timer.elapsed()));
        QVERIFY(timer.elapsed() < 60'000);
        for (const std::string &one : seeded)
            QVERIFY2(found.contains(one), one.c_str());
        for (const std::string &one : found)
            QVERIFY2(seeded.contains(one), one.c_str());
    }

    void theStandardIsInherited()
    {
        Simulated fleet(6, 5);
        const Uuid group = fleet.fleet.groups[0].id, instance = idOf(2);
        const auto rule = [](const Uuid &scope, const char *name, std::optional<std::string> value) { return StandardRule{scope, name, std::move(value), "kim", {}}; };
        fleet.standard = {rule({}, "long_query_time", "2")};
        QCOMPARE(fleet.found().size(), std::size_t(6));
        fleet.standard.push_back(rule(group, "long_query_time", "1"));
        QCOMPARE(fleet.found().size(), std::size_t(0));
        fleet.standard.push_back(rule(instance, "long_query_time", "5"));
        QCOMPARE(fleet.found(), (std::set<std::string>{"2 standard long_query_time"}));
        // it may differ here: neither the standard nor peers count
        fleet.standard.back().value.reset();
        fleet.variable(2, "long_query_time").memory = "7";
        QCOMPARE(fleet.found().size(), std::size_t(0));
        fleet.standard.push_back(rule({}, "no_such_variable", "1"));
        QCOMPARE(fleet.found().size(), std::size_t(6));
    }

    void repairsGoToTheStandard()
    {
        Simulated all(4);
        const auto differ = [&](int i, const char *name, const char *memory, std::optional<std::string> disk) {
            all.variable(i, name).memory = memory;
            all.variable(i, name).disk = disk;
            all.variable(i, name).agree = !disk;
        };
        all.standard.push_back({Uuid(), "long_query_time", "1", "", {}});
        differ(0, "long_query_time", "5", "5");                       // wrong at both places, which agree
        all.variable(0, "long_query_time").agree = true;
        differ(1, "long_query_time", "1", "5");                       // only the disk is wrong
        differ(2, "read_only", "OFF", "1");                           // no standard, no peers: what stands on disk
        differ(3, "variable_1006", "OFF", std::nullopt);              // as its peers
        all.state(3).version = "10.11.2-MariaDB";                     // which no change of a variable mends
        all.exceptions.push_back({idOf(1), idOf(3), "peers", "variable_1006", "", "", {}, all.fleet.readAt + std::chrono::hours(1)});
        const DriftInput input{all.fleet, all.facts, all.standard, all.exceptions, all.fleet.readAt};
        const auto repairs = repairsOf(input, findDrift(input));
        QCOMPARE(repairs.size(), std::size_t(3)); // what is accepted stays
        const auto is = [](const std::vector<wire::ConfigChange> &changes, const char *name, const char *value, const char *where) {
            return changes.size() == 1 && changes[0].name == name && changes[0].value == value && changes[0].where == where;
        };
        QVERIFY(is(repairs.at(idOf(0)), "long_query_time", "1", "both"));
        QVERIFY(is(repairs.at(idOf(1)), "long_query_time", "1", "both"));
        QVERIFY(is(repairs.at(idOf(2)), "read_only", "1", "memory"));
        all.exceptions.clear();
        const auto again = repairsOf(input, findDrift(input));
        QVERIFY(is(again.at(idOf(3)), "variable_1006", "1", "both") || is(again.at(idOf(3)), "variable_1006", "ON", "both"));
    }

    void acceptedUntilItsEnd()
    {
        Simulated fleet(6, 5);
        fleet.variable(2, "variable_1003").memory = "OFF";
        fleet.exceptions.push_back({idOf(1), idOf(2), "peers", "variable_1003", "test", "kim", {}, fleet.fleet.readAt + std::chrono::hours(1)});
        QVERIFY(fleet.find().at(0).accepted);
        fleet.exceptions[0].until = fleet.fleet.readAt;
        QVERIFY(!fleet.find().at(0).accepted);
        fleet.exceptions[0].until = fleet.fleet.readAt + std::chrono::hours(1);
        fleet.exceptions[0].code = "standard";
        QVERIFY(!fleet.find().at(0).accepted);
    }

    void withoutAMajorityNobodyIsRight()
    {
        Simulated fleet(4, 5);
        fleet.variable(0, "variable_1002").memory = fleet.variable(1, "variable_1002").memory = "other";
        QCOMPARE(fleet.found().size(), std::size_t(0));
        Simulated two(2, 5);
        two.variable(0, "variable_1002").memory = "other";
        QCOMPARE(two.found().size(), std::size_t(0));
        // other flavours are no peers
        Simulated mixed(6, 5);
        for (const int i : {0, 1})
            mixed.state(i).flavour = "mysql";
        mixed.variable(0, "variable_1002").memory = "other";
        QCOMPARE(mixed.found().size(), std::size_t(0));
    }

    void noTwoServersGetOneId()
    {
        Simulated fleet(3, 5);
        for (std::size_t i = 0; i < fleet.fleet.instances.size(); ++i) {
            fleet.fleet.instances[i].state = "up";
            fleet.fleet.instances[i].detail = wire::InstanceState{};
            fleet.fleet.instances[i].detail->serverId = 101 + static_cast<int>(i);
        }
        const Uuid first = fleet.fleet.instances[0].instance.id;
        const auto clash = [&](const char *name, const char *value, std::size_t targets = 1) {
            wire::ConfigArgs args;
            args.changes.push_back({});
            args.changes.back().name = name;
            args.changes.back().value = value;
            const auto error = serverIdClash(fleet.fleet, first, args, targets);
            return error ? error->fields.at("detail") : std::string();
        };
        QVERIFY(clash("server_id", "102").find("has the id 102") != std::string::npos);
        QVERIFY(!clash("server-id", "103").empty());
        QCOMPARE(clash("server_id", "101"), std::string()); // its own
        QCOMPARE(clash("server_id", "900"), std::string());
        QVERIFY(!clash("server_id", "900", 2).empty());
        QCOMPARE(clash("max_connections", "102", 3), std::string());
        fleet.fleet.instances[1].state = "gone";
        QCOMPARE(clash("server_id", "102"), std::string());
    }

    void filesSpeakToo()
    {
        Simulated fleet(1, 5);
        fleet.state(0).problems.push_back({"world_writable", "/srv/my.cnf", 0, "servers ignore it", false});
        fleet.state(0).unknown.push_back({"/srv/my.cnf", 4, "mysqld", "no_such=1", true, ""});
        for (const char *known : {"user=mysql", "loose-skip-host-cache", "replicate-do-db=shop"}) // no variables, but every server knows them
            fleet.state(0).unknown.push_back({"/srv/my.cnf", 5, "mysqld", known, true, ""});
        QCOMPARE(fleet.found(), (std::set<std::string>{"0 file world_writable", "0 unknown_option no_such=1"}));
    }
};

QTEST_APPLESS_MAIN(TestDrift)
#include "tst_drift.moc"
