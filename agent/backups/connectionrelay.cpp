// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/connectionrelay.h"

#include "agent/backups/relaysocket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

Result<std::unique_ptr<ConnectionRelay>> ConnectionRelay::start(const fs::path &directory, fs::path server, Listener heard)
{
    std::unique_ptr<ConnectionRelay> relay(new ConnectionRelay);
    relay->m_file = directory / "tool.sock";
    relay->m_server = std::move(server);
    relay->m_heard = std::move(heard);
    relay->m_directory.reset(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    auto listening = listenOn(relay->m_file);
    if (!listening)
        return fail(listening.error());
    relay->m_listening = std::move(*listening);
    // a program that changes its directory needs a whole path, and an address has 108 bytes only
    relay->m_socket = relay->m_file;
    if (relay->m_file.native().size() >= sizeof sockaddr_un::sun_path)
        relay->m_socket = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(relay->m_directory.get()) + "/tool.sock";
    relay->m_thread = std::jthread([raw = relay.get()](const std::stop_token &stop) { raw->run(stop); });
    return relay;
}

ConnectionRelay::~ConnectionRelay()
{
    m_thread = {};
    ::unlink(m_file.c_str());
}

void ConnectionRelay::run(const std::stop_token &stop)
{
    // a thread each: one that waits for its program must not hold up the others
    std::list<std::jthread> connections;
    while (FileDescriptor program = acceptOwn(m_listening.get(), stop)) {
        try {
            connections.emplace_back([this, end = std::move(program)](const std::stop_token &over) { serve(end, over); });
        } catch (const std::system_error &) {
            // no thread is left for this connection: the program sees it closed, and the others go on
        }
    }
}

void ConnectionRelay::serve(const FileDescriptor &program, const std::stop_token &stop)
{
    const auto server = connectToServer(m_server);
    if (!server)
        return; // the program sees a closed connection, as of a server that is gone
    std::string greeting;
    char buffer[4096];
    while (!idInGreeting(greeting)) {
        if (!waitFor(server->get(), POLLIN, stop))
            return;
        const ssize_t got = ::read(server->get(), buffer, sizeof buffer);
        if (got <= 0)
            break;
        greeting.append(buffer, static_cast<std::size_t>(got));
    }
    if (const auto id = idInGreeting(greeting).value_or(0); id != 0)
        m_heard(id);
    if (!sendAll(program.get(), greeting, stop))
        return;
    m_lastPassed = std::chrono::steady_clock::now();
    ++m_connected;
    bool asked = false;
    passAll(program.get(), server->get(), stop, [&](bool fromServer) {
        m_lastPassed = std::chrono::steady_clock::now();
        if (asked == fromServer) // the first piece of a question, or of its answer
            m_asked += fromServer ? -1 : 1;
        asked = !fromServer;
    });
    m_asked -= asked ? 1 : 0;
    --m_connected;
}

std::chrono::steady_clock::duration ConnectionRelay::quietFor() const
{
    if (m_connected == 0 || m_asked != 0)
        return {};
    return std::chrono::steady_clock::now() - m_lastPassed.load();
}

} // namespace zandb::agent
