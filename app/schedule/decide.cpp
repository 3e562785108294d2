// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/decide.h"

#include <algorithm>

namespace zandb::schedule {
namespace {

Planned missed(const Schedule &schedule, TimePoint after, TimePoint last, std::string reason)
{
    Planned row;
    row.due = last;
    row.startAt = last;
    row.state = "missed";
    row.reason = std::move(reason);
    row.missedCount = static_cast<int>(std::max<std::int64_t>(1, schedule.count(after, last, maxMissedCount)));
    row.missedSince = schedule.next(after).value_or(last);
    return row;
}

} // namespace

Result<std::optional<Window>> windowOf(const Policies &policies)
{
    if (policies.windowFrom.empty() && policies.windowTo.empty())
        return std::optional<Window>{};
    auto window = Window::make(policies.windowFrom, policies.windowTo,
                               policies.windowZone.empty() ? std::string("UTC") : policies.windowZone);
    if (!window)
        return fail(window.error());
    return std::optional<Window>{*window};
}

std::optional<Error> whyUnreadable(const Task &task)
{
    if (task.unreadable)
        return task.unreadable;
    const auto schedule = Schedule::fromJson(task.schedule);
    if (!schedule)
        return schedule.error();
    const auto window = windowOf(task.policies);
    return window ? std::nullopt : std::optional(window.error());
}

std::chrono::seconds startDeadlineOf(const Policies &policies, const Schedule &schedule)
{
    return policies.startDeadlineSeconds ? std::chrono::seconds{*policies.startDeadlineSeconds}
                                         : schedule.defaultStartDeadline();
}

std::optional<TimePoint> nextOf(const Schedule &schedule, const std::set<TimePoint> &skips, TimePoint after)
{
    auto next = schedule.next(after);
    while (next && skips.contains(*next))
        next = schedule.next(*next);
    return next;
}

std::vector<TimePoint> nextOccurrences(const Task &task, TimePoint after, int count)
{
    std::vector<TimePoint> times;
    const auto schedule = Schedule::fromJson(task.schedule);
    for (auto next = schedule ? schedule->next(after) : std::nullopt; next && static_cast<int>(times.size()) < count; next = schedule->next(*next))
        times.push_back(*next);
    return times;
}

std::vector<Planned> decide(const Policies &policies, const Schedule &schedule, const std::optional<Window> &window,
                            TimePoint after, TimePoint now)
{
    const auto latest = schedule.latest(now, after);
    if (!latest)
        return {};
    const auto deadline = startDeadlineOf(policies, schedule);
    // why an occurrence cannot run any more; empty: it can, from `startAt` on
    const auto obstacle = [&](TimePoint due, TimePoint &startAt) -> std::string {
        startAt = window ? window->nextOpen(due) : due;
        if (startAt - due > deadline)
            return "window";
        // after an outage the window may have closed again: then its next opening counts
        if (window && startAt < now) {
            startAt = window->nextOpen(now) == now ? startAt : window->nextOpen(now);
            if (startAt - due > deadline)
                return now - due > deadline ? "deadline" : "window";
        }
        if (now - due > deadline)
            return "deadline";
        if (policies.catchUp == "skip" && now - due > onTime && startAt <= now)
            return "catch_up";
        return {};
    };

    std::vector<TimePoint> candidates{*latest};
    if (policies.catchUp == "all") {
        TimePoint earliest = *latest;
        while (static_cast<int>(candidates.size()) < maxCatchUp) {
            const auto before = schedule.latest(earliest - Microseconds{1}, after);
            if (!before || now - *before > deadline)
                break;
            candidates.push_back(*before);
            earliest = *before;
        }
        std::reverse(candidates.begin(), candidates.end());
    }

    std::vector<Planned> rows;
    // everything older than the candidates is one row with a count
    if (const auto last = schedule.latest(candidates.front() - Microseconds{1}, after))
        rows.push_back(missed(schedule, after, *last, now - *last <= deadline ? "catch_up" : "deadline"));
    for (const TimePoint due : candidates) {
        Planned row;
        row.due = due;
        row.reason = obstacle(due, row.startAt);
        row.state = row.reason.empty() ? "ran" : "missed";
        if (!row.reason.empty()) {
            // a series of missed ones is one row with a count
            row.missedCount = 1;
            row.missedSince = due;
            row.startAt = due;
            if (!rows.empty() && rows.back().state == "missed") {
                row.missedCount += rows.back().missedCount;
                row.missedSince = rows.back().missedSince;
                rows.pop_back();
            }
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace zandb::schedule
