// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the run repository that is about attempts, their results and their logs.
#include "app/store/sqltext.h"
#include "app/workflow/follow.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/runrows.h"

#include <algorithm>

namespace zandb::workflow {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

constexpr std::int64_t keptLogBytes = 256 * 1024;
constexpr std::size_t pieceBytes = 32 * 1024;

/// Ends a transaction that lost a race without that being an error of the store.
Error lostRace()
{
    return makeError(errors::storeConflict, {{"what", "run"}});
}

Result<bool> raced(const Result<void> &done)
{
    if (done)
        return true;
    if (done.error().is(errors::storeConflict))
        return false;
    return fail(done.error());
}

/// As wire OrderedBy; NULL when not known.  The agent is not believed to be brief.
Value orderedByValue(const std::optional<wire::OrderedBy> &by)
{
    constexpr std::size_t longest = 128; // what zandb-attach lets through
    return by ? value(Json(wire::OrderedBy{by->user.substr(0, longest), by->role.substr(0, longest), by->key.substr(0, longest)})) : Value(nullptr);
}

Result<void> writeAttemptEnd(Session &session, const Attempt &attempt, bool exists)
{
    const Value result = attempt.result.is_null() ? Value(nullptr) : value(attempt.result);
    const auto done = exists
        ? session.execute("UPDATE attempt SET state=?, fence=GREATEST(fence, ?), started_us=COALESCE(?, started_us), ended_us=?, error=?, "
                          "result=?, log_size=GREATEST(log_size, ?), ordered_by=COALESCE(?, ordered_by) WHERE run_id=? AND step=? AND attempt=?",
                          {value(toString(attempt.state)), value(attempt.fence), value(attempt.startedAt), value(attempt.endedAt),
                           errorValue(attempt.error), result, value(attempt.logSize), orderedByValue(attempt.orderedBy), value(attempt.runId),
                           value(attempt.step), value(attempt.attempt)})
        // a store that was restored from its own backup learns of attempts it has lost
        : session.execute("INSERT INTO attempt (run_id, step, attempt, host_id, state, fence, sent_us, started_us, ended_us, error, "
                          "result, log_size, ordered_by) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                          {value(attempt.runId), value(attempt.step), value(attempt.attempt), value(attempt.hostId),
                           value(toString(attempt.state)), value(attempt.fence), value(attempt.sentAt), value(attempt.startedAt),
                           value(attempt.endedAt), errorValue(attempt.error), result, value(attempt.logSize), orderedByValue(attempt.orderedBy)});
    if (!done)
        return fail(done.error());
    return {};
}

/// The attempt's row, and what its kind makes of its end.
Result<void> writeEnd(Session &session, const AttemptEnd &end, bool exists)
{
    if (auto ok = writeAttemptEnd(session, end.attempt, exists); !ok)
        return ok;
    if (auto ok = store::raiseFeed(session, "run", store::feedShard(end.attempt.runId)); !ok)
        return ok;
    return end.record ? end.record(session, end.attempt) : Result<void>();
}

/// Fails a run that is in one of these states, and what is open of it.
Result<void> endOpen(Session &session, const Uuid &runId, std::string_view states, const Error &why, const std::string &person, std::string_view act)
{
    const Value error = value(errorToJson(why));
    const std::string ended = "state='failed', ended_us=" + std::string(store::nowUs);
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE run SET " + ended + ", error=?, cancel_requested=0, retry_requested=0, next_try_us=NULL, "
                                             "progress=NULL, revision=revision+1 WHERE id=? AND state IN " + std::string(states), {error, value(runId)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0) {
            const auto rows = session.query("SELECT state FROM run WHERE id=?", {value(runId)});
            if (!rows)
                return fail(rows.error());
            if (rows->empty())
                return fail(errors::notFound, {{"what", "run"}, {"name", runId.toString()}});
            return fail(errors::runNotUnknown, {{"run", runId.toString()}, {"state", rows->front().text(0)}});
        }
        // only what was begun: steps that wait for others stay pending, and a retry goes on from the one that failed
        const auto steps = session.execute("UPDATE run_step SET " + ended + ", revision=revision+1 WHERE run_id=? AND state IN ('running','unknown')",
                                           {value(runId)});
        if (!steps)
            return fail(steps.error());
        const auto attempts = session.execute("UPDATE attempt SET " + ended + ", error=? WHERE run_id=? AND ended_us IS NULL", {error, value(runId)});
        if (!attempts)
            return fail(attempts.error());
        if (auto done = auditRun(session, person, act, runId); !done)
            return done;
        return store::raiseFeed(session, "run", store::feedShard(runId));
    });
}

} // namespace

Result<bool> beginAttempt(Session &session, Run &run, Step &step, const Attempt &attempt, Lock lock)
{
    Run nextRun = run;
    Step nextStep = step;
    const auto done = session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto within = withinLimits(session, run, attempt.hostId);
        if (!within || !*within)
            return fail(within ? lostRace() : within.error());
        if (lock == Lock::Instance) {
            const auto locked = lockInstance(session, run);
            if (!locked || !*locked)
                return fail(locked ? lostRace() : locked.error());
        }
        nextRun = run;
        nextRun.state = RunState::Running;
        nextRun.attempts = run.attempts + 1;
        nextRun.retryRequested = false;
        nextRun.nextTry.reset();
        nextRun.progress.reset();
        if (!nextRun.startedAt)
            nextRun.startedAt = *now;
        nextRun.endedAt.reset();
        nextStep = step;
        nextStep.state = RunState::Running;
        nextStep.attempts = attempt.attempt;
        if (!nextStep.startedAt)
            nextStep.startedAt = *now;
        nextStep.endedAt.reset();
        const auto runMatched = writeRun(session, nextRun);
        if (!runMatched || !*runMatched)
            return fail(runMatched ? lostRace() : runMatched.error());
        const auto stepMatched = writeStep(session, nextStep);
        if (!stepMatched || !*stepMatched)
            return fail(stepMatched ? lostRace() : stepMatched.error());
        const auto inserted = session.execute(
            "INSERT INTO attempt (run_id, step, attempt, host_id, state, fence, sent_us, started_us, ended_us, error, result, "
            "log_size) VALUES (?,?,?,?,'running',?,?,NULL,NULL,NULL,NULL,0)",
            {value(attempt.runId), value(attempt.step), value(attempt.attempt), value(attempt.hostId), value(attempt.fence),
             value(toMicros(attempt.sentAt) == 0 ? *now : attempt.sentAt)});
        if (!inserted)
            return fail(store::isDuplicate(inserted.error()) ? lostRace() : inserted.error());
        return store::raiseFeed(session, "run", store::feedShard(run.id));
    });
    const auto won = raced(done);
    if (won && *won) {
        run = std::move(nextRun);
        step = std::move(nextStep);
        ++run.revision;
        ++step.revision;
    }
    return won;
}

Result<void> storeStarted(Session &session, const wire::OrderKey &key, TimePoint at, const std::optional<wire::OrderedBy> &by)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE attempt SET started_us=?, ordered_by=? WHERE run_id=? AND step=? AND attempt=? AND started_us IS NULL "
                                             "AND ended_us IS NULL", {value(at), orderedByValue(by), value(key.runId), value(key.step), value(key.attempt)});
        if (!matched)
            return fail(matched.error());
        return *matched == 0 ? Result<void>() : store::raiseFeed(session, "run", store::feedShard(key.runId));
    });
}

Result<bool> endAttempt(Session &session, Run &run, Step &step, const AttemptEnd &end)
{
    bool written = false;
    const auto done = session.transaction([&]() -> Result<void> {
        written = false;
        const auto rows = session.query("SELECT state, error FROM attempt WHERE run_id=? AND step=? AND attempt=? FOR UPDATE",
                                        {value(end.attempt.runId), value(end.attempt.step), value(end.attempt.attempt)});
        if (!rows)
            return fail(rows.error());
        if (!rows->empty()) {
            const RunState state = runStateFromString(rows->front().text(0));
            if (const auto error = rows->front().optionalError(1); error && error->is(errors::runGivenUp))
                return fail(lostRace()); // recordLateEnd() takes it
            if (state != RunState::Running && state != RunState::Unknown && state != RunState::Pending)
                return {};
        }
        const auto runMatched = writeRun(session, run);
        if (!runMatched || !*runMatched)
            return fail(runMatched ? lostRace() : runMatched.error());
        const auto stepMatched = writeStep(session, step);
        if (!stepMatched || !*stepMatched)
            return fail(stepMatched ? lostRace() : stepMatched.error());
        if (auto ok = writeEnd(session, end, !rows->empty()); !ok)
            return ok;
        if (auto ok = putFollowers(session, run); !ok)
            return ok;
        written = true;
        return {};
    });
    const auto won = raced(done);
    if (won && written) {
        ++run.revision;
        ++step.revision;
    }
    return won;
}

Result<bool> recordLateEnd(Session &session, const AttemptEnd &end)
{
    bool recorded = false;
    const auto done = session.transaction([&]() -> Result<void> {
        recorded = false;
        const auto rows = session.query("SELECT error FROM attempt WHERE run_id=? AND step=? AND attempt=? FOR UPDATE",
                                        {value(end.attempt.runId), value(end.attempt.step), value(end.attempt.attempt)});
        if (!rows)
            return fail(rows.error());
        const auto error = rows->empty() ? std::nullopt : rows->front().optionalError(0);
        if (!error || !error->is(errors::runGivenUp))
            return {};
        const Json detail{{"step", end.attempt.step}, {"attempt", end.attempt.attempt}, {"outcome", toString(end.attempt.state)}};
        if (auto ok = auditRun(session, "", "run.late_result", end.attempt.runId, detail); !ok)
            return ok;
        if (auto ok = writeEnd(session, end, true); !ok)
            return ok;
        recorded = true;
        return {};
    });
    if (!done)
        return fail(done.error());
    return recorded;
}

Result<void> giveUp(Session &session, const Uuid &runId, const std::string &person, bool anyOpen)
{
    return endOpen(session, runId, anyOpen ? openStates : "('unknown')", makeError(errors::runGivenUp, {{"person", person}}), person,
                   "run.give_up");
}

Result<int> endRunsWithoutHost(Session &session)
{
    // what is at work on hosts that are there ends first, and is recorded
    constexpr std::string_view nothingOut = " AND NOT EXISTS (SELECT 1 FROM attempt a JOIN host h ON h.id = a.host_id WHERE a.run_id = run.id "
                                            "AND a.ended_us IS NULL)";
    const auto gone = [](const std::string &host) { return "NOT EXISTS (SELECT 1 FROM host h WHERE h.id = " + host + ')'; };
    const auto rows = session.query("SELECT run.id FROM run WHERE state IN " + std::string(openStates) + " AND (" + gone("run.host_id")
                                    + " OR EXISTS (SELECT 1 FROM run_step s WHERE s.run_id = run.id AND s.state <> 'succeeded' AND " + gone("s.host_id")
                                    + "))" + std::string(nothingOut));
    if (!rows)
        return fail(rows.error());
    int ended = 0;
    for (const Row &row : *rows) {
        const auto done = endOpen(session, row.uuid(0), std::string(openStates) + std::string(nothingOut), makeError(errors::runHostGone), "", "run.host_gone");
        if (!done && !done.error().is(errors::runNotUnknown)) // it has ended meanwhile
            return fail(done.error());
        ended += done.has_value();
    }
    return ended;
}

Result<void> storeProgress(Session &session, const Uuid &runId, const wire::Progress &progress, std::int64_t fence)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE run SET progress=? WHERE id=? AND state='running' AND fence<=?",
                                             {value(Json(progress)), value(runId), value(fence)});
        if (!matched)
            return fail(matched.error());
        return *matched == 0 ? Result<void>() : store::raiseFeed(session, "run_progress");
    });
}

Result<void> appendLog(Session &session, const wire::OrderKey &key, std::int64_t offset, std::string_view bytes)
{
    if (offset < 0)
        return fail(errors::internal, {{"detail", "a log's offset below 0"}});
    if (static_cast<std::int64_t>(bytes.size()) > keptLogBytes) {
        const std::size_t skipped = bytes.size() - static_cast<std::size_t>(keptLogBytes);
        offset += static_cast<std::int64_t>(skipped);
        bytes.remove_prefix(skipped);
    }
    const std::string where = " WHERE run_id=? AND step=? AND attempt=?";
    const std::vector<Value> keyValues{value(key.runId), value(key.step), value(key.attempt)};
    return session.transaction([&]() -> Result<void> {
        std::int64_t at = offset;
        std::string_view left = bytes;
        const auto last = session.query("SELECT log_offset, LENGTH(piece) FROM attempt_log" + where
                                            + " ORDER BY log_offset DESC LIMIT 1 FOR UPDATE", keyValues);
        if (!last)
            return fail(last.error());
        if (!last->empty()) {
            const std::int64_t lastOffset = last->front().integer(0);
            const std::int64_t end = lastOffset + last->front().integer(1);
            if (at < end) { // sent again: what stands there stays
                const auto known = static_cast<std::size_t>(std::min<std::int64_t>(end - at, static_cast<std::int64_t>(left.size())));
                left.remove_prefix(known);
                at += static_cast<std::int64_t>(known);
            }
            // small pieces grow instead of becoming many rows
            if (at == end && !left.empty() && last->front().integer(1) < static_cast<std::int64_t>(pieceBytes)) {
                const auto room = std::min(left.size(), pieceBytes - static_cast<std::size_t>(last->front().integer(1)));
                std::vector<Value> arguments{value(left.substr(0, room))};
                arguments.insert(arguments.end(), keyValues.begin(), keyValues.end());
                arguments.push_back(value(lastOffset));
                const auto grown = session.execute("UPDATE attempt_log SET piece=CONCAT(piece, ?)" + where + " AND log_offset=?", arguments);
                if (!grown)
                    return fail(grown.error());
                left.remove_prefix(room);
                at += static_cast<std::int64_t>(room);
            }
        }
        while (!left.empty()) {
            const std::string_view piece = left.substr(0, pieceBytes);
            const auto inserted = session.execute("INSERT INTO attempt_log (run_id, step, attempt, log_offset, piece) VALUES (?,?,?,?,?)",
                                                  {value(key.runId), value(key.step), value(key.attempt), value(at), value(piece)});
            if (!inserted)
                return fail(inserted.error());
            left.remove_prefix(piece.size());
            at += static_cast<std::int64_t>(piece.size());
        }
        std::vector<Value> arguments = keyValues;
        arguments.push_back(value(at - keptLogBytes));
        if (auto trimmed = session.execute("DELETE FROM attempt_log" + where + " AND log_offset + LENGTH(piece) <= ?", arguments); !trimmed)
            return fail(trimmed.error());
        arguments.assign({value(at)});
        arguments.insert(arguments.end(), keyValues.begin(), keyValues.end());
        if (auto sized = session.execute("UPDATE attempt SET log_size=GREATEST(log_size, ?)" + where, arguments); !sized)
            return fail(sized.error());
        return {}; // whoever shows the log of an attempt that runs asks for it
    });
}

Result<LogText> loadLog(Session &session, const wire::OrderKey &key)
{
    const auto rows = session.query("SELECT log_offset, piece FROM attempt_log WHERE run_id=? AND step=? AND attempt=? ORDER BY log_offset",
                                    {value(key.runId), value(key.step), value(key.attempt)});
    if (!rows)
        return fail(rows.error());
    LogText log;
    for (const Row &row : *rows) {
        const std::int64_t offset = row.integer(0);
        const std::int64_t end = log.offset + static_cast<std::int64_t>(log.bytes.size());
        if (log.bytes.empty() || offset != end) { // after a gap only what follows is told
            log.offset = offset;
            log.bytes.clear();
        }
        log.bytes += row.text(1);
    }
    if (static_cast<std::int64_t>(log.bytes.size()) > keptLogBytes) {
        const std::size_t surplus = log.bytes.size() - static_cast<std::size_t>(keptLogBytes);
        log.bytes.erase(0, surplus);
        log.offset += static_cast<std::int64_t>(surplus);
    }
    return log;
}

} // namespace zandb::workflow
