// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/zabbix.h"
#include "tests/support/same.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

Json item(const char *key, const char *value, const char *clock = "1700000000", const char *status = "0")
{
    return {{"key_", key}, {"lastvalue", value}, {"lastclock", clock}, {"status", status}};
}

ZabbixHost host(const char *id, const char *name, std::vector<std::string> addresses) { return {id, name, std::string("shown ") + name, std::move(addresses)}; }

} // namespace

/// What Zabbix's items mean, which of its hosts is meant, and where it differs from the agent.
class TestZabbixFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsItems()
    {
        const auto facts = zabbixFactsOf({item("system.cpu.num", "8"), item("vm.memory.size[total]", "16777216000"), item("vm.memory.size[available]", "4000000000", "1700000060"),
                                          item("vfs.fs.size[/,total]", "1000"), item("vfs.fs.size[/,free]", "400", "1699999990"), item("vfs.fs.size[/data,total]", "5000"),
                                          item("vfs.fs.size[/data,pused]", "75.5"), item("vfs.fs.dependent.size[\"/b,\\\"c\",total]", "7"), item("vfs.fs.size[C:,total]", "9"),
                                          item("vfs.fs.size[/swap,total]", "0"), item("vfs.fs.inode[/,pfree]", "99"), item("system.cpu.num[online]", "8")});
        QCOMPARE(facts.cores, std::optional<std::int64_t>(8));
        QCOMPARE(facts.memoryBytes, std::optional<std::int64_t>(16777216000));
        QCOMPARE(facts.memoryAvailableBytes, std::optional<std::int64_t>(4000000000));
        QCOMPARE(facts.at, TimePoint{1700000060s});
        QCOMPARE(facts.disks.size(), 3u);
        QCOMPARE(facts.disks[0].mount, "/");
        QCOMPARE(facts.disks[0].freeBytes, std::optional<std::int64_t>(400));
        QCOMPARE(facts.disks[0].at, TimePoint{1699999990s}); // as old as the older reading
        QCOMPARE(facts.disks[1].mount, "/b,\"c");
        QVERIFY(!facts.disks[1].freeBytes); // not known is not 0
        QCOMPARE(facts.disks[2].mount, "/data");
        QCOMPARE(facts.disks[2].freeBytes, std::optional<std::int64_t>(1225));
    }

    void passesOverWhatIsNoReading()
    {
        const auto facts = zabbixFactsOf({item("system.cpu.num", ""), item("system.cpu.num", "8", "0"), item("vm.memory.size[total]", "-5"), item("vm.memory.size[available]", "nan"),
                                          item("vfs.fs.size[/,total]", "1e300"), item("vfs.fs.size[", "1"), item("vfs.fs.size[/x,total]", "10", "1700000000", "1"), 7, Json::array(), Json(),
                                          {{"key_", 5}, {"lastvalue", 5}}});
        QVERIFY(!facts.cores && !facts.memoryBytes && !facts.memoryAvailableBytes);
        QVERIFY(facts.disks.empty());
        QVERIFY(zabbixFactsOf("text").disks.empty());
    }

    void choosesTheHostThatIsMeant()
    {
        const std::vector all{host("1", "db1", {"10.0.0.1"}), host("2", "db1", {"10.0.0.2"}), host("3", "other", {"10.0.0.1"}), host("4", "db4", {"10.0.0.9"})};
        QCOMPARE(zabbixMatch(all, "db1", "10.0.0.1")->id, "1"); // both fit
        QCOMPARE(zabbixMatch(all, "db1", "10.0.0.9")->id, "4"); // the address counts more than a name
        QVERIFY(!zabbixMatch(all, "db1", "10.0.0.77"));         // two of that name
        QVERIFY(!zabbixMatch(all, "db9", "10.0.0.1"));          // two at that address
        QCOMPARE(zabbixMatch(all, "shown db4", "x")->id, "4");
        QVERIFY(!zabbixMatch(all, "nobody", "nowhere"));
        QVERIFY(!zabbixMatch({}, "db1", "10.0.0.1"));
    }

    void tellsDifferences()
    {
        wire::HostFacts agent;
        agent.cores = 8;
        agent.memoryBytes = 16'000'000'000;
        agent.disks = {{"/", "sda1", 1'000'000, 5}, {"/data", "sdb", 2'000'000, 7}, {"/only-here", "sdc", 1, 1}};
        ZabbixFacts zabbix;
        QVERIFY(factDifferences(agent, zabbix).empty());
        zabbix.cores = 4;
        zabbix.memoryBytes = 16'100'000'000; // as the kernel takes some
        zabbix.disks = {{"/", 1'000'000, {}, {}}, {"/data", 1'000'000, {}, {}}};
        const std::vector<FactDifference> expected{{"cores", "", 8, 4}, {"disk", "/data", 2'000'000, 1'000'000}};
        QVERIFY(factDifferences(agent, zabbix) == expected);
    }
};

QTEST_APPLESS_MAIN(TestZabbixFacts)
#include "tst_zabbixfacts.moc"
