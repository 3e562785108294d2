// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace zandb::agent {

/// How often values of which size came, in buckets each 5 % wide (slowBucketBase of agent/protocol/slowlog.h).  Two sketches can be added; the value of a rank is
/// right to 2.5 %, and exact while there are few values.  Not thread-safe.
class SlowSketch
{
public:
    /// So many values are kept as they are.
    static constexpr std::size_t exactValues = 24;

    void add(double value)
    {
        if (m_pages.empty()) {
            addExact(value);
            return;
        }
        if (value != m_last) {
            m_last = value;
            m_lastPlace = place(bucketOf(value));
        }
        ++m_counts[m_lastPlace];
    }
    void add(const SlowSketch &other);
    /// The value with this rank from below, beginning with 1; 0 when there are not so many.
    double atRank(std::int64_t rank) const;
    /// Pairs of bucket and count, by bucket; slowBucketZero comes first.
    std::vector<std::pair<int, std::int64_t>> buckets() const;

    /// Bucket b holds values v with base^(b-1) < v <= base^b.
    static int bucketOf(double value);
    /// Upper end of a bucket; 0 of slowBucketZero.
    static double upperEnd(int bucket);

private:
    void addExact(double value);
    void spill();
    std::size_t place(int bucket);
    void addMany(int bucket, std::uint32_t count);

    std::vector<double> m_values;      ///< while there are few
    // Then counts in pages of 16 buckets next to each other, made when the first value comes: found without a search, and what is
    // never met takes no memory.
    std::vector<std::uint16_t> m_pages; ///< of a page its number and 1; 0: there is none
    std::vector<std::uint32_t> m_counts;
    double m_last = -1;
    std::size_t m_lastPlace = 0;
};

/// One column of numbers, added up.
struct SlowColumn
{
    std::int64_t count = 0;
    double sum = 0;
    double min = 0;
    double max = 0;

    void add(double value);
    void add(const SlowColumn &other);
    /// Of two values that of a sample, of more that of the whole: so does pt-query-digest.
    double deviation() const;
    double median() const;
    /// The largest value without the topmost 5 %; of fewer than ten values the largest.
    double percentile95() const;

    SlowSketch sketch;

private:
    // differences to the first value, so that little is lost where all are large
    double m_first = 0, m_differences = 0, m_squares = 0;
};

} // namespace zandb::agent
