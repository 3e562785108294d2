// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/proof.h"

#include "app/backups/proofplan.h"
#include "app/platform/errors.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <cctype>

namespace zandb::backups {
namespace {

const wire::HostFacts *factsOf(const Fleet &fleet, const Uuid &hostId)
{
    const auto state = fleet.hostStates.find(hostId);
    return state == fleet.hostStates.end() || !state->second.facts ? nullptr : &*state->second.facts;
}

const wire::RemoteRepository *remoteNamed(const wire::HostFacts &facts, const std::string &name)
{
    const auto found = std::ranges::find(facts.remoteRepositories, name, &wire::RemoteRepository::name);
    return found == facts.remoteRepositories.end() ? nullptr : &*found;
}

bool holds(const wire::HostFacts &facts, const std::string &repository)
{
    return std::ranges::find(facts.repositories, repository) != facts.repositories.end() && !remoteNamed(facts, repository);
}

/// "backup1" and "backup1.example.org" are one host, two that differ further on are not.
bool isSameHost(std::string_view a, std::string_view b)
{
    if (a.size() > b.size())
        std::swap(a, b);
    const auto same = [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); };
    if (a.empty() || !std::equal(a.begin(), a.end(), b.begin(), same))
        return false;
    const bool isName = std::ranges::any_of(a, [](unsigned char c) { return std::isalpha(c) != 0; });
    return a.size() == b.size() || (isName && a.find('.') == a.npos && b[a.size()] == '.');
}

} // namespace

Result<Place> placeOf(const Backup &backup, const Fleet &fleet)
{
    const Host *taken = fleet.host(backup.hostId);
    if (!taken)
        return fail(errors::backupPlaceUnknown,
                    {{"backup", backup.id.toString()}, {"repository", backup.repository}, {"host", backup.hostName}});
    const wire::HostFacts *facts = factsOf(fleet, taken->id);
    const wire::RemoteRepository *remote = facts ? remoteNamed(*facts, backup.repository) : nullptr;
    if (!remote)
        return Place{taken->id, backup.repository};
    const Host *found = nullptr;
    for (const Host &host : fleet.hosts) { // by name
        const wire::HostFacts *theirs = factsOf(fleet, host.id);
        if (!theirs || !holds(*theirs, remote->remoteName))
            continue;
        if (!isSameHost(remote->host, host.address) && !isSameHost(remote->host, host.name) && !isSameHost(remote->host, theirs->hostName))
            continue;
        if (!found || (host.sshPort == remote->sshPort && found->sshPort != remote->sshPort))
            found = &host;
    }
    if (!found)
        return fail(errors::repositoryHostUnknown, {{"backup", backup.id.toString()},
                                                    {"repository", backup.repository},
                                                    {"host", taken->name},
                                                    {"remote", remote->host},
                                                    {"name", remote->remoteName}});
    return Place{found->id, remote->remoteName};
}

Result<std::string> repositoryOn(const Uuid &hostId, const Backup &backup, const Fleet &fleet)
{
    const auto place = placeOf(backup, fleet);
    if (place && place->hostId == hostId)
        return place->repository;
    const wire::HostFacts *facts = factsOf(fleet, hostId);
    if (!facts || holds(*facts, backup.repository))
        return backup.repository;
    if (!place)
        return fail(place.error());
    const Host *host = fleet.host(hostId);
    return fail(errors::backupElsewhere, {{"backup", backup.id.toString()},
                                          {"repository", place->repository},
                                          {"host", fleet.host(place->hostId)->name},
                                          {"where", host ? host->name : hostId.toString()}});
}

Result<RunDetail> makeProof(const Backup &backup, const std::optional<RestoreRequest> &to, const std::string &author, const Fleet &fleet)
{
    Place place;
    if (to) {
        auto repository = repositoryOn(to->hostId, backup, fleet);
        if (!repository)
            return fail(repository.error());
        place = {to->hostId, std::move(*repository)};
    } else {
        auto found = placeOf(backup, fleet);
        if (!found)
            return fail(found.error());
        place = std::move(*found);
    }
    wire::RestoreArgs order = proofArgsOf(backup, place.repository);
    workflow::ByHand wish;
    wish.kind = to ? "restore" : "verify";
    wish.hostId = place.hostId;
    wish.targetId = backup.instanceId;
    if (to)
        order.target = to->directory;
    wish.args = order;
    wish.policies.maxRetries = 0;
    wish.policies.source = "as_named";
    wish.author = author;
    return workflow::makeRun(wish);
}

} // namespace zandb::backups
