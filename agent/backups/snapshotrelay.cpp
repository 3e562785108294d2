// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/snapshotrelay.h"

#include "agent/backups/relaysocket.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr int sourceTries = 20;

Error gone(const char *who)
{
    return makeError(errors::ioFailed, {{"path", SnapshotRelay::socketName}, {"detail", std::string(who) + " closed the connection"}});
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
        if (!waitFor(fd, POLLIN, stop))
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

} // namespace

Result<std::unique_ptr<SnapshotRelay>> SnapshotRelay::start(Options options)
{
    std::unique_ptr<SnapshotRelay> relay(new SnapshotRelay);
    auto listener = listenOn(options.directory / socketName);
    if (!listener)
        return fail(listener.error());
    relay->m_listener = std::move(*listener);
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
        passAll(m_program.get(), m_server.get(), stop);
    else if (!done.error().is(errors::cancelled))
        m_outcome = fail(done.error());
    m_program.reset();
    m_server.reset();
}

Result<void> SnapshotRelay::relayUntilSnapshot(const std::stop_token &stop)
{
    m_program = acceptOwn(m_listener.get(), stop);
    if (!m_program)
        return fail(errors::cancelled);
    m_listener.reset();
    auto server = connectToServer(m_options.server);
    if (!server)
        return fail(server.error());
    m_server = std::move(*server);

    std::string said, greeting;
    bool known = !m_options.heard;
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
            if (!known) {
                greeting.append(buffer, static_cast<std::size_t>(got));
                const auto id = idInGreeting(greeting);
                known = id.has_value();
                if (id.value_or(0) != 0)
                    m_options.heard(*id);
            }
            if (!sendAll(m_program.get(), {buffer, static_cast<std::size_t>(got)}, stop))
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
            if (!sendAll(m_server.get(), packet, stop))
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
        if (!sendAll(m_server.get(), statement, stop))
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
            if (!sendAll(m_program.get(), *answer, stop))
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

} // namespace zandb::agent
