// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/historycharts.h"

#include "models/common/text.h"
#include "models/fleet/figures.h"

#include <QCoreApplication>

#include <algorithm>

namespace zandb {
namespace {

struct HistoryText
{
    Q_DECLARE_TR_FUNCTIONS(HistoryText)
};

struct Line
{
    std::string_view figure;
    const char *name;
    bool ofHost = false;
};
struct Chart
{
    const char *name;
    const char *title;
    ChartUnit unit;
    std::vector<Line> lines;
    bool stacked = false;
    bool fromZero = true;
};

const std::vector<Chart> &charts()
{
    static const std::vector<Chart> all{
        {"queries", QT_TRANSLATE_NOOP("HistoryText", "Queries and transactions"), ChartUnit::PerSecond,
         {{"queries_per_s", QT_TRANSLATE_NOOP("HistoryText", "queries")},
          {"commits_per_s", QT_TRANSLATE_NOOP("HistoryText", "commits")},
          {"rollbacks_per_s", QT_TRANSLATE_NOOP("HistoryText", "rollbacks")}}},
        {"connections", QT_TRANSLATE_NOOP("HistoryText", "Connections and threads"), ChartUnit::Count,
         {{"connections", QT_TRANSLATE_NOOP("HistoryText", "connections")}, {"threads_running", QT_TRANSLATE_NOOP("HistoryText", "threads running")}}},
        {"slow", QT_TRANSLATE_NOOP("HistoryText", "Slow queries"), ChartUnit::PerSecond, {{"slow_queries_per_s", QT_TRANSLATE_NOOP("HistoryText", "slow queries")}}},
        {"lag", QT_TRANSLATE_NOOP("HistoryText", "Replication lag"), ChartUnit::Seconds, {{"lag_s", QT_TRANSLATE_NOOP("HistoryText", "lag")}}},
        {"rows", QT_TRANSLATE_NOOP("HistoryText", "Rows"), ChartUnit::PerSecond,
         {{"rows_read_per_s", QT_TRANSLATE_NOOP("HistoryText", "read")}, {"rows_written_per_s", QT_TRANSLATE_NOOP("HistoryText", "written")}}},
        {"pool", QT_TRANSLATE_NOOP("HistoryText", "Buffer pool hits"), ChartUnit::Share, {{"pool_hit_share", QT_TRANSLATE_NOOP("HistoryText", "hits")}}, false, false},
        {"io", QT_TRANSLATE_NOOP("HistoryText", "Data and redo IO"), ChartUnit::BytesPerSecond,
         {{"data_read_bytes_per_s", QT_TRANSLATE_NOOP("HistoryText", "data read")},
          {"data_written_bytes_per_s", QT_TRANSLATE_NOOP("HistoryText", "data written")},
          {"redo_bytes_per_s", QT_TRANSLATE_NOOP("HistoryText", "redo written")}}},
        {"temporary", QT_TRANSLATE_NOOP("HistoryText", "Temporary tables"), ChartUnit::PerSecond,
         {{"temporary_tables_per_s", QT_TRANSLATE_NOOP("HistoryText", "all")}, {"temporary_on_disk_per_s", QT_TRANSLATE_NOOP("HistoryText", "on disk")}}},
        {"cpu", QT_TRANSLATE_NOOP("HistoryText", "CPU of the host"), ChartUnit::Share, {{"cpu_busy_share", QT_TRANSLATE_NOOP("HistoryText", "busy"), true}}},
        {"memory", QT_TRANSLATE_NOOP("HistoryText", "Memory of the host"), ChartUnit::Bytes,
         {{"memory_used_bytes", QT_TRANSLATE_NOOP("HistoryText", "used"), true}, {"memory_available_bytes", QT_TRANSLATE_NOOP("HistoryText", "available"), true}}, true},
        {"disk", QT_TRANSLATE_NOOP("HistoryText", "Disk of the data directory"), ChartUnit::Bytes,
         {{"disk_used_bytes", QT_TRANSLATE_NOOP("HistoryText", "used")}, {"disk_free_bytes", QT_TRANSLATE_NOOP("HistoryText", "free")}}, true},
    };
    return all;
}

Spreads valuesOf(const InstanceHistory &history, const Line &line)
{
    const auto known = line.ofHost ? hostFigures() : instanceFigures();
    const std::vector<Spreads> &values = line.ofHost ? history.hostFigures : history.figures;
    const auto at = static_cast<std::size_t>(std::ranges::find(known, line.figure, &Figure::name) - known.begin());
    return at < values.size() ? values[at] : Spreads();
}

} // namespace

bool InstanceHistory::isEmpty() const
{
    return std::ranges::none_of(figures, [](const Spreads &values) { return std::ranges::any_of(values, [](const auto &value) { return value.has_value(); }); });
}

std::vector<HistoryChart> historyCharts(const InstanceHistory &history)
{
    std::vector<HistoryChart> result;
    for (const Chart &chart : charts()) {
        HistoryChart shown{QLatin1String(chart.name), HistoryText::tr(chart.title), chart.unit, chart.stacked, chart.fromZero, {history.from, history.until, {}}};
        for (const Line &line : chart.lines)
            shown.data.lines.push_back({(line.ofHost ? QStringLiteral("host_") : QString()) + qs(line.figure), HistoryText::tr(line.name), valuesOf(history, line)});
        result.push_back(std::move(shown));
    }
    return result;
}

} // namespace zandb
