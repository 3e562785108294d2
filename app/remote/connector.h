// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/hostkey.h"
#include "app/remote/sockets.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>

namespace zandb::remote {

/// Work for the pool's thread, from any thread.  Shared, so that a name look-up that outlives the pool has somewhere to
/// put its answer.
class Inbox
{
public:
    /// False (and nothing kept) once closed.  `wake` is false only on the pool's own thread, which looks at hasJobs()
    /// before it waits.
    bool post(std::function<void()> job, bool wake = true);
    bool hasJobs() const { return m_hasJobs.load(); }
    /// By the pool's thread: runs what is there.  `woken`: fd() was found readable.
    void run(bool woken);
    /// Runs what is left; later posts are refused.
    void close();
    int fd() const { return m_wakeup.fd(); }

private:
    Wakeup m_wakeup;
    std::mutex m_mutex;
    std::deque<std::function<void()>> m_jobs;
    std::atomic<bool> m_hasJobs{false};
    bool m_closed = false;
};

using PrivateKey = std::shared_ptr<ssh_key_struct>;

/// One login through ssh-agent.  The login's own thread owns the session until it has answered.
struct AgentLogin
{
    SessionPtr session;
    std::string hostName;
    std::string user;
    Clock::time_point deadline;

    ~AgentLogin() { closeSocket(m_agent); }
    /// From any thread: ends the login soon, also when ssh-agent does not answer (libssh waits for it for ever).
    void abort();
    bool aborted() const { return m_aborted.load(); }
    /// Keeps a duplicate of the descriptor for abort().
    void setAgent(int fd);

private:
    std::mutex m_mutex;
    int m_agent = -1;
    std::atomic<bool> m_aborted{false};
};

/// Reads and decrypts the private key.  Blocks.  Errors: ssh.identity, ssh.passphrase, settings.invalid.
Result<PrivateKey> loadIdentity(const SshSettings &settings);

/// Does what libssh and the system do only while blocking: name look-ups (each on a short-lived thread, since nothing can
/// interrupt one), logins through ssh-agent (each on a thread too: one host's, or a token that waits for a finger, must not
/// use up the time of the others) and reading and decrypting the private key (once).  Thread-safe; answers are posted to
/// the inbox.
class Connector
{
public:
    Connector(SshSettings settings, std::shared_ptr<Inbox> inbox);
    /// Ends what runs and joins.
    ~Connector();

    bool usesAgent() const { return m_settings.identity.empty(); }
    const SshSettings &settings() const { return m_settings; }

    void resolve(const std::string &address, int port, std::function<void(Lookup)> done);
    /// Errors: ssh.identity, ssh.passphrase, settings.invalid; kept for ten seconds before the file is read again.
    void identity(std::function<void(Result<PrivateKey>)> done);
    /// Errors: ssh.auth, ssh.identity (no agent, or one that hangs), ssh.unreachable.
    void logIn(std::shared_ptr<AgentLogin> login, std::function<void(Result<void>)> done);

private:
    struct RunningLogin
    {
        std::shared_ptr<std::atomic<bool>> ended;
        std::weak_ptr<AgentLogin> login;
        std::thread thread;
    };

    void post(std::function<void()> job);
    void work();
    static Result<void> runLogin(AgentLogin &login);

    const SshSettings m_settings;
    const std::shared_ptr<Inbox> m_inbox;
    std::optional<Result<PrivateKey>> m_identity; // only used on the connector's thread
    Clock::time_point m_identityAt;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_jobs;
    std::list<RunningLogin> m_logins; // those that ended are joined when the next begins
    bool m_stop = false;
    std::thread m_thread;
};

} // namespace zandb::remote
