// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/run.h"

#include <map>
#include <span>
#include <utility>

namespace zandb {

/// A board day: from local noon to local noon, so that a night belongs to one day.
struct BoardDay
{
    TimePoint from{};
    TimePoint until{};
    std::string zone = "UTC"; ///< whose noon that is
    auto operator<=>(const BoardDay &) const = default;
};
/// The board day an instant lies in; an unknown zone counts as UTC.
BoardDay boardDayOf(TimePoint at, const std::string &zone);

/// Where the board counts a run; each run is in exactly one.
enum class BoardState { Done, Running, Failed, Late, Unknown, Skipped, Cancelled, Missed, Pending };
/// The stable words: "done", "running", ...
std::string_view toString(BoardState state);

/// Late: pending 15 min after it was due, or running longer than max(2 x median of the last 7, 1 h).
BoardState boardState(const Run &run, TimePoint now, std::optional<Microseconds> median);

struct BoardCounts
{
    int total = 0;
    int done = 0;
    int running = 0;
    int failed = 0;
    int late = 0;
    int unknown = 0;
    int skipped = 0;
    int cancelled = 0;
    int missed = 0;
    int pending = 0;

    void add(BoardState state, int count = 1);
    int of(BoardState state) const;
    bool operator==(const BoardCounts &) const = default;
};

/// A series of missed occurrences that one row stands for: `count` of them from `since` to `last`.
struct MissedSeries
{
    TimePoint since{};
    TimePoint last{};
    int count = 1;
    Json schedule; ///< what made them; null when nobody knows any more: then they are taken as evenly spaced
};
/// How many of the series fall into [from, until): a board day counts its own and no others.
int missedWithin(const MissedSeries &series, TimePoint from, TimePoint until);

/// Medians by (task, target); runs by hand have a null task.
using Medians = std::map<std::pair<Uuid, Uuid>, Microseconds>;

/// Counts runs; `missedWithoutRuns` and `skippedWithoutRuns` are occurrences x targets that ended as an occurrence
/// row only (catch-up and overlap leave one row with a count).
BoardCounts countBoard(std::span<const Run> runs, TimePoint now, const Medians &medians, int missedWithoutRuns = 0,
                       int skippedWithoutRuns = 0);

} // namespace zandb
