// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/zabbixlines.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct ZabbixLines
{
    Q_DECLARE_TR_FUNCTIONS(ZabbixLines)
public:
    static QString state(const ZabbixRecord &record)
    {
        if (record.isWaiting())
            return tr("Waiting for the headless instance to ask");
        if (record.state == "none")
            return tr("Not in Zabbix by this name or address");
        if (record.state == "several")
            return tr("%n host(s) of Zabbix match; choose one with “zandbctl zabbix choose”", nullptr, static_cast<int>(record.matches.size()));
        if (record.state == "failed")
            return record.error ? errorSummary(*record.error) : tr("Asking failed");
        return record.askedAt == TimePoint{} ? QString() : tr("asked %1").arg(localTimeText(record.askedAt));
    }
    static QString difference(const FactDifference &one)
    {
        const auto text = [&](std::int64_t number) { return one.what == "cores" ? QString::number(number) : bytesText(number); };
        return tr("%1 by the agent, %2 by Zabbix").arg(text(one.agent), text(one.zabbix));
    }
    static QString label(const FactDifference &one)
    {
        return one.what == "cores" ? tr("Cores differ") : one.what == "memory" ? tr("Memory differs") : tr("%1 differs").arg(qs(one.mount));
    }
    static QString memory(const ZabbixFacts &facts)
    {
        if (!facts.memoryBytes)
            return {};
        return facts.memoryAvailableBytes ? tr("%1 of %2 available").arg(bytesText(*facts.memoryAvailableBytes), bytesText(*facts.memoryBytes)) : bytesText(*facts.memoryBytes);
    }
    static QString disk(const ZabbixDisk &disk)
    {
        return disk.freeBytes ? tr("%1 of %2 free").arg(bytesText(*disk.freeBytes), bytesText(disk.totalBytes)) : bytesText(disk.totalBytes);
    }
    static QString name(const QString &fact) { return tr("%1 (Zabbix)").arg(fact); }
    static QString cores() { return tr("Cores"); }
    static QString memoryName() { return tr("Memory"); }
};

} // namespace

void addZabbixLines(Inspector::Content &content, const ZabbixRecord &record, const std::optional<wire::HostFacts> &agent)
{
    if (record.state == "off" || (record.state.empty() && !record.isWaiting()))
        return;
    const auto add = [&](const QString &label, const QString &value, TimePoint at) {
        if (!value.isEmpty())
            content.lines.push_back({label, value, at == TimePoint{} ? QString() : exactTimeText(at), false});
    };
    add(QStringLiteral("Zabbix"), ZabbixLines::state(record), record.askedAt);
    if (!record.facts)
        return;
    for (const FactDifference &one : agent ? factDifferences(*agent, *record.facts) : std::vector<FactDifference>())
        add(ZabbixLines::label(one), ZabbixLines::difference(one), record.facts->at);
    if (record.facts->cores)
        add(ZabbixLines::name(ZabbixLines::cores()), QString::number(*record.facts->cores), record.facts->at);
    add(ZabbixLines::name(ZabbixLines::memoryName()), ZabbixLines::memory(*record.facts), record.facts->at);
    for (const ZabbixDisk &disk : record.facts->disks)
        add(ZabbixLines::name(qs(disk.mount)), ZabbixLines::disk(disk), disk.at);
}

} // namespace zandb
