// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote/connector.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <signal.h>

namespace zandb::remote {

using namespace std::chrono_literals;

bool Inbox::post(std::function<void()> job, bool wake)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed)
            return false;
        m_jobs.push_back(std::move(job));
        m_hasJobs = true;
    }
    if (wake)
        m_wakeup.signal();
    return true;
}

void Inbox::run(bool woken)
{
    if (woken)
        m_wakeup.drain();
    std::deque<std::function<void()>> jobs;
    {
        const std::lock_guard lock(m_mutex);
        jobs.swap(m_jobs);
        m_hasJobs = false;
    }
    for (auto &job : jobs)
        job();
}

void Inbox::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    run(true);
}

void AgentLogin::abort()
{
    const std::lock_guard lock(m_mutex);
    m_aborted = true;
    if (m_agent >= 0)
        shutdown(m_agent, SHUT_RDWR);
}

void AgentLogin::setAgent(int fd)
{
    const std::lock_guard lock(m_mutex);
    m_agent = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (m_aborted && m_agent >= 0)
        shutdown(m_agent, SHUT_RDWR);
}

Connector::Connector(SshSettings settings, std::shared_ptr<Inbox> inbox)
    : m_settings(std::move(settings)), m_inbox(std::move(inbox)), m_thread([this] { work(); })
{
}

Connector::~Connector()
{
    std::list<RunningLogin> logins;
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
        m_jobs.clear();
        logins.swap(m_logins);
    }
    m_wake.notify_all();
    for (const RunningLogin &running : logins) {
        if (const auto login = running.login.lock())
            login->abort();
    }
    for (RunningLogin &running : logins)
        running.thread.join();
    m_thread.join();
}

void Connector::post(std::function<void()> job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void Connector::work()
{
    for (;;) {
        std::function<void()> job;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stop || !m_jobs.empty(); });
            if (m_stop)
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job();
    }
}

void Connector::resolve(const std::string &address, int port, std::function<void(Lookup)> done)
{
    auto answer = [inbox = m_inbox, done = std::move(done)](Lookup found) {
        inbox->post([done, found = std::move(found)]() mutable { done(std::move(found)); });
    };
    if (Lookup numeric = lookUp(address, port, true); !numeric.endpoints.empty()) {
        answer(std::move(numeric));
        return;
    }
    try {
        std::thread([address, port, answer] { answer(lookUp(address, port, false)); }).detach();
    } catch (const std::system_error &error) {
        answer(Lookup{{}, std::string("no thread for the name look-up: ") + error.what()});
    }
}

void Connector::identity(std::function<void(Result<PrivateKey>)> done)
{
    post([this, done = std::move(done)] {
        if (!m_identity || (!*m_identity && Clock::now() - m_identityAt > 10s)) {
            m_identity = loadIdentity(m_settings);
            m_identityAt = Clock::now();
        }
        m_inbox->post([done, key = *m_identity] { done(key); });
    });
}

Result<PrivateKey> loadIdentity(const SshSettings &settings)
{
    const std::string path = settings.identity.string();
    auto secret = readSecret(settings.passphraseFile, "ssh-passphrase");
    if (!secret)
        return fail(secret.error());
    if (secret->empty())
        *secret = settings.passphrase;
    struct Asked
    {
        std::string *passphrase;
        bool yes = false;
    } asked{&*secret};
    // asked only when the key is encrypted, which is how the two errors are told apart
    const auto ask = [](const char *, char *buffer, std::size_t size, int, int, void *data) {
        auto &question = *static_cast<Asked *>(data);
        question.yes = true;
        if (question.passphrase->empty() || question.passphrase->size() + 1 > size)
            return -1;
        std::memcpy(buffer, question.passphrase->c_str(), question.passphrase->size() + 1);
        return 0;
    };
    ssh_key key = nullptr;
    const int status = ssh_pki_import_privkey_file(path.c_str(), nullptr, ask, &asked, &key);
    std::fill(secret->begin(), secret->end(), '\0');
    if (status == SSH_OK)
        return PrivateKey(key, ssh_key_free);
    if (status == SSH_EOF)
        return fail(errors::sshIdentity, {{"path", path}, {"detail", "cannot be read"}});
    if (asked.yes)
        return fail(errors::sshPassphrase, {{"path", path}});
    return fail(errors::sshIdentity, {{"path", path}, {"detail", "not a private key that libssh understands"}});
}

Result<void> tryIdentity(const SshSettings &settings)
{
    if (settings.identity.empty())
        return {};
    const auto key = loadIdentity(settings);
    return key ? Result<void>{} : fail(key.error());
}

void Connector::logIn(std::shared_ptr<AgentLogin> login, std::function<void(Result<void>)> done)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_logins, [](RunningLogin &running) {
        const bool ended = running.ended->load();
        if (ended)
            running.thread.join();
        return ended;
    });
    RunningLogin running{std::make_shared<std::atomic<bool>>(false), login, {}};
    try {
        running.thread = std::thread([inbox = m_inbox, login, done, ended = running.ended]() mutable {
            // libssh may write to ssh-agent after abort() has closed that way
            sigset_t brokenPipe;
            sigemptyset(&brokenPipe);
            sigaddset(&brokenPipe, SIGPIPE);
            pthread_sigmask(SIG_BLOCK, &brokenPipe, nullptr);
            auto result = runLogin(*login);
            // from here on the session belongs to the pool's thread again
            login.reset();
            inbox->post([done = std::move(done), result = std::move(result)] { done(result); });
            *ended = true;
        });
        m_logins.push_back(std::move(running));
    } catch (const std::system_error &error) {
        m_inbox->post([done, detail = std::string(error.what())] {
            done(fail(errors::sshIdentity, {{"path", "ssh-agent"}, {"detail", "no thread for the login: " + detail}}));
        });
    }
}

Result<void> Connector::runLogin(AgentLogin &login)
{
    const auto noAgent = [](std::string detail) {
        return fail(errors::sshIdentity, {{"path", "ssh-agent"}, {"detail", std::move(detail)}});
    };
    const char *path = std::getenv("SSH_AUTH_SOCK");
    if (!path || !*path)
        return noAgent("no identity is configured and SSH_AUTH_SOCK is not set");
    std::string error;
    const int fd = connectLocal(path, error);
    if (fd < 0)
        return noAgent(error);
    login.setAgent(fd);
    ssh_session session = login.session.get();
    if (ssh_set_agent_socket(session, fd) != SSH_OK) {
        closeSocket(fd);
        return noAgent("libssh does not take the agent's socket");
    }
    for (;;) {
        const int status = ssh_userauth_agent(session, nullptr);
        if (login.aborted())
            return noAgent("no answer from ssh-agent in time");
        if (status == SSH_AUTH_SUCCESS)
            return {};
        if (status != SSH_AUTH_AGAIN) {
            // a server that has seen too many keys hangs up: that is a refusal too
            return fail(errors::sshAuthentication,
                        {{"host", login.hostName}, {"user", login.user}, {"identity", "ssh-agent"}});
        }
        waitFor(ssh_get_fd(session), (ssh_get_poll_flags(session) & SSH_WRITE_PENDING) != 0, 50ms);
        if (Clock::now() > login.deadline)
            return noAgent("no answer in time");
    }
}

} // namespace zandb::remote
