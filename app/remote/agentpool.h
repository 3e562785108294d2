// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/frame.h"
#include "app/platform/errors.h"
#include "app/platform/settings.h"
#include "models/fleet/fleet.h"

#include <functional>
#include <memory>

namespace zandb::remote {

/// How to reach one host's agent.
struct HostAddress
{
    Uuid id;
    std::string name;      ///< for error texts
    std::string address;
    int port = 22;
    std::string user;
    std::string hostKey;   ///< pinned; empty: ssh.hostkey.unknown with what the host showed
};
HostAddress addressOf(const Host &host);
std::vector<HostAddress> addressesOf(const Fleet &fleet);

/// Time limits of links.  The defaults are what programs use; tests shorten them.
struct LinkTimes
{
    std::chrono::milliseconds connect = std::chrono::seconds{10};  ///< each of: look-up, TCP, handshake, channel
    std::chrono::milliseconds login = std::chrono::seconds{30};    ///< a person may have to touch a security key
    std::chrono::milliseconds preamble = std::chrono::seconds{10}; ///< login noise ends
    std::chrono::milliseconds hello = std::chrono::seconds{10};    ///< from there to the agent's Hello
    std::chrono::milliseconds ping = std::chrono::seconds{15};     ///< of silence before a Ping
    std::chrono::milliseconds dead = std::chrono::seconds{45};     ///< of silence before the link counts as lost
    std::chrono::milliseconds backoffMin = std::chrono::seconds{1};
    std::chrono::milliseconds backoffMax = std::chrono::seconds{60};
    std::chrono::milliseconds steady = std::chrono::seconds{10};   ///< one that was up for so long begins with backoffMin again
};

enum class LinkState { Idle, Connecting, Up, Waiting };

/// The only user of libssh: one session and one long-lived channel per host, everything multiplexed on it, all on
/// one thread of its own (name look-up, TCP connect, key decryption and ssh-agent on a second one).  Links come up on
/// first use and come back with backoff (1 s doubling to 60 s, with jitter) while calls or a watch want them.
/// Thread-safe.  Callbacks run on the pool's thread and must be short.  The destructor ends all calls with
/// `cancelled` and joins.
///
/// Errors of calls: ssh.*, agent.*, timeout, protocol.*, cancelled, or what the agent answered.  When a link drops,
/// all its open calls fail with ssh.lost.
class AgentPool
{
public:
    /// Reads the identity (and its passphrase) on the connecting thread at the first connection.
    explicit AgentPool(SshSettings settings, LinkTimes times = {});
    ~AgentPool();

    /// Replaces the set of known hosts; links of absent or changed ones are closed.
    void setHosts(std::vector<HostAddress> hosts);

    using Answer = std::function<void(Result<Json>)>;
    using Item = std::function<void(const Json &)>;
    /// One request.  `answer` is called exactly once.  With `item` the request is a stream: it is called for every
    /// item before the answer, and credit is granted as items are consumed.
    /// Returns a number for cancel().  A call waits for its link at most `timeout`, and a request that is not a stream
    /// must be answered within it too; a stream lasts as long as its link (or until cancel()).  When a link cannot be
    /// made, calls get a permanent error at once; while it is only transient they wait, and get it at their timeout.
    /// Errors besides those: not_found (the host is not in the set), protocol.too_large (params beyond 4 MiB).
    std::uint64_t call(const Uuid &host, const std::string &method, Json params, Answer answer,
                       std::chrono::milliseconds timeout = std::chrono::seconds{30}, Item item = {});
    /// Ends a call with `cancelled`; the agent is told.
    void cancel(std::uint64_t call);
    /// call() for threads that may block.
    Result<Json> callAndWait(const Uuid &host, const std::string &method, Json params,
                             std::chrono::milliseconds timeout = std::chrono::seconds{30});

    LinkState state(const Uuid &host) const;
    /// Hello of the agent behind an established link.
    std::optional<wire::Hello> hello(const Uuid &host) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// Whether the identity can be read and decrypted (without one: nothing to try, ssh-agent is asked at the login).
/// Blocks for as long as decrypting takes, 0.2 s.  Errors: ssh.identity, ssh.passphrase, settings.invalid.
Result<void> tryIdentity(const SshSettings &settings);

/// Reads a host's public key without authenticating, for the question at first use.
struct HostKey
{
    std::string key;          ///< "ssh-ed25519 AAAA..."
    std::string fingerprint;  ///< "SHA256:..."
};
/// Reads a public key as it stands in a .pub file: without a comment, with its fingerprint.  Nullopt when it is none.
std::optional<HostKey> parseHostKey(std::string_view text);
/// Blocks.  Errors: ssh.unreachable.
Result<HostKey> fetchHostKey(const std::string &address, int port, std::chrono::seconds timeout = std::chrono::seconds{10});

} // namespace zandb::remote
