// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/calendar.h"

#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "models/common/text.h"
#include "models/workflow/tasktext.h"

#include <algorithm>

namespace zandb::schedule {

TaskPreview preview(const Task &task, const Fleet &fleet, TimePoint now, int count)
{
    TaskPreview shown;
    const auto window = windowOf(task.policies);
    for (const TimePoint at : nextOccurrences(task, now, count))
        shown.dues.push_back({at, window && *window ? (*window)->nextOpen(at) : at, task.skips.contains(at)});
    const auto targets = expandTargets(task.selector, task.policies.source, fleet);
    for (const Target &target : targets)
        shown.hits.push_back(qs(fleet.pathOf(target.instance)));
    for (const Miss &miss : missed(task.selector, targets, fleet))
        shown.misses.emplace_back(qs(fleet.pathOf(miss.instance)), missText(miss.reason));
    std::ranges::sort(shown.hits);
    std::ranges::sort(shown.misses);
    return shown;
}

TaskCalendar calendar(const std::vector<Task> &tasks, const std::map<Uuid, LastRuns> &last, const Fleet &fleet, const std::set<Uuid> &instances, TimePoint now, int hours)
{
    using namespace std::chrono_literals;
    TaskCalendar calendar;
    calendar.from = std::chrono::floor<std::chrono::hours>(now);
    calendar.hours = hours;
    calendar.window.assign(static_cast<std::size_t>(hours), false);
    const TimePoint until = calendar.from + std::chrono::hours{hours};
    std::map<Uuid, CalendarRow> rows;
    for (const Task &task : tasks) {
        if (!task.enabled || whyUnreadable(task))
            continue;
        const auto schedule = Schedule::fromJson(task.schedule);
        const auto window = windowOf(task.policies);
        const auto targets = expandTargets(task.selector, task.policies.source, fleet);
        for (int hour = 0; *window && hour < hours; ++hour) {
            if ((*window)->nextOpen(calendar.from + std::chrono::hours{hour}) < calendar.from + std::chrono::hours{hour + 1})
                calendar.window[static_cast<std::size_t>(hour)] = true;
        }
        const auto took = last.find(task.id);
        std::map<std::pair<Uuid, int>, int> told;
        int starts = 0;
        for (auto due = nextOf(*schedule, task.skips, now); due && *due < until && starts < mostStarts; due = nextOf(*schedule, task.skips, *due), ++starts) {
            const TimePoint begins = *window ? (*window)->nextOpen(*due) : *due;
            if (begins >= until || begins - *due > startDeadlineOf(task.policies, *schedule))
                continue;
            const auto hour = static_cast<int>((begins - calendar.from) / 1h);
            for (const Target &target : targets) {
                const Host *host = fleet.host(target.host);
                if (!host || !instances.contains(target.instance))
                    continue;
                CalendarRow &row = rows[target.host];
                if (row.hours.empty()) {
                    row.host = host->id;
                    row.name = qs(host->name);
                    row.hours.resize(static_cast<std::size_t>(hours));
                }
                ++row.hours[static_cast<std::size_t>(hour)].starts;
                ++told[{target.host, hour}];
                // the work goes on into later hours
                if (took == last.end())
                    continue;
                const auto length = took->second.took.find(target.instance);
                if (length == took->second.took.end())
                    continue;
                const TimePoint ends = begins + length->second;
                for (int at = hour; at < hours && calendar.from + std::chrono::hours{at} < ends; ++at) {
                    const TimePoint a = std::max(begins, calendar.from + std::chrono::hours{at});
                    const TimePoint b = std::min(ends, calendar.from + std::chrono::hours{at + 1});
                    row.hours[static_cast<std::size_t>(at)].busy += std::chrono::duration<double, std::ratio<60>>(b - a).count();
                }
            }
        }
        for (const auto &[place, count] : told) {
            QString &text = rows[place.first].hours[static_cast<std::size_t>(place.second)].tasks;
            text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + qs(task.name) + (count > 1 ? QStringLiteral(" \u00d7 %1").arg(count) : QString());
        }
    }
    for (auto &[host, row] : rows)
        calendar.rows.push_back(std::move(row));
    const auto weight = [](const CalendarRow &row) {
        double sum = 0;
        for (const auto &hour : row.hours)
            sum += hour.busy + hour.starts;
        return sum;
    };
    std::ranges::stable_sort(calendar.rows, [&](const CalendarRow &a, const CalendarRow &b) { return weight(a) > weight(b); });
    return calendar;
}

} // namespace zandb::schedule
