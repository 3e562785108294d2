// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/scheduler.h"

#include "app/schedule/storeclock.h"
#include "app/schedule/targets.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <utility>

namespace zandb::workflow {

Written makeOccurrence(const Task &task, const Schedule &schedule, const schedule::Planned &planned, const Fleet &fleet,
                       const std::vector<OpenOfTask> &open, const std::vector<Chosen> *chosen)
{
    Written written;
    written.occurrence.taskId = task.id;
    written.occurrence.due = planned.due;
    written.occurrence.taskRevision = task.revision;
    written.occurrence.state = planned.state;
    written.occurrence.reason = planned.reason;
    written.occurrence.missedCount = planned.missedCount;
    written.occurrence.missedSince = planned.missedSince;
    std::vector<schedule::Target> targets;
    if (!chosen)
        targets = schedule::expandTargets(task.selector, task.policies.source, fleet);
    for (const Chosen &one : chosen ? *chosen : std::vector<Chosen>())
        targets.push_back({one.target, one.host});
    written.occurrence.targets = static_cast<int>(targets.size());
    const auto remember = [&] {
        written.occurrence.targetIds.emplace();
        for (const auto &target : targets)
            written.occurrence.targetIds->push_back(target.instance);
    };
    if (planned.state == "ran" && targets.empty()) {
        // nothing was done, which must not look like something that went well
        written.occurrence.state = "skipped";
        written.occurrence.reason = chosen ? "nothing_due" : "no_target";
    }
    if (written.occurrence.state != "ran") {
        remember();
        return written;
    }

    int skipped = 0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const schedule::Target &target = targets[i];
        RunDetail detail = makeTaskRun(task, planned.due, planned.startAt, target.host, target.instance);
        if (chosen) {
            detail.run.args = (*chosen)[i].args;
            for (Step &step : detail.steps)
                step.args = detail.run.args;
        }
        // the engine asks the run alone, without its schedule
        detail.run.policies.startDeadlineSeconds = schedule::startDeadlineOf(task.policies, schedule).count();
        int running = 0;
        int waiting = 0;
        for (const OpenOfTask &other : open) {
            if (other.target != target.instance || other.run == detail.run.id)
                continue;
            (other.state == RunState::Pending ? waiting : running) += 1;
        }
        const std::string &overlap = task.policies.overlap;
        const bool skip = overlap == "queue_one" ? waiting > 0 : (overlap == "skip" || overlap.empty()) && running + waiting > 0;
        if (skip) {
            detail.run.state = RunState::Skipped;
            detail.run.endedAt = planned.due;
            detail.steps.clear();
            ++skipped;
        } else if (overlap == "cancel_other") {
            for (const OpenOfTask &other : open) {
                if (other.target == target.instance && other.run != detail.run.id)
                    written.cancelOthers.push_back(other.run);
            }
        }
        written.runs.push_back(std::move(detail));
    }
    if (skipped > 0 && skipped == static_cast<int>(written.runs.size())) {
        // nothing ran anywhere: the occurrence's row alone tells it
        written.runs.clear();
        written.occurrence.state = "skipped";
        written.occurrence.reason = "overlap";
        remember();
    }
    return written;
}

Scheduler::Scheduler(store::Session &session, std::function<void(const std::string &)> log, Kinds kinds)
    : m_session(session), m_log(std::move(log)), m_kinds(std::move(kinds))
{
}

Result<void> Scheduler::reload(TimePoint now)
{
    auto tasks = loadTasks(m_session);
    if (!tasks)
        return fail(tasks.error());
    // rows far ahead were written by a clock that was wrong
    const auto latest = latestOccurrences(m_session, now + schedule::StoreClock::farAway);
    if (!latest)
        return fail(latest.error());
    m_entries.clear();
    m_heap.clear();
    m_dues.clear();
    std::map<Uuid, std::int64_t> unreadable;
    // rows are untrusted: a task that cannot be read must not stop the others; it is said once for each revision
    m_unreadableNow.clear();
    const auto complain = [&](const Task &task, const Error &error) {
        unreadable[task.id] = task.revision;
        const auto field = [&](const char *name) { return error.fields.contains(name) ? error.fields.at(name) : std::string{}; };
        m_unreadableNow[task.id] = Json{{"name", task.name}, {"field", field("field")}, {"detail", field("detail")}};
        if (const auto said = m_unreadable.find(task.id); said == m_unreadable.end() || said->second != task.revision)
            m_log("task " + task.name + " does not run: " + describe(error));
    };
    for (Task &task : *tasks) {
        if (!task.enabled)
            continue;
        if (task.unreadable) {
            complain(task, *task.unreadable);
            continue;
        }
        auto schedule = Schedule::fromJson(task.schedule);
        if (!schedule) {
            complain(task, schedule.error());
            continue;
        }
        auto window = schedule::windowOf(task.policies);
        if (!window) {
            complain(task, window.error());
            continue;
        }
        TimePoint after = task.editedAt;
        if (const auto found = latest->find(task.id); found != latest->end())
            after = std::max(after, found->second.due);
        if (after - now > schedule::StoreClock::farAway) // edited by that clock
            after = now;
        const Uuid id = task.id;
        Entry entry{std::move(task), std::move(*schedule), *window, after};
        const auto due = entry.schedule.next(after);
        m_heap.set(id, due);
        // the column is for the eye; it is written when it is seen to differ
        const auto shown = schedule::nextOf(entry.schedule, entry.task.skips, due && *due <= now ? now : after);
        if (m_mine(id) && entry.task.nextDue != shown) {
            m_dues.emplace_back(id, shown);
            entry.task.nextDue = shown;
        }
        m_entries.emplace(id, std::move(entry));
    }
    m_unreadable = std::move(unreadable);
    return showDues();
}

Result<void> Scheduler::showDues()
{
    if (m_dues.empty())
        return {};
    return setNextDue(m_session, std::exchange(m_dues, {}));
}

Result<bool> Scheduler::tick(TimePoint now, const Fleet &fleet)
{
    bool made = false;
    const auto until = std::chrono::steady_clock::now() + tickLimit;
    std::optional<Open> open;
    const auto due = m_heap.takeDue(now);
    for (std::size_t i = 0; i < due.size(); ++i) {
        if (i > 0 && std::chrono::steady_clock::now() > until) {
            // others want their turn too
            for (; i < due.size(); ++i)
                m_heap.set(due[i], now);
            break;
        }
        Entry &entry = m_entries.at(due[i]);
        if (!m_mine(due[i])) {
            // another member's: looked at again soon, since that member may die
            m_heap.set(due[i], now + std::chrono::seconds{5});
            continue;
        }
        const auto served = serve(entry, now, fleet, open);
        if (!served) {
            for (std::size_t left = i; left < due.size(); ++left)
                m_heap.set(due[left], now);
            return fail(served.error());
        }
        made = made || *served;
    }
    if (const auto shown = showDues(); !shown)
        return fail(shown.error());
    return made;
}

Result<bool> Scheduler::serve(Entry &entry, TimePoint now, const Fleet &fleet, std::optional<Open> &open)
{
    const Task &task = entry.task;
    // members may have changed since the tasks were read: another one may have written rows meanwhile, which the
    // primary key of the occurrence finds out
    bool made = false;
    auto planned = schedule::decide(task.policies, entry.schedule, entry.window, entry.after, now);
    for (auto &one : planned) {
        const bool left = one.missedCount <= 1 && task.skips.contains(one.due);
        if (left) {
            one.state = "skipped";
            one.reason = "person";
            one.missedCount = 0;
            one.missedSince.reset();
        }
        // read before the first of a series is made: what catch_up = all makes up for does not overlap itself but queues
        if (one.state == "ran" && !open) {
            const auto runs = openRunsOfTasks(m_session);
            if (!runs)
                return fail(runs.error());
            open.emplace();
            for (const OpenRun &run : *runs)
                (*open)[run.taskId].push_back({run.id, run.targetId, run.state});
        }
        std::optional<std::vector<Chosen>> chosen;
        if (const auto &choose = kindNamed(m_kinds, task.kind).choose; choose && one.state == "ran") {
            auto choice = choose(m_session, task, schedule::selected(task.selector, fleet), fleet, now);
            if (!choice)
                return fail(choice.error());
            chosen = std::move(*choice);
        }
        Written written = makeOccurrence(task, entry.schedule, one, fleet, open ? (*open)[task.id] : std::vector<OpenOfTask>{}, chosen ? &*chosen : nullptr);
        for (RunDetail &detail : written.runs)
            detail.run.createdAt = now;
        const auto created = createOccurrence(m_session, written.occurrence, written.runs, written.cancelOthers);
        if (!created)
            return fail(created.error());
        entry.after = one.due;
        if (left) {
            if (const auto forgotten = forgetSkips(m_session, task.id, one.due); !forgotten)
                return fail(forgotten.error());
        }
        if (!*created)
            continue;
        std::string line = "task " + task.name + " due " + toIso(one.due) + ": " + written.occurrence.state;
        if (!written.occurrence.reason.empty())
            line += " (" + written.occurrence.reason + ")";
        if (written.occurrence.missedCount > 1)
            line += " x " + std::to_string(written.occurrence.missedCount);
        else if (!written.runs.empty())
            line += ", " + std::to_string(written.runs.size()) + (written.runs.size() == 1 ? " run" : " runs");
        m_log(line);
        made = made || !written.runs.empty();
    }
    if (planned.empty())
        entry.after = std::max(entry.after, now);
    const auto due = entry.schedule.next(entry.after);
    m_heap.set(task.id, due);
    if (const auto shown = schedule::nextOf(entry.schedule, task.skips, entry.after); shown != entry.task.nextDue) {
        m_dues.emplace_back(task.id, shown);
        entry.task.nextDue = shown;
    }
    return made;
}

} // namespace zandb::workflow
