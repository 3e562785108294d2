// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <list>

namespace zandb::agent {

/// Stands on a unix socket between a program and its server, to learn which connections of the server are the program's:
/// the server's greeting tells the id.  Everything passes through unchanged.  Serves programs of the same OS user.
class ConnectionRelay
{
public:
    /// Hears each id before the program has the greeting, from threads of the relay.
    using Listener = std::function<void(std::uint64_t id)>;
    /// Begins to listen on a socket of its own in `directory`, which is private to this user.  Errors: io.failed.
    static Result<std::unique_ptr<ConnectionRelay>> start(const std::filesystem::path &directory, std::filesystem::path server, Listener heard);
    /// Ends the connections and the threads.
    ~ConnectionRelay();
    /// What the program has to connect to.
    const std::filesystem::path &socket() const { return m_socket; }
    /// How long the program has asked for nothing although the server has answered everything.  0 while the server owes an
    /// answer, and while no connection stands.  From any thread.
    std::chrono::steady_clock::duration quietFor() const;

private:
    ConnectionRelay() = default;
    void run(const std::stop_token &stop);
    void serve(const FileDescriptor &program, const std::stop_token &stop);

    std::filesystem::path m_file;   ///< the socket
    std::filesystem::path m_socket; ///< a name of it that fits into an address
    std::filesystem::path m_server;
    Listener m_heard;
    FileDescriptor m_directory;
    FileDescriptor m_listening;
    std::atomic<int> m_connected = 0;                                 ///< connections that stand
    std::atomic<int> m_asked = 0;                                     ///< those whose server owes an answer
    std::atomic<std::chrono::steady_clock::time_point> m_lastPassed; ///< when the last piece was passed on
    std::jthread m_thread; ///< last: it ends before what it uses
};

} // namespace zandb::agent
