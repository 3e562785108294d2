// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote/transport.h"

#include <poll.h>

namespace zandb::remote {

Transport::Transport(Connector &connector, const HostAddress &host, const LinkTimes &times)
    : m_connector(connector), m_host(host), m_times(times)
{
}

Transport::~Transport()
{
    closeSocket(m_fd);
    if (m_login)
        m_login->abort();
}

void Transport::enter(Phase phase, std::chrono::milliseconds limit)
{
    m_phase = phase;
    m_deadline = Clock::now() + limit;
}

bool Transport::fail(Error error)
{
    m_error = std::move(error);
    m_phase = Phase::Failed;
    return false;
}

bool Transport::unreachable(std::string detail)
{
    return fail(makeError(errors::sshUnreachable, {{"host", m_host.name},
                                                   {"address", m_host.address + ':' + std::to_string(m_host.port)},
                                                   {"detail", std::move(detail)}}));
}

Error Transport::authError() const
{
    return makeError(errors::sshAuthentication,
                     {{"host", m_host.name}, {"user", m_host.user}, {"identity", m_connector.settings().identity.string()}});
}

std::string Transport::waitingFor() const
{
    const std::string where = m_host.address + ':' + std::to_string(m_host.port);
    switch (m_phase) {
    case Phase::Start:
    case Phase::LookUp: return "the look-up of " + m_host.address;
    case Phase::Tcp: return "the TCP connection to " + where;
    case Phase::Handshake: return "the SSH greeting of " + where;
    case Phase::Identity: return "the private key";
    case Phase::KeyLogin: return "the login at " + where;
    case Phase::AgentLogin: return "ssh-agent";
    case Phase::Channel:
    case Phase::Exec: return "a channel of " + where;
    case Phase::Open:
    case Phase::Failed: break;
    }
    return "the agent behind " + where;
}

int Transport::fd() const
{
    switch (m_phase) {
    case Phase::Tcp: return m_fd;
    case Phase::Handshake:
    case Phase::KeyLogin:
    case Phase::Channel:
    case Phase::Exec:
    case Phase::Open: return ssh_get_fd(m_session.get());
    default: return -1;
    }
}

short Transport::events() const
{
    if (m_phase == Phase::Tcp)
        return POLLOUT;
    const bool pending = m_session && (ssh_get_poll_flags(m_session.get()) & SSH_WRITE_PENDING) != 0;
    return static_cast<short>(POLLIN | (pending ? POLLOUT : 0));
}

Transport::State Transport::step()
{
    m_poked = false;
    while (advance()) {
    }
    return m_phase == Phase::Open ? State::Open : m_phase == Phase::Failed ? State::Failed : State::Connecting;
}

/// True when it got further and should be called again.
bool Transport::advance()
{
    const bool late = Clock::now() >= m_deadline;
    switch (m_phase) {
    case Phase::Start: {
        enter(Phase::LookUp, m_times.connect);
        m_connector.resolve(m_host.address, m_host.port, [weak = weak_from_this()](Lookup found) {
            if (const auto self = weak.lock(); self && self->m_phase == Phase::LookUp) {
                self->m_lookup = std::move(found);
                self->m_poked = true;
            }
        });
        return false;
    }
    case Phase::LookUp:
        if (!m_lookup.error.empty())
            return unreachable(m_lookup.error);
        if (!m_lookup.endpoints.empty())
            return nextEndpoint();
        return late ? unreachable("no answer to the look-up of " + m_host.address) : false;
    case Phase::Tcp: return tcp();
    case Phase::Handshake: return handshake();
    case Phase::Identity: return identity();
    case Phase::KeyLogin: return keyLogin();
    case Phase::AgentLogin: return agentLogin();
    case Phase::Channel: {
        if (!m_channel)
            openChannel();
        const int status = m_channel ? ssh_channel_open_session(m_channel) : SSH_ERROR;
        if (status == SSH_OK) {
            enter(Phase::Exec, m_times.connect);
            return true;
        }
        if (status == SSH_AGAIN && !late)
            return false;
        return unreachable(status == SSH_AGAIN ? "no answer to the opening of a channel" : ssh_get_error(m_session.get()));
    }
    case Phase::Exec: {
        // the forced command of the key decides what runs
        const int status = ssh_channel_request_exec(m_channel, "zandb-attach");
        if (status == SSH_OK) {
            enter(Phase::Open, std::chrono::hours(0));
            m_deadline = Clock::time_point::max();
            return false;
        }
        if (status == SSH_AGAIN && !late)
            return false;
        return unreachable(status == SSH_AGAIN ? "no answer to the request for the agent" : ssh_get_error(m_session.get()));
    }
    case Phase::Open:
    case Phase::Failed: break;
    }
    return false;
}

bool Transport::nextEndpoint()
{
    m_session.reset();
    closeSocket(std::exchange(m_fd, -1));
    while (m_endpoint < m_lookup.endpoints.size()) {
        m_fd = beginConnect(m_lookup.endpoints[m_endpoint++], m_lastConnectError);
        if (m_fd >= 0) {
            enter(Phase::Tcp, m_times.connect);
            return false;
        }
    }
    return unreachable(m_lastConnectError);
}

bool Transport::tcp()
{
    if (!waitFor(m_fd, true, std::chrono::milliseconds(0))) {
        if (Clock::now() < m_deadline)
            return false;
        m_lastConnectError = "no answer within " + std::to_string(m_times.connect.count() / 1000) + " s";
        return nextEndpoint();
    }
    m_lastConnectError = connectError(m_fd);
    if (!m_lastConnectError.empty())
        return nextEndpoint();
    m_session = makeSession(std::exchange(m_fd, -1), m_host, !m_anyKeyType);
    if (!m_session)
        return unreachable("libssh refuses the address or the user");
    enter(Phase::Handshake, m_times.connect);
    return true;
}

bool Transport::handshake()
{
    const int status = ssh_connect(m_session.get());
    if (status == SSH_OK)
        return checkHostKey();
    if (status == SSH_AGAIN) {
        return Clock::now() < m_deadline
            ? false
            : unreachable("connected, but no SSH greeting within " + std::to_string(m_times.connect.count() / 1000) + " s");
    }
    const std::string detail = ssh_get_error(m_session.get());
    if (!m_anyKeyType && !m_host.hostKey.empty() && detail.find("server host key algo") != std::string::npos) {
        m_anyKeyType = true;
        m_endpoint = 0;
        return nextEndpoint();
    }
    return unreachable(detail);
}

bool Transport::checkHostKey()
{
    const auto shown = shownKey(m_session.get());
    if (!shown)
        return unreachable("the server showed no host key");
    if (m_host.hostKey.empty()) {
        return fail(makeError(errors::sshHostKeyUnknown,
                              {{"host", m_host.name}, {"fingerprint", shown->fingerprint}, {"key", shown->key}}));
    }
    if (shown->key != m_host.hostKey) {
        return fail(makeError(errors::sshHostKeyChanged, {{"host", m_host.name}, {"fingerprint", shown->fingerprint},
                                                          {"pinned", fingerprintOf(m_host.hostKey)}}));
    }
    enter(Phase::Identity, m_times.login);
    if (m_connector.usesAgent()) {
        m_phase = Phase::AgentLogin;
        m_login = std::make_shared<AgentLogin>();
        m_login->session = std::move(m_session);
        m_login->hostName = m_host.name;
        m_login->user = m_host.user;
        m_login->deadline = m_deadline;
        m_connector.logIn(m_login, [weak = weak_from_this()](Result<void> result) {
            if (const auto self = weak.lock(); self && self->m_phase == Phase::AgentLogin) {
                self->m_loginResult = std::move(result);
                self->m_poked = true;
            }
        });
        return false;
    }
    m_connector.identity([weak = weak_from_this()](Result<PrivateKey> key) {
        if (const auto self = weak.lock(); self && self->m_phase == Phase::Identity) {
            self->m_identityResult = std::move(key);
            self->m_poked = true;
        }
    });
    return false;
}

bool Transport::identity()
{
    if (!m_identityResult)
        return Clock::now() < m_deadline ? false : unreachable("the private key could not be read in time");
    if (!*m_identityResult)
        return fail(std::move(m_identityResult->error()));
    m_key = **m_identityResult;
    enter(Phase::KeyLogin, m_times.login);
    return true;
}

bool Transport::keyLogin()
{
    const int status = ssh_userauth_publickey(m_session.get(), nullptr, m_key.get());
    if (status == SSH_AUTH_SUCCESS) {
        enter(Phase::Channel, m_times.connect);
        return true;
    }
    if (status == SSH_AUTH_AGAIN)
        return Clock::now() < m_deadline ? false : unreachable("no answer to the login");
    if (status == SSH_AUTH_DENIED || status == SSH_AUTH_PARTIAL)
        return fail(authError());
    return unreachable(ssh_get_error(m_session.get()));
}

bool Transport::agentLogin()
{
    if (!m_loginResult) {
        if (Clock::now() < m_deadline)
            return false;
        // the session stays with the connector's thread, which ends soon after this
        std::exchange(m_login, nullptr)->abort();
        return fail(makeError(errors::sshIdentity, {{"path", "ssh-agent"}, {"detail", "no answer from ssh-agent in time"}}));
    }
    const auto login = std::exchange(m_login, nullptr);
    if (!*m_loginResult)
        return fail(std::move(m_loginResult->error()));
    m_session = std::move(login->session);
    enter(Phase::Channel, m_times.connect);
    return true;
}

void Transport::openChannel()
{
    m_channel = ssh_channel_new(m_session.get());
    if (!m_channel)
        return;
    m_callbacks.userdata = this;
    m_callbacks.channel_data_function = &Transport::onData;
    ssh_callbacks_init(&m_callbacks);
    ssh_set_channel_callbacks(m_channel, &m_callbacks);
}

/// Called by libssh while it reads: the standard error is taken at once, so that nobody need ask the socket for it.
int Transport::onData(ssh_session, ssh_channel, void *data, std::uint32_t size, int isStderr, void *self)
{
    if (isStderr == 0)
        return 0; // stays with libssh, and in its window, until read()
    auto &transport = *static_cast<Transport *>(self);
    transport.m_stderrBytes += size;
    const std::string_view bytes(static_cast<const char *>(data), size);
    for (const char c : bytes.substr(0, 300 - transport.m_stderr.size()))
        transport.m_stderr += c >= 0x20 && c < 0x7f ? c : ' ';
    return static_cast<int>(size);
}

int Transport::read(char *buffer, std::size_t size)
{
    const int got = ssh_channel_read_nonblocking(m_channel, buffer, static_cast<std::uint32_t>(size), 0);
    if (got > 0)
        return got;
    return (got == 0 || got == SSH_AGAIN) && !ended() ? 0 : -1;
}

bool Transport::ended() const
{
    return ssh_channel_is_eof(m_channel) != 0 || ssh_is_connected(m_session.get()) == 0;
}

int Transport::write(const char *bytes, std::size_t size)
{
    const int taken = ssh_channel_write(m_channel, bytes, static_cast<std::uint32_t>(size));
    if (taken >= 0)
        return taken;
    return taken == SSH_AGAIN ? 0 : -1;
}

bool Transport::commandEnded() const { return ssh_channel_is_eof(m_channel) != 0; }

std::string Transport::lostDetail() const
{
    if (commandEnded()) {
        const int status = ssh_channel_get_exit_status(m_channel);
        return status >= 0 ? "the remote command ended with status " + std::to_string(status) : "the remote command ended";
    }
    const char *detail = ssh_get_error(m_session.get());
    return detail && *detail ? detail : "the connection was closed";
}

} // namespace zandb::remote
