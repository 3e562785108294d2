// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/slowsketch.h"

#include "agent/protocol/slowlog.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace zandb::agent {
namespace {

// A table finds the bucket without a logarithm: 2^5 cells for each power of two are narrower than a bucket, so at most one bucket ends in a cell.
constexpr int leastExponent = -40, mostExponent = 66;
constexpr int cellBits = 5;
constexpr std::size_t cells = static_cast<std::size_t>(mostExponent - leastExponent) << cellBits;

struct Table
{
    int least = 0;
    std::vector<double> ends; ///< of bucket least + i
    std::array<std::int16_t, cells> first{}; ///< bucket of a cell's lower end

    Table()
    {
        least = static_cast<int>(std::ceil(leastExponent * std::log(2.0) / std::log(wire::slowBucketBase)));
        const int most = static_cast<int>(std::ceil(mostExponent * std::log(2.0) / std::log(wire::slowBucketBase))) + 1;
        for (int b = least; b <= most; ++b)
            ends.push_back(std::pow(wire::slowBucketBase, b));
        int b = least;
        for (std::size_t cell = 0; cell < cells; ++cell) {
            const double value = std::ldexp(1.0 + static_cast<double>(cell & ((1u << cellBits) - 1)) / (1u << cellBits),
                                            leastExponent + static_cast<int>(cell >> cellBits));
            while (ends[static_cast<std::size_t>(b - least)] < value)
                ++b;
            first[cell] = static_cast<std::int16_t>(b);
        }
    }
};

/// From a bucket's upper end to what is as far from it as from the lower one.
const double middle = std::sqrt(wire::slowBucketBase);

/// Index 0 is for zeros, then come the buckets of the table.
constexpr std::size_t pageBuckets = 16;
constexpr std::size_t pages = 96;

const Table &table()
{
    static const Table it;
    return it;
}

} // namespace

int SlowSketch::bucketOf(double value)
{
    if (!(value > 0))
        return static_cast<int>(wire::slowBucketZero);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::int64_t cell = static_cast<std::int64_t>(bits >> (52 - cellBits)) - (static_cast<std::int64_t>(1023 + leastExponent) << cellBits);
    const Table &t = table();
    if (cell < 0)
        return t.least;
    if (cell >= static_cast<std::int64_t>(cells))
        return t.first.back();
    int b = t.first[static_cast<std::size_t>(cell)];
    if (value > t.ends[static_cast<std::size_t>(b - t.least)])
        ++b;
    return b;
}

double SlowSketch::upperEnd(int bucket) { return bucket == wire::slowBucketZero ? 0 : std::pow(wire::slowBucketBase, bucket); }

void SlowSketch::addExact(double value)
{
    if (m_values.size() == exactValues) {
        spill();
        add(value);
        return;
    }
    if (m_values.empty())
        m_values.reserve(exactValues);
    m_values.insert(std::ranges::upper_bound(m_values, value), value);
}

void SlowSketch::spill()
{
    m_pages.assign(pages, 0);
    for (const double value : m_values)
        addMany(bucketOf(value), 1);
    m_values = {};
}

std::size_t SlowSketch::place(int bucket)
{
    const auto index = static_cast<std::size_t>(bucket == wire::slowBucketZero ? 0 : bucket - table().least + 1);
    std::uint16_t &page = m_pages[index / pageBuckets];
    if (page == 0) {
        m_counts.resize(m_counts.size() + pageBuckets);
        page = static_cast<std::uint16_t>(m_counts.size() / pageBuckets);
    }
    return (page - 1u) * pageBuckets + index % pageBuckets;
}

void SlowSketch::addMany(int bucket, std::uint32_t count) { m_counts[place(bucket)] += count; }

std::vector<std::pair<int, std::int64_t>> SlowSketch::buckets() const
{
    std::vector<std::pair<int, std::int64_t>> found;
    for (const double value : m_values) {
        const int bucket = bucketOf(value);
        if (found.empty() || found.back().first != bucket)
            found.emplace_back(bucket, 0);
        ++found.back().second;
    }
    for (std::size_t page = 0; page < m_pages.size(); ++page) {
        for (std::size_t i = 0; m_pages[page] && i < pageBuckets; ++i) {
            const std::size_t index = page * pageBuckets + i;
            if (const std::uint32_t count = m_counts[(m_pages[page] - 1u) * pageBuckets + i])
                found.emplace_back(index == 0 ? static_cast<int>(wire::slowBucketZero) : static_cast<int>(index) - 1 + table().least, count);
        }
    }
    return found;
}

void SlowSketch::add(const SlowSketch &other)
{
    for (const double value : other.m_values)
        add(value);
    if (other.m_pages.empty())
        return;
    if (m_pages.empty())
        spill();
    for (const auto &[bucket, count] : other.buckets())
        addMany(bucket, static_cast<std::uint32_t>(count));
}

double SlowSketch::atRank(std::int64_t rank) const
{
    if (rank >= 1 && rank <= static_cast<std::int64_t>(m_values.size()))
        return m_values[static_cast<std::size_t>(rank - 1)];
    for (const auto &[bucket, count] : buckets()) {
        rank -= count;
        if (rank <= 0)
            return upperEnd(bucket) / middle;
    }
    return 0;
}

void SlowColumn::add(double value)
{
    if (count == 0) {
        min = max = m_first = value;
    } else {
        min = std::min(min, value);
        max = std::max(max, value);
    }
    ++count;
    sum += value;
    m_differences += value - m_first;
    m_squares += (value - m_first) * (value - m_first);
    sketch.add(value);
}

void SlowColumn::add(const SlowColumn &other)
{
    if (other.count == 0)
        return;
    if (count == 0) {
        *this = other;
        return;
    }
    // the other's differences, seen from this one's first value
    const double shift = other.m_first - m_first;
    m_squares += other.m_squares + 2 * shift * other.m_differences + shift * shift * static_cast<double>(other.count);
    m_differences += other.m_differences + shift * static_cast<double>(other.count);
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    count += other.count;
    sum += other.sum;
    sketch.add(other.sketch);
}

double SlowColumn::deviation() const
{
    if (count < 2 || min == max)
        return 0;
    const double n = static_cast<double>(count);
    const double squares = m_squares - m_differences * m_differences / n;
    return std::sqrt(std::max(0.0, squares / (count == 2 ? 1 : n)));
}

double SlowColumn::median() const
{
    if (count == 0)
        return 0;
    const double upper = sketch.atRank(count / 2 + 1);
    const double value = count % 2 ? upper : (sketch.atRank(count / 2) + upper) / 2;
    return std::clamp(value, min, max);
}

double SlowColumn::percentile95() const
{
    if (count < 10)
        return max;
    return std::clamp(sketch.atRank(static_cast<std::int64_t>(static_cast<double>(count) * 0.95)), min, max);
}

} // namespace zandb::agent
