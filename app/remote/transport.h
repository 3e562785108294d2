// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/connector.h"

#include <libssh/callbacks.h>

namespace zandb::remote {

/// One attempt to reach one host: look-up, TCP, SSH, host key, login, the one channel and its exec; then bytes both
/// ways.  Used on the pool's thread only and never blocks; the owner polls fd() for events() and calls step().
class Transport : public std::enable_shared_from_this<Transport>
{
public:
    enum class State { Connecting, Open, Failed };

    Transport(Connector &connector, const HostAddress &host, const LinkTimes &times);
    ~Transport();

    /// Goes as far as it can without waiting.
    State step();
    /// Why step() said Failed.  Errors: ssh.*, settings.invalid.
    const Error &error() const { return m_error; }
    /// What it waits for, for error texts: "the SSH greeting of 10.0.0.7:22".
    std::string waitingFor() const;

    /// -1 while there is nothing to poll.
    int fd() const;
    short events() const;
    /// When step() must be called even if nothing happened.
    Clock::time_point deadline() const { return m_deadline; }
    /// True after an answer from another thread, until step().
    bool poked() const { return m_poked; }

    /// When Open.  Bytes read; 0: none now; -1: the link is gone, lostDetail() says why.
    int read(char *buffer, std::size_t size);
    /// Bytes the channel took; 0: not now; -1 as above.
    int write(const char *bytes, std::size_t size);
    /// Nothing more will come.
    bool ended() const;
    std::string lostDetail() const;
    /// The link is gone because the remote command ended, not because of the network.
    bool commandEnded() const;
    /// The first 300 bytes of the remote standard error, printable, and how many bytes came in all since the last call.
    const std::string &standardError() const { return m_stderr; }
    std::size_t takeStandardErrorBytes() { return std::exchange(m_stderrBytes, 0); }

private:
    enum class Phase { Start, LookUp, Tcp, Handshake, Identity, KeyLogin, AgentLogin, Channel, Exec, Open, Failed };

    void enter(Phase phase, std::chrono::milliseconds limit);
    bool advance();
    bool fail(Error error);
    bool unreachable(std::string detail);
    bool nextEndpoint();
    bool tcp();
    bool handshake();
    bool checkHostKey();
    bool identity();
    bool keyLogin();
    bool agentLogin();
    static int onData(ssh_session session, ssh_channel channel, void *data, std::uint32_t size, int isStderr, void *self);
    void openChannel();
    Error authError() const;

    Connector &m_connector;
    const HostAddress m_host;
    const LinkTimes m_times;
    Phase m_phase = Phase::Start;
    Clock::time_point m_deadline = Clock::time_point::max();
    bool m_poked = false;
    Error m_error;

    Lookup m_lookup;
    std::size_t m_endpoint = 0;
    std::string m_lastConnectError;
    int m_fd = -1;               // until the session owns it
    bool m_anyKeyType = false;   // the server no longer has a key of the pinned type: see what it has
    ssh_channel_callbacks_struct m_callbacks{}; // before the session, which may call it to the last
    SessionPtr m_session;
    ssh_channel m_channel = nullptr; // owned by the session
    PrivateKey m_key;
    std::shared_ptr<AgentLogin> m_login;
    std::optional<Result<void>> m_loginResult;
    std::optional<Result<PrivateKey>> m_identityResult;
    std::string m_stderr;
    std::size_t m_stderrBytes = 0;
};

} // namespace zandb::remote
