// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/collected.h"
#include "models/common/series.h"

#include <span>

namespace zandb {

/// A figure of an instance as people read it: a rate of a counter, a share of two counters, or a reading as it is.
struct Figure
{
    enum class Form { Reading, Rate, Share };
    std::string_view name;        ///< stable, with its unit: "queries_per_s"
    Form form = Form::Reading;
    std::string_view column;      ///< of wire::instanceFigures: what is read, or counted
    std::string_view whole = {};  ///< Share: 1 - column/whole, both as differences
    double scale = 1;             ///< what a reading is multiplied with
};
/// All figures of an instance, in the order in which they are shown.
std::span<const Figure> instanceFigures();

/// The values of one figure over time.  Pure, thread-safe.
///
/// The range is cut into `buckets` of equal length; each gets the mean over its time, none where nothing is known.  A rate is the
/// difference of two neighbouring readings by the time between them, counted for that time.  It is none when a counter
/// became smaller or the server was up for less than that time: it was started anew in between.  Readings further apart
/// than ten steps say nothing of what was between them.
std::vector<std::optional<double>> figureOverTime(const Figure &figure, const std::vector<Series> &history, TimePoint from, TimePoint to,
                                                  std::size_t buckets);

} // namespace zandb
