// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/provision/provisioning.h"

#include "agent/protocol/provisionerrors.h"
#include "app/fleet/newinstance.h"
#include "app/platform/errors.h"
#include "app/workflow/newrun.h"
#include "models/config/serverid.h"

#include <algorithm>

namespace zandb::provision {
namespace {

class Steps
{
public:
    explicit Steps(RunDetail &run) : m_run(run), m_first(run.steps.front()) { m_run.steps.clear(); }
    /// Each waits for the one before it.
    void add(const char *kind, const Uuid &host, Json args)
    {
        Step step = m_first;
        step.step = static_cast<int>(m_run.steps.size()) + 1;
        step.name = kind;
        step.kind = kind;
        step.hostId = host;
        step.args = std::move(args);
        step.dependsOn = step.step > 1 ? std::to_string(step.step - 1) : std::string();
        m_run.steps.push_back(std::move(step));
    }

private:
    RunDetail &m_run;
    const Step m_first;
};

/// The bytes of a backup as its catalogue knows them.
Result<wire::RestoreArgs> backupFor(store::Session &session, const Fleet &fleet, const ProvisionWish &wish)
{
    // not app/backups: a noun reads what it needs
    const std::string columns = "SELECT b.id, b.repository, b.host_name, b.sha256, b.detail FROM backup b WHERE ";
    const auto rows = wish.backup ? session.query(columns + "b.id = ?", {store::value(*wish.backup)})
                                  : session.query(columns + "b.instance_id = ? AND b.expired_us IS NULL AND b.finding IS NULL ORDER BY b.level >= 2 DESC, b.ended_us DESC LIMIT 1",
                                                  {store::value(*wish.replicaOf)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty() && wish.backup)
        return fail(errors::notFound, {{"what", "backup"}, {"name", wish.backup->toString()}});
    if (rows->empty())
        return fail(errors::provisionNoBackup, {{"instance", fleet.pathOf(*wish.replicaOf)}});
    const store::Row &row = rows->front();
    const auto detail = decode<wire::BackupResult>(row.json(4));
    wire::RestoreArgs args;
    args.backupId = row.uuid(0);
    args.repository = row.text(1);
    args.host = row.text(2);
    args.sha256 = row.text(3);
    if (detail) {
        args.instance = detail->instance;
        args.manifestSha256 = detail->manifestSha256;
    }
    return args;
}

/// Only an address can be the host part of an account everywhere: names are looked up by servers that may do so, or not.
std::string accountHost(const std::string &address)
{
    return address.find_first_not_of("0123456789.") == std::string::npos ? address : "%";
}

} // namespace

Result<PreparedProvision> prepareProvision(store::Session &session, const Fleet &fleet, const ProvisionWish &wish)
{
    const Host *host = fleet.host(wish.host);
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", wish.host.toString()}});
    PreparedProvision prepared;
    wire::ProvisionArgs &args = prepared.args;
    args.instance = "my" + std::to_string(wish.port);
    args.port = wish.port;
    args.flavour = wish.flavour;
    args.serverId = wish.serverId > 0 ? wish.serverId : freeServerId(fleet, wish.port);
    args.bufferPoolBytes = wish.bufferPoolBytes;
    args.templateName = wish.templateName;
    args.templateText = wish.templateText;

    const auto holder = serverIdHolder(fleet, args.serverId);
    prepared.checks.push_back({"fleet.server_id", !holder, std::to_string(args.serverId) + (holder ? " is the server_id of " + fleet.pathOf(*holder) : " is free in the fleet"),
                               holder ? "choose another --server-id" : ""});
    const InstanceRecord *known = fleet.instanceByPath(host->name + '/' + args.instance);
    const bool isThere = known && known->state != "gone" && known->state != "unknown";
    prepared.checks.push_back({"fleet.instance", !isThere, host->name + '/' + args.instance + (isThere ? " is in the fleet" : " is new"), isThere ? "choose another port" : ""});

    const InstanceRecord *primary = wish.replicaOf ? fleet.instance(*wish.replicaOf) : nullptr;
    const Host *primaryHost = primary ? fleet.host(primary->instance.hostId) : nullptr;
    if (wish.replicaOf && !primaryHost)
        return fail(errors::notFound, {{"what", "instance"}, {"name", wish.replicaOf->toString()}});
    if (wish.replicaOf || wish.backup) {
        auto backup = backupFor(session, fleet, wish);
        if (!backup)
            return fail(backup.error());
        args.backup = std::move(*backup);
    }

    workflow::ByHand run;
    run.kind = "new_instance";
    run.hostId = wish.host;
    run.targetId = known ? known->instance.id : Uuid::v7();
    run.args = Json(args);
    run.args["newInstance"] = !known;
    run.policies.source = "as_named";
    run.author = wish.author;
    prepared.run = workflow::makeRun(run);
    if (primaryHost) {
        wire::ProvisionSource source;
        source.instance = primary->instance.name;
        source.address = primaryHost->address;
        source.port = primary->instance.port;
        source.account = "replica_" + prepared.run.run.id.toString().substr(24); // of this run alone
        source.from = accountHost(host->address);
        args.source = std::move(source);
        prepared.run.run.args = Json(args);
        prepared.run.run.args["newInstance"] = !known;
    }
    Steps steps(prepared.run);
    const Json same = Json(args);
    for (const char *kind : {"provision_check", "provision_layout", "provision_data", "provision_start"})
        steps.add(kind, wish.host, same);
    if (primaryHost) {
        steps.add("provision_source", primaryHost->id, same);
        steps.add("provision_replicate", wish.host, same);
    }
    if (!wish.repository.empty()) {
        wire::BackupArgs backup;
        backup.instance = args.instance;
        backup.repository = wish.repository;
        steps.add("backup", wish.host, Json(backup));
    }
    return prepared;
}

void setVerifier(PreparedProvision &prepared, const std::string &verifier)
{
    prepared.args.source->verifier = verifier;
    for (Step &step : prepared.run.steps) {
        if (step.args.contains("source"))
            step.args = Json(prepared.args);
    }
    const Json isNew = prepared.run.run.args["newInstance"];
    prepared.run.run.args = Json(prepared.args);
    prepared.run.run.args["newInstance"] = isNew;
}

Result<void> reserveInstance(store::Session &session, PreparedProvision &prepared)
{
    auto id = fleet::ensureInstance(session, prepared.run.run.hostId, prepared.args.instance, prepared.args.port, prepared.run.run.targetId);
    if (!id)
        return fail(id.error());
    prepared.run.run.targetId = *id;
    return {};
}

} // namespace zandb::provision
