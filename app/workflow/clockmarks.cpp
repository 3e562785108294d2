// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/clockmarks.h"

#include "app/schedule/storeclock.h"
#include "app/store/sqltext.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/runrows.h"
#include "models/schedule/schedule.h"

#include <array>

namespace zandb::workflow {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

/// Runs of older occurrences are not looked through for times from the future: no clock was wrong for longer.
constexpr std::chrono::days lookBack{30};

class Repair
{
public:
    Repair(Session &session, TimePoint now) : m_session(session), m_now(now), m_ahead(now + schedule::StoreClock::farAway) {}

    /// Whether there is anything to take back: by keys, so that it costs next to nothing as long as all is well.
    Result<bool> isNeeded()
    {
        std::string any = "SELECT 1 FROM DUAL WHERE EXISTS (SELECT 1 FROM occurrence WHERE due_us > " + m_aheadText + ")";
        for (const auto &[table, column] : columns)
            any += " OR EXISTS (SELECT 1 FROM " + std::string(table) + " WHERE " + column + " > " + m_aheadText + ')';
        for (const auto &[table, column] : seen)
            any += " OR EXISTS (SELECT 1 FROM " + std::string(table) + " WHERE " + column + " > " + m_aheadText + ')';
        any += " OR EXISTS (SELECT 1 FROM task WHERE enabled=0 AND next_due_us > " + m_aheadText + ") OR EXISTS (SELECT 1 FROM run WHERE "
            + endedAhead() + ") OR EXISTS (SELECT 1 FROM run WHERE " + openAhead("next_try_us") + ") OR EXISTS (SELECT 1 FROM run WHERE "
            + openAhead("started_us") + ") LIMIT 1";
        const auto rows = m_session.query(any);
        if (!rows)
            return fail(rows.error());
        return !rows->empty();
    }

    Result<void> occurrences()
    {
        const auto rows = m_session.query("SELECT o.task_id, o.due_us, o.state, o.missed_since_us, r.schedule FROM occurrence o LEFT JOIN task_revision r "
                                          "ON r.task_id = o.task_id AND r.revision = o.task_revision WHERE o.due_us > ? ORDER BY o.due_us LIMIT 10000",
                                          {value(m_ahead)});
        if (!rows)
            return fail(rows.error());
        for (const Row &row : *rows) {
            auto done = row.text(2) == "ran" ? waitForIt(row.uuid(0), row.time(1)) : shorten(row);
            if (!done)
                return done;
        }
        return {};
    }

    Result<void> times()
    {
        const std::string now = std::to_string(toMicros(m_now)), &ahead = m_aheadText;
        const auto change = [&](const std::string &sql) -> Result<void> {
            const auto matched = m_session.execute(sql);
            if (!matched)
                return fail(matched.error());
            m_changed += static_cast<int>(*matched);
            return {};
        };
        const auto bring = [&](const std::string &table, const std::string &column) {
            return change("UPDATE " + table + " SET " + column + "=" + now + " WHERE " + column + " > " + ahead);
        };
        for (const auto &[table, column] : columns) {
            if (auto done = bring(table, column); !done)
                return done;
        }
        for (const char *column : {"started_us", "verified_us", "found_us"}) { // no keys lead to them: looked through only here
            if (auto done = bring("backup", column); !done)
                return done;
        }
        // when it was really seen nobody knows; the next answer says it anew
        for (const auto &[table, column] : seen) {
            if (auto done = change("UPDATE " + std::string(table) + " SET " + column + "=0 WHERE " + column + " > " + ahead); !done)
                return done;
        }
        if (auto done = change("UPDATE task SET next_due_us=NULL WHERE enabled=0 AND next_due_us > " + ahead); !done)
            return done;
        // that clock called them missed before their time
        if (auto done = change("UPDATE run SET state='pending', error=NULL, ended_us=NULL, revision=revision+1 WHERE state='missed' AND attempts=0 AND "
                               + endedAhead()); !done)
            return done;
        if (auto done = change("UPDATE run SET started_us=LEAST(started_us, " + now + "), ended_us=" + now + ", revision=revision+1 WHERE "
                               + endedAhead()); !done)
            return done;
        for (const char *column : {"next_try_us", "started_us"}) {
            if (auto done = change("UPDATE run SET " + std::string(column) + "=" + now + ", revision=revision+1 WHERE " + openAhead(column)); !done)
                return done;
        }
        return {};
    }

    int changed() const { return m_changed; }

private:
    /// A missed or skipped row: nothing was done for it.  What of a missed series has really passed stays one.
    Result<void> shorten(const Row &row)
    {
        const Uuid task = row.uuid(0);
        const TimePoint due = row.time(1), since = row.optionalTime(3).value_or(due);
        if (const auto schedule = Schedule::fromJson(row.json(4)); row.text(2) == "missed" && since <= m_now && schedule) {
            if (const auto last = schedule->latest(m_now, since - Microseconds{1})) {
                const auto copied = m_session.execute(
                    "INSERT INTO occurrence (task_id, due_us, task_revision, state, reason, targets, missed_count, missed_since_us, created_us, target_ids) "
                    "SELECT w.task_id, ?, w.task_revision, w.state, w.reason, w.targets, ?, w.missed_since_us, ?, w.target_ids FROM occurrence w "
                    "WHERE w.task_id=? AND w.due_us=? "
                    "ON DUPLICATE KEY UPDATE occurrence.targets = occurrence.targets",
                    {value(*last), value(schedule->count(since - Microseconds{1}, *last, 1'000'000)), value(m_now), value(task), value(due)});
                if (!copied)
                    return fail(copied.error());
            }
        }
        const auto gone = m_session.execute("DELETE FROM occurrence WHERE task_id=? AND due_us=?", {value(task), value(due)});
        if (!gone)
            return fail(gone.error());
        ++m_changed;
        return {};
    }

    /// Its runs that have come to nothing are due when it really comes, with the next attempt.  What waits or is at work is left alone, and
    /// so is what has succeeded: should this clock be the wrong one, work that is done must not begin again.
    Result<void> waitForIt(const Uuid &task, TimePoint due)
    {
        const auto runs = m_session.query("SELECT id FROM run WHERE task_id=? AND occurrence_us=? AND state IN ('failed','missed') "
                                          "AND cancel_requested=0", {value(task), value(due)});
        if (!runs)
            return fail(runs.error());
        for (const Row &row : *runs) {
            const Value id = row.text(0);
            const auto run = m_session.execute("UPDATE run SET state='pending', due_us=GREATEST(due_us, occurrence_us), next_try_us=NULL, progress=NULL, "
                                               "error=NULL, started_us=NULL, ended_us=NULL, retry_requested=0, revision=revision+1 WHERE id=?", {id});
            if (!run)
                return fail(run.error());
            const auto steps = m_session.execute("UPDATE run_step SET state='pending', started_us=NULL, ended_us=NULL, revision=revision+1 WHERE run_id=?", {id});
            if (!steps)
                return fail(steps.error());
            ++m_changed;
        }
        return {};
    }

    /// Runs that have ended later than now, by run_ended; those of an occurrence to come are waitForIt()'s.
    std::string endedAhead() const { return "ended_us > " + m_aheadText + " AND " + m_recent; }
    /// Open ones, by run_open.
    std::string openAhead(const std::string &column) const
    {
        return "state IN " + std::string(openStates) + " AND " + column + " > " + m_aheadText + " AND " + m_recent;
    }

    static constexpr std::array<std::pair<const char *, const char *>, 10> columns{{{"task", "edited_us"}, {"task_revision", "from_us"},
                                                                                  {"instance", "created_us"}, {"member", "expires_us"},
                                                                                  {"outbox", "next_try_us"}, {"alert", "raised_us"},
                                                                                  {"alert", "seen_us"}, {"host_state", "checked_us"},
                                                                                  {"backup", "ended_us"}, {"host_heard", "checked_us"}}};
    static constexpr std::array<std::pair<const char *, const char *>, 4> seen{{{"host_state", "seen_us"}, {"instance_state", "seen_us"},
                                                                               {"host_heard", "seen_us"}, {"host_heard", "instances_us"}}};

    Session &m_session;
    TimePoint m_now;
    TimePoint m_ahead;
    std::string m_aheadText = std::to_string(toMicros(m_ahead));
    std::string m_recent = "occurrence_us > " + std::to_string(toMicros(m_now - lookBack)) + " AND occurrence_us <= " + m_aheadText;
    int m_changed = 0;
};

} // namespace

Result<int> repairFuture(Session &session)
{
    int changed = 0;
    const auto done = session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        Repair repair(session, *now);
        const auto needed = repair.isNeeded();
        if (!needed)
            return fail(needed.error());
        if (!*needed)
            return {};
        if (auto ok = repair.occurrences(); !ok)
            return ok;
        if (auto ok = repair.times(); !ok)
            return ok;
        changed = repair.changed();
        if (changed == 0)
            return {};
        for (const char *topic : {"fleet", "fleet_state", "task", "member", "alert", "backup"}) {
            if (auto raised = store::raiseFeed(session, topic); !raised)
                return raised;
        }
        return raiseRuns(session, {0});
    });
    if (!done)
        return fail(done.error());
    return changed;
}

} // namespace zandb::workflow
