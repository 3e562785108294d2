// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/figures.h"

#include <algorithm>
#include <array>

namespace zandb {
namespace {

using Form = Figure::Form;

constexpr std::array figures{
    Figure{"queries_per_s", Form::Rate, "queries"},
    Figure{"commits_per_s", Form::Rate, "commits"},
    Figure{"threads_running", Form::Reading, "threads_running"},
    Figure{"connections", Form::Reading, "connections"},
    Figure{"rows_read_per_s", Form::Rate, "rows_read"},
    Figure{"rows_written_per_s", Form::Rate, "rows_written"},
    Figure{"pool_hit_share", Form::Share, "pool_misses", "pool_reads"},
    Figure{"redo_bytes_per_s", Form::Rate, "redo_bytes"},
    Figure{"data_read_bytes_per_s", Form::Rate, "data_read_bytes"},
    Figure{"data_written_bytes_per_s", Form::Rate, "data_written_bytes"},
    Figure{"temporary_on_disk_per_s", Form::Rate, "temporary_on_disk"},
    Figure{"slow_queries_per_s", Form::Rate, "slow_queries"},
    Figure{"lag_s", Form::Reading, "lag_ms", {}, 0.001},
    Figure{"disk_free_bytes", Form::Reading, "disk_free_bytes"},
};

constexpr std::int64_t widestGap = 10; ///< in steps

std::size_t columnOf(std::string_view name)
{
    return static_cast<std::size_t>(std::ranges::find(wire::instanceFigures, name) - wire::instanceFigures.begin());
}

/// Means over time: each value counts for the time it stands for.
class Buckets
{
public:
    Buckets(TimePoint from, TimePoint to, std::size_t count) : m_from(from), m_width(std::max<double>(1, static_cast<double>((to - from).count()) / static_cast<double>(count))), m_sums(count) {}

    void add(TimePoint begin, TimePoint end, double value, double weight)
    {
        const double first = std::max(0.0, place(begin));
        const double last = std::min(static_cast<double>(m_sums.size()), place(end));
        for (double at = first; at < last;) {
            const auto bucket = static_cast<std::size_t>(at);
            const double next = std::min(last, static_cast<double>(bucket) + 1);
            m_sums[bucket].value += value * weight * (next - at);
            m_sums[bucket].weight += weight * (next - at);
            at = next;
        }
    }
    std::vector<std::optional<double>> means() const
    {
        std::vector<std::optional<double>> result;
        result.reserve(m_sums.size());
        for (const auto &[value, weight] : m_sums)
            result.push_back(weight > 0 ? std::optional(value / weight) : std::nullopt);
        return result;
    }

private:
    struct Sum
    {
        double value = 0;
        double weight = 0;
    };
    double place(TimePoint at) const { return static_cast<double>((at - m_from).count()) / m_width; }
    TimePoint m_from;
    double m_width; ///< microseconds
    std::vector<Sum> m_sums;
};

struct Reading
{
    TimePoint at;
    std::int64_t value;
    std::optional<std::int64_t> whole;
};

void addDifferences(Buckets &buckets, const Figure &figure, const Series &series)
{
    const auto columnAt = [&](std::string_view name, std::size_t point) -> std::optional<std::int64_t> {
        const std::size_t column = columnOf(name);
        return column < series.columns.size() ? series.columns[column][point] : std::nullopt;
    };
    std::optional<Reading> before;
    for (std::size_t point = 0; point < series.points; ++point) {
        const auto value = columnAt(figure.column, point);
        if (!value)
            continue;
        const Reading now{series.at(point), *value, figure.form == Form::Share ? columnAt(figure.whole, point) : std::nullopt};
        const auto last = std::exchange(before, now);
        if (!last || now.at - last->at > series.step * widestGap)
            continue;
        const double seconds = std::chrono::duration<double>(now.at - last->at).count();
        const auto uptime = columnAt("uptime_s", point);
        if (now.value < last->value || (uptime && static_cast<double>(*uptime) + 1 < seconds))
            continue;
        const double difference = static_cast<double>(now.value) - static_cast<double>(last->value);
        if (figure.form == Form::Rate) {
            buckets.add(last->at, now.at, difference / seconds, 1);
        } else if (now.whole && last->whole && *now.whole > *last->whole) {
            // a share of many requests weighs more than one of few
            const double whole = static_cast<double>(*now.whole) - static_cast<double>(*last->whole);
            buckets.add(last->at, now.at, std::clamp(1 - difference / whole, 0.0, 1.0), whole / seconds);
        }
    }
}

} // namespace

std::span<const Figure> instanceFigures() { return figures; }

std::vector<std::optional<double>> figureOverTime(const Figure &figure, const std::vector<Series> &history, TimePoint from, TimePoint to,
                                                  std::size_t buckets)
{
    Buckets means(from, to, buckets);
    for (const Series &series : history) {
        if (figure.form != Form::Reading) {
            addDifferences(means, figure, series);
            continue;
        }
        const std::size_t column = columnOf(figure.column);
        for (std::size_t point = 0; column < series.columns.size() && point < series.points; ++point) {
            if (const auto value = series.columns[column][point])
                means.add(series.at(point), series.at(point + 1), static_cast<double>(*value) * figure.scale, 1);
        }
    }
    return means.means();
}

} // namespace zandb
