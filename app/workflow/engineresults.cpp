// SPDX-License-Identifier: GPL-3.0-or-later
// What agents answer of the attempts that are out: progress, log, and results, each recorded once.
#include "app/remote/namedon.h"
#include "app/workflow/engine.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <tuple>

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

} // namespace

Result<void> Engine::follow(RunDetail &detail, int number, TimePoint now)
{
    Step &step = *stepNumbered(detail, number);
    const Attempt attempt = *lastAttempt(detail, step.step);
    const wire::OrderKey key{detail.run.id, step.step, attempt.attempt};
    Flight &flight = m_flights[key];
    if (flight.host.isNull()) {
        // begun by a process before this one: whether it was sent, only the agent knows
        flight.host = step.hostId;
        flight.sentBefore = true;
    }
    const bool mine = isMine(detail.run);
    const bool finished = isFinished(flight);
    if (finished || flight.refused) {
        // a person's console records what it started; if it does not live to, this process does
        if (!mine && finished && Clock::now() - *flight.finishedAt < 10s)
            return {};
        if (!mine && !finished && now - attempt.sentAt < 10min)
            return {};
        return record(detail, step, attempt, flight, now);
    }
    if (mine && flight.status && flight.status->startedAt && !attempt.startedAt) {
        if (const auto done = storeStarted(m_session, key, *flight.status->startedAt, flight.status->orderedBy); !done)
            return done;
        for (Attempt &known : detail.attempts) {
            if (known.step == key.step && known.attempt == key.attempt)
                std::tie(known.startedAt, known.orderedBy) = std::tie(flight.status->startedAt, flight.status->orderedBy);
        }
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
    const auto stored = storeProgress(m_session, detail.run.id, progress, std::max(detail.run.fence, fenceOf(detail.run.hostId).token));
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
        const auto at = integerIn(answer->value("offset", Json(0)), 0, std::int64_t{1} << 62);
        if (!bytes || bytes->empty() || !at) {
            f.logCopied = f.status ? f.status->logSize : 0;
            return;
        }
        if (const auto stored = appendLog(m_session, key, *at, *bytes); stored)
            f.logCopied = *at + static_cast<std::int64_t>(bytes->size());
        // more is there already: go on at once
        if (f.status && f.logCopied < f.status->logSize)
            f.logAt = {};
    });
    return {};
}

AttemptEnd Engine::endOf(const Run &run, const Step &step, Attempt attempt, const Flight &flight, TimePoint now) const
{
    AttemptEnd end;
    end.attempt = std::move(attempt);
    Attempt &a = end.attempt;
    const wire::OrderStatus &status = *flight.status;
    a.state = outcomeOf(status);
    a.startedAt = status.startedAt;
    a.orderedBy = status.orderedBy;
    a.endedAt = std::clamp(status.endedAt.value_or(now), a.sentAt, std::max(now, a.sentAt));
    a.error = status.error;
    if (dumpJson(status.data).size() <= maxResultBytes)
        a.result = status.data;
    a.logSize = status.logSize;
    if (flight.givenUp && status.state == "tombstone" && !run.cancelRequested) {
        a.state = RunState::Failed;
        a.error = makeError(errors::noExecutor);
    }
    if (a.state == RunState::Cancelled && !a.error)
        a.error = makeError(errors::cancelled);
    if (a.state == RunState::Failed && !a.error)
        a.error = makeError(errors::internal, {{"detail", "the agent gave no reason"}});
    if (a.state == RunState::Succeeded)
        a.error.reset();
    if (const auto &record = kindNamed(m_options.kinds, step.kind).record) {
        const auto hello = m_pool.hello(flight.host);
        const Host *host = m_fleet->host(flight.host);
        const wire::Order order = makeOrder(m_options.kinds, run, step, a.attempt, {}, *m_fleet);
        auto recorder = record({run, order, a, status, hello && !hello->host.empty() ? hello->host : host ? host->name : ""});
        if (recorder) {
            end.record = std::move(*recorder);
        } else if (a.state == RunState::Succeeded) {
            a.state = RunState::Failed;
            a.error = recorder.error();
        }
    }
    return end;
}

Result<void> Engine::record(RunDetail &detail, Step &step, const Attempt &attempt, Flight &flight, TimePoint now)
{
    AttemptEnd end;
    if (isFinished(flight)) {
        end = endOf(detail.run, step, attempt, flight, now);
    } else {
        // a tombstone stands where a cancel was faster than its order
        const bool cancelled = flight.refused->is(errors::orderTombstone) && !flight.givenUp;
        end.attempt = attempt;
        end.attempt.state = cancelled ? RunState::Cancelled : RunState::Failed;
        end.attempt.error = cancelled ? makeError(errors::cancelled) : *flight.refused;
        end.attempt.endedAt = now;
    }
    const Host *host = m_fleet->host(flight.host);
    if (end.attempt.error && host)
        end.attempt.error = remote::namedOn(std::move(*end.attempt.error), host->name);
    const auto done = finish(detail, step, std::move(end), now);
    if (!done)
        return fail(done.error());
    if (!*done)
        return {};
    flight.recorded = true;
    acknowledge({detail.run.id, step.step, attempt.attempt}, flight);
    return {};
}

/// An attempt that was given up has ended after all: its run stays as the person left it.
Result<void> Engine::recordLate(const RunDetail &detail, const Attempt &attempt, const Flight &flight, TimePoint now)
{
    const Step *step = stepNumbered(detail, attempt.step);
    if (!step)
        return {};
    const AttemptEnd end = endOf(detail.run, *step, attempt, flight, now);
    const auto recorded = recordLateEnd(m_session, end);
    if (!recorded)
        return fail(recorded.error());
    if (*recorded)
        say(nameOf(detail.run) + stepText(detail, attempt) + ", which was given up, " + std::string(toString(end.attempt.state))
            + (end.record ? "; what it left is recorded" : ""));
    return {};
}

Run Engine::endedRun(const RunDetail &detail, Step &ended, const Attempt &attempt, TimePoint now) const
{
    Run run = detail.run;
    run.fence = std::max(run.fence, fenceOf(run.hostId).token);
    ended.state = attempt.state;
    ended.endedAt = attempt.endedAt;
    ended.fence = std::max(ended.fence, fenceOf(ended.hostId).token);
    run.error = attempt.error;
    run.state = stateAfterStep(detail, ended.step, attempt.state);
    run.endedAt = attempt.endedAt;
    const bool othersOut = run.state == RunState::Running;
    const Step *failed = nullptr; // beside this one, for good
    for (const Step &step : detail.steps) {
        if (step.step != ended.step && !isCompensation(step) && step.state == RunState::Failed)
            failed = &step;
    }
    if (!attempt.error && failed && run.state == RunState::Failed) {
        if (const Attempt *last = lastAttempt(detail, failed->step))
            run.error = last->error;
    }
    const auto again = [&] {
        run.state = othersOut ? RunState::Running : RunState::Pending;
        if (detail.steps.size() > 1)
            ended.state = RunState::Pending; // a failed one beside others ends the run
    };
    if (attempt.state == RunState::Failed && attempt.error && !failed) {
        Run asked = run;
        asked.cancelRequested = run.cancelRequested && !isCompensation(ended);
        if (retriesByItself(asked, ended.attempts, *attempt.error, kindNamed(m_options.kinds, ended.kind).automaticRetries)) {
            again();
            run.nextTry = now + retryDelay(ended.attempts, m_options.random());
        }
    }
    if (attempt.state == RunState::Failed && run.retryRequested && !run.cancelRequested) {
        // a person asked for another attempt while nobody could say what became of this one
        again();
        run.nextTry.reset();
    }
    if (run.cancelRequested && !isCompensation(ended) && (run.state == RunState::Cancelled || run.state == RunState::Failed)) {
        // what has succeeded is undone before the run ends
        if (std::ranges::any_of(detail.steps, [&](const Step &step) {
                return step.step != ended.step && step.state == RunState::Succeeded && !kindNamed(m_options.kinds, step.kind).compensation.empty();
            }))
            run.state = RunState::Pending;
    }
    if (run.state == RunState::Cancelled && !run.error)
        run.error = makeError(errors::cancelled);
    if (!isFinal(run.state))
        run.endedAt.reset();
    if (run.state != RunState::Failed && !othersOut)
        run.progress.reset();
    return run;
}

Result<bool> Engine::finish(RunDetail &detail, Step &step, AttemptEnd end, TimePoint now)
{
    const Attempt &attempt = end.attempt;
    Step ended = step;
    Run run = endedRun(detail, ended, attempt, now);
    if (isCompensation(step) && attempt.state == RunState::Succeeded) {
        end.record = [record = std::move(end.record), id = run.id, undone = step.step - firstCompensation](store::Session &session, const Attempt &a) {
            const auto marked = markUndone(session, id, undone);
            return marked && record ? record(session, a) : marked;
        };
    }
    const auto recorded = endAttempt(m_session, run, ended, end);
    m_stale.insert(run.id);
    if (!recorded)
        return fail(recorded.error());
    if (!*recorded)
        return false; // somebody changed the row meanwhile: read it again, then once more
    std::string line = nameOf(run) + stepText(detail, attempt) + " " + std::string(toString(attempt.state));
    if (attempt.error)
        line += ": " + describe(*attempt.error);
    if (run.nextTry)
        line += "; next try " + toIso(*run.nextTry);
    say(line);
    // The lock is held for the whole run, over all its steps, and not by a run that has to begin anew: such a one waits.
    const bool underWay = std::ranges::any_of(detail.steps, [&](const Step &s) { return (s.step == ended.step ? ended : s).state == RunState::Succeeded; });
    const bool holds = run.state == RunState::Running || (run.state == RunState::Pending && underWay);
    if (kindNamed(m_options.kinds, run.kind).lock == Lock::Instance && !holds) {
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
        const bool finished = isFinished(flight);
        const auto open = m_open.find(key.runId);
        if (open != m_open.end()) {
            const Attempt *attempt = lastAttempt(open->second, key.step);
            if (attempt && attempt->attempt == key.attempt && !attempt->endedAt) {
                ++it;
                continue;
            }
        }
        if (!finished) {
            // an attempt that is not open needs nothing but its result taken off the agent, when it has one
            const bool atWork = isOut(flight) && Clock::now() - flight.heardAt < 120s;
            it = flight.submitting || flight.asking || atWork ? std::next(it) : m_flights.erase(it);
            continue;
        }
        // finished, and not the open attempt of an open run: was it recorded by somebody before?
        if (Clock::now() < flight.nextOrphan || isParked(key.runId)) {
            ++it;
            continue;
        }
        auto detail = loadRun(m_session, key.runId);
        if (!detail)
            return fail(detail.error());
        flight.nextOrphan = Clock::now() + (*detail ? 30s : 300s);
        const Attempt *attempt = nullptr; // of a run that is not of this store the result stays with the agent
        if (*detail) {
            const auto &all = (*detail)->attempts;
            const auto at = std::ranges::find_if(all, [&, &k = key](const Attempt &a) { return a.step == k.step && a.attempt == k.attempt; });
            attempt = at == all.end() ? nullptr : &*at;
        }
        if (*detail && hostOf(**detail, key) != flight.host) {
            it = m_flights.erase(it); // a host speaks only for orders that were sent to it
            continue;
        }
        if (m_resumeFrom && !attempt && !flight.orderAsked) {
            // it was at work when its host was asked what it had ended
            flight.orderAsked = true;
            Link &link = m_links[flight.host];
            const TimePoint ended = flight.status->endedAt.value_or(*m_resumeFrom);
            link.askFrom = std::min(link.askFrom.value_or(ended), ended);
        }
        if (flight.order && !attempt) {
            flight.nextOrphan = Clock::now() + 2s;
            if (const auto done = recordLost(std::move(*detail), key, flight, now); !done) {
                if (const auto parked = park(key.runId, done.error()); !parked)
                    return parked;
            }
            ++it;
            continue;
        }
        if (attempt && attempt->endedAt) {
            if (attempt->error && attempt->error->is(errors::runGivenUp)) {
                if (const auto done = recordLate(**detail, *attempt, flight, now); !done) {
                    if (const auto parked = park(key.runId, done.error()); !parked)
                        return parked;
                    ++it;
                    continue;
                }
            }
            flight.recorded = true;
            acknowledge(key, flight);
        } else if (*detail && !isFinal((*detail)->run.state)) {
            m_open.insert_or_assign(key.runId, std::move(**detail));
            flight.nextOrphan = {};
        }
        ++it;
    }
    return {};
}

} // namespace zandb::workflow
