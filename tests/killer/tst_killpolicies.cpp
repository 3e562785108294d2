// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/killer/killpolicies.h"

#include <QTest>

using namespace zandb;

/// Which policies hold where, inherited down the tree.
class TestKillPolicies : public QObject
{
    Q_OBJECT

    Fleet m_fleet;
    Uuid m_top = Uuid::v7(), m_shop = Uuid::v7(), m_other = Uuid::v7(), m_inShop, m_inOther, m_inNone;

    static KillPolicyRow row(const Uuid &scope, KillScope kind, const std::string &name, double seconds)
    {
        KillPolicyRow result;
        result.scope = scope;
        result.kind = kind;
        result.name = name;
        if (seconds > 0) {
            result.policy.emplace();
            result.policy->name = name;
            result.policy->longerThanSeconds = seconds;
        }
        return result;
    }
    Uuid add(const std::string &host, std::optional<Uuid> group)
    {
        Host one;
        one.id = Uuid::v7();
        one.name = host;
        one.groupId = group;
        InstanceRecord record;
        record.instance.id = Uuid::v7();
        record.instance.hostId = one.id;
        record.instance.name = "my1";
        m_fleet.hosts.push_back(one);
        m_fleet.instances.push_back(record);
        return record.instance.id;
    }
    std::string holding(const std::vector<KillPolicyRow> &rows, const Uuid &instance)
    {
        std::string text;
        for (const auto &holds : killPoliciesOf(m_fleet, rows, instance))
            text += holds.policy.name + ' ' + std::to_string(static_cast<int>(holds.policy.longerThanSeconds)) + ' ' + killScopePath(m_fleet, holds.kind, holds.from) + ';';
        return text;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_fleet.groups = {{m_top, std::nullopt, "production", 1}, {m_shop, m_top, "shop", 1}, {m_other, m_top, "other", 1}};
        m_inShop = add("db1", m_shop);
        m_inOther = add("db2", m_other);
        m_inNone = add("db3", std::nullopt);
    }
    void nearerOnesWinByName()
    {
        const std::vector<KillPolicyRow> rows{row({}, KillScope::Fleet, "long", 600), row(m_top, KillScope::Group, "long", 300), row(m_shop, KillScope::Group, "long", 60),
                                              row(m_inShop, KillScope::Instance, "reports", 10), row(m_other, KillScope::Group, "long", 0)};
        QCOMPARE(holding(rows, m_inShop), std::string("long 60 production/shop;reports 10 db1/my1;"));
        QCOMPARE(holding(rows, m_inOther), std::string()); // taken back there
        QCOMPARE(holding(rows, m_inNone), std::string("long 600 ;"));
        QCOMPARE(holding(rows, Uuid::v7()), std::string("long 600 ;"));
    }
    void takenBackForOneInstance()
    {
        const std::vector<KillPolicyRow> rows{row(m_top, KillScope::Group, "long", 300), row(m_inShop, KillScope::Instance, "long", 0)};
        QCOMPARE(holding(rows, m_inShop), std::string());
        QCOMPARE(holding(rows, m_inOther), std::string("long 300 production;"));
    }
    void badRowsDoNotHold()
    {
        auto bad = row({}, KillScope::Fleet, "bad", 5);
        bad.policy->action = "server";
        QCOMPARE(holding({bad, row({}, KillScope::Fleet, "good", 5)}, m_inNone), std::string("good 5 ;"));
        Fleet cycle = m_fleet; // groups above each other
        cycle.groups[0].parentId = m_shop;
        std::swap(cycle, m_fleet);
        QCOMPARE(holding({row({}, KillScope::Fleet, "good", 5)}, m_inShop), std::string("good 5 ;"));
        std::swap(cycle, m_fleet);
    }
    void whomAChangeReaches()
    {
        QCOMPARE(instancesBelow(m_fleet, KillScope::Fleet, {}).size(), std::size_t(3));
        QCOMPARE(instancesBelow(m_fleet, KillScope::Group, m_top), (std::vector{m_inShop, m_inOther}));
        QCOMPARE(instancesBelow(m_fleet, KillScope::Group, m_shop), std::vector{m_inShop});
        QCOMPARE(instancesBelow(m_fleet, KillScope::Instance, m_inNone), std::vector{m_inNone});
    }
};

QTEST_APPLESS_MAIN(TestKillPolicies)
#include "tst_killpolicies.moc"
