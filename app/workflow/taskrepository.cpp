// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the run repository that is about tasks and their occurrences.
#include "app/store/audit.h"
#include "app/store/sqltext.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/runrows.h"
#include "models/common/names.h"
#include "models/schedule/schedule.h"
#include "models/workflow/board.h"

#include <algorithm>
#include <tuple>

namespace zandb::workflow {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

const std::string occurrenceColumns = "o.task_id, o.due_us, o.task_revision, o.state, o.reason, o.targets, o.missed_count, o.missed_since_us, o.target_ids";

Result<void> auditTask(Session &session, const std::string &person, std::string_view act, const Uuid &id, const std::string &name,
                       Json detail = Json::object())
{
    detail["id"] = id;
    return store::auditAs(session, person, act, name, detail);
}

std::optional<std::vector<Uuid>> idsOf(const Row &row, std::size_t column)
{
    if (row.isNull(column))
        return std::nullopt;
    auto ids = decode<std::vector<Uuid>>(row.json(column));
    return ids ? std::optional(std::move(*ids)) : std::nullopt;
}

Occurrence occurrenceOf(const Row &row)
{
    return {row.uuid(0), row.time(1), row.integer(2), row.text(3), row.text(4), static_cast<int>(row.integer(5)),
            static_cast<int>(row.integer(6)), row.optionalTime(7), idsOf(row, 8), {}};
}

constexpr std::string_view revisionColumns = "task_id, revision, name, kind, selector, schedule, policies, enabled, from_us, editor, args";

TaskRevision revisionOf(const Row &row)
{
    TaskRevision revision;
    revision.taskId = row.uuid(0);
    revision.revision = row.integer(1);
    revision.name = row.text(2);
    revision.kind = row.text(3);
    if (auto selector = decode<Selector>(row.json(4)))
        revision.selector = std::move(*selector);
    else
        revision.unreadable = makeError(errors::scheduleInvalid, {{"field", "selector"}, {"detail", describe(selector.error())}});
    revision.schedule = row.json(5);
    revision.policies = policiesOf(row.json(6), &revision.unreadable);
    revision.enabled = row.integer(7) != 0;
    revision.from = row.time(8);
    revision.editor = row.text(9);
    revision.args = row.isNull(10) ? Json() : row.json(10);
    return revision;
}

/// The task's row as it is now becomes its revision's.
Result<void> writeRevision(Session &session, const Uuid &taskId, TimePoint from, const std::string &editor)
{
    const auto done = session.execute("INSERT INTO task_revision (" + std::string(revisionColumns) + ") SELECT id, revision, name, kind, selector, "
                                      "schedule, policies, enabled, ?, ?, args FROM task WHERE id=?", {value(from), value(editor), value(taskId)});
    if (!done)
        return fail(done.error());
    return {};
}

Task taskOf(const Row &row)
{
    Task task;
    task.id = row.uuid(0);
    task.name = row.text(1);
    task.kind = row.text(2);
    task.args = row.json(3);
    const auto wrong = [&](const char *field, std::string detail) {
        if (!task.unreadable)
            task.unreadable = makeError(errors::scheduleInvalid, {{"field", field}, {"detail", std::move(detail)}});
    };
    if (!task.args.is_object())
        wrong("args", "not an object");
    if (auto selector = decode<Selector>(row.json(4)))
        task.selector = std::move(*selector);
    else
        wrong("selector", describe(selector.error()));
    task.schedule = row.json(5);
    task.policies = policiesOf(row.json(6), &task.unreadable);
    task.enabled = row.integer(7) != 0;
    task.author = row.text(8);
    task.definitionSha256 = row.text(9);
    task.signer = row.text(10);
    task.signature = row.text(11);
    task.revision = row.integer(12);
    task.editedAt = row.time(13);
    task.nextDue = row.optionalTime(14);
    return task;
}

/// A task that went without a last revision, as older programs removed it, ends where it was last seen: else it would be missed for ever.
Result<std::vector<TaskRevision>> endRemoved(Session &session, std::vector<TaskRevision> revisions)
{
    const auto rows = session.query("SELECT r.task_id, (SELECT MAX(o.due_us) FROM occurrence o WHERE o.task_id = r.task_id) FROM task_revision r "
                                    "WHERE r.enabled = 1 AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = r.task_id) AND NOT EXISTS "
                                    "(SELECT 1 FROM task_revision n WHERE n.task_id = r.task_id AND n.revision > r.revision)");
    if (!rows)
        return fail(rows.error());
    for (const Row &row : *rows) {
        const auto after = std::ranges::upper_bound(revisions, row.uuid(0), {}, &TaskRevision::taskId);
        if (after == revisions.begin() || std::prev(after)->taskId != row.uuid(0) || !std::prev(after)->enabled)
            continue;
        TaskRevision end = *std::prev(after);
        ++end.revision;
        end.enabled = false;
        end.from = std::max(end.from, row.optionalTime(1).value_or(end.from));
        revisions.insert(after, std::move(end));
    }
    return revisions;
}

Error nameTaken(const Task &task)
{
    return makeError(errors::alreadyExists, {{"what", "task"}, {"name", task.name}});
}

} // namespace

Result<std::vector<Task>> loadTasks(Session &session)
{
    const auto rows = session.query("SELECT id, name, kind, args, selector, schedule, policies, enabled, author, definition_sha256, "
                                    "signer, signature, revision, edited_us, next_due_us FROM task ORDER BY name");
    if (!rows)
        return fail(rows.error());
    std::vector<Task> tasks;
    tasks.reserve(rows->size());
    for (const Row &row : *rows)
        tasks.push_back(taskOf(row));
    const auto skips = session.query("SELECT task_id, due_us FROM task_skip");
    if (!skips)
        return fail(skips.error());
    if (!skips->empty()) {
        std::map<Uuid, Task *> byId;
        for (Task &task : tasks)
            byId[task.id] = &task;
        for (const Row &row : *skips) {
            if (const auto found = byId.find(row.uuid(0)); found != byId.end())
                found->second->skips.insert(row.time(1));
        }
    }
    return tasks;
}

Result<void> addTask(Session &session, Task task)
{
    if (auto fits = names::checkTask(task.name); !fits)
        return fits;
    return session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto done = session.execute(
            "INSERT INTO task (id, name, kind, args, selector, schedule, policies, enabled, author, definition_sha256, signer, "
            "signature, revision, edited_us, next_due_us) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,1,?,?)",
            {value(task.id), value(task.name), value(task.kind), value(task.args), value(Json(task.selector)),
             value(task.schedule), value(policiesJson(task.policies)), value(task.enabled), value(task.author),
             value(task.definitionSha256), value(task.signer), value(task.signature), value(*now), value(task.nextDue)});
        if (!done)
            return fail(store::isDuplicate(done.error()) ? nameTaken(task) : done.error());
        if (auto written = writeRevision(session, task.id, *now, task.author); !written)
            return written;
        if (auto audited = auditTask(session, task.author, "task.add", task.id, task.name); !audited)
            return audited;
        return store::raiseFeed(session, "task");
    });
}

Result<void> updateTask(Session &session, const Task &task, const std::string &editor)
{
    if (task.unreadable) // it would write defaults over what nobody could read
        return fail(*task.unreadable);
    return session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto matched = session.execute(
            // the first assignment: servers that assign from left to right still see the old columns in it
            "UPDATE task SET edited_us=CASE WHEN schedule<>? OR (enabled=0 AND ?=1) THEN ? ELSE edited_us END, name=?, kind=?, args=?, selector=?, schedule=?, policies=?, enabled=?, author=?, "
            "definition_sha256=?, signer=?, signature=?, revision=revision+1, next_due_us=? WHERE id=? AND revision=?",
            {value(task.schedule), value(task.enabled), value(*now), value(task.name), value(task.kind), value(task.args), value(Json(task.selector)), value(task.schedule),
             value(policiesJson(task.policies)), value(task.enabled), value(task.author), value(task.definitionSha256),
             value(task.signer), value(task.signature), value(task.nextDue), value(task.id), value(task.revision)});
        if (!matched)
            return fail(store::isDuplicate(matched.error()) ? nameTaken(task) : matched.error());
        if (*matched == 0) {
            const auto there = session.query("SELECT 1 FROM task WHERE id=?", {value(task.id)});
            if (!there)
                return fail(there.error());
            if (there->empty())
                return fail(errors::notFound, {{"what", "task"}, {"name", task.name}});
            return fail(errors::storeConflict, {{"what", task.name}});
        }
        const std::string &person = editor.empty() ? task.author : editor;
        if (auto written = writeRevision(session, task.id, *now, person); !written)
            return written;
        if (auto audited = auditTask(session, person, "task.edit", task.id, task.name, {{"enabled", task.enabled}}); !audited)
            return audited;
        return store::raiseFeed(session, "task");
    });
}

Result<void> removeTask(Session &session, const Uuid &taskId, const std::string &editor)
{
    return session.transaction([&]() -> Result<void> {
        const auto last = session.execute("INSERT INTO task_revision (" + std::string(revisionColumns) + ") SELECT id, revision + 1, name, kind, "
                                          "selector, schedule, policies, 0, " + std::string(store::nowUs) + ", ?, args FROM task WHERE id=?",
                                          {value(editor), value(taskId)});
        if (!last)
            return fail(last.error());
        const auto named = session.query("SELECT name FROM task WHERE id=?", {value(taskId)});
        if (!named)
            return fail(named.error());
        const auto matched = session.execute("DELETE FROM task WHERE id=?", {value(taskId)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(errors::notFound, {{"what", "task"}, {"name", taskId.toString()}});
        if (const auto gone = session.execute("DELETE FROM task_skip WHERE task_id=?", {value(taskId)}); !gone)
            return fail(gone.error());
        if (const auto gone = session.execute("DELETE FROM task_follow WHERE task_id=? OR follow_id=?", {value(taskId), value(taskId)}); !gone)
            return fail(gone.error());
        const std::string name = named->empty() ? std::string() : named->front().text(0);
        if (auto audited = auditTask(session, editor, "task.remove", taskId, name); !audited)
            return audited;
        return store::raiseFeed(session, "task");
    });
}

Result<TimePoint> skipNext(Session &session, const Task &task, const std::string &person)
{
    const auto schedule = Schedule::fromJson(task.schedule);
    if (!schedule)
        return fail(schedule.error());
    TimePoint due{};
    const auto done = session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const std::optional<TimePoint> next = schedule->next(*now + skipMargin);
        if (!next || !task.enabled)
            return fail(errors::notFound, {{"what", "occurrence"}, {"name", task.name}});
        due = *next;
        if (task.skips.contains(due))
            return {}; // whoever says it twice means the same one
        if (const auto written = session.execute("INSERT INTO task_skip (task_id, due_us, person, asked_us) VALUES (?,?,?,?)",
                                                 {value(task.id), value(due), value(person), value(*now)}); !written) {
            if (store::isDuplicate(written.error()))
                return fail(errors::storeConflict, {{"what", task.name}});
            return fail(written.error());
        }
        if (auto audited = auditTask(session, person, "task.skip", task.id, task.name, {{"due", toIso(due)}}); !audited)
            return audited;
        return store::raiseFeed(session, "task");
    });
    return done ? Result<TimePoint>(due) : fail(done.error());
}

Result<int> unskip(Session &session, const Task &task, const std::string &person)
{
    int gone = 0;
    const auto done = session.transaction([&]() -> Result<void> {
        const auto removed = session.execute("DELETE FROM task_skip WHERE task_id=?", {value(task.id)});
        if (!removed)
            return fail(removed.error());
        gone = static_cast<int>(*removed);
        if (gone == 0)
            return {};
        if (auto audited = auditTask(session, person, "task.unskip", task.id, task.name); !audited)
            return audited;
        return store::raiseFeed(session, "task");
    });
    return done ? Result<int>(gone) : fail(done.error());
}

Result<void> forgetSkips(Session &session, const Uuid &taskId, TimePoint until)
{
    const auto gone = session.execute("DELETE FROM task_skip WHERE task_id=? AND due_us<=?", {value(taskId), value(until)});
    return gone ? Result<void>{} : fail(gone.error());
}

Result<std::vector<TaskRevision>> taskHistory(Session &session, const Uuid &taskId, int limit)
{
    const auto rows = session.query("SELECT " + std::string(revisionColumns) + " FROM task_revision WHERE task_id=? ORDER BY revision DESC LIMIT " + std::to_string(limit),
                                    {value(taskId)});
    if (!rows)
        return fail(rows.error());
    std::vector<TaskRevision> revisions;
    for (const Row &row : *rows)
        revisions.push_back(revisionOf(row));
    return revisions;
}

Result<std::vector<TaskRevision>> loadTaskRevisions(Session &session, TimePoint from)
{
    std::vector<TaskRevision> revisions;
    // the one that held at `from` counts too
    const auto rows = session.query("SELECT " + std::string(revisionColumns) + " FROM task_revision r WHERE r.from_us > ? OR r.revision = "
                                    "(SELECT MAX(b.revision) FROM task_revision b WHERE b.task_id = r.task_id AND b.from_us <= ?)",
                                    {value(from), value(from)});
    if (!rows)
        return fail(rows.error());
    for (const Row &row : *rows)
        revisions.push_back(revisionOf(row));
    const auto unwritten = session.query("SELECT id, revision, name, kind, selector, schedule, policies, enabled, edited_us, author, args FROM task t "
                                         "WHERE NOT EXISTS (SELECT 1 FROM task_revision r WHERE r.task_id = t.id AND r.revision >= t.revision)");
    if (!unwritten)
        return fail(unwritten.error());
    for (const Row &row : *unwritten)
        revisions.push_back(revisionOf(row));
    std::ranges::sort(revisions, {}, [](const TaskRevision &r) { return std::tie(r.taskId, r.revision); });
    return endRemoved(session, std::move(revisions));
}

Result<void> setNextDue(Session &session, const std::vector<std::pair<Uuid, std::optional<TimePoint>>> &dues)
{
    constexpr std::size_t tasksPerStatement = 200;
    for (std::size_t first = 0; first < dues.size(); first += tasksPerStatement) {
        const std::size_t count = std::min(tasksPerStatement, dues.size() - first);
        std::string sql = "UPDATE task SET next_due_us=CASE id";
        std::vector<Value> arguments, ids;
        for (std::size_t i = first; i < first + count; ++i) {
            sql += " WHEN ? THEN ?";
            store::append(arguments, {value(dues[i].first), value(dues[i].second)});
            ids.push_back(value(dues[i].first));
        }
        arguments.insert(arguments.end(), ids.begin(), ids.end());
        if (const auto done = session.execute(sql + " END WHERE id IN (" + store::marks(count) + ')', arguments); !done)
            return fail(done.error());
    }
    return {};
}

Result<std::vector<OpenRun>> openRunsOfTasks(Session &session)
{
    const auto rows = session.query("SELECT id, task_id, target_id, state FROM run WHERE state IN " + std::string(openStates)
                                    + " AND task_id IS NOT NULL");
    if (!rows)
        return fail(rows.error());
    std::vector<OpenRun> open;
    open.reserve(rows->size());
    for (const Row &row : *rows)
        open.push_back({row.uuid(0), row.uuid(1), row.uuid(2), runStateFromString(row.text(3))});
    return open;
}

Result<std::map<Uuid, Occurrence>> latestOccurrences(Session &session, TimePoint until)
{
    const auto rows = session.query("SELECT " + occurrenceColumns + " FROM occurrence o JOIN (SELECT task_id, MAX(due_us) AS due_us "
                                    "FROM occurrence WHERE due_us <= ? GROUP BY task_id) m ON m.task_id = o.task_id AND m.due_us = o.due_us",
                                    {value(until)});
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, Occurrence> latest;
    for (const Row &row : *rows) {
        Occurrence occurrence = occurrenceOf(row);
        latest[occurrence.taskId] = std::move(occurrence);
    }
    return latest;
}

Result<std::vector<Occurrence>> listOccurrences(Session &session, TimePoint from, TimePoint until)
{
    // edited_us is when a schedule began to count: a series that began later was made from today's
    const std::string select = "SELECT " + occurrenceColumns + ", t.schedule FROM ";
    const std::string task = " LEFT JOIN task t ON o.missed_count > 1 AND t.id = o.task_id AND t.edited_us <= o.missed_since_us WHERE ";
    // of each task's later rows only the first can be a missed series that began before `until`
    const auto rows = session.query(select + "occurrence o" + task + "o.due_us >= ? AND o.due_us < ? UNION ALL "
                                        + select + "(SELECT task_id, MIN(due_us) AS due_us FROM occurrence WHERE due_us >= ? GROUP BY task_id) f "
                                        "JOIN occurrence o ON o.task_id = f.task_id AND o.due_us = f.due_us" + task
                                        + "o.missed_since_us < ? ORDER BY due_us, task_id",
                                    {value(from), value(until), value(std::max(from, until)), value(until)});
    if (!rows)
        return fail(rows.error());
    std::vector<Occurrence> found;
    found.reserve(rows->size());
    for (const Row &row : *rows) {
        found.push_back(occurrenceOf(row));
        found.back().schedule = row.json(9);
    }
    return found;
}

int missedWithin(const Occurrence &occurrence, TimePoint from, TimePoint until)
{
    return zandb::missedWithin(MissedSeries{occurrence.missedSince.value_or(occurrence.due), occurrence.due,
                                            std::max(1, occurrence.missedCount), occurrence.schedule}, from, until);
}

Result<bool> createOccurrence(Session &session, const Occurrence &occurrence, const std::vector<RunDetail> &runs,
                              const std::vector<Uuid> &cancel)
{
    constexpr std::size_t rowsPerStatement = 100;
    bool created = false;
    const auto done = session.transaction([&]() -> Result<void> {
        created = false;
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto inserted = session.execute(
            "INSERT INTO occurrence (task_id, due_us, task_revision, state, reason, targets, missed_count, missed_since_us, "
            "target_ids, created_us) VALUES (?,?,?,?,?,?,?,?,?,?)",
            {value(occurrence.taskId), value(occurrence.due), value(occurrence.taskRevision), value(occurrence.state),
             value(occurrence.reason), value(occurrence.targets), value(occurrence.missedCount), value(occurrence.missedSince),
             occurrence.targetIds ? value(Json(*occurrence.targetIds)) : Value(nullptr), value(*now)});
        if (!inserted)
            return store::isDuplicate(inserted.error()) ? Result<void>() : fail(inserted.error());

        const auto insert = [&](const std::string &head, const std::string &key, const std::vector<std::vector<Value>> &rows) -> Result<void> {
            for (std::size_t first = 0; first < rows.size(); first += rowsPerStatement) {
                const std::size_t count = std::min(rowsPerStatement, rows.size() - first);
                std::vector<Value> arguments;
                for (std::size_t i = first; i < first + count; ++i)
                    arguments.insert(arguments.end(), rows[i].begin(), rows[i].end());
                const auto ok = session.execute(head + store::markRows(count, rows[first].size()) + " ON DUPLICATE KEY UPDATE "
                                                    + key + '=' + key, arguments);
                if (!ok)
                    return fail(ok.error());
            }
            return {};
        };
        std::vector<std::vector<Value>> runRows, stepRows;
        std::set<int> shards;
        for (const RunDetail &detail : runs) {
            runRows.push_back(runValues(detail.run, *now));
            for (const Step &step : detail.steps)
                stepRows.push_back(stepValues(step));
            shards.insert(store::feedShard(detail.run.id));
        }
        if (auto ok = insert("INSERT INTO run (" + runColumns + ") VALUES ", "id", runRows); !ok)
            return ok;
        if (auto ok = insert("INSERT INTO run_step (run_id, step, name, kind, host_id, depends_on, args, state, attempts, "
                             "started_us, ended_us, fence, revision) VALUES ", "step", stepRows); !ok)
            return ok;
        for (const Uuid &other : cancel) {
            const auto asked = requestCancel(session, other, "schedule");
            if (!asked && !asked.error().is(errors::notFound) && !asked.error().is(errors::storeConflict))
                return asked; // those two: it has ended meanwhile
        }
        if (shards.empty())
            shards.insert(0); // a missed or skipped one shows on the board too
        if (auto raised = raiseRuns(session, shards); !raised)
            return raised;
        created = true;
        return {};
    });
    if (!done)
        return fail(done.error());
    return created;
}

} // namespace zandb::workflow
