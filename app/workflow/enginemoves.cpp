// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of runs: the rules' moves carried out against the store.
#include "app/schedule/decide.h"
#include "app/workflow/consent.h"
#include "app/workflow/engine.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <utility>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

} // namespace

Result<void> Engine::reload()
{
    std::vector<Uuid> hosts; // none: all
    if (m_options.ownOnly) {
        if (m_links.empty())
            return {};
        for (const auto &[host, link] : m_links)
            hosts.push_back(host);
    }
    auto runs = openRuns(m_session, hosts);
    if (!runs)
        return fail(runs.error());
    m_open.clear();
    for (RunDetail &detail : *runs) {
        if (!isFinal(detail.run.state))
            m_open.emplace(detail.run.id, std::move(detail));
    }
    m_stale.clear();
    std::erase_if(m_withheld, [&](const Uuid &id) { return !m_open.contains(id); });
    std::erase_if(m_startWait, [&](const auto &entry) { return !m_open.contains(entry.first); });
    std::erase_if(m_cancelSeen, [&](const auto &entry) { return !m_open.contains(entry.first); });
    std::erase_if(m_parked, [&](const auto &entry) { return Clock::now() > entry.second.until + 600s; });
    return {};
}

Result<void> Engine::refresh(const Uuid &runId)
{
    auto detail = loadRun(m_session, runId);
    if (!detail)
        return fail(detail.error());
    m_stale.erase(runId);
    if (!*detail || isFinal((*detail)->run.state))
        m_open.erase(runId);
    else
        m_open.insert_or_assign(runId, std::move(**detail));
    return {};
}

Result<bool> Engine::write(RunDetail &detail)
{
    const Uuid id = detail.run.id;
    detail.run.fence = std::max(detail.run.fence, fenceOf(detail.run.hostId).token);
    const auto written = updateRun(m_session, detail.run);
    if (!written)
        return fail(written.error());
    if (!*written)
        m_stale.insert(id);
    else if (isFinal(detail.run.state))
        m_stale.insert(id); // refresh() takes it out of the open ones
    return *written;
}

Circumstances Engine::circumstances(const RunDetail &detail, const Step *step, TimePoint now) const
{
    const Run &run = detail.run;
    const Uuid &host = step ? step->hostId : run.hostId;
    Circumstances facts;
    facts.now = now;
    const auto link = m_links.find(host);
    facts.mayOrder = m_trusted && link != m_links.end();
    facts.reachable = hears(host);
    if (link != m_links.end() && !facts.reachable)
        facts.silentFor = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - link->second.lastHeard);
    // an attempt that was given up and is at work all the same: the next one waits until it has ended
    for (auto it = m_flights.lower_bound({run.id, 0, 0}); it != m_flights.end() && it->first.runId == run.id; ++it) {
        const Attempt *last = lastAttempt(detail, it->first.step);
        const bool isOpen = last && last->attempt == it->first.attempt && !last->endedAt;
        facts.overlapped = facts.overlapped || (isOut(it->second) && !isOpen);
    }
    facts.tokensFree = m_running.free(run, host);
    if (run.taskId && run.policies.overlap != "allow") {
        for (const auto &[id, other] : m_open) {
            if (id != run.id && other.run.taskId == run.taskId && other.run.targetId == run.targetId
                && (other.run.occurrence < run.occurrence || other.run.state != RunState::Pending))
                facts.overlapped = true;
        }
    }
    const auto window = schedule::windowOf(run.policies);
    facts.windowOpen = !run.taskId || !window || !*window || (*window)->contains(now);
    if (run.taskId) {
        // the schedule's default was resolved when the run was made; without one a run is never missed here
        if (run.policies.startDeadlineSeconds)
            facts.startDeadline = run.occurrence + std::chrono::seconds{*run.policies.startDeadlineSeconds};
    }
    return facts;
}

/// Its link is up, and its agent answers over it.
bool Engine::hears(const Uuid &host) const
{
    const auto link = m_links.find(host);
    return link != m_links.end() && m_pool.state(host) == remote::LinkState::Up && Clock::now() - link->second.lastHeard < unknownAfter;
}

bool Engine::isParked(const Uuid &run) const
{
    const auto found = m_parked.find(run);
    return found != m_parked.end() && Clock::now() < found->second.until;
}

Result<void> Engine::park(const Uuid &run, const Error &error)
{
    if (!error.is(errors::storeSql) || error.isTransient())
        return fail(error);
    Parked &parked = m_parked[run];
    parked.until = Clock::now() + 60s;
    if (const std::string text = describe(error); parked.said != text) {
        say("run " + run.toString() + " cannot be written and is tried again every minute: " + text);
        parked.said = text;
    }
    return {};
}

Result<void> Engine::advance(TimePoint now)
{
    followHosts();
    for (auto &[host, link] : m_links)
        link.flights = 0;
    for (const auto &[key, flight] : m_flights) {
        if (const auto link = m_links.find(flight.host); link != m_links.end())
            ++link->second.flights;
    }
    for (const Uuid &id : std::set<Uuid>(m_stale)) {
        if (const auto done = refresh(id); !done)
            return done;
    }
    m_running = {};
    for (const auto &[id, detail] : m_open) {
        if (const auto hosts = hostsOut(detail); !hosts.empty())
            m_running.take(detail.run, hosts);
    }
    // what has been due longest goes first
    std::vector<std::pair<TimePoint, Uuid>> order;
    for (const auto &[id, detail] : m_open) {
        if (serves(detail.run.hostId) || std::ranges::any_of(detail.steps, [&](const Step &step) { return serves(step.hostId); }))
            order.emplace_back(detail.run.due, id);
    }
    std::sort(order.begin(), order.end());
    for (const auto &[due, id] : order) {
        const auto found = m_open.find(id);
        if (found == m_open.end() || m_stale.count(id) || isParked(id))
            continue;
        if (const auto done = move(found->second, now); done)
            m_parked.erase(id);
        else if (const auto parked = park(id, done.error()); !parked)
            return parked;
    }
    if (const auto done = recordOrphans(now); !done)
        return done;
    return resume();
}

/// A run of a program that is gone, and that needs nobody's key: from now on it is this process's.
bool Engine::takeOver(RunDetail &detail, TimePoint now) const
{
    Run &run = detail.run;
    if (run.state != RunState::Pending || runningStep(detail) || kindNamed(m_options.kinds, run.kind).needsPerson || !m_trusted)
        return false;
    TimePoint since = std::max(run.createdAt, run.due);
    for (const Attempt &attempt : detail.attempts)
        since = std::max(since, attempt.endedAt.value_or(attempt.sentAt));
    if (now - since < m_options.executorPatience)
        return false;
    run.executor = m_options.executor;
    say(nameOf(run) + " is taken over: the program that was to execute it is gone");
    return true;
}

/// A person wants it to end, and its own program has not seen to that: whoever it was, the agent may be told.
bool Engine::cancelsForOthers(const Run &run)
{
    const auto [seen, isNew] = m_cancelSeen.try_emplace(run.id, Clock::now());
    return m_trusted && Clock::now() - seen->second > std::min<std::chrono::seconds>(m_options.executorPatience, 15s);
}

Result<void> Engine::orderCancel(const RunDetail &detail, const Step &step)
{
    const wire::OrderKey key{detail.run.id, step.step, lastAttempt(detail, step.step)->attempt};
    Flight &flight = m_flights[key];
    flight.host = step.hostId;
    cancelOrder(detail, key, flight);
    return {};
}

/// What is out on hosts of others is their business, and so is what such hosts would have to begin.
Result<void> Engine::move(RunDetail &detail, TimePoint now)
{
    if (!isMine(detail.run) && m_options.ownOnly)
        return {};
    std::vector<int> out;
    bool isWithheld = false;
    for (const Step *step : stepsOut(detail)) {
        if (serves(step->hostId))
            out.push_back(step->step);
        const auto flight = m_flights.find({detail.run.id, step->step, lastAttempt(detail, step->step)->attempt});
        isWithheld = isWithheld || (flight != m_flights.end() && flight->second.withheld);
    }
    if (runningStep(detail) && !isWithheld)
        m_withheld.erase(detail.run.id);
    for (const int number : out) {
        const Uuid id = detail.run.id;
        if (const auto done = moveOut(detail, number, now); !done)
            return done;
        if (m_stale.contains(id))
            return {};
    }
    return runningStep(detail) ? startReady(detail, now) : moveWaiting(detail, now);
}

/// A step that has an attempt out on a host of this process.
Result<void> Engine::moveOut(RunDetail &detail, int number, TimePoint now)
{
    if (const auto done = follow(detail, number, now); !done)
        return done;
    if (m_stale.contains(detail.run.id))
        return {};
    const bool mine = isMine(detail.run);
    RunDetail changed = detail;
    Step &step = *stepNumbered(changed, number);
    const Move next = nextMove(detail, circumstances(detail, &step, now), stepNumbered(std::as_const(detail), number));
    switch (next) {
    case Move::OrderCancel:
        // another person's console executes it: only what that console cannot do, or did not live to do, is done here
        return mine || cancelsForOthers(detail.run) ? orderCancel(detail, step) : Result<void>{};
    case Move::MarkUnknown:
        changed.run.state = step.state = RunState::Unknown;
        say(nameOf(detail.run) + " is unknown: its agent does not answer");
        break;
    case Move::MarkRunning: {
        step.state = RunState::Running;
        const auto others = stepsOut(changed);
        const bool isUnknown = std::ranges::any_of(others, [](const Step *s) { return s->state == RunState::Unknown; });
        changed.run.state = isUnknown ? RunState::Unknown : RunState::Running;
        break;
    }
    case Move::CancelAtWindowEnd:
        if (!mine)
            return {};
        changed.run.cancelRequested = true;
        say(nameOf(detail.run) + " is cancelled: its window has closed");
        break;
    default:
        return {};
    }
    changed.run.fence = std::max(changed.run.fence, fenceOf(changed.run.hostId).token);
    step.fence = std::max(step.fence, fenceOf(step.hostId).token);
    const auto written = updateRun(m_session, changed.run, step);
    if (!written)
        return fail(written.error());
    if (!*written)
        m_stale.insert(detail.run.id);
    else
        detail = std::move(changed);
    return {};
}

/// Nothing of it is out.
Result<void> Engine::moveWaiting(RunDetail &detail, TimePoint now)
{
    if (!serves(detail.run.hostId))
        return isMine(detail.run) ? startReady(detail, now) : Result<void>{};
    const bool mine = isMine(detail.run);
    if (!mine && takeOver(detail, now)) {
        const auto written = write(detail);
        return written ? Result<void>{} : fail(written.error());
    }
    if (detail.run.cancelRequested && mine) {
        const auto added = addCompensations(detail);
        if (!added)
            return fail(added.error());
        if (*added)
            return {};
    }
    const Step *first = nextStep(detail);
    const Move next = nextMove(detail, circumstances(detail, first, now), first);
    if (!mine && (next != Move::EndCancelled || !compensationsOf(detail).empty()))
        return {};
    if (!first || (next != Move::Start && next != Move::Wait))
        m_withheld.erase(detail.run.id);
    switch (next) {
    case Move::EndCancelled:
        detail.run.state = RunState::Cancelled;
        detail.run.endedAt = now;
        detail.run.error = makeError(errors::cancelled);
        say(nameOf(detail.run) + (detail.run.attempts > 0 ? " cancelled" : " cancelled before it began"));
        break;
    case Move::EndMissed:
        detail.run.state = RunState::Missed;
        detail.run.endedAt = now;
        say(nameOf(detail.run) + " missed its start deadline");
        break;
    default:
        return startReady(detail, now);
    }
    const auto written = write(detail);
    if (!written)
        return fail(written.error());
    if (*written && kindNamed(m_options.kinds, detail.run.kind).lock == Lock::Instance) {
        // between its steps it has kept the lock
        if (const auto released = releaseLock(m_session, detail.run.targetId, detail.run.id); !released)
            say("lock of " + nameOf(detail.run) + " not released: " + describe(released.error()));
    }
    return {};
}

/// Steps that do not depend on each other run side by side.
Result<void> Engine::startReady(RunDetail &detail, TimePoint now)
{
    if (!isMine(detail.run))
        return {};
    const Uuid id = detail.run.id;
    std::vector<int> ready;
    for (const Step *step : readySteps(detail))
        ready.push_back(step->step);
    bool starts = false;
    for (const int number : ready) {
        const Step *step = stepNumbered(std::as_const(detail), number);
        if (!serves(step->hostId) || nextMove(detail, circumstances(detail, step, now), step) != Move::Start)
            continue;
        starts = true;
        if (withhold(detail))
            return {};
        if (const auto done = start(detail, number, now); !done)
            return done;
        if (m_stale.contains(id))
            return {};
    }
    if (!starts && !runningStep(detail))
        m_withheld.erase(id);
    return {};
}

std::vector<Step> Engine::compensationsOf(const RunDetail &detail) const
{
    std::vector<Step> more;
    for (const Step &step : detail.steps) {
        const std::string &kind = kindNamed(m_options.kinds, step.kind).compensation;
        if (isCompensation(step) || step.state != RunState::Succeeded || kind.empty())
            continue;
        const Step *known = stepNumbered(detail, step.step + firstCompensation);
        if (known && known->state != RunState::Succeeded)
            continue; // one that has succeeded undid it before it was done once more
        Step undo;
        undo.runId = step.runId;
        undo.step = step.step + firstCompensation;
        undo.name = kind;
        undo.kind = kind;
        undo.hostId = step.hostId;
        undo.args = step.args;
        more.push_back(std::move(undo));
    }
    return more;
}

Result<bool> Engine::addCompensations(RunDetail &detail)
{
    const std::vector<Step> more = compensationsOf(detail);
    if (more.empty())
        return false;
    say(nameOf(detail.run) + " is cancelled: " + std::to_string(more.size()) + " step(s) are undone");
    RunDetail changed = detail;
    changed.run.fence = std::max(changed.run.fence, fenceOf(changed.run.hostId).token);
    const auto written = updateRun(m_session, changed.run, more);
    if (!written)
        return fail(written.error());
    m_stale.insert(detail.run.id);
    for (const Step &undo : more) {
        if (!stepNumbered(std::as_const(changed), undo.step))
            changed.steps.push_back(undo);
    }
    // whoever consented to the run consented to what undoes it: the rows were made here
    const auto adopted = m_adopted.find(detail.run.id);
    if (*written && adopted != m_adopted.end() && adopted->second == consentDigest(detail, *m_fleet))
        adopted->second = consentDigest(changed, *m_fleet);
    return true;
}

Result<void> Engine::start(RunDetail &detail, int number, TimePoint now)
{
    if (const auto waiting = m_startWait.find(detail.run.id); waiting != m_startWait.end() && Clock::now() < waiting->second)
        return {};
    const bool isFirst = !runningStep(detail);
    // a copy is changed, so that a store error leaves what is known as it was
    RunDetail changed = detail;
    Step &step = *stepNumbered(changed, number);
    Run &run = changed.run;
    // each row's fence is of its own host; of another member's host this process has no token, and the row keeps its fence
    run.fence = std::max(run.fence, fenceOf(run.hostId).token);
    run.state = RunState::Running;
    run.retryRequested = false;
    if (isFirst || step.attempts > 0)
        run.nextTry.reset();
    run.error.reset();
    run.progress.reset();
    run.endedAt.reset();
    // until something has succeeded a run begins with its newest attempt: waiting between attempts is no work
    if (isFirst && std::ranges::none_of(changed.steps, [](const Step &s) { return s.state == RunState::Succeeded; }))
        run.startedAt = now;
    step.fence = fenceOf(step.hostId).token;
    step.state = RunState::Running;
    step.attempts += 1;
    if (const Attempt *last = lastAttempt(changed, step.step))
        step.attempts = std::max(step.attempts, last->attempt + 1);
    step.endedAt.reset();
    step.startedAt = now;
    Attempt attempt;
    attempt.runId = run.id;
    attempt.step = step.step;
    attempt.attempt = step.attempts;
    attempt.hostId = step.hostId;
    attempt.fence = step.fence;
    attempt.sentAt = now;
    const auto begun = beginAttempt(m_session, run, step, attempt, kindNamed(m_options.kinds, run.kind).lock);
    if (!begun) {
        m_stale.insert(run.id); // the commit may have happened: the row tells
        return fail(begun.error());
    }
    if (!*begun) {
        m_stale.insert(run.id);
        m_startWait[run.id] = Clock::now() + 5s;
        return {};
    }
    m_startWait.erase(run.id);
    changed.attempts.push_back(attempt);
    m_running.take(run, {attempt.hostId});
    say(nameOf(run) + stepText(detail, attempt) + " sent");
    detail = std::move(changed);
    submit(detail, *stepNumbered(detail, attempt.step), attempt.attempt);
    return {};
}

} // namespace zandb::workflow
