// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/workflow/run.h"

#include <set>

/// Columns and mappers of the tables run, run_step and attempt, shared by the files of the run repository.
namespace zandb::workflow {

extern const std::string runColumns;      ///< of `run`, in the order of runOf()
extern const std::string stepColumns;     ///< of `run_step s`
extern const std::string attemptColumns;  ///< of `attempt a`
/// The states in which something may still happen: for `state IN (...)`.
inline constexpr std::string_view openStates = "('pending','running','unknown')";

Run runOf(const store::Row &row);
Step stepOf(const store::Row &row);
Attempt attemptOf(const store::Row &row);

std::vector<store::Value> runValues(const Run &run, TimePoint now);
std::vector<store::Value> stepValues(const Step &step);
store::Value errorValue(const std::optional<Error> &error);
store::Value progressValue(const std::optional<wire::Progress> &progress);
Json policiesJson(const Policies &policies);
/// What can be read; each member that is missing or is not what it should be has its default.  `problem` then receives the
/// first wrong one (schedule.invalid), so that one wrong word does not silently drop a window or a limit.
Policies policiesOf(const Json &json, std::optional<Error> *problem = nullptr);

/// The UPDATE of updateRun(); true when it matched.  Does not touch `run`.
Result<bool> writeRun(store::Session &session, const Run &run);
Result<bool> writeStep(store::Session &session, const Step &step);
/// Raises `run` for each shard, in ascending order so that writers do not block each other crosswise.
Result<void> raiseRuns(store::Session &session, const std::set<int> &shards);

/// Whether a run may begin a step on `host` now under its own limits, whoever else begins one in this moment; part of the transaction that
/// begins it, and before anything else of it.
Result<bool> withinLimits(store::Session &session, const Run &run, const Uuid &host);
/// Tries to take the resource lock of the run's instance; true when the run holds it now.  Part of the transaction that
/// begins the run: what waits for something else holds no lock meanwhile.
Result<bool> lockInstance(store::Session &session, const Run &run);
/// One row of the audit about a run, in the caller's transaction.
Result<void> auditRun(store::Session &session, const std::string &person, std::string_view act, const Uuid &runId,
                      const Json &detail = Json::object());

} // namespace zandb::workflow
