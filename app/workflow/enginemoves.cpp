// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of runs: the rules' moves carried out against the store.
#include "app/schedule/decide.h"
#include "app/workflow/engine.h"
#include "app/workflow/newrun.h"


#include <algorithm>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t logPiece = 64 * 1024;

RunState outcomeOf(const wire::OrderStatus &status)
{
    if (status.state == "tombstone" || status.outcome == "cancelled")
        return RunState::Cancelled;
    return status.outcome == "succeeded" ? RunState::Succeeded : RunState::Failed;
}

Step *stepOf(RunDetail &detail, int number)
{
    for (Step &step : detail.steps) {
        if (step.step == number)
            return &step;
    }
    return nullptr;
}

} // namespace

Result<void> Engine::reload()
{
    std::vector<RunDetail> runs;
    if (m_options.onlyRun) {
        auto one = loadRun(m_session, *m_options.onlyRun);
        if (!one)
            return fail(one.error());
        if (*one)
            runs.push_back(std::move(**one));
    } else {
        auto all = openRuns(m_session, {});
        if (!all)
            return fail(all.error());
        runs = std::move(*all);
    }
    m_open.clear();
    for (RunDetail &detail : runs) {
        if (!isFinal(detail.run.state))
            m_open.emplace(detail.run.id, std::move(detail));
    }
    m_stale.clear();
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

Circumstances Engine::circumstances(const RunDetail &detail, TimePoint now) const
{
    const Run &run = detail.run;
    Circumstances facts;
    facts.now = now;
    const auto link = m_links.find(run.hostId);
    facts.mayOrder = m_trusted && link != m_links.end();
    facts.reachable = link != m_links.end() && m_pool.state(run.hostId) == remote::LinkState::Up;
    if (link != m_links.end() && !facts.reachable)
        facts.silentFor = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - link->second.lastUp);
    facts.tokensFree = m_running.free(run);
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

Result<void> Engine::advance(TimePoint now)
{
    followHosts();
    for (const Uuid &id : std::set<Uuid>(m_stale)) {
        if (const auto done = refresh(id); !done)
            return done;
    }
    m_running = {};
    for (const auto &[id, detail] : m_open) {
        if (runningStep(detail))
            m_running.take(detail.run);
    }
    // what has been due longest goes first
    std::vector<std::pair<TimePoint, Uuid>> order;
    for (const auto &[id, detail] : m_open) {
        if (m_links.count(detail.run.hostId))
            order.emplace_back(detail.run.due, id);
    }
    std::sort(order.begin(), order.end());
    for (const auto &[due, id] : order) {
        const auto found = m_open.find(id);
        if (found == m_open.end() || m_stale.count(id))
            continue;
        if (const auto done = move(found->second, now); !done)
            return done;
    }
    return recordOrphans(now);
}

Result<void> Engine::move(RunDetail &detail, TimePoint now)
{
    const bool mine = isMine(detail.run);
    if (runningStep(detail)) {
        if (const auto done = follow(detail, now); !done)
            return done;
        if (m_stale.count(detail.run.id))
            return {};
    }
    const Move next = nextMove(detail, circumstances(detail, now));
    // another person's console executes it: only what that console cannot do is done here
    if (!mine && next != Move::EndCancelled)
        return {};
    switch (next) {
    case Move::Wait:
        return {};
    case Move::Start:
        return start(detail, now);
    case Move::OrderCancel: {
        const Step *step = runningStep(detail);
        const wire::OrderKey key{detail.run.id, step->step, lastAttempt(detail, step->step)->attempt};
        Flight &flight = m_flights[key];
        flight.host = step->hostId;
        cancelOrder(detail, key, flight);
        return {};
    }
    case Move::EndCancelled:
        detail.run.state = RunState::Cancelled;
        detail.run.endedAt = now;
        detail.run.error = makeError(errors::cancelled);
        say(nameOf(detail.run) + " cancelled before it began");
        break;
    case Move::EndMissed:
        detail.run.state = RunState::Missed;
        detail.run.endedAt = now;
        say(nameOf(detail.run) + " missed its start deadline");
        break;
    case Move::MarkUnknown:
        detail.run.state = RunState::Unknown;
        say(nameOf(detail.run) + " is unknown: its agent does not answer");
        break;
    case Move::MarkRunning:
        detail.run.state = RunState::Running;
        break;
    case Move::CancelAtWindowEnd:
        detail.run.cancelRequested = true;
        say(nameOf(detail.run) + " is cancelled: its window has closed");
        break;
    }
    const auto written = write(detail);
    return written ? Result<void>{} : fail(written.error());
}

Result<void> Engine::start(RunDetail &detail, TimePoint now)
{
    const Step *next = nextStep(detail);
    if (needsInstanceLock(detail.run.kind)) {
        const auto waiting = m_lockWait.find(detail.run.id);
        if (waiting != m_lockWait.end() && Clock::now() < waiting->second)
            return {};
        const auto taken = takeLock(m_session, detail.run.targetId, detail.run.id, detail.run.kind, m_tokens[detail.run.hostId]);
        if (!taken)
            return fail(taken.error());
        if (!*taken) {
            m_lockWait[detail.run.id] = Clock::now() + 5s;
            return {};
        }
        m_lockWait.erase(detail.run.id);
    }
    // a copy is changed, so that a store error leaves what is known as it was
    RunDetail changed = detail;
    Step &step = *stepOf(changed, next->step);
    Run &run = changed.run;
    run.fence = m_tokens[run.hostId];
    run.state = RunState::Running;
    run.retryRequested = false;
    run.nextTry.reset();
    run.error.reset();
    run.progress.reset();
    run.endedAt.reset();
    if (!run.startedAt)
        run.startedAt = now;
    step.fence = run.fence;
    step.state = RunState::Running;
    step.attempts += 1;
    if (const Attempt *last = lastAttempt(changed, step.step))
        step.attempts = std::max(step.attempts, last->attempt + 1);
    step.endedAt.reset();
    if (!step.startedAt)
        step.startedAt = now;
    Attempt attempt;
    attempt.runId = run.id;
    attempt.step = step.step;
    attempt.attempt = step.attempts;
    attempt.hostId = step.hostId;
    attempt.fence = run.fence;
    attempt.sentAt = now;
    const auto begun = beginAttempt(m_session, run, step, attempt);
    if (!begun) {
        m_stale.insert(run.id); // the commit may have happened: the row tells
        return fail(begun.error());
    }
    if (!*begun) {
        m_stale.insert(run.id);
        return {};
    }
    changed.attempts.push_back(attempt);
    m_running.take(run);
    say(nameOf(run) + " attempt " + std::to_string(attempt.attempt) + " sent");
    detail = std::move(changed);
    submit(detail, *stepOf(detail, attempt.step), attempt.attempt);
    return {};
}

Result<void> Engine::follow(RunDetail &detail, TimePoint now)
{
    Step &step = *stepOf(detail, runningStep(detail)->step);
    const Attempt attempt = *lastAttempt(detail, step.step);
    const wire::OrderKey key{detail.run.id, step.step, attempt.attempt};
    Flight &flight = m_flights[key];
    if (flight.host.isNull()) {
        // begun by a process before this one: whether it was sent, only the agent knows
        flight.host = step.hostId;
        flight.sentBefore = true;
    }
    const bool mine = isMine(detail.run);
    const bool finished = flight.status && (flight.status->state == "finished" || flight.status->state == "tombstone");
    if (finished || flight.refused) {
        // a person's console records what it started; if it does not live to, this process does
        if (!mine && finished && Clock::now() - *flight.finishedAt < 10s)
            return {};
        if (!mine && !finished && now - attempt.sentAt < 10min)
            return {};
        Attempt ended = attempt;
        return record(detail, step, ended, flight, now);
    }
    if (mine && flight.status) {
        if (const auto done = copyProgress(detail, flight); !done)
            return done;
        if (const auto done = copyLog(key, flight); !done)
            return done;
    }
    const auto link = m_links.find(flight.host);
    if (flight.submitting || flight.asking || link == m_links.end() || m_pool.state(flight.host) != remote::LinkState::Up)
        return {};
    const bool newLink = flight.sentBefore && flight.session != link->second.session;
    const auto since = Clock::now() - flight.askedAt;
    if ((newLink && since > 1s) || since > 30s || (flight.fencedAt && since > 3s))
        ask(key, flight);
    return {};
}

Result<void> Engine::copyProgress(const RunDetail &detail, Flight &flight)
{
    const wire::Progress &progress = flight.status->progress;
    if (progress.at == flight.progressStored || progress.at == TimePoint{} || Clock::now() - flight.progressAt < 1s)
        return {};
    const auto stored = storeProgress(m_session, detail.run.id, progress, m_tokens[detail.run.hostId]);
    if (!stored)
        return stored;
    flight.progressStored = progress.at;
    flight.progressAt = Clock::now();
    return {};
}

Result<void> Engine::copyLog(const wire::OrderKey &key, Flight &flight)
{
    if (flight.loggingNow || !flight.status || Clock::now() - flight.logAt < 1s || !m_links.count(flight.host))
        return {};
    if (flight.logCopied < 0) {
        const auto stored = loadLog(m_session, key);
        if (!stored)
            return fail(stored.error());
        flight.logCopied = stored->offset + static_cast<std::int64_t>(stored->bytes.size());
    }
    if (flight.status->logSize <= flight.logCopied)
        return {};
    flight.loggingNow = true;
    flight.logAt = Clock::now();
    Json params = Json(key);
    // only its end is kept: what would be dropped at once is not fetched
    params["offset"] = std::max(flight.logCopied, flight.status->logSize - 256 * 1024);
    params["limit"] = logPiece;
    postStatus(flight.host, "orders.log", std::move(params), key, [this, key](Flight &f, const Result<Json> &answer) {
        f.loggingNow = false;
        if (!answer || !answer->is_object()) {
            if (answer || !isLinkError(answer.error()))
                f.logCopied = f.status ? f.status->logSize : 0; // the agent does not have it any more
            return;
        }
        const auto bytes = bytesFromJson(answer->value("bytes", Json("")));
        const Json offset = answer->value("offset", Json(0));
        if (!bytes || bytes->empty() || !offset.is_number_integer()) {
            f.logCopied = f.status ? f.status->logSize : 0;
            return;
        }
        const auto at = offset.get<std::int64_t>();
        if (const auto stored = appendLog(m_session, key, at, *bytes); stored)
            f.logCopied = at + static_cast<std::int64_t>(bytes->size());
        // more is there already: go on at once
        if (f.status && f.logCopied < f.status->logSize)
            f.logAt = {};
    });
    return {};
}

Result<void> Engine::record(RunDetail &detail, Step &step, Attempt &attempt, Flight &flight, TimePoint now)
{
    std::optional<Backup> backup;
    std::vector<Uuid> expired;
    std::optional<wire::RestoreResult> restored;
    const bool finished = flight.status && (flight.status->state == "finished" || flight.status->state == "tombstone");
    if (!finished) {
        attempt.state = RunState::Failed;
        attempt.error = *flight.refused;
        attempt.endedAt = now;
    } else {
        const wire::OrderStatus &status = *flight.status;
        attempt.state = outcomeOf(status);
        attempt.startedAt = status.startedAt;
        attempt.endedAt = std::clamp(status.endedAt.value_or(now), attempt.sentAt, std::max(now, attempt.sentAt));
        attempt.error = status.error;
        attempt.result = status.data;
        attempt.logSize = status.logSize;
        if (attempt.state == RunState::Cancelled && !attempt.error)
            attempt.error = makeError(errors::cancelled);
        if (attempt.state == RunState::Failed && !attempt.error)
            attempt.error = makeError(errors::internal, {{"detail", "the agent gave no reason"}});
        if (attempt.state == RunState::Succeeded) {
            attempt.error.reset();
            if (step.kind == "backup") {
                const auto hello = m_pool.hello(flight.host);
                const Host *host = m_fleet->host(flight.host);
                auto made = backupOf(detail.run, status, hello && !hello->host.empty() ? hello->host : host ? host->name : "");
                if (made) {
                    backup = *made;
                    expired = made->detail.expired;
                } else {
                    attempt.state = RunState::Failed;
                    attempt.error = made.error();
                }
            } else if (step.kind == "restore" || step.kind == "verify") {
                if (auto result = decode<wire::RestoreResult>(status.data)) {
                    restored = *result;
                } else {
                    attempt.state = RunState::Failed;
                    attempt.error = result.error();
                }
            }
        }
    }
    const wire::OrderKey key{detail.run.id, step.step, attempt.attempt};
    const auto done = finish(detail, step, attempt, backup, expired, restored, now);
    if (!done)
        return fail(done.error());
    if (!*done)
        return {};
    flight.recorded = true;
    acknowledge(key, flight);
    return {};
}

Result<bool> Engine::finish(RunDetail &detail, Step &step, Attempt attempt, std::optional<Backup> backup, std::vector<Uuid> expired,
                            std::optional<wire::RestoreResult> restored, TimePoint now)
{
    Run run = detail.run;
    Step ended = step;
    run.fence = std::max(run.fence, fenceOf(run.hostId).token);
    ended.state = attempt.state;
    ended.endedAt = attempt.endedAt;
    ended.fence = run.fence;
    run.error = attempt.error;
    run.state = stateAfterStep(detail, step.step, attempt.state);
    run.endedAt = attempt.endedAt;
    if (attempt.state == RunState::Failed && attempt.error && retriesByItself(run, ended.attempts, *attempt.error)) {
        run.state = RunState::Pending;
        run.nextTry = now + retryDelay(ended.attempts, m_options.random());
    }
    if (attempt.state == RunState::Failed && run.retryRequested && !run.cancelRequested) {
        // a person asked for another attempt while nobody could say what became of this one
        run.state = RunState::Pending;
        run.nextTry.reset();
    }
    if (run.state == RunState::Pending)
        run.endedAt.reset();
    if (run.state != RunState::Failed)
        run.progress.reset();
    AttemptEnd end;
    end.attempt = std::move(attempt);
    end.backup = std::move(backup);
    end.expired = std::move(expired);
    end.restored = std::move(restored);
    const auto recorded = endAttempt(m_session, run, ended, end);
    m_stale.insert(run.id);
    if (!recorded)
        return fail(recorded.error());
    if (!*recorded)
        return false; // somebody changed the row meanwhile: read it again, then once more
    std::string line = nameOf(run) + " attempt " + std::to_string(end.attempt.attempt) + " " + std::string(toString(end.attempt.state));
    if (end.attempt.error)
        line += ": " + describe(*end.attempt.error);
    if (run.nextTry)
        line += "; next try " + toIso(*run.nextTry);
    say(line);
    if (needsInstanceLock(run.kind)) {
        // a lock that could not be released is taken over from its finished run by whoever wants it
        if (const auto released = releaseLock(m_session, run.targetId, run.id); !released)
            say("lock of " + nameOf(run) + " not released: " + describe(released.error()));
    }
    return true;
}

Result<void> Engine::recordOrphans(TimePoint now)
{
    for (auto it = m_flights.begin(); it != m_flights.end();) {
        auto &[key, flight] = *it;
        if (flight.recorded) {
            if (const auto done = copyLog(key, flight); !done)
                return done;
            if (!flight.acked && !flight.asking && Clock::now() - flight.askedAt > 2s)
                acknowledge(key, flight);
            const bool done = flight.acked && !flight.loggingNow
                && (!flight.status || flight.logCopied >= flight.status->logSize || !m_links.count(flight.host));
            it = done ? m_flights.erase(it) : std::next(it);
            continue;
        }
        const bool finished = flight.status && (flight.status->state == "finished" || flight.status->state == "tombstone");
        const auto open = m_open.find(key.runId);
        if (open != m_open.end()) {
            const Attempt *attempt = lastAttempt(open->second, key.step);
            const bool current = attempt && attempt->attempt == key.attempt && !attempt->endedAt;
            if (current || !finished) {
                // an attempt that is not open needs nothing but its result taken off the agent
                it = !current && !flight.submitting && !flight.asking && !finished ? m_flights.erase(it) : std::next(it);
                continue;
            }
        } else if (!finished) {
            it = flight.submitting || flight.asking ? std::next(it) : m_flights.erase(it);
            continue;
        }
        // finished, and not the open attempt of an open run: was it recorded by somebody before?
        if (flight.orphanAt && Clock::now() - *flight.orphanAt < 30s) {
            ++it;
            continue;
        }
        flight.orphanAt = Clock::now();
        const auto detail = loadRun(m_session, key.runId);
        if (!detail)
            return fail(detail.error());
        const auto ended = [&] {
            if (!*detail)
                return false; // not of this store: it stays with the agent
            return std::any_of((*detail)->attempts.begin(), (*detail)->attempts.end(), [&, &k = key](const Attempt &a) {
                return a.step == k.step && a.attempt == k.attempt && a.endedAt;
            });
        };
        if (ended()) {
            flight.recorded = true;
            acknowledge(key, flight);
        } else if (*detail && !isFinal((*detail)->run.state)) {
            m_open.insert_or_assign(key.runId, std::move(**detail));
            flight.orphanAt.reset();
        }
        ++it;
    }
    (void)now;
    return {};
}

} // namespace zandb::workflow
