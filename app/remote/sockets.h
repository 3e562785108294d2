// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include <sys/socket.h>

/// The little of the socket interface that app/remote needs; the one place to look at when porting.
namespace zandb::remote {

using Clock = std::chrono::steady_clock;

/// Wakes a thread that sits in poll(): it polls fd() for reading, others call signal().
class Wakeup
{
public:
    Wakeup();
    ~Wakeup();
    Wakeup(const Wakeup &) = delete;
    Wakeup &operator=(const Wakeup &) = delete;

    int fd() const { return m_reader; }
    /// Thread-safe; cheap when nobody has drained the last signal yet.
    void signal();
    /// By the polling thread, before it looks for what it was woken for.
    void drain();

private:
    int m_reader = -1;
    int m_writer = -1;
    std::atomic<bool> m_signalled{false};
};

struct Endpoint
{
    sockaddr_storage address{};
    socklen_t length = 0;
};

struct Lookup
{
    std::vector<Endpoint> endpoints;
    std::string error; ///< set when there are none
};

/// Looks a name or an IP address up.  Blocks unless `numericOnly`, which fails for names.
Lookup lookUp(const std::string &address, int port, bool numericOnly);

/// Begins a TCP connect without blocking; -1 and `error` when it fails at once.  Poll the descriptor for writing, then
/// ask connectError().
int beginConnect(const Endpoint &endpoint, std::string &error);
/// Empty when the connect has succeeded.
std::string connectError(int fd);
/// Connects to a local socket, without blocking; -1 and `error` when that is not possible at once.
int connectLocal(const std::string &path, std::string &error);

/// Waits until `fd` can be read (or written, when asked).  False after the time.
bool waitFor(int fd, bool write, std::chrono::milliseconds timeout);
void closeSocket(int fd);

} // namespace zandb::remote
