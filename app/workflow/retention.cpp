// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/retention.h"

#include "app/store/sqltext.h"
#include "app/workflow/runrows.h"
#include "models/fleet/groupsettings.h"

namespace zandb::workflow {
namespace {

using store::Session;
using store::value;
using store::Value;

constexpr std::int64_t rowsPerStatement = 1000;

/// The least id of version 7 that was made at this moment or later.
Uuid firstIdAt(TimePoint at)
{
    Uuid id;
    auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(0, toMicros(at) / 1000));
    for (int i = 5; i >= 0; --i, millis >>= 8)
        id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis & 0xff);
    return id;
}

class Removal
{
public:
    Removal(Session &session, const Fleet &fleet, TimePoint now, std::stop_token stop)
        : m_session(session), m_fleet(fleet), m_now(now), m_stop(std::move(stop)) {}

    TimePoint horizon(std::string_view setting) const
    {
        return m_now - std::chrono::days{groupSetting(m_fleet, std::nullopt, setting).value.get<std::int64_t>()};
    }

    /// Repeats a DELETE until it finds less than it may take.
    Result<void> remove(const std::string &table, const std::string &where, const std::string &order, const std::vector<Value> &values)
    {
        const std::string sql = "DELETE FROM " + table + " WHERE " + where + " ORDER BY " + order + " LIMIT " + std::to_string(rowsPerStatement);
        for (std::int64_t found = rowsPerStatement; found == rowsPerStatement && !m_stop.stop_requested();) {
            const auto done = m_session.execute(sql, values);
            if (!done)
                return fail(done.error());
            found = *done;
            if (found > 0)
                m_removed[table] += found;
        }
        return {};
    }

    /// Runs that have ended, with all that hangs on them.
    Result<void> runs()
    {
        const TimePoint before = horizon(keepRunsDays);
        constexpr std::int64_t runsAtOnce = 200;
        Uuid from; // those that stay are passed by
        while (!m_stop.stop_requested()) {
            const auto rows = m_session.query("SELECT id FROM run WHERE id > ? AND id < ? AND state NOT IN " + std::string(openStates)
                                                  + " AND COALESCE(ended_us, created_us) < ? ORDER BY id LIMIT " + std::to_string(runsAtOnce),
                                              {value(from), value(firstIdAt(before)), value(before)});
            if (!rows)
                return fail(rows.error());
            if (rows->empty())
                return {};
            std::vector<Value> ids;
            for (const auto &row : *rows)
                ids.push_back(value(row.uuid(0)));
            from = rows->back().uuid(0);
            const std::string in = "run_id IN (" + store::marks(ids.size()) + ')';
            for (const auto &[table, order] : {std::pair{"attempt_log", "run_id, step, attempt, log_offset"}, std::pair{"attempt", "run_id, step, attempt"},
                                               std::pair{"run_step", "run_id, step"}}) {
                if (auto done = remove(table, in, order, ids); !done)
                    return done;
            }
            if (auto done = remove("run", "id IN (" + store::marks(ids.size()) + ')', "id", ids); !done)
                return done;
        }
        return {};
    }

    Result<void> attempts()
    {
        const TimePoint before = horizon(keepAttemptsDays);
        const auto logs = remove("attempt_log", "run_id < ? AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.run_id = attempt_log.run_id AND a.step = attempt_log.step "
                                 "AND a.attempt = attempt_log.attempt AND (a.ended_us IS NULL OR a.ended_us >= ?))", "run_id, step, attempt, log_offset",
                                 {value(firstIdAt(before)), value(before)});
        return !logs ? logs : remove("attempt", "run_id < ? AND ended_us < ?", "run_id, step, attempt", {value(firstIdAt(before)), value(before)});
    }

    Result<void> logs()
    {
        const TimePoint before = horizon(keepLogsDays);
        return remove("attempt_log", "run_id < ? AND EXISTS (SELECT 1 FROM attempt a WHERE a.run_id = attempt_log.run_id AND a.step = attempt_log.step "
                      "AND a.attempt = attempt_log.attempt AND a.ended_us < ?)", "run_id, step, attempt, log_offset", {value(firstIdAt(before)), value(before)});
    }

    /// Plans of batch SQL that have ended; somebody may still go on with those that have not.
    Result<void> sqlPlans()
    {
        const TimePoint before = horizon(keepSqlPlansDays);
        constexpr std::int64_t plansAtOnce = 100;
        while (!m_stop.stop_requested()) {
            const auto rows = m_session.query("SELECT id FROM sql_plan WHERE created_us < ? AND changed_us < ? AND state NOT IN ('running', 'cancelling') ORDER BY created_us, id LIMIT " + std::to_string(plansAtOnce), {value(before), value(before)});
            if (!rows)
                return fail(rows.error());
            if (rows->empty())
                return {};
            std::vector<Value> ids;
            for (const auto &row : *rows)
                ids.push_back(value(row.uuid(0)));
            // the plan last: what is left of it is found again
            if (auto done = remove("sql_plan_target", "plan_id IN (" + store::marks(ids.size()) + ')', "plan_id, position", ids); !done)
                return done;
            if (auto done = remove("sql_plan", "id IN (" + store::marks(ids.size()) + ')', "id", ids); !done)
                return done;
        }
        return {};
    }

    RemovedRows take() { return std::move(m_removed); }

private:
    Session &m_session;
    const Fleet &m_fleet;
    TimePoint m_now;
    std::stop_token m_stop;
    RemovedRows m_removed;
};

} // namespace

Result<RemovedRows> removeExpired(Session &session, const Fleet &fleet, TimePoint now, std::stop_token stop)
{
    Removal removal(session, fleet, now, std::move(stop));
    if (auto done = removal.logs(); !done)
        return fail(done.error());
    if (auto done = removal.attempts(); !done)
        return fail(done.error());
    if (auto done = removal.runs(); !done)
        return fail(done.error());
    if (auto done = removal.remove("occurrence", "due_us < ?", "due_us, task_id", {value(removal.horizon(keepOccurrencesDays))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("audit", "id < ?", "id", {value(firstIdAt(removal.horizon(keepAuditDays)))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("alert", "cleared_us < ?", "cleared_us, id", {value(removal.horizon(keepAlertsDays))}); !done)
        return fail(done.error());
    // what was told goes with the alerts, oldest ids first; what still waits stays
    const Uuid told = firstIdAt(removal.horizon(keepAlertsDays));
    for (const auto &[table, where, order] : {std::tuple{"channel_message", "message_id < ? AND delivery_id IS NOT NULL", "channel_id, message_id"},
                                              std::tuple{"alert_message", "id < ? AND routed_us IS NOT NULL AND NOT EXISTS (SELECT 1 FROM channel_message c WHERE c.message_id = alert_message.id)", "id"},
                                              std::tuple{"delivery_try", "delivery_id < ?", "delivery_id, attempt"},
                                              std::tuple{"delivery", "id < ? AND state <> 'open'", "id"}}) {
        if (auto done = removal.remove(table, where, order, {value(told)}); !done)
            return fail(done.error());
    }
    if (auto done = removal.remove("outbox", "done_us < ?", "done_us, created_us, id", {value(removal.horizon(keepRunsDays))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("disk_reading", "at_us < ?", "at_us, host_id, mount", {value(removal.horizon(keepSamplesDays))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("series", "packed = 1 AND t0_us < ?", "t0_us, subject_id, series_set", {value(removal.horizon(keepSamplesDays))}); !done)
        return fail(done.error());
    for (const auto &[kind, setting] : {std::pair{1, keepSlowMinutesDays}, std::pair{2, keepSlowHoursDays}, std::pair{3, keepSlowDaysDays}}) {
        if (auto done = removal.remove("slow_span", "kind = ? AND t0_us < ?", "t0_us, subject_id, part", {value(kind), value(removal.horizon(setting))}); !done)
            return fail(done.error());
    }
    if (auto done = removal.remove("slow_sample", "at_us < ?", "at_us, instance_id, checksum, slot", {value(removal.horizon(keepSlowHoursDays))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("slow_finding", "ended_us < ?", "ended_us, instance_id, id", {value(removal.horizon(keepSlowHoursDays))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("slow_usual", "last_us < ?", "last_us, instance_id, checksum", {value(removal.horizon(keepSlowDaysDays))}); !done)
        return fail(done.error());
    // one that somebody accepted is known when it comes again
    if (auto done = removal.remove("slow_digest", "last_seen_us < ? AND accepted_us IS NULL", "last_seen_us, checksum", {value(removal.horizon(keepSlowDaysDays))}); !done)
        return fail(done.error());
    const auto lastDay = std::chrono::floor<std::chrono::days>(removal.horizon(keepSnapshotsDays)).time_since_epoch().count();
    for (const auto &[table, order] : {std::pair{"snapshot_size", "day, instance_id, schema_name, table_name"}, std::pair{"snapshot_part", "day, instance_id, part"}}) {
        if (auto done = removal.remove(table, "day < ?", order, {value(static_cast<std::int64_t>(lastDay))}); !done)
            return fail(done.error());
    }
    if (auto done = removal.remove("snapshot", "day < ?", "day, instance_id", {value(static_cast<std::int64_t>(lastDay))}); !done)
        return fail(done.error());
    if (auto done = removal.remove("killed", "at_us < ?", "at_us, id", {value(removal.horizon(keepKilledDays))}); !done)
        return fail(done.error());
    if (auto done = removal.sqlPlans(); !done)
        return fail(done.error());
    return removal.take();
}

} // namespace zandb::workflow
