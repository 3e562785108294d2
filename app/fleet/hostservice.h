// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"
#include "app/store/session.h"

/// Taking a host into the fleet, step by step: see its key, accept it, and look whether its agent can do its work.
/// What `zandbctl host add` prints and what the console's wizard shows.  All calls block; call them where that is allowed.
namespace zandb::fleet {

/// What a host's sshd shows before anybody has logged in: for the question at first use.
/// Errors: usage (address or port), ssh.unreachable.
Result<remote::HostKey> probeHost(const std::string &address, int port);

/// Reads a public key in any usual form ("ssh-ed25519 AAAA... comment") as it is pinned: type and key only.
/// Errors: usage.
Result<remote::HostKey> readHostKey(std::string_view text);

/// Pins `key` for the host in the store: the person has compared the fingerprint.  Returns the host as it stands then.
/// Errors: usage (not a public key), those of updateHost().
Result<Host> acceptHostKey(store::Session &session, const Host &host, std::string_view key);

/// What the rights of one instance's account and the tools look like, or why nobody could tell.
struct InstancePreflight
{
    std::string instance;
    std::vector<wire::PreflightCheck> checks;
    std::optional<Error> error;
};

/// What a host's agent says of itself.
struct HostTest
{
    wire::Hello agent;
    wire::HostFacts facts;
    std::vector<wire::InstanceState> instances;
    std::vector<InstancePreflight> preflights; ///< of every instance that is up
    /// No check failed and no instance is "refused" or kept its preflight to itself; instances that are down do not count.
    bool ready() const;
};

/// Asks the agent for everything a person should see before the host is used.  The host must be in the pool's set.
/// Errors: those of AgentPool, protocol.bad_params (an answer that cannot be read).
Result<HostTest> testHost(remote::AgentPool &pool, const Uuid &host,
                          std::chrono::milliseconds timeout = std::chrono::seconds{30});

} // namespace zandb::fleet
