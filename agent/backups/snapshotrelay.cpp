// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/snapshotrelay.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bufferSize = 256u << 10;
constexpr int sourceTries = 20;

Error gone(const char *who)
{
    return makeError(errors::ioFailed, {{"path", SnapshotRelay::socketName}, {"detail", std::string(who) + " closed the connection"}});
}

// True when there is something to do; false when asked to stop.
bool ready(int fd, short events, const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        pollfd waiting{fd, events, 0};
        if (::poll(&waiting, 1, 100) > 0)
            return true;
    }
    return false;
}

bool sendAll(int fd, const char *data, std::size_t size, const std::stop_token &stop)
{
    while (size > 0) {
        const ssize_t put = ::send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put >= 0) {
            data += put;
            size -= static_cast<std::size_t>(put);
        } else if (errno == EAGAIN) {
            if (!ready(fd, POLLOUT, stop))
                return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

// The protocol's packets: three bytes of length, one of sequence, then the payload.
std::size_t packetSize(const std::string &bytes)
{
    if (bytes.size() < 4)
        return 0;
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
    const std::size_t whole = 4 + (byte(0) | byte(1) << 8 | byte(2) << 16);
    return bytes.size() >= whole ? whole : 0;
}

bool beginsSnapshot(std::string_view packet)
{
    constexpr char comQuery = 3;
    return packet.size() > 5 && packet[4] == comQuery && packet.find("START TRANSACTION") != std::string_view::npos
           && packet.find("WITH CONSISTENT SNAPSHOT") != std::string_view::npos;
}

bool samePlace(const wire::BackupPosition &a, const wire::BackupPosition &b)
{
    return a.file == b.file && a.offset == b.offset && a.gtid == b.gtid;
}

Result<std::string> readPacket(int fd, const std::stop_token &stop)
{
    std::string bytes;
    char buffer[4096];
    while (packetSize(bytes) == 0) {
        if (!ready(fd, POLLIN, stop))
            return fail(errors::cancelled);
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(gone("the server"));
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
    return bytes;
}

// A path of any length: sockets' addresses have 108 bytes only.
sockaddr_un addressOf(const Fd &directory, const std::string &name)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + '/' + name;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

Result<Fd> connectTo(const fs::path &socket)
{
    const Fd directory(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOf(directory, socket.filename().string());
    if (!directory || !fd || ::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return fail(fileError(socket, errno));
    return fd;
}

} // namespace

Result<std::unique_ptr<SnapshotRelay>> SnapshotRelay::start(Options options)
{
    std::unique_ptr<SnapshotRelay> relay(new SnapshotRelay);
    const fs::path path = options.directory / socketName;
    const Fd directory(::open(options.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    relay->m_listener = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlink(path.c_str());
    const sockaddr_un address = addressOf(directory, socketName);
    if (!directory || !relay->m_listener
        || ::bind(relay->m_listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::chmod(path.c_str(), 0600) != 0 || ::listen(relay->m_listener.get(), 1) != 0)
        return fail(fileError(path, errno));
    relay->m_options = std::move(options);
    relay->m_thread = std::jthread([raw = relay.get()](const std::stop_token &stop) { raw->run(stop); });
    return relay;
}

SnapshotRelay::~SnapshotRelay()
{
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
    ::unlink((m_options.directory / socketName).c_str());
}

Result<wire::BackupPosition> SnapshotRelay::finish()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    return m_outcome;
}

void SnapshotRelay::run(std::stop_token stop)
{
    const auto done = relayUntilSnapshot(stop);
    if (done)
        relayRest(stop);
    else if (!done.error().is(errors::cancelled))
        m_outcome = fail(done.error());
    m_program.reset();
    m_server.reset();
}

Result<void> SnapshotRelay::relayUntilSnapshot(const std::stop_token &stop)
{
    while (!m_program) {
        if (!ready(m_listener.get(), POLLIN, stop))
            return fail(errors::cancelled);
        m_program = Fd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        ucred peer{};
        socklen_t size = sizeof peer;
        if (m_program && (::getsockopt(m_program.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != ::geteuid()))
            m_program.reset();
    }
    m_listener.reset();
    auto server = connectTo(m_options.server);
    if (!server)
        return fail(server.error());
    m_server = std::move(*server);

    std::string said;
    char buffer[16384];
    for (;;) {
        pollfd ends[2] = {{m_program.get(), POLLIN, 0}, {m_server.get(), POLLIN, 0}};
        if (stop.stop_requested())
            return fail(errors::cancelled);
        if (::poll(ends, 2, 100) <= 0)
            continue;
        if (ends[1].revents != 0) {
            const ssize_t got = ::read(m_server.get(), buffer, sizeof buffer);
            if (got <= 0)
                return fail(errors::backupNoPosition, {{"tool", "mysqldump"}});
            if (!sendAll(m_program.get(), buffer, static_cast<std::size_t>(got), stop))
                return fail(errors::cancelled);
        }
        if (ends[0].revents != 0) {
            const ssize_t got = ::read(m_program.get(), buffer, sizeof buffer);
            if (got <= 0)
                return fail(errors::backupNoPosition, {{"tool", "mysqldump"}});
            said.append(buffer, static_cast<std::size_t>(got));
        }
        while (const std::size_t size = packetSize(said)) {
            const std::string packet = said.substr(0, size);
            said.erase(0, size);
            if (beginsSnapshot(packet))
                return takeSnapshot(packet, stop);
            if (!sendAll(m_server.get(), packet.data(), packet.size(), stop))
                return fail(gone("the server"));
        }
    }
}

Result<void> SnapshotRelay::takeSnapshot(const std::string &statement, const std::stop_token &stop)
{
    const auto until = std::chrono::steady_clock::now() + m_options.patience;
    auto pause = 1ms;
    for (int untilSource = m_options.source ? sourceTries : 0;;) {
        ++m_tries;
        auto before = m_options.probe();
        if (!before)
            return fail(before.error());
        if (!sendAll(m_server.get(), statement.data(), statement.size(), stop))
            return fail(gone("the server"));
        const auto answer = readPacket(m_server.get(), stop);
        if (!answer)
            return fail(answer.error());
        const auto after = m_options.probe();
        if (!after)
            return fail(after.error());
        const bool same = samePlace(*before, *after);
        const bool source = before->sourceFile == after->sourceFile && before->sourceOffset == after->sourceOffset;
        if (same && (untilSource <= 0 || (source && !before->sourceFile.empty()))) {
            if (!source) {
                before->sourceFile.clear();
                before->sourceOffset = 0;
            }
            m_outcome = std::move(*before);
            if (!sendAll(m_program.get(), answer->data(), answer->size(), stop))
                return fail(gone("the dump"));
            return {};
        }
        if (same)
            --untilSource;
        const auto now = std::chrono::steady_clock::now();
        if (now >= until || stop.stop_requested())
            return fail(errors::backupNoQuietMoment,
                        {{"seconds", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(m_options.patience).count())},
                         {"tries", std::to_string(m_tries)}});
        // the probe itself costs commits a little: not all the time
        std::this_thread::sleep_for(same ? 50ms : pause);
        pause = std::min(pause * 2, 16ms);
    }
}

void SnapshotRelay::relayRest(const std::stop_token &stop)
{
    std::vector<char> buffer(bufferSize);
    for (;;) {
        pollfd ends[2] = {{m_server.get(), POLLIN, 0}, {m_program.get(), POLLIN, 0}};
        if (stop.stop_requested())
            return;
        if (::poll(ends, 2, 100) <= 0)
            continue;
        for (int i = 0; i < 2; ++i) {
            if (ends[i].revents == 0)
                continue;
            const ssize_t got = ::read(ends[i].fd, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0 || !sendAll(ends[1 - i].fd, buffer.data(), static_cast<std::size_t>(got), stop))
                return;
        }
    }
}

} // namespace zandb::agent
