// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlplan.h"

#include "app/store/audit.h"

namespace zandb::batchsql {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

const std::string now(store::nowUs);

SqlPlan planOf(const Row &row)
{
    SqlPlan plan;
    plan.id = row.uuid(0);
    plan.author = row.text(1);
    plan.executor = row.text(2);
    plan.state = row.text(3);
    plan.policy = decode<WavePolicy>(row.json(4)).value_or(WavePolicy{});
    plan.reason = row.optionalError(5);
    plan.revision = row.integer(6);
    plan.createdAt = row.time(7);
    plan.changedAt = row.time(8);
    return plan;
}

const std::string columns = "id, author, executor, state, policy, reason, revision, created_us, changed_us";

Value reasonValue(const std::optional<Error> &reason)
{
    return reason ? value(errorToJson(*reason)) : Value(nullptr);
}

} // namespace

Result<void> createPlan(Session &session, const SqlPlan &plan)
{
    return session.transaction([&]() -> Result<void> {
        const auto made = session.execute("INSERT INTO sql_plan (id, author, executor, state, args, policy, reason, revision, created_us, changed_us) VALUES (?,?,?,?,?,?,NULL,1," + now + ',' + now + ')',
                                          {value(plan.id), value(plan.author), value(plan.executor), value(plan.state), value(Json(plan.args)), value(Json(plan.policy))});
        if (!made)
            return fail(made.error());
        for (const PlanTarget &target : plan.targets) {
            const auto added = session.execute("INSERT INTO sql_plan_target (plan_id, position, instance_id, wave, run_id, state) VALUES (?,?,?,?,NULL,?)",
                                               {value(plan.id), value(target.position), value(target.instance), value(target.wave), value(target.state)});
            if (!added)
                return fail(added.error());
        }
        return store::audit(session, "sql.plan", plan.id.toString(), {{"instances", plan.targets.size()}, {"statements", plan.args.statements.size()}, {"policy", Json(plan.policy)}});
    });
}

Result<std::optional<SqlPlan>> loadPlan(Session &session, const Uuid &id)
{
    const auto rows = session.query("SELECT " + columns + ", args FROM sql_plan WHERE id = ?", {value(id)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return std::optional<SqlPlan>();
    SqlPlan plan = planOf(rows->front());
    auto args = decode<wire::SqlArgs>(rows->front().json(9));
    if (!args)
        return fail(args.error());
    plan.args = std::move(*args);
    const auto targets = session.query("SELECT position, instance_id, wave, run_id, state FROM sql_plan_target WHERE plan_id = ? ORDER BY position", {value(id)});
    if (!targets)
        return fail(targets.error());
    for (const Row &row : *targets)
        plan.targets.push_back({static_cast<int>(row.integer(0)), row.uuid(1), static_cast<int>(row.integer(2)), row.optionalUuid(3), row.text(4)});
    return std::optional(std::move(plan));
}

Result<std::vector<SqlPlan>> listPlans(Session &session, int limit)
{
    const auto rows = session.query("SELECT " + columns + " FROM sql_plan ORDER BY created_us DESC, id DESC LIMIT ?", {value(limit)});
    if (!rows)
        return fail(rows.error());
    std::vector<SqlPlan> plans;
    for (const Row &row : *rows)
        plans.push_back(planOf(row));
    return plans;
}

Result<void> setPlanState(Session &session, const Uuid &id, const std::string &executor, const std::string &state, const std::optional<Error> &reason)
{
    const auto set = session.execute("UPDATE sql_plan SET state = ?, reason = ?, revision = revision + 1, changed_us = " + now + " WHERE id = ? AND executor = ?",
                                     {value(state), reasonValue(reason), value(id), value(executor)});
    if (!set)
        return fail(set.error());
    return *set == 1 ? Result<void>() : fail(errors::storeConflict, {{"what", id.toString()}});
}

Result<void> takePlan(Session &session, const SqlPlan &plan, const std::string &executor, bool retryFailed)
{
    return session.transaction([&]() -> Result<void> {
        const auto set = session.execute("UPDATE sql_plan SET state = 'running', executor = ?, reason = NULL, revision = revision + 1, changed_us = " + now + " WHERE id = ? AND revision = ?",
                                         {value(executor), value(plan.id), value(plan.revision)});
        if (!set)
            return fail(set.error());
        if (*set != 1)
            return fail(errors::storeConflict, {{"what", plan.id.toString()}});
        if (retryFailed) {
            const auto again = session.execute("UPDATE sql_plan_target SET state = 'pending', run_id = NULL WHERE plan_id = ? AND state IN ('failed', 'cancelled')", {value(plan.id)});
            if (!again)
                return fail(again.error());
        }
        return store::audit(session, "sql.resume", plan.id.toString(), {{"before", plan.executor}, {"retry_failed", retryFailed}});
    });
}

Result<void> cancelPlan(Session &session, const Uuid &id)
{
    return session.transaction([&]() -> Result<void> {
        const auto set = session.execute("UPDATE sql_plan SET state = 'cancelling', revision = revision + 1, changed_us = " + now + " WHERE id = ? AND state = 'running'", {value(id)});
        if (!set)
            return fail(set.error());
        if (*set != 1)
            return fail(errors::storeConflict, {{"what", id.toString()}});
        return store::audit(session, "sql.cancel", id.toString());
    });
}

Result<void> takeCancelling(Session &session, const SqlPlan &plan, const std::string &executor)
{
    return session.transaction([&]() -> Result<void> {
        const auto set = session.execute("UPDATE sql_plan SET executor = ?, revision = revision + 1, changed_us = " + now + " WHERE id = ? AND revision = ? AND state = 'cancelling'",
                                         {value(executor), value(plan.id), value(plan.revision)});
        if (!set)
            return fail(set.error());
        if (*set != 1)
            return fail(errors::storeConflict, {{"what", plan.id.toString()}});
        return store::audit(session, "sql.cancel", plan.id.toString(), {{"before", plan.executor}});
    });
}

Result<bool> orderTarget(Session &session, const Uuid &plan, int position, const Uuid &runId)
{
    const auto set = session.execute("UPDATE sql_plan_target SET run_id = ?, state = 'ordered' WHERE plan_id = ? AND position = ? AND state = 'pending'",
                                     {value(runId), value(plan), value(position)});
    return set ? Result<bool>(*set == 1) : Result<bool>(fail(set.error()));
}

Result<void> endTarget(Session &session, const Uuid &plan, int position, const std::string &state)
{
    const auto set = session.execute("UPDATE sql_plan_target SET state = ? WHERE plan_id = ? AND position = ? AND state = 'ordered'", {value(state), value(plan), value(position)});
    return set ? Result<void>() : fail(set.error());
}

} // namespace zandb::batchsql
