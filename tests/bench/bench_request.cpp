// SPDX-License-Identifier: GPL-3.0-or-later
// A request of 64 bytes over a warm channel, 2,000 samples, against 64 bytes through the same sshd to `cat` and back over
// the same kind of libssh session.  To reach: median at most 0.1 ms above, and no new process per request.
//
// The echo is timed on the thread that owns its session, and so is the request: the next is sent by the answer of the one
// before.  What a caller on another thread waits, two wake-ups more, is printed beside it.
#include "app/remote/hostkey.h"
#include "app/remote/sockets.h"
#include "tests/remote/realagent.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

constexpr int samples = 2000;
constexpr int block = 100; // the two take turns, so that both see the same load

[[noreturn]] void die(const std::string &why)
{
    std::fprintf(stderr, "bench_request: %s\n", why.c_str());
    std::exit(2);
}

/// One session by hand, as AgentPool makes them, with `cat` at its end.
class RawEcho
{
public:
    RawEcho(const remote::HostAddress &host, const std::string &identity)
    {
        const auto found = remote::lookUp(host.address, host.port, true);
        std::string error = found.error;
        const int fd = found.endpoints.empty() ? -1 : remote::beginConnect(found.endpoints.front(), error);
        if (fd < 0 || !remote::waitFor(fd, true, 10s))
            die(error);
        m_session = remote::makeSession(fd, host, true);
        ssh_key key = nullptr;
        if (ssh_pki_import_privkey_file(identity.c_str(), nullptr, nullptr, nullptr, &key) != SSH_OK)
            die("cannot read " + identity);
        until([&] { return ssh_connect(m_session.get()); });
        until([&] { return ssh_userauth_publickey(m_session.get(), nullptr, key); });
        m_channel = ssh_channel_new(m_session.get());
        until([&] { return ssh_channel_open_session(m_channel); });
        until([&] { return ssh_channel_request_exec(m_channel, "cat"); });
        ssh_key_free(key);
    }

    void roundTrip(const std::string &bytes)
    {
        ssh_channel_write(m_channel, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
        char buffer[256];
        for (std::size_t got = 0; got < bytes.size();) {
            const int n = ssh_channel_read_nonblocking(m_channel, buffer, sizeof buffer, 0);
            if (n < 0)
                die(ssh_get_error(m_session.get()));
            got += static_cast<std::size_t>(n);
            if (got < bytes.size())
                wait();
        }
    }

private:
    void wait() { remote::waitFor(ssh_get_fd(m_session.get()), (ssh_get_poll_flags(m_session.get()) & SSH_WRITE_PENDING) != 0, 10s); }
    template<class Step>
    void until(Step step)
    {
        int status = SSH_OK;
        while ((status = step()) == SSH_AGAIN || status == SSH_AUTH_AGAIN)
            wait();
        if (status != SSH_OK)
            die(ssh_get_error(m_session.get()));
    }

    remote::SessionPtr m_session;
    ssh_channel m_channel = nullptr;
};

double median(std::vector<double> values)
{
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

} // namespace

int main()
{
    KeyRing keys;
    if (!keys.valid())
        die(keys.problem().toStdString());
    RealAgent agent(keys);
    if (!agent.start(QStringLiteral("user"), {{QStringLiteral("stranger"), QStringLiteral("cat")}}))
        die("agent or sshd does not start: " + agent.log().toStdString());
    Sshd &sshd = agent.sshd();
    const remote::HostAddress host{Uuid::v7(), "bench", "127.0.0.1", sshd.port(), currentUser(), keys.publicKey(QStringLiteral("host"))};

    RawEcho raw(host, keys.path(QStringLiteral("stranger")).toStdString());
    remote::AgentPool pool({keys.path(QStringLiteral("user")).toStdString(), {}});
    pool.setHosts({host});
    const Json params{{"p", std::string(20, 'x')}};
    const std::string bytes(64, 'x');
    // 9 bytes of frame and 55 of body
    if (wire::encodeFrame(wire::FrameKind::Request, 1, Json{{"method", "echo"}, {"params", params}}).size() != bytes.size())
        die("the request is not of 64 bytes");
    const auto request = [&] {
        // the agent knows no such method and says so: the shortest way through sshd, zandb-attach and its loop and back
        if (const auto answer = pool.callAndWait(host.id, "echo", params); answer || !answer.error().is(errors::protocolUnknownMethod))
            die(answer ? "the agent answered" : describe(answer.error()));
    };
    for (int i = 0; i < 200; ++i) {
        raw.roundTrip(bytes);
        request();
    }

    const auto before = sshd.descendants();
    std::vector<double> rawMs;
    std::vector<double> requestMs;
    std::vector<double> waitedMs;
    using Clock = std::chrono::steady_clock;
    const auto since = [](Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); };
    // `block` requests one after the other, all on the pool's thread
    const auto chain = [&] {
        std::promise<void> ended;
        int left = block;
        Clock::time_point begin;
        std::function<void()> next = [&] {
            begin = Clock::now();
            pool.call(host.id, "echo", params, [&](const Result<Json> &answer) {
                requestMs.push_back(since(begin));
                if (answer || !answer.error().is(errors::protocolUnknownMethod))
                    die(answer ? "the agent answered" : describe(answer.error()));
                if (--left > 0)
                    next();
                else
                    ended.set_value();
            });
        };
        next();
        ended.get_future().wait();
    };
    const auto time = [&](auto &&act) {
        const auto begin = Clock::now();
        act();
        return since(begin);
    };
    while (requestMs.size() < samples) {
        for (int i = 0; i < block; ++i)
            rawMs.push_back(time([&] { raw.roundTrip(bytes); }));
        chain();
        for (int i = 0; i < block; ++i)
            waitedMs.push_back(time(request));
    }
    const bool sameProcesses = sshd.descendants() == before;
    const double above = median(requestMs) - median(rawMs);
    std::printf("{\"bench\":\"request\",\"samples\":%d,\"raw_ms\":%.4f,\"request_ms\":%.4f,\"above_ms\":%.4f,"
                "\"reach_above_ms\":0.1,\"waited_on_another_thread_ms\":%.4f,\"new_processes\":%s}\n",
                samples, median(rawMs), median(requestMs), above, median(waitedMs), sameProcesses ? "false" : "true");
    return 0;
}
