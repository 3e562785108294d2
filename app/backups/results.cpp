// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/results.h"

#include "app/workflow/newrun.h"

#include <tuple>

namespace zandb::backups {
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
    if (dumpJson(whole).size() > workflow::maxResultBytes)
        return "a result of more than " + std::to_string(workflow::maxResultBytes) + " bytes";
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

} // namespace zandb::backups
