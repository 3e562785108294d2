// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "app/store/session.h"
#include "models/workflow/wavepolicy.h"

/// Scripts that go over many instances in waves, as the store knows them: they outlive the program that drives them.
namespace zandb::batchsql {

using workflow::PlanTarget;
using workflow::WavePolicy;

struct SqlPlan
{
    Uuid id;
    std::string author;
    std::string executor;   ///< the program that drives it
    /// "running", "cancelling" (somebody wants its end), "stopped" (by a rule, or its program said so), "finished", "cancelled"
    std::string state = "running";
    wire::SqlArgs args;     ///< of each instance, without its name
    WavePolicy policy;
    std::optional<Error> reason; ///< why it stopped
    std::int64_t revision = 1;
    TimePoint createdAt{};
    TimePoint changedAt{};
    std::vector<PlanTarget> targets; ///< by position
};

/// Writes a new one, audited ("sql.plan").  Errors: those of Session.
Result<void> createPlan(store::Session &session, const SqlPlan &plan);
/// Nothing when there is none.  Errors: those of Session.
Result<std::optional<SqlPlan>> loadPlan(store::Session &session, const Uuid &id);
/// Without targets and statements, newest first.
Result<std::vector<SqlPlan>> listPlans(store::Session &session, int limit);
/// Whoever drives it says where it stands; another driver meanwhile is store.conflict.
Result<void> setPlanState(store::Session &session, const Uuid &id, const std::string &executor, const std::string &state, const std::optional<Error> &reason);
/// This program drives it from now on, audited ("sql.resume").  `retryFailed`: instances that failed are pending again; what is unknown never is.
/// Errors: store.conflict (it was changed meanwhile), those of Session.
Result<void> takePlan(store::Session &session, const SqlPlan &plan, const std::string &executor, bool retryFailed);
/// Asks its driver to end it, audited ("sql.cancel").  Errors: not_found, store.conflict (it does not run).
Result<void> cancelPlan(store::Session &session, const Uuid &id);
/// This program ends a plan whose cancel nobody has carried out, audited ("sql.cancel"): it drives it from now on.  Errors: store.conflict (it was changed meanwhile).
Result<void> takeCancelling(store::Session &session, const SqlPlan &plan, const std::string &executor);
/// A pending instance gets its run's id, before the run is written.  False: somebody else was first.
Result<bool> orderTarget(store::Session &session, const Uuid &plan, int position, const Uuid &runId);
/// How an instance's run has ended.
Result<void> endTarget(store::Session &session, const Uuid &plan, int position, const std::string &state);

} // namespace zandb::batchsql
