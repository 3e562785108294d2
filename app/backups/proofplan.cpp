// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/proofplan.h"

#include "app/backups/proof.h"
#include "models/fleet/groupsettings.h"

#include <algorithm>

namespace zandb::backups {
namespace {

/// The most that is free on one of the host's disks; none when it is not known, or the host does not answer.
std::optional<std::int64_t> roomOf(const Uuid &host, const Fleet &fleet)
{
    const auto state = fleet.hostStates.find(host);
    if (state == fleet.hostStates.end() || state->second.state != "ok" || !state->second.facts)
        return std::nullopt;
    const wire::HostFacts &facts = *state->second.facts;
    if (facts.memoryAvailableBytes > 0 && facts.memoryAvailableBytes < neededMemory)
        return std::nullopt;
    std::int64_t most = 0;
    for (const wire::Disk &disk : facts.disks)
        most = std::max(most, disk.freeBytes);
    return most;
}

} // namespace

std::int64_t neededBytes(const Backup &backup)
{
    const std::int64_t copy = std::max(backup.bytes, backup.storedBytes);
    return copy + copy / 10 + (256LL << 20);
}

wire::RestoreArgs proofArgsOf(const Backup &backup, const std::string &repository)
{
    wire::RestoreArgs order;
    order.backupId = backup.id;
    order.repository = repository;
    order.instance = backup.detail.instance;
    order.host = backup.hostName;
    // whoever may write to the repository could have put another backup in its place
    order.manifestSha256 = backup.detail.manifestSha256;
    order.sha256 = backup.sha256;
    return order;
}

ProofPlan planProofs(const ProofArgs &args, const std::vector<Uuid> &instances, const std::map<Uuid, Provable> &provable, const Fleet &fleet, TimePoint now)
{
    ProofPlan plan;
    std::map<Uuid, int> given;
    std::map<Uuid, std::int64_t> taken; // of a host's room, by this plan
    for (const Uuid &instance : instances) {
        const auto found = provable.find(instance);
        if (found == provable.end() || found->second.backup.level >= 2)
            continue;
        const auto &[backup, lastProved] = found->second;
        const bool due = !lastProved || now - *lastProved > std::chrono::days(args.withinDays);
        if (!isCore(fleet, instance) && !due)
            continue;
        std::vector<Uuid> hosts = args.on;
        if (hosts.empty()) {
            const auto place = placeOf(backup, fleet);
            if (place)
                hosts.push_back(place->hostId);
        }
        struct Fit
        {
            Uuid host;
            std::string repository;
            std::int64_t room = 0;
        };
        std::optional<Fit> best;
        const std::int64_t needed = neededBytes(backup);
        for (const Uuid &host : hosts) {
            const auto room = roomOf(host, fleet);
            auto repository = repositoryOn(host, backup, fleet);
            if (!room || !repository || *room - taken[host] < needed)
                continue;
            if (!best || std::pair(given[host], taken[host] - *room) < std::pair(given[best->host], taken[best->host] - best->room))
                best = Fit{host, std::move(*repository), *room};
        }
        if (!best) {
            plan.unplaced.push_back({instance, needed});
            continue;
        }
        ++given[best->host];
        taken[best->host] += needed;
        plan.proofs.push_back({instance, best->host, proofArgsOf(backup, best->repository)});
    }
    return plan;
}

} // namespace zandb::backups
