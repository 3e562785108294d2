// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/hostservice.h"

#include "app/fleet/agentcall.h"
#include "app/fleet/fleetrepository.h"

#include <algorithm>

namespace zandb::fleet {

Result<remote::HostKey> probeHost(const std::string &address, int port)
{
    if (address.empty() || address.find_first_of(" \t\r\n/@") != std::string::npos)
        return fail(errors::usage, {{"detail", "not an address: " + address}});
    if (port < 1 || port > 65535)
        return fail(errors::usage, {{"detail", "not a port: " + std::to_string(port)}});
    return remote::fetchHostKey(address, port);
}

Result<remote::HostKey> readHostKey(std::string_view text)
{
    auto key = remote::parseHostKey(text);
    if (!key)
        return fail(errors::usage, {{"detail", "not a public host key: " + std::string(text.substr(0, 64))}});
    return std::move(*key);
}

Result<Host> acceptHostKey(store::Session &session, const Host &host, std::string_view key)
{
    const auto read = readHostKey(key);
    if (!read)
        return fail(read.error());
    Host changed = host;
    changed.hostKey = read->key;
    if (changed.hostKey == host.hostKey)
        return changed;
    if (const auto stored = updateHost(session, changed); !stored)
        return fail(stored.error());
    ++changed.revision;
    return changed;
}

bool HostTest::ready() const
{
    const bool refused = std::ranges::any_of(instances, [](const wire::InstanceState &i) { return i.state == "refused"; });
    return !refused && std::ranges::all_of(preflights, [](const InstancePreflight &preflight) {
        return !preflight.error && std::ranges::all_of(preflight.checks, &wire::PreflightCheck::ok);
    });
}

Result<HostTest> testHost(remote::AgentPool &pool, const Uuid &host, std::chrono::milliseconds timeout)
{
    auto facts = ask<wire::HostFacts>(pool, host, "fleet.facts", Json::object(), timeout);
    if (!facts)
        return fail(std::move(facts.error()));
    auto instances = ask<std::vector<wire::InstanceState>>(pool, host, "fleet.instances", Json::object(), timeout, "instances");
    if (!instances)
        return fail(std::move(instances.error()));
    HostTest test;
    test.agent = pool.hello(host).value_or(wire::Hello{});
    test.facts = std::move(*facts);
    test.instances = std::move(*instances);
    for (const wire::InstanceState &instance : test.instances) {
        if (instance.state != "up")
            continue;
        InstancePreflight preflight;
        preflight.instance = instance.name;
        auto checks = ask<std::vector<wire::PreflightCheck>>(pool, host, "fleet.preflight", {{"instance", instance.name}},
                                                             timeout, "checks");
        if (checks)
            preflight.checks = std::move(*checks);
        else
            preflight.error = std::move(checks.error());
        test.preflights.push_back(std::move(preflight));
    }
    return test;
}

} // namespace zandb::fleet
