// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/runrows.h"

#include "app/store/audit.h"
#include "models/schedule/schedule.h"

#include <algorithm>
#include <limits>

namespace zandb::workflow {

using store::value;
using store::Value;

const std::string runColumns =
    "id, task_id, task_revision, occurrence_us, due_us, kind, host_id, target_id, args, policies, state, executor, author, "
    "definition_sha256, signer, signature, cancel_requested, retry_requested, attempts, next_try_us, progress, error, "
    "created_us, started_us, ended_us, fence, revision";
const std::string stepColumns = "s.run_id, s.step, s.name, s.kind, s.host_id, s.depends_on, s.args, s.state, s.attempts, "
                                "s.started_us, s.ended_us, s.fence, s.revision";
const std::string attemptColumns = "a.run_id, a.step, a.attempt, a.host_id, a.state, a.fence, a.sent_us, a.started_us, "
                                   "a.ended_us, a.error, a.result, a.log_size, a.ordered_by";

Json policiesJson(const Policies &policies)
{
    return policies;
}

Policies policiesOf(const Json &json, std::optional<Error> *problem)
{
    Policies p;
    const auto wrong = [&](std::string_view field, std::string detail) {
        if (problem && !*problem)
            *problem = makeError(errors::scheduleInvalid, {{"field", "policies" + std::string(field)}, {"detail", std::move(detail)}});
    };
    if (!json.is_object()) {
        wrong("", "not an object");
        return p;
    }
    const auto present = [&](const char *name) {
        const auto it = json.find(name);
        return it == json.end() ? nullptr : &*it;
    };
    const auto text = [&](const char *name, std::string &into) {
        const Json *value = present(name);
        if (value && value->is_string())
            into = value->get<std::string>();
        else if (value)
            wrong(std::string(".") + name, "not text");
    };
    const auto word = [&](const char *name, std::string &into, std::initializer_list<std::string_view> words) {
        std::string value = into;
        text(name, value);
        if (std::ranges::find(words, std::string_view(value)) != words.end())
            into = std::move(value);
        else
            wrong(std::string(".") + name, "\"" + value.substr(0, 64) + "\" is none of its words");
    };
    const auto whole = [&](const char *name, std::int64_t most) -> std::optional<std::int64_t> {
        const Json *value = present(name);
        if (!value)
            return {};
        if (const auto number = integerIn(*value, 0, most))
            return number;
        wrong(std::string(".") + name, "not a number from 0 to " + std::to_string(most));
        return {};
    };
    word("catchUp", p.catchUp, {"last", "skip", "all"});
    word("overlap", p.overlap, {"skip", "queue_one", "cancel_other", "allow"});
    word("atWindowEnd", p.atWindowEnd, {"continue", "cancel"});
    word("source", p.source, {"replica_else_primary", "as_named"});
    text("windowFrom", p.windowFrom);
    text("windowTo", p.windowTo);
    text("windowZone", p.windowZone);
    constexpr std::int64_t century = 100LL * 366 * 86'400;
    if (const Json *deadline = present("startDeadlineSeconds"); deadline && !deadline->is_null())
        p.startDeadlineSeconds = whole("startDeadlineSeconds", century);
    for (const auto &[name, into] : {std::pair{"perTask", &p.perTask}, std::pair{"perHost", &p.perHost},
                                     std::pair{"perRepository", &p.perRepository}, std::pair{"maxRetries", &p.maxRetries},
                                     std::pair{"keep", &p.keep}})
        *into = static_cast<int>(whole(name, std::numeric_limits<int>::max()).value_or(*into));
    return p;
}

Value errorValue(const std::optional<Error> &error)
{
    return error ? value(errorToJson(*error)) : Value(nullptr);
}

Value progressValue(const std::optional<wire::Progress> &progress)
{
    return progress ? value(Json(*progress)) : Value(nullptr);
}

Run runOf(const store::Row &row)
{
    Run run;
    run.id = row.uuid(0);
    run.taskId = row.optionalUuid(1);
    run.taskRevision = row.integer(2);
    run.occurrence = row.time(3);
    run.due = row.time(4);
    run.kind = row.text(5);
    run.hostId = row.uuid(6);
    run.targetId = row.uuid(7);
    run.args = row.json(8);
    run.policies = policiesOf(row.json(9));
    run.state = runStateFromString(row.text(10));
    run.executor = row.text(11);
    run.author = row.text(12);
    run.definitionSha256 = row.text(13);
    run.signer = row.text(14);
    run.signature = row.text(15);
    run.cancelRequested = row.integer(16) != 0;
    run.retryRequested = row.integer(17) != 0;
    run.attempts = static_cast<int>(row.integer(18));
    run.nextTry = row.optionalTime(19);
    if (!row.isNull(20)) {
        if (auto progress = decode<wire::Progress>(row.json(20)))
            run.progress = std::move(*progress);
    }
    run.error = row.optionalError(21);
    run.createdAt = row.time(22);
    run.startedAt = row.optionalTime(23);
    run.endedAt = row.optionalTime(24);
    run.fence = row.integer(25);
    run.revision = row.integer(26);
    return run;
}

Step stepOf(const store::Row &row)
{
    Step step;
    step.runId = row.uuid(0);
    step.step = static_cast<int>(row.integer(1));
    step.name = row.text(2);
    step.kind = row.text(3);
    step.hostId = row.uuid(4);
    step.dependsOn = row.text(5);
    step.args = row.json(6);
    step.state = runStateFromString(row.text(7));
    step.attempts = static_cast<int>(row.integer(8));
    step.startedAt = row.optionalTime(9);
    step.endedAt = row.optionalTime(10);
    step.fence = row.integer(11);
    step.revision = row.integer(12);
    return step;
}

Attempt attemptOf(const store::Row &row)
{
    Attempt attempt;
    attempt.runId = row.uuid(0);
    attempt.step = static_cast<int>(row.integer(1));
    attempt.attempt = static_cast<int>(row.integer(2));
    attempt.hostId = row.uuid(3);
    attempt.state = runStateFromString(row.text(4));
    attempt.fence = row.integer(5);
    attempt.sentAt = row.time(6);
    attempt.startedAt = row.optionalTime(7);
    attempt.endedAt = row.optionalTime(8);
    attempt.error = row.optionalError(9);
    attempt.result = row.json(10);
    attempt.logSize = row.integer(11);
    if (!row.isNull(12)) {
        if (auto by = decode<wire::OrderedBy>(row.json(12)))
            attempt.orderedBy = std::move(*by);
    }
    return attempt;
}

std::vector<Value> runValues(const Run &run, TimePoint now)
{
    return {value(run.id), value(run.taskId), value(run.taskRevision), value(run.occurrence), value(run.due), value(run.kind),
            value(run.hostId), value(run.targetId), value(run.args), value(policiesJson(run.policies)),
            value(toString(run.state)), value(run.executor), value(run.author), value(run.definitionSha256), value(run.signer),
            value(run.signature), value(run.cancelRequested), value(run.retryRequested), value(run.attempts),
            value(run.nextTry), progressValue(run.progress), errorValue(run.error),
            value(toMicros(run.createdAt) == 0 ? now : run.createdAt), value(run.startedAt), value(run.endedAt),
            value(run.fence), value(std::max<std::int64_t>(run.revision, 1))};
}

std::vector<Value> stepValues(const Step &step)
{
    return {value(step.runId), value(step.step), value(step.name), value(step.kind), value(step.hostId), value(step.dependsOn),
            value(step.args), value(toString(step.state)), value(step.attempts), value(step.startedAt), value(step.endedAt),
            value(step.fence), value(std::max<std::int64_t>(step.revision, 1))};
}

Result<bool> writeRun(store::Session &session, const Run &run)
{
    const auto matched = session.execute(
        "UPDATE run SET due_us=?, host_id=?, args=?, state=?, executor=?, cancel_requested=?, retry_requested=?, attempts=?, "
        "next_try_us=?, progress=?, error=?, started_us=?, ended_us=?, fence=?, revision=revision+1 "
        "WHERE id=? AND revision=? AND fence<=?",
        {value(run.due), value(run.hostId), value(run.args), value(toString(run.state)), value(run.executor),
         value(run.cancelRequested), value(run.retryRequested), value(run.attempts), value(run.nextTry),
         progressValue(run.progress), errorValue(run.error), value(run.startedAt), value(run.endedAt), value(run.fence),
         value(run.id), value(run.revision), value(run.fence)});
    if (!matched)
        return fail(matched.error());
    return *matched == 1;
}

Result<bool> writeStep(store::Session &session, const Step &step)
{
    const auto matched = session.execute(
        "UPDATE run_step SET host_id=?, args=?, state=?, attempts=?, started_us=?, ended_us=?, fence=?, revision=revision+1 "
        "WHERE run_id=? AND step=? AND revision=? AND fence<=?",
        {value(step.hostId), value(step.args), value(toString(step.state)), value(step.attempts), value(step.startedAt),
         value(step.endedAt), value(step.fence), value(step.runId), value(step.step), value(step.revision), value(step.fence)});
    if (!matched)
        return fail(matched.error());
    return *matched == 1;
}

Result<void> raiseRuns(store::Session &session, const std::set<int> &shards)
{
    for (const int shard : shards) {
        if (auto raised = store::raiseFeed(session, "run", shard); !raised)
            return raised;
    }
    return {};
}

Result<void> auditRun(store::Session &session, const std::string &person, std::string_view act, const Uuid &runId, const Json &detail)
{
    return store::auditAs(session, person, act, runId.toString(), detail);
}

} // namespace zandb::workflow
