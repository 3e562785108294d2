// SPDX-License-Identifier: GPL-3.0-or-later
// What agents answer of the attempts that are out: progress, log, and results, each recorded once.
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

} // namespace

Result<void> Engine::follow(RunDetail &detail, TimePoint now)
{
    Step &step = *stepNumbered(detail, runningStep(detail)->step);
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
        if (flight.givenUp && status.state == "tombstone" && !detail.run.cancelRequested) {
            attempt.state = RunState::Failed;
            attempt.error = makeError(errors::noExecutor);
        }
        if (attempt.state == RunState::Cancelled && !attempt.error)
            attempt.error = makeError(errors::cancelled);
        if (attempt.state == RunState::Failed && !attempt.error)
            attempt.error = makeError(errors::internal, {{"detail", "the agent gave no reason"}});
        if (attempt.state == RunState::Succeeded) {
            attempt.error.reset();
            const wire::Order order = makeOrder(detail.run, step, attempt.attempt, {}, *m_fleet);
            if (step.kind == "backup") {
                const auto hello = m_pool.hello(flight.host);
                const Host *host = m_fleet->host(flight.host);
                auto made = backupOf(detail.run, order, status, hello && !hello->host.empty() ? hello->host : host ? host->name : "");
                if (made) {
                    backup = *made;
                    expired = made->detail.expired;
                } else {
                    attempt.state = RunState::Failed;
                    attempt.error = made.error();
                }
            } else if (step.kind == "restore" || step.kind == "verify") {
                if (auto result = proofOf(order, status)) {
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
