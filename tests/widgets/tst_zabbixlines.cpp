// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/zabbixlines.h"

#include "models/common/format.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

/// What a host's inspector says of Zabbix.
class TestZabbixLines : public QObject
{
    Q_OBJECT

    static QStringList linesOf(const ZabbixRecord &record, const std::optional<wire::HostFacts> &agent = {})
    {
        Inspector::Content content;
        addZabbixLines(content, record, agent);
        QStringList lines;
        for (const auto &line : content.lines)
            lines << line.label + QStringLiteral(": ") + line.value;
        return lines;
    }

private Q_SLOTS:
    void saysNothingWhereThereIsNoZabbix()
    {
        QCOMPARE(linesOf({}), QStringList());
        ZabbixRecord off;
        off.state = "off";
        QCOMPARE(linesOf(off), QStringList());
    }

    void saysWhyThereAreNoFacts()
    {
        ZabbixRecord record;
        record.requestedAt = TimePoint{5s};
        QCOMPARE(linesOf(record), QStringList(QStringLiteral("Zabbix: Waiting for the headless instance to ask")));
        record.askedAt = TimePoint{6s};
        record.state = "none";
        QCOMPARE(linesOf(record), QStringList(QStringLiteral("Zabbix: Not in Zabbix by this name or address")));
        record.state = "several";
        record.matches = {{"1", "a", "a", {}}, {"2", "b", "b", {}}};
        QVERIFY(linesOf(record).first().contains(QStringLiteral("choose")));
        record.state = "failed";
        record.error = Error{"zabbix.refused", ErrorClass::Permanent, {{"host", "z:80"}, {"detail", "Not authorised"}}, nullptr};
        QCOMPARE(linesOf(record), QStringList(QStringLiteral("Zabbix: Zabbix at z:80 refused the question: Not authorised.")));
    }

    void showsFactsAndDifferences()
    {
        ZabbixRecord record;
        record.askedAt = TimePoint{1700000000s};
        record.state = "found";
        record.facts = ZabbixFacts{4, 8LL << 30, 2LL << 30, {{"/", 100LL << 30, 25LL << 30, TimePoint{1699999000s}}, {"/data", 1LL << 40, {}, {}}}, TimePoint{1699999900s}};
        wire::HostFacts agent;
        agent.cores = 8;
        agent.memoryBytes = 8LL << 30;
        const auto lines = linesOf(record, agent);
        QVERIFY(lines.contains(QStringLiteral("Cores differ: 8 by the agent, 4 by Zabbix")));
        QVERIFY(lines.contains(QStringLiteral("Cores (Zabbix): 4")));
        QVERIFY(lines.contains(QStringLiteral("/ (Zabbix): %1 of %2 free").arg(bytesText(25LL << 30), bytesText(100LL << 30))));
        QVERIFY(!lines.filter(QStringLiteral("Memory differs")).size());
        QCOMPARE(lines.filter(QStringLiteral("/data")).size(), 1);
        QVERIFY(!lines.filter(QStringLiteral("/data")).first().contains(QStringLiteral("free"))); // not known is not 0
    }
};

QTEST_MAIN(TestZabbixLines)
#include "tst_zabbixlines.moc"
