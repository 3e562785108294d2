// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/runrepository.h"

#include "app/store/sqltext.h"
#include "app/workflow/runrows.h"

#include <algorithm>

namespace zandb::workflow {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

constexpr std::size_t idsPerStatement = 500;

/// Why a person's UPDATE matched nothing.
Result<void> absentOr(Session &session, const Uuid &runId)
{
    const auto rows = session.query("SELECT state FROM run WHERE id=?", {value(runId)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return fail(errors::notFound, {{"what", "run"}, {"name", runId.toString()}});
    return fail(errors::storeConflict, {{"what", rows->front().text(0)}});
}

/// Steps and attempts of the runs a condition on `run r` selects, put into `runs`.
Result<void> attach(Session &session, std::vector<RunDetail> &runs, const std::string &condition, const std::vector<Value> &arguments)
{
    std::map<Uuid, RunDetail *> byId;
    for (RunDetail &detail : runs)
        byId[detail.run.id] = &detail;
    const auto steps = session.query("SELECT " + stepColumns + " FROM run r JOIN run_step s ON s.run_id = r.id WHERE " + condition
                                         + " ORDER BY s.run_id, s.step", arguments);
    if (!steps)
        return fail(steps.error());
    for (const Row &row : *steps) {
        if (const auto it = byId.find(row.uuid(0)); it != byId.end())
            it->second->steps.push_back(stepOf(row));
    }
    const auto attempts = session.query("SELECT " + attemptColumns + " FROM run r JOIN attempt a ON a.run_id = r.id WHERE "
                                            + condition + " ORDER BY a.run_id, a.step, a.attempt", arguments);
    if (!attempts)
        return fail(attempts.error());
    for (const Row &row : *attempts) {
        if (const auto it = byId.find(row.uuid(0)); it != byId.end())
            it->second->attempts.push_back(attemptOf(row));
    }
    return {};
}

std::vector<Value> idValues(const std::vector<Uuid> &ids)
{
    std::vector<Value> values;
    values.reserve(ids.size());
    for (const Uuid &id : ids)
        values.push_back(value(id));
    return values;
}

Result<void> insertStep(Session &session, const Step &step, std::string_view otherwise = {})
{
    const auto row = stepValues(step);
    const auto done = session.execute("INSERT INTO run_step (run_id, step, name, kind, host_id, depends_on, args, state, attempts, started_us, "
                                      "ended_us, fence, revision) VALUES (" + store::marks(row.size()) + ')' + std::string(otherwise), row);
    return done ? Result<void>() : fail(done.error());
}

} // namespace

Result<bool> createRun(Session &session, const RunDetail &detail)
{
    bool created = false;
    const auto done = session.transaction([&]() -> Result<void> {
        created = false;
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto values = runValues(detail.run, *now);
        const auto inserted = session.execute("INSERT INTO run (" + runColumns + ") VALUES (" + store::marks(values.size()) + ')', values);
        if (!inserted)
            return store::isDuplicate(inserted.error()) ? Result<void>() : fail(inserted.error());
        for (const Step &step : detail.steps) {
            if (auto ok = insertStep(session, step); !ok)
                return ok;
        }
        created = true;
        const Json what{{"kind", detail.run.kind}, {"host", detail.run.hostId}, {"target", detail.run.targetId}, {"executor", detail.run.executor}};
        if (auto audited = auditRun(session, detail.run.author, "run.begin", detail.run.id, what); !audited)
            return audited;
        return store::raiseFeed(session, "run", store::feedShard(detail.run.id));
    });
    if (!done)
        return fail(done.error());
    return created;
}

Result<std::optional<Run>> findRun(Session &session, const Uuid &id)
{
    const auto rows = session.query("SELECT " + runColumns + " FROM run WHERE id=?", {value(id)});
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? std::nullopt : std::optional(runOf(rows->front()));
}

Result<std::optional<RunDetail>> loadRun(Session &session, const Uuid &id)
{
    auto run = findRun(session, id);
    if (!run)
        return fail(run.error());
    if (!*run)
        return std::nullopt;
    std::vector<RunDetail> details;
    details.push_back({std::move(**run), {}, {}});
    if (auto done = attach(session, details, "r.id = ?", {value(id)}); !done)
        return fail(done.error());
    return std::move(details.front());
}

Result<std::vector<RunDetail>> openRuns(Session &session, const std::vector<Uuid> &hosts)
{
    std::string condition = "r.state IN " + std::string(openStates);
    if (!hosts.empty())
        condition += " AND (r.host_id IN (" + store::marks(hosts.size()) + ") OR EXISTS (SELECT 1 FROM run_step x WHERE x.run_id = r.id AND x.host_id IN ("
            + store::marks(hosts.size()) + ")))";
    auto arguments = idValues(hosts);
    arguments.insert(arguments.end(), hosts.size(), Value{});
    std::copy_n(arguments.begin(), hosts.size(), arguments.end() - static_cast<std::ptrdiff_t>(hosts.size()));
    const auto rows = session.query("SELECT " + runColumns + " FROM run r WHERE " + condition + " ORDER BY due_us, id", arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<RunDetail> runs;
    runs.reserve(rows->size());
    for (const Row &row : *rows)
        runs.push_back({runOf(row), {}, {}});
    if (runs.empty())
        return runs;
    if (auto done = attach(session, runs, condition, arguments); !done)
        return fail(done.error());
    return runs;
}

namespace {

/// The UPDATE of a run with what belongs to it.  False: somebody else was faster, and nothing is written.
Result<bool> writeWith(Session &session, Run &run, const std::function<Result<bool>()> &rest)
{
    bool matched = false;
    const auto done = session.transaction([&]() -> Result<void> {
        auto written = writeRun(session, run);
        if (written && *written && rest)
            written = rest();
        if (!written)
            return fail(written.error());
        matched = *written;
        if (!matched)
            return fail(errors::storeConflict, {{"what", "run"}});
        return store::raiseFeed(session, "run", store::feedShard(run.id));
    });
    if (!done && !(done.error().is(errors::storeConflict) && !matched))
        return fail(done.error());
    if (matched)
        ++run.revision;
    return matched;
}

} // namespace

Result<bool> updateRun(Session &session, Run &run)
{
    return writeWith(session, run, {});
}

Result<bool> updateRun(Session &session, Run &run, Step &step)
{
    const auto written = writeWith(session, run, [&] { return writeStep(session, step); });
    if (written && *written)
        ++step.revision;
    return written;
}

Result<bool> updateRun(Session &session, Run &run, const std::vector<Step> &more)
{
    return writeWith(session, run, [&]() -> Result<bool> {
        for (const Step &step : more) {
            if (const auto done = insertStep(session, step, " ON DUPLICATE KEY UPDATE state='pending', ended_us=NULL, revision=revision+1"); !done)
                return fail(done.error());
        }
        return true;
    });
}

Result<void> markUndone(Session &session, const Uuid &runId, int step)
{
    const auto done = session.execute("UPDATE run_step SET state='cancelled', revision=revision+1 WHERE run_id=? AND step=?",
                                      {value(runId), value(step)});
    return done ? Result<void>() : fail(done.error());
}

Result<void> stampFence(Session &session, const Uuid &hostId, std::int64_t fence)
{
    return session.transaction([&]() -> Result<void> {
        // driven from the open runs, few as they are: steps and attempts have no index by host
        const std::string open = " FROM run r JOIN run_step s ON s.run_id = r.id WHERE r.state IN " + std::string(openStates)
            + " AND (r.host_id = ? OR s.host_id = ?)";
        const auto rows = session.query("SELECT DISTINCT r.id" + open, {value(hostId), value(hostId)});
        if (!rows)
            return fail(rows.error());
        std::set<int> shards;
        for (std::size_t first = 0; first < rows->size(); first += idsPerStatement) {
            std::vector<Value> ids;
            for (std::size_t i = first; i < std::min(rows->size(), first + idsPerStatement); ++i) {
                ids.push_back((*rows)[i].text(0));
                shards.insert(store::feedShard((*rows)[i].uuid(0)));
            }
            const std::string in = '(' + store::marks(ids.size()) + ')';
            for (const std::string &sql : {"UPDATE run SET fence=? WHERE host_id=? AND fence<? AND id IN " + in,
                                           "UPDATE run_step SET fence=? WHERE host_id=? AND fence<? AND run_id IN " + in
                                               + " AND state IN " + std::string(openStates),
                                           "UPDATE attempt SET fence=? WHERE host_id=? AND fence<? AND run_id IN " + in
                                               + " AND state IN " + std::string(openStates)}) {
                std::vector<Value> arguments{value(fence), value(hostId), value(fence)};
                arguments.insert(arguments.end(), ids.begin(), ids.end());
                if (auto done = session.execute(sql, arguments); !done)
                    return fail(done.error());
            }
        }
        return raiseRuns(session, shards);
    });
}

Result<void> requestCancel(Session &session, const Uuid &runId, const std::string &person)
{
    return session.transaction([&]() -> Result<void> {
        // of what waits nothing is out on a host: it ends here and now, also when nobody is left who would send it; what
        // has succeeded of a longer run may have to be undone first
        const auto ended = session.execute(
            "UPDATE run SET state='cancelled', cancel_requested=1, retry_requested=0, next_try_us=NULL, error=?, ended_us=" + std::string(store::nowUs)
                + ", revision=revision+1 WHERE id=? AND state='pending' "
                  "AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.run_id=run.id AND a.ended_us IS NULL) "
                  "AND NOT EXISTS (SELECT 1 FROM run_step s WHERE s.run_id=run.id AND s.state='succeeded')",
            {value(errorToJson(makeError(errors::cancelled))), value(runId)});
        if (!ended)
            return fail(ended.error());
        if (*ended == 0) {
            const auto matched = session.execute("UPDATE run SET cancel_requested=1, retry_requested=0, revision=revision+1 "
                                                 "WHERE id=? AND state IN " + std::string(openStates), {value(runId)});
            if (!matched)
                return fail(matched.error());
            if (*matched == 0)
                return absentOr(session, runId);
        }
        if (auto done = auditRun(session, person, "run.cancel", runId); !done)
            return done;
        return store::raiseFeed(session, "run", store::feedShard(runId));
    });
}

Result<void> requestRetry(Session &session, const Uuid &runId, const std::string &person, const std::optional<std::string> &executor)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute(
            "UPDATE run SET state='pending', retry_requested=1, cancel_requested=0, next_try_us=NULL, progress=NULL, ended_us=NULL, "
            "revision=revision+1 WHERE id=? AND state IN ('failed','cancelled','unknown','missed')", {value(runId)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return absentOr(session, runId);
        // steps that succeeded stay: a workflow goes on from the one that did not
        const auto steps = session.execute(
            "UPDATE run_step SET state='pending', ended_us=NULL, revision=revision+1 "
            "WHERE run_id=? AND state IN ('failed','cancelled','unknown','missed','running')", {value(runId)});
        if (!steps)
            return fail(steps.error());
        if (executor) {
            const auto named = session.execute("UPDATE run SET executor=? WHERE id=?", {value(*executor), value(runId)});
            if (!named)
                return fail(named.error());
        }
        if (auto done = auditRun(session, person, "run.retry", runId); !done)
            return done;
        return store::raiseFeed(session, "run", store::feedShard(runId));
    });
}

Result<void> takeOver(Session &session, const Uuid &runId, std::int64_t revision, const std::string &person, const std::string &executor)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE run SET executor=?, revision=revision+1 WHERE id=? AND revision=? AND state IN "
                                                 + std::string(openStates), {value(executor), value(runId), value(revision)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return absentOr(session, runId);
        if (auto done = auditRun(session, person, "run.take_over", runId); !done)
            return done;
        return store::raiseFeed(session, "run", store::feedShard(runId));
    });
}

Result<std::vector<Run>> failedRuns(Session &session, TimePoint since, int limit)
{
    const auto rows = session.query("SELECT " + runColumns + " FROM run WHERE ended_us > ? AND state = 'failed' ORDER BY ended_us, id LIMIT "
                                        + std::to_string(std::max(limit, 0)),
                                    {value(since)});
    if (!rows)
        return fail(rows.error());
    std::vector<Run> runs;
    for (const Row &row : *rows)
        runs.push_back(runOf(row));
    return runs;
}

Result<std::vector<Run>> endedRuns(Session &session, TimePoint since, int limit)
{
    const auto rows = session.query("SELECT " + runColumns + " FROM run WHERE ended_us > ? ORDER BY ended_us DESC, id DESC LIMIT " + std::to_string(std::max(limit, 0)),
                                    {value(since)});
    if (!rows)
        return fail(rows.error());
    std::vector<Run> runs;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row)
        runs.push_back(runOf(*row));
    return runs;
}

Result<std::vector<Run>> listRuns(Session &session, const RunFilter &filter)
{
    std::string where;
    std::vector<Value> arguments;
    const auto in = [&](const char *column, const std::vector<Uuid> &ids) {
        if (ids.empty())
            return;
        where += std::string(" AND ") + column + " IN (" + store::marks(ids.size()) + ')';
        for (const Uuid &id : ids)
            arguments.push_back(value(id));
    };
    in("host_id", filter.hosts);
    in("target_id", filter.instances);
    if (filter.taskId) {
        where += " AND task_id = ?";
        arguments.push_back(value(*filter.taskId));
    }
    if (!filter.kind.empty()) {
        where += " AND kind = ?";
        arguments.push_back(value(filter.kind));
    }
    if (!filter.states.empty()) {
        where += " AND state IN (" + store::marks(filter.states.size()) + ')';
        for (const RunState state : filter.states)
            arguments.push_back(value(toString(state)));
    }
    const std::string limit = " LIMIT " + std::to_string(std::max(filter.limit, 0));
    const std::string order = " ORDER BY occurrence_us DESC, id DESC";

    std::string sql = "SELECT " + runColumns + " FROM run WHERE 1=1" + where;
    std::vector<Value> all = arguments;
    if (filter.from) {
        sql += " AND occurrence_us >= ?";
        all.push_back(value(*filter.from));
    }
    if (filter.until) {
        sql += " AND occurrence_us < ?";
        all.push_back(value(*filter.until));
    }
    sql += order + limit;
    if (filter.from) {
        // two ranges, each with its own index, instead of an OR that has none
        sql = '(' + sql + ") UNION ALL (SELECT " + runColumns + " FROM run WHERE state IN " + std::string(openStates) + where
            + " AND occurrence_us < ?" + order + limit + ')' + order + limit;
        all.insert(all.end(), arguments.begin(), arguments.end());
        all.push_back(value(*filter.from));
    }
    const auto rows = session.query(sql, all);
    if (!rows)
        return fail(rows.error());
    std::vector<Run> runs;
    runs.reserve(rows->size());
    for (const Row &row : *rows)
        runs.push_back(runOf(row));
    return runs;
}

Result<std::map<std::pair<Uuid, Uuid>, Microseconds>> medianDurations(Session &session, const std::vector<Run> &runs)
{
    constexpr std::size_t keysPerStatement = 40;
    std::set<std::pair<Uuid, Uuid>> wanted;
    for (const Run &run : runs) {
        if (run.taskId)
            wanted.emplace(*run.taskId, run.targetId);
    }
    std::map<std::pair<Uuid, Uuid>, std::vector<std::int64_t>> durations;
    const std::vector<std::pair<Uuid, Uuid>> keys(wanted.begin(), wanted.end());
    for (std::size_t first = 0; first < keys.size(); first += keysPerStatement) {
        std::string sql;
        std::vector<Value> arguments;
        for (std::size_t i = first; i < std::min(keys.size(), first + keysPerStatement); ++i) {
            // the newest 200 runs of the target at most, by index, whatever the table holds
            sql += std::string(sql.empty() ? "" : " UNION ALL ")
                + "(SELECT task_id, target_id, ended_us - started_us FROM (SELECT task_id, target_id, state, occurrence_us, started_us, "
                  "ended_us FROM run WHERE target_id = ? ORDER BY occurrence_us DESC LIMIT 200) newest WHERE task_id = ? AND "
                  "state = 'succeeded' AND started_us IS NOT NULL AND ended_us >= started_us ORDER BY occurrence_us DESC LIMIT 7)";
            store::append(arguments, {value(keys[i].second), value(keys[i].first)});
        }
        const auto rows = session.query(sql, arguments);
        if (!rows)
            return fail(rows.error());
        for (const Row &row : *rows)
            durations[{row.uuid(0), row.uuid(1)}].push_back(row.integer(2));
    }
    std::map<std::pair<Uuid, Uuid>, Microseconds> medians;
    for (auto &[key, values] : durations) {
        std::ranges::sort(values);
        const std::size_t middle = values.size() / 2;
        medians[key] = Microseconds{values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2};
    }
    return medians;
}

Result<void> releaseLock(Session &session, const Uuid &instanceId, const Uuid &runId)
{
    const auto done = session.execute("UPDATE resource_lock SET run_id=NULL, revision=revision+1 WHERE instance_id=? AND run_id=?",
                                      {value(instanceId), value(runId)});
    if (!done)
        return fail(done.error());
    return {};
}

} // namespace zandb::workflow
