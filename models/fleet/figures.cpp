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
    Figure{"rollbacks_per_s", Form::Rate, "rollbacks"},
    Figure{"threads_running", Form::Reading, "threads_running"},
    Figure{"connections", Form::Reading, "connections"},
    Figure{"rows_read_per_s", Form::Rate, "rows_read"},
    Figure{"rows_written_per_s", Form::Rate, "rows_written"},
    Figure{"pool_hit_share", Form::Share, "pool_misses", "pool_reads"},
    Figure{"redo_bytes_per_s", Form::Rate, "redo_bytes"},
    Figure{"data_read_bytes_per_s", Form::Rate, "data_read_bytes"},
    Figure{"data_written_bytes_per_s", Form::Rate, "data_written_bytes"},
    Figure{"temporary_tables_per_s", Form::Rate, "temporary_tables"},
    Figure{"temporary_on_disk_per_s", Form::Rate, "temporary_on_disk"},
    Figure{"slow_queries_per_s", Form::Rate, "slow_queries"},
    Figure{"lag_s", Form::Reading, "lag_ms", {}, 0.001},
    Figure{"disk_used_bytes", Form::Rest, "disk_free_bytes", "disk_bytes"},
    Figure{"disk_free_bytes", Form::Reading, "disk_free_bytes"},
};
constexpr std::array figuresOfHosts{
    Figure{"cpu_busy_share", Form::Part, "cpu_busy_ms", "cpu_ms"},
    Figure{"memory_used_bytes", Form::Rest, "memory_available_bytes", "memory_bytes"},
    Figure{"memory_available_bytes", Form::Reading, "memory_available_bytes"},
};

constexpr std::int64_t widestGap = 10; ///< in steps

std::optional<std::int64_t> valueAt(const Series &piece, std::size_t column, std::size_t point)
{
    return column < piece.columns.size() ? piece.columns[column][point] : std::nullopt;
}

} // namespace

std::span<const Figure> instanceFigures() { return figures; }
std::span<const Figure> hostFigures() { return figuresOfHosts; }

FigureSums::FigureSums(std::span<const Figure> wanted, std::span<const std::string_view> columns, TimePoint from, TimePoint until, std::size_t buckets)
    : m_from(from), m_width(std::max<double>(1, static_cast<double>((until - from).count()) / static_cast<double>(std::max<std::size_t>(1, buckets))))
{
    const auto columnOf = [&](std::string_view name) { return static_cast<std::size_t>(std::ranges::find(columns, name) - columns.begin()); };
    m_uptime = columnOf("uptime_s");
    for (const Figure &figure : wanted)
        m_rows.push_back({figure, columnOf(figure.column), columnOf(figure.whole), std::nullopt, std::vector<Sum>(buckets)});
}

void FigureSums::add(const Series &piece)
{
    for (Row &row : m_rows) {
        if (row.figure.form == Form::Reading || row.figure.form == Form::Rest)
            addReadings(row, piece);
        else
            addDifferences(row, piece);
    }
}

void FigureSums::addValue(Row &row, TimePoint begin, TimePoint end, double value, double weight) const
{
    const double last = std::min(static_cast<double>(row.sums.size()), place(end));
    for (double at = std::max(0.0, place(begin)); at < last;) {
        const auto bucket = static_cast<std::size_t>(at);
        const double next = std::min(last, static_cast<double>(bucket) + 1);
        Sum &sum = row.sums[bucket];
        sum.low = sum.weight > 0 ? std::min(sum.low, value) : value;
        sum.high = sum.weight > 0 ? std::max(sum.high, value) : value;
        sum.value += value * weight * (next - at);
        sum.weight += weight * (next - at);
        at = next;
    }
}

void FigureSums::addReadings(Row &row, const Series &piece) const
{
    for (std::size_t point = 0; row.column < piece.columns.size() && point < piece.points; ++point) {
        const auto value = piece.columns[row.column][point];
        const auto whole = row.figure.form == Form::Rest ? valueAt(piece, row.whole, point) : std::optional<std::int64_t>(0);
        if (value && whole)
            addValue(row, piece.at(point), piece.at(point + 1), static_cast<double>(row.figure.form == Form::Rest ? *whole - *value : *value) * row.figure.scale, 1);
    }
}

void FigureSums::addDifferences(Row &row, const Series &piece) const
{
    for (std::size_t point = 0; row.column < piece.columns.size() && point < piece.points; ++point) {
        const auto value = piece.columns[row.column][point];
        if (!value)
            continue;
        const bool rate = row.figure.form == Form::Rate;
        const Reading now{piece.at(point), *value, rate ? std::nullopt : valueAt(piece, row.whole, point)};
        const auto last = std::exchange(row.before, now);
        if (!last || now.at <= last->at || now.at - last->at > piece.step * widestGap)
            continue;
        const double seconds = std::chrono::duration<double>(now.at - last->at).count();
        const auto uptime = valueAt(piece, m_uptime, point);
        if (now.value < last->value || (uptime && static_cast<double>(*uptime) + 1 < seconds))
            continue;
        const double difference = static_cast<double>(now.value) - static_cast<double>(last->value);
        if (rate) {
            addValue(row, last->at, now.at, difference / seconds, 1);
        } else if (now.whole && last->whole && *now.whole > *last->whole) {
            // a share of many requests weighs more than one of few
            const double whole = static_cast<double>(*now.whole) - static_cast<double>(*last->whole);
            const double part = std::clamp(difference / whole, 0.0, 1.0);
            addValue(row, last->at, now.at, row.figure.form == Form::Share ? 1 - part : part, whole / seconds);
        }
    }
}

std::vector<Spreads> FigureSums::results() const
{
    std::vector<Spreads> results;
    for (const Row &row : m_rows) {
        Spreads &values = results.emplace_back();
        values.reserve(row.sums.size());
        for (const Sum &sum : row.sums)
            values.push_back(sum.weight > 0 ? std::optional(Spread{sum.low, sum.value / sum.weight, sum.high}) : std::nullopt);
    }
    return results;
}

std::vector<std::optional<double>> figureOverTime(const Figure &figure, const std::vector<Series> &history, TimePoint from, TimePoint to,
                                                  std::size_t buckets)
{
    FigureSums sums({&figure, 1}, wire::instanceFigures, from, to, buckets);
    for (const Series &piece : history)
        sums.add(piece);
    std::vector<std::optional<double>> means;
    const std::vector<Spreads> results = sums.results();
    for (const auto &value : results.front())
        means.push_back(value ? std::optional(value->mean) : std::nullopt);
    return means;
}

} // namespace zandb
