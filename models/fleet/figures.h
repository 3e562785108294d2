// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/collected.h"
#include "models/common/chartdata.h"
#include "models/common/series.h"

#include <span>

namespace zandb {

/// A figure of an instance or a host as people read it.
struct Figure
{
    enum class Form {
        Reading, ///< a reading as it is
        Rest,    ///< whole - column, of one reading
        Rate,    ///< a counter's difference a second
        Part,    ///< column/whole, both as differences
        Share,   ///< 1 - column/whole, both as differences
    };
    std::string_view name;        ///< stable, with its unit: "queries_per_s"
    Form form = Form::Reading;
    std::string_view column;      ///< of the set's columns: what is read, or counted
    std::string_view whole = {};
    double scale = 1;             ///< what a reading is multiplied with
};
/// All figures of an instance, in the order in which they are shown.  Columns are wire::instanceFigures.
std::span<const Figure> instanceFigures();
/// All figures of a host.  Columns are wire::hostFigures.
std::span<const Figure> hostFigures();

/// Sums figures over time up while a history is read piece by piece, so that the months between need not be in memory at once.  Not thread-safe.
///
/// The range is cut into `buckets` of equal length; each gets the least, the mean over its time and the greatest, none where nothing is known.  A rate is the
/// difference of two neighbouring readings by the time between them, counted for that time.  It is none when a counter
/// became smaller or the server was up for less than that time: it was started anew in between.  Readings further apart
/// than ten steps say nothing of what was between them.
class FigureSums
{
public:
    /// `columns`: names of a series' columns in their order, as wire::instanceFigures has them.  Both spans outlive this.
    FigureSums(std::span<const Figure> figures, std::span<const std::string_view> columns, TimePoint from, TimePoint until, std::size_t buckets);
    /// The next piece; pieces come oldest first.
    void add(const Series &piece);
    /// One entry a figure, in their order.
    std::vector<Spreads> results() const;

private:
    struct Sum
    {
        double value = 0;
        double weight = 0;
        double low = 0;
        double high = 0;
    };
    struct Reading
    {
        TimePoint at;
        std::int64_t value;
        std::optional<std::int64_t> whole;
    };
    struct Row
    {
        Figure figure;
        std::size_t column;
        std::size_t whole;
        std::optional<Reading> before; ///< the last reading, of an earlier piece perhaps
        std::vector<Sum> sums;
    };
    void addValue(Row &row, TimePoint begin, TimePoint end, double value, double weight) const;
    void addReadings(Row &row, const Series &piece) const;
    void addDifferences(Row &row, const Series &piece) const;
    double place(TimePoint at) const { return static_cast<double>((at - m_from).count()) / m_width; }

    TimePoint m_from;
    double m_width; ///< of a bucket, in microseconds
    std::size_t m_uptime;
    std::vector<Row> m_rows;
};

/// The means of one figure of an instance over time.  Pure, thread-safe.
std::vector<std::optional<double>> figureOverTime(const Figure &figure, const std::vector<Series> &history, TimePoint from, TimePoint to,
                                                  std::size_t buckets);

} // namespace zandb
