// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/board.h"

#include "models/schedule/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace zandb {
namespace {

constexpr std::array<std::string_view, 9> words{"done",    "running",   "failed", "late",   "unknown",
                                                "skipped", "cancelled", "missed", "pending"};

int BoardCounts::*member(BoardState state)
{
    switch (state) {
    case BoardState::Done:
        return &BoardCounts::done;
    case BoardState::Running:
        return &BoardCounts::running;
    case BoardState::Failed:
        return &BoardCounts::failed;
    case BoardState::Late:
        return &BoardCounts::late;
    case BoardState::Unknown:
        return &BoardCounts::unknown;
    case BoardState::Skipped:
        return &BoardCounts::skipped;
    case BoardState::Cancelled:
        return &BoardCounts::cancelled;
    case BoardState::Missed:
        return &BoardCounts::missed;
    case BoardState::Pending:
        break;
    }
    return &BoardCounts::pending;
}

} // namespace

BoardDay boardDayOf(TimePoint at, const std::string &zone)
{
    using namespace std::chrono;
    auto table = ZoneTable::find(zone);
    const std::string known = table ? zone : "UTC";
    if (!table)
        table = ZoneTable::find(known);
    const auto noon = [&](local_days day) { return table->resolve(LocalTime{day.time_since_epoch() + hours{12}}); };
    local_days day = floor<std::chrono::days>(table->toLocal(at));
    if (noon(day) > at)
        day -= std::chrono::days{1};
    return {noon(day), noon(day + std::chrono::days{1}), known};
}

std::string_view toString(BoardState state)
{
    return words[static_cast<std::size_t>(state)];
}

BoardState boardState(const Run &run, TimePoint now, std::optional<Microseconds> median)
{
    using namespace std::chrono;
    switch (run.state) {
    case RunState::Succeeded:
        return BoardState::Done;
    case RunState::Failed:
        return BoardState::Failed;
    case RunState::Cancelled:
        return BoardState::Cancelled;
    case RunState::Skipped:
        return BoardState::Skipped;
    case RunState::Missed:
        return BoardState::Missed;
    case RunState::Unknown:
        return BoardState::Unknown;
    case RunState::Pending:
        return now - run.due > minutes{15} ? BoardState::Late : BoardState::Pending;
    case RunState::Running:
        break;
    }
    const Microseconds limit = std::max<Microseconds>(median.value_or(Microseconds{}) * 2, hours{1});
    return run.startedAt && now - *run.startedAt > limit ? BoardState::Late : BoardState::Running;
}

void BoardCounts::add(BoardState state, int count)
{
    total += count;
    this->*member(state) += count;
}

int BoardCounts::of(BoardState state) const
{
    return this->*member(state);
}

int missedWithin(const MissedSeries &series, TimePoint from, TimePoint until)
{
    const TimePoint first = std::max(series.since, from);
    const TimePoint last = until > series.last ? series.last : until - Microseconds{1};
    if (first > last || series.count <= 0)
        return 0;
    if (first == series.since && last == series.last)
        return series.count;
    if (!series.schedule.is_null()) {
        if (const auto schedule = Schedule::fromJson(series.schedule))
            return static_cast<int>(schedule->count(first - Microseconds{1}, last, series.count));
    }
    if (series.count == 1) // its one occurrence is the last
        return last == series.last ? 1 : 0;
    // the i-th lies at since + i * step
    const double step = static_cast<double>((series.last - series.since).count()) / (series.count - 1);
    const auto before = [&](TimePoint at) { // how many lie before an instant
        return at <= series.since ? 0 : at > series.last ? series.count
            : std::min(series.count, static_cast<int>(std::ceil(static_cast<double>((at - series.since).count()) / step)));
    };
    return before(last + Microseconds{1}) - before(first);
}

BoardCounts countBoard(std::span<const Run> runs, TimePoint now, const Medians &medians, int missedWithoutRuns,
                       int skippedWithoutRuns)
{
    BoardCounts counts;
    for (const Run &run : runs) {
        std::optional<Microseconds> median;
        if (const auto it = medians.find({run.taskId.value_or(Uuid{}), run.targetId}); it != medians.end())
            median = it->second;
        counts.add(boardState(run, now, median));
    }
    counts.add(BoardState::Missed, missedWithoutRuns);
    counts.add(BoardState::Skipped, skippedWithoutRuns);
    return counts;
}

} // namespace zandb
