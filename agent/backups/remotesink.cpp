// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/remotesink.h"

#include "agent/backups/receiveprotocol.h"
#include "agent/backups/tools.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace zandb::agent {

using namespace std::chrono_literals;
using namespace receive;

namespace {

class RemoteSink : public BackupSink
{
public:
    RemoteSink(const Config &config, RepositoryConfig repository) : m_config(config), m_repository(std::move(repository)) {}
    ~RemoteSink() override { abort(); }

    Result<void> open(const BackupPlace &place, std::int64_t needBytes) override
    {
        std::signal(SIGPIPE, SIG_IGN); // a broken link is an error like others
        auto ssh = findTool(m_config, true, "ssh");
        if (!ssh)
            return fail(ssh.error());
        auto in = makePipe(1 << 20);
        auto out = makePipe();
        auto err = makePipe();
        if (!in || !out || !err)
            return fail(errors::ioFailed, {{"path", "pipe"}, {"detail", "cannot be made"}});
        Command command;
        command.argv = {ssh->string(), "-F", "none", "-T",
                        "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
                        "-o", "UserKnownHostsFile=" + m_repository.knownHosts.string(), "-o", "GlobalKnownHostsFile=/dev/null",
                        "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "ClearAllForwardings=yes",
                        "-o", "Compression=no", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15",
                        "-o", "ServerAliveCountMax=4", "-i", m_repository.identity.string(),
                        "-p", std::to_string(m_repository.sshPort), "--", m_repository.remote,
                        "zandb-agent", "receive", "--repo", remoteName()};
        command.stdinFd = in->read.get();
        command.stdoutFd = out->write.get();
        command.stderrFd = err->write.get();
        auto child = Child::start(command);
        if (!child)
            return fail(child.error());
        m_ssh = std::move(*child);
        in->read.reset();
        out->write.reset();
        err->write.reset();
        m_in = std::move(in->write);
        m_out = std::move(out->read);
        m_lines = std::make_unique<LineReader>(std::move(err->read));
        ::fcntl(m_in.get(), F_SETFL, O_NONBLOCK);
        ::fcntl(m_out.get(), F_SETFL, O_NONBLOCK);
        if (auto seen = waitForPreamble(); !seen)
            return seen;
        return ask(Kind::Open, {{"host", place.host},
                                {"instance", place.instance},
                                {"id", place.id},
                                {"started_us", place.startedAt},
                                {"need_bytes", needBytes}})
            .map([](const Json &) {});
    }
    Result<void> beginFile(const std::string &name, bool secret) override
    {
        return ask(Kind::File, {{"name", name}, {"secret", secret}}).map([](const Json &) {});
    }
    Result<void> write(std::span<const char> bytes) override
    {
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min<std::size_t>(bytes.size(), maxBody));
            if (auto sent = send(header(Kind::Data, part.size())); !sent)
                return sent;
            if (auto sent = send({part.data(), part.size()}); !sent)
                return sent;
            bytes = bytes.subspan(part.size());
        }
        return {};
    }
    Result<void> endFile(const std::string &sha256, std::int64_t bytes) override
    {
        return ask(Kind::End, {{"sha256", sha256}, {"bytes", bytes}}).map([](const Json &) {});
    }
    Result<std::string> commit() override
    {
        auto done = ask(Kind::Commit, Json::object());
        if (!done)
            return fail(done.error());
        return done->value("path", std::string{});
    }
    KeepPlan planKeep(const Uuid &taskId, int keep) override
    {
        KeepPlan plan;
        const auto answer = ask(Kind::Keep, {{"task", taskId}, {"keep", keep}});
        const auto expired = !answer              ? fail(answer.error())
                             : answer->is_object() ? decode<std::vector<Uuid>>(answer->value("expired", Json()))
                                                   : fail(errors::protocolMalformed, {{"detail", "keep"}});
        if (expired) {
            plan.expired = *expired;
            plan.found = decode<std::vector<wire::BackupFinding>>(answer->value("found", Json::array())).value_or(std::vector<wire::BackupFinding>{});
        }
        plan.log = expired ? linesOf(*answer) : std::vector{"keep: nothing is removed: " + describe(expired.error())};
        return plan;
    }
    std::vector<std::string> removeExpired() override
    {
        const auto answer = ask(Kind::Expire, Json::object());
        return answer && answer->is_object() ? linesOf(*answer)
            : std::vector{"keep: it is not known what was removed" + (answer ? std::string() : ": " + describe(answer.error()))};
    }
    std::vector<std::string> abort() override
    {
        if (!m_ssh)
            return {};
        // the far end removes the partial directory when the stream ends; it says nothing if it could not
        m_in.reset();
        if (!m_ssh->wait(5s))
            m_ssh->end(1s);
        m_ssh.reset();
        return {};
    }
    void interrupt() override { m_interrupted = true; }

private:
    static std::vector<std::string> linesOf(const Json &answer)
    {
        return decode<std::vector<std::string>>(answer.value("log", Json::array())).value_or(std::vector<std::string>{});
    }

    std::string remoteName() const
    {
        return m_repository.remoteName.empty() ? m_repository.name : m_repository.remoteName;
    }

    tl::unexpected<Error> broken(std::string detail)
    {
        m_in.reset();
        if (m_ssh) {
            m_ssh->wait(2s);
            m_ssh->end(1s);
        }
        m_lines->join();
        const std::string said = m_lines->tail(10);
        return fail(errors::repositoryRemote,
                    {{"repository", m_repository.name}, {"detail", said.empty() ? detail : detail + ": " + said}});
    }

    // Waits until the descriptor is ready or the link is given up.
    bool ready(int fd, short events, std::chrono::steady_clock::time_point until)
    {
        while (!m_interrupted && std::chrono::steady_clock::now() < until) {
            pollfd waiting{fd, events, 0};
            if (::poll(&waiting, 1, 100) > 0)
                return true;
        }
        return false;
    }

    Result<void> send(std::string_view bytes)
    {
        const auto until = std::chrono::steady_clock::now() + 300s;
        while (!bytes.empty()) {
            const ssize_t put = ::write(m_in.get(), bytes.data(), bytes.size());
            if (put >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(put));
            } else if (errno == EAGAIN) {
                if (!ready(m_in.get(), POLLOUT, until))
                    return m_interrupted ? Result<void>(fail(errors::cancelled)) : broken("takes nothing for 300 s");
            } else if (errno != EINTR) {
                // it may have said why before it went
                if (auto last = receiveFrame(2s); last && last->kind == Kind::Failed)
                    return fail(failure(*last));
                return broken("the link broke");
            }
        }
        return {};
    }

    Result<Frame> receiveFrame(std::chrono::seconds limit)
    {
        const auto until = std::chrono::steady_clock::now() + limit;
        for (;;) {
            if (m_buffer.size() >= 5) {
                std::uint32_t size = 0;
                for (int i = 0; i < 4; ++i)
                    size = size << 8 | static_cast<unsigned char>(m_buffer[static_cast<std::size_t>(i)]);
                if (size > maxBody)
                    return broken("does not speak our protocol");
                if (m_buffer.size() >= 5 + size) {
                    Frame frame{static_cast<Kind>(m_buffer[4]), m_buffer.substr(5, size)};
                    m_buffer.erase(0, 5 + size);
                    return frame;
                }
            }
            if (auto more = readMore(until); !more)
                return fail(more.error());
        }
    }

    Result<void> readMore(std::chrono::steady_clock::time_point until)
    {
        char buffer[16384];
        for (;;) {
            const ssize_t got = ::read(m_out.get(), buffer, sizeof buffer);
            if (got > 0) {
                m_buffer.append(buffer, static_cast<std::size_t>(got));
                return {};
            }
            if (got == 0)
                return broken("the link ended");
            if (errno == EAGAIN) {
                if (!ready(m_out.get(), POLLIN, until))
                    return m_interrupted ? Result<void>(fail(errors::cancelled)) : broken("does not answer");
            } else if (errno != EINTR) {
                return broken("the link broke");
            }
        }
    }

    Result<void> waitForPreamble()
    {
        constexpr std::size_t maxNoise = 64u << 10;
        const auto until = std::chrono::steady_clock::now() + 30s;
        for (;;) {
            if (const auto at = m_buffer.find(preamble); at != std::string::npos) {
                m_buffer.erase(0, at + preamble.size());
                return {};
            }
            if (m_buffer.size() > maxNoise)
                return broken("says something else: " + m_buffer.substr(0, 200));
            if (auto more = readMore(until); !more)
                return more;
        }
    }

    Error failure(const Frame &frame) const
    {
        auto json = parseJson(frame.body);
        Error cause = json ? errorFromJson(*json) : makeError(errors::internal, {{"detail", "unreadable answer"}});
        // what the repository says of its disk is as good as our own
        if (cause.is(errors::diskFull))
            return cause;
        const std::string code = cause.code;
        return makeError(errors::repositoryRemote, {{"repository", m_repository.name}, {"detail", code}}, std::move(cause));
    }

    Result<Json> ask(Kind kind, const Json &body)
    {
        const std::string text = dumpJson(body);
        if (auto sent = send(header(kind, text.size()) + text); !sent)
            return fail(sent.error());
        auto answer = receiveFrame(600s); // fsync of a slow disk
        if (!answer)
            return fail(answer.error());
        if (answer->kind == Kind::Failed)
            return fail(failure(*answer));
        if (answer->kind != Kind::Done)
            return broken("does not speak our protocol");
        return parseJson(answer->body);
    }

    const Config &m_config;
    const RepositoryConfig m_repository;
    std::unique_ptr<LineReader> m_lines;
    std::unique_ptr<Child> m_ssh;
    FileDescriptor m_in;
    FileDescriptor m_out;
    std::string m_buffer;
    std::atomic<bool> m_interrupted = false;
};

} // namespace

std::unique_ptr<BackupSink> remoteSink(const Config &config, const RepositoryConfig &repository)
{
    return std::make_unique<RemoteSink>(config, repository);
}

} // namespace zandb::agent
