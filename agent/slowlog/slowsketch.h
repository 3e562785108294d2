// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace zandb::agent {

/// How often values of which size came, in buckets each 5 % wide (slowBucketBase of agent/protocol/slowlog.h).  Two sketches can be added; the value of a rank is
/// right to 2.5 %, and exact where a bucket holds one value only.  Not thread-safe.
class SlowSketch
{
public:
    struct Bucket
    {
        std::int16_t number = 0; ///< slowBucketZero for 0
        std::uint32_t count = 0;
        double sum = 0;          ///< of its values
    };

    void add(double value);
    void add(const SlowSketch &other);
    /// The value with this rank from below, beginning with 1; 0 when there are not so many.
    double atRank(std::int64_t rank) const;
    /// By number.
    const std::vector<Bucket> &buckets() const { return m_buckets; }

    /// Bucket b holds values v with base^(b-1) < v <= base^b.
    static int bucketOf(double value);
    /// Upper end of a bucket; 0 of slowBucketZero.
    static double upperEnd(int bucket);

private:
    Bucket &bucket(int number);

    std::vector<Bucket> m_buckets;
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
