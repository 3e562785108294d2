// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/newrun.h"

#include "models/workflow/runid.h"

#include <QCryptographicHash>

#include <tuple>

namespace zandb::workflow {

std::string sha256Hex(std::string_view bytes)
{
    const QByteArrayView view(bytes.data(), static_cast<qsizetype>(bytes.size()));
    return QCryptographicHash::hash(view, QCryptographicHash::Sha256).toHex().toStdString();
}

std::string definitionSha256(const Task &task)
{
    // nlohmann's objects are sorted by key, which makes the text canonical
    return sha256Hex(dumpJson(Json{{"kind", task.kind},
                                   {"args", task.args},
                                   {"selector", task.selector},
                                   {"schedule", task.schedule},
                                   {"policies", task.policies}}));
}

RunDetail makeRun(const ByHand &wish)
{
    RunDetail detail;
    Run &run = detail.run;
    run.id = Uuid::v7();
    run.occurrence = wish.now;
    run.due = wish.now;
    run.kind = wish.kind;
    run.hostId = wish.hostId;
    run.targetId = wish.targetId;
    run.args = wish.args;
    run.policies = wish.policies;
    run.executor = wish.executor;
    run.author = wish.author;
    run.createdAt = wish.now;
    Step step;
    step.runId = run.id;
    step.name = wish.kind;
    step.kind = wish.kind;
    step.hostId = wish.hostId;
    step.args = wish.args;
    detail.steps.push_back(std::move(step));
    return detail;
}

RunDetail makeTaskRun(const Task &task, TimePoint occurrence, TimePoint startAt, const Uuid &host, const Uuid &target)
{
    ByHand wish;
    wish.kind = task.kind;
    wish.hostId = host;
    wish.targetId = target;
    wish.args = task.args;
    wish.policies = task.policies;
    wish.author = task.author;
    wish.now = occurrence;
    RunDetail detail = makeRun(wish);
    detail.run.id = runIdFor(task.id, occurrence, target);
    detail.run.taskId = task.id;
    detail.run.taskRevision = task.revision;
    detail.run.due = startAt;
    detail.run.definitionSha256 = task.definitionSha256;
    detail.run.signer = task.signer;
    detail.run.signature = task.signature;
    for (Step &step : detail.steps)
        step.runId = detail.run.id;
    return detail;
}

bool needsInstanceLock(std::string_view kind)
{
    return kind == "backup";
}

bool needsPerson(std::string_view kind)
{
    return kind != "backup" && kind != "verify" && kind != "facts" && kind != "sample" && kind != "snapshot" && kind != "digest";
}

wire::Order makeOrder(const Run &run, const Step &step, int attempt, const wire::Fence &fence, const Fleet &fleet)
{
    wire::Order order;
    order.key = {run.id, step.step, attempt};
    order.fence = fence;
    order.kind = step.kind;
    order.args = step.args.is_object() ? step.args : Json::object();
    if (step.kind == "backup") {
        if (const InstanceRecord *record = fleet.instance(run.targetId))
            order.args["instance"] = record->instance.name;
        const std::string name = "backup|" + std::to_string(step.step) + "|" + std::to_string(attempt);
        order.args["backupId"] = uuidV5(run.id, name).toString();
        if (run.policies.keep > 0 && run.taskId) {
            order.args["keep"] = run.policies.keep;
            order.args["taskId"] = run.taskId->toString();
        } else if (run.taskId) {
            order.args["taskId"] = run.taskId->toString();
        }
    }
    order.argsSha256 = sha256Hex(dumpJson(order.args));
    order.author = run.author;
    order.definitionSha256 = run.definitionSha256;
    order.signer = run.signer;
    order.signature = run.signature;
    return order;
}

namespace {

tl::unexpected<Error> notTheOrders(const std::string &detail)
{
    return fail(errors::protocolBadParams, {{"method", "orders.status"}, {"detail", detail}});
}

/// What the catalogue's columns hold.
std::optional<std::string> misfit(const wire::BackupResult &result, const std::string &agentHost, const Json &whole)
{
    constexpr double longest = 1e9; // seconds
    if (result.path.empty())
        return "a backup without a path";
    if (result.path.size() > 4096)
        return "a path of " + std::to_string(result.path.size()) + " bytes";
    for (const auto &[name, text, most] : {std::tuple{"method", &result.method, 32}, std::tuple{"repository", &result.repository, 64},
                                           std::tuple{"sha256", &result.sha256, 64}, std::tuple{"manifestSha256", &result.manifestSha256, 64},
                                           std::tuple{"host name", &agentHost, 100}}) {
        if (text->size() > static_cast<std::size_t>(most))
            return std::string(name) + " of " + std::to_string(text->size()) + " bytes";
    }
    if (result.bytes < 0 || result.storedBytes < 0 || !(result.durationSeconds >= 0 && result.durationSeconds <= longest))
        return "a size or duration that cannot be";
    if (dumpJson(whole).size() > maxResultBytes)
        return "a result of more than " + std::to_string(maxResultBytes) + " bytes";
    return {};
}

bool isOrdered(const wire::Order &order, const Uuid &backup)
{
    const auto ordered = order.args.find("backupId");
    return !backup.isNull() && ordered != order.args.end() && ordered->is_string() && Uuid::parse(ordered->get<std::string>()) == backup;
}

} // namespace

Result<Backup> backupOf(const Run &run, const wire::Order &order, const wire::OrderStatus &status, const std::string &agentHost)
{
    const auto result = decode<wire::BackupResult>(status.data);
    if (!result)
        return fail(result.error());
    if (!isOrdered(order, result->backupId))
        return notTheOrders("backup " + result->backupId.toString() + " is not the one that was ordered");
    if (const auto why = misfit(*result, agentHost, status.data))
        return notTheOrders(*why);
    if (result->level != 0)
        return notTheOrders("a new backup of level " + std::to_string(result->level));
    Backup backup;
    backup.id = result->backupId;
    backup.instanceId = run.targetId;
    backup.hostId = run.hostId;
    backup.runId = run.id;
    backup.taskId = run.taskId;
    backup.method = result->method;
    backup.repository = result->repository;
    backup.hostName = agentHost;
    backup.path = result->path;
    backup.bytes = result->bytes;
    backup.storedBytes = result->storedBytes;
    backup.duration = Microseconds{static_cast<std::int64_t>(result->durationSeconds * 1e6)};
    backup.sha256 = result->sha256;
    backup.position = result->position;
    backup.detail = *result;
    backup.level = result->level;
    backup.startedAt = result->startedAt;
    backup.endedAt = result->endedAt;
    return backup;
}

std::optional<Uuid> foundBadBy(const wire::Order &order, const Error &error)
{
    const auto field = error.fields.find(wire::badBackupField);
    const auto id = field == error.fields.end() ? std::nullopt : Uuid::parse(field->second);
    return id && isOrdered(order, *id) ? id : std::nullopt;
}

Result<wire::RestoreResult> proofOf(const wire::Order &order, const wire::OrderStatus &status)
{
    constexpr int most = 2;
    auto result = decode<wire::RestoreResult>(status.data);
    if (!result)
        return fail(result.error());
    if (!isOrdered(order, result->backupId))
        return notTheOrders("backup " + result->backupId.toString() + " is not the one that was to be restored");
    if (result->level < 0 || result->level > most)
        return notTheOrders("a proof of level " + std::to_string(result->level));
    return result;
}

} // namespace zandb::workflow
