// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/workflow.h"

#include <set>
#include <string>
#include <vector>

namespace zandb {

/// pending -> running -> succeeded | failed | cancelled, and skipped, missed, unknown.  The store's words are the
/// lower-case names.
enum class RunState { Pending, Running, Succeeded, Failed, Cancelled, Skipped, Missed, Unknown };

std::string_view toString(RunState state);
/// Unknown for a word that is none of ours (never success).
RunState runStateFromString(std::string_view text);
/// succeeded, failed, cancelled, skipped, missed: nothing will happen any more by itself.
bool isFinal(RunState state);

/// What decides how a task's runs behave; kept as JSON in task and copied into each run.
struct Policies
{
    std::string catchUp = "last";       ///< "last", "skip", "all"
    std::optional<std::int64_t> startDeadlineSeconds; ///< none: 6 h for daily and longer, 10 min for intervals
    std::string overlap = "skip";       ///< "skip", "queue_one", "cancel_other", "allow"
    int perTask = 0;                    ///< concurrency; 0: no limit
    int perHost = 1;
    int perRepository = 0;
    int maxRetries = 3;                 ///< automatic ones, of transient errors
    std::string windowFrom;             ///< "22:00"; empty: none
    std::string windowTo;               ///< "06:00", may be on the next day
    std::string windowZone;
    std::string atWindowEnd = "continue"; ///< or "cancel"
    std::string source = "replica_else_primary"; ///< or "as_named"
    int keep = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Policies, catchUp, startDeadlineSeconds, overlap, perTask, perHost, perRepository,
                                                maxRetries, windowFrom, windowTo, windowZone, atWindowEnd, source, keep)
};

/// Which targets a task has, evaluated at each occurrence.  Empty lists select nothing; `all` selects every instance.  What
/// these select is narrowed by each of the conditions below that is said.
struct Selector
{
    bool all = false;
    std::vector<Uuid> groups;
    std::vector<Uuid> hosts;
    std::vector<Uuid> instances;
    std::vector<Uuid> except; ///< instances
    std::vector<std::string> labels;   ///< has all of them, itself or its host
    std::vector<std::string> flavours; ///< is one of them: "mariadb", "mysql"
    std::string role;                  ///< "primary", "replica", "least_lag": of each replication set the healthy replica with the least lag; empty: any
    std::vector<std::string> names;    ///< "HOST/INSTANCE" fits one of these patterns (*)
    std::optional<bool> core;          ///< whether it is of the core
    bool hasConditions() const { return !labels.empty() || !flavours.empty() || !role.empty() || !names.empty() || core.has_value(); }
    bool operator==(const Selector &) const = default;
};
/// With conditions, what they narrow stands under "among": a program that does not know them selects nothing, and not too much.
void to_json(Json &json, const Selector &selector);
void from_json(const Json &json, Selector &selector);

struct Task
{
    Uuid id;
    std::string name;
    std::string kind;    ///< "backup"
    Json args = Json::object();
    Selector selector;
    Json schedule;       ///< models/schedule/schedule.h reads it
    Policies policies;
    bool enabled = true;
    std::string author;
    std::string definitionSha256;
    std::string signer;
    std::string signature;
    std::int64_t revision = 0;
    TimePoint editedAt{};
    std::optional<TimePoint> nextDue;
    std::set<TimePoint> skips; ///< occurrences a person leaves out
    /// schedule.invalid (field, detail): a column of the row is not what it should be.  What could not be read has its
    /// default here, so such a task must not run nor be written back.
    std::optional<Error> unreadable;
};

struct Run
{
    Uuid id;
    std::optional<Uuid> taskId; ///< none: started by hand
    std::int64_t taskRevision = 0;
    TimePoint occurrence{};
    TimePoint due{};
    std::string kind;
    Uuid hostId;
    Uuid targetId;
    Json args = Json::object();
    Policies policies;
    RunState state = RunState::Pending;
    std::string executor;     ///< "" = the host's lease holder
    std::string author;
    std::string definitionSha256;
    std::string signer;
    std::string signature;
    bool cancelRequested = false;
    bool retryRequested = false;
    int attempts = 0;
    std::optional<TimePoint> nextTry;
    std::optional<wire::Progress> progress;
    std::optional<Error> error;
    TimePoint createdAt{};
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::int64_t fence = 0;
    std::int64_t revision = 0;
};

struct Step
{
    Uuid runId;
    int step = 1;
    std::string name;
    std::string kind;
    Uuid hostId;
    std::string dependsOn;
    Json args = Json::object();
    RunState state = RunState::Pending;
    int attempts = 0;
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::int64_t fence = 0;
    std::int64_t revision = 0;
};

struct Attempt
{
    Uuid runId;
    int step = 1;
    int attempt = 1;
    Uuid hostId;
    RunState state = RunState::Running;
    std::int64_t fence = 0;
    TimePoint sentAt{};
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::optional<Error> error;
    Json result;
    std::int64_t logSize = 0;
    std::optional<wire::OrderedBy> orderedBy; ///< as the host's agent says; the run's author may be somebody else
};

/// Everything a run's page shows.
struct RunDetail
{
    Run run;
    std::vector<Step> steps;
    std::vector<Attempt> attempts; ///< by step, then attempt
};

} // namespace zandb
