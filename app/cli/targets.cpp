// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/targets.h"

#include "app/cli/command.h"

#include "app/cli/groups.h"
#include "models/fleet/scope.h"

#include <algorithm>

namespace zandb::cli {
namespace {

/// What a word names: a group's path, a host, or HOST/INSTANCE.  Errors: not_found.
Result<void> addNamed(const Fleet &fleet, const std::string &word, std::set<Uuid> &instances)
{
    if (const InstanceRecord *record = fleet.instanceByPath(word)) {
        instances.insert(record->instance.id);
        return {};
    }
    std::optional<Uuid> group;
    if (const auto found = findGroup(fleet, word))
        group = found->id;
    const auto host = std::ranges::find(fleet.hosts, word, &Host::name);
    if (host == fleet.hosts.end() && !group)
        return fail(errors::notFound, {{"what", "group, host or instance"}, {"name", word}});
    const Scope scope = host != fleet.hosts.end() ? Scope{Scope::Kind::Host, host->id} : Scope{Scope::Kind::Group, *group};
    instances.merge(contentsOf(fleet, scope).instances);
    return {};
}

} // namespace

Result<std::vector<Uuid>> chosenInstances(const Fleet &fleet, const std::vector<std::string> &words)
{
    std::set<Uuid> chosen;
    for (const std::string &word : words) {
        if (const auto added = addNamed(fleet, word, chosen); !added)
            return fail(added.error());
    }
    if (words.empty())
        chosen = contentsOf(fleet, {}).instances;
    std::vector<Uuid> instances(chosen.begin(), chosen.end());
    std::ranges::sort(instances, {}, [&](const Uuid &id) { return fleet.pathOf(id); });
    return instances;
}

Result<std::vector<Uuid>> reachInstances(Context &context, const Fleet &fleet, const std::vector<std::string> &words)
{
    auto instances = chosenInstances(fleet, words);
    if (!instances)
        return fail(instances.error());
    std::map<Uuid, remote::HostAddress> hosts;
    for (const Uuid &id : *instances) {
        const InstanceRecord *record = fleet.instance(id);
        const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
        if (host)
            hosts.emplace(host->id, remote::addressOf(*host));
    }
    std::vector<remote::HostAddress> addresses;
    for (auto &[id, address] : hosts)
        addresses.push_back(std::move(address));
    context.pool().setHosts(addresses);
    return instances;
}

} // namespace zandb::cli
