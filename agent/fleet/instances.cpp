// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/instances.h"

#include "agent/fleet/mycnf.h"
#include "agent/protocol/errors.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

/// A path from an option file: absolute, or relative to the data directory as the servers take it.
fs::path resolved(const std::optional<std::string> &text, const fs::path &dataDirectory)
{
    if (!text || text->empty() || text->find('\0') != text->npos)
        return {};
    const fs::path path(*text);
    if (path.is_absolute())
        return path.lexically_normal();
    return dataDirectory.empty() ? fs::path() : (dataDirectory / path).lexically_normal();
}

/// Fills what is still unknown from the instance's option file.
void readMyCnf(LocalInstance &instance)
{
    if (instance.myCnf.empty())
        return;
    const MyCnf cnf = MyCnf::read(instance.myCnf);
    if (instance.dataDirectory.empty())
        instance.dataDirectory = resolved(cnf.server("datadir"), {});
    if (instance.socket.empty())
        instance.socket = resolved(cnf.server("socket"), instance.dataDirectory);
    for (const char *name : {"log_error", "slow_query_log_file", "log_bin", "general_log_file"}) {
        if (!instance.logDirectory.empty())
            break;
        const fs::path file = resolved(cnf.server(name), instance.dataDirectory);
        if (!file.empty() && file.parent_path() != instance.dataDirectory)
            instance.logDirectory = file.parent_path();
    }
    if (const auto port = cnf.server("port")) {
        int number = 0;
        const auto [end, failure] = std::from_chars(port->data(), port->data() + port->size(), number);
        if (failure == std::errc() && end == port->data() + port->size() && number > 0 && number <= 65535)
            instance.port = number;
    }
}

/// Reads exactly n bytes before the deadline.
bool readBytes(int fd, char *to, std::size_t n, std::chrono::steady_clock::time_point deadline, std::string &why)
{
    while (n > 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd entry{fd, POLLIN, 0};
        const int ready = left.count() > 0 ? poll(&entry, 1, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        const ssize_t got = ready > 0 ? recv(fd, to, n, MSG_DONTWAIT) : 0;
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0) {
            why = ready == 0 ? "the server does not answer" : got < 0 ? std::strerror(errno) : "the server hung up";
            return false;
        }
        to += got;
        n -= static_cast<std::size_t>(got);
    }
    return true;
}

} // namespace

int portOfName(std::string_view name)
{
    if (name.size() < 3 || name.size() > 7 || !name.starts_with("my") || name[2] == '0')
        return 0;
    int port = 0;
    const auto [end, failure] = std::from_chars(name.data() + 2, name.data() + name.size(), port);
    return failure == std::errc() && end == name.data() + name.size() && port <= 65535 ? port : 0;
}

std::vector<LocalInstance> findInstances(const Config &config)
{
    std::vector<LocalInstance> found;
    for (const AdoptedInstance &adopted : config.instances) {
        LocalInstance instance{adopted.name, 0, {}, adopted.dataDirectory, adopted.logDirectory, adopted.socket, adopted.myCnf};
        readMyCnf(instance);
        found.push_back(std::move(instance));
    }
    std::error_code failure;
    for (fs::directory_iterator it(config.base, failure), end; !failure && it != end; it.increment(failure)) {
        const std::string name = it->path().filename().string();
        const int port = portOfName(name);
        std::error_code ignored;
        if (port == 0 || !fs::exists(it->path() / "my.cnf", ignored)
            || std::ranges::find(found, name, &LocalInstance::name) != found.end())
            continue;
        LocalInstance instance{name, port, it->path(), {}, {}, {}, it->path() / "my.cnf"};
        readMyCnf(instance);
        if (instance.dataDirectory.empty())
            instance.dataDirectory = it->path() / "data";
        if (instance.logDirectory.empty())
            instance.logDirectory = it->path() / "log";
        if (instance.socket.empty())
            instance.socket = it->path() / "run" / "mysqld.sock";
        found.push_back(std::move(instance));
    }
    std::ranges::sort(found, {}, &LocalInstance::name);
    return found;
}

Result<LocalInstance> findInstance(const Config &config, std::string_view name)
{
    auto all = findInstances(config);
    const auto it = std::ranges::find(all, name, &LocalInstance::name);
    if (it == all.end())
        return fail(errors::instanceUnknown, {{"instance", std::string(name.substr(0, 100))}});
    return std::move(*it);
}

Result<Greeting> greet(const LocalInstance &instance, std::chrono::seconds timeout)
{
    const std::string socket = instance.socket.string();
    const auto down = [&](std::string detail) {
        return fail(errors::instanceDown, {{"instance", instance.name}, {"socket", socket}, {"detail", std::move(detail)}});
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.empty() || socket.size() >= sizeof address.sun_path)
        return down(socket.empty() ? "no socket is known" : "the socket's path is longer than 107 bytes");
    std::memcpy(address.sun_path, socket.data(), socket.size());

    struct Descriptor
    {
        int fd;
        ~Descriptor() { close(fd); }
    } link{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    // connecting blocks when the server's backlog is full; the send timeout bounds it
    const timeval limit{static_cast<time_t>(timeout.count()), 0};
    setsockopt(link.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (link.fd < 0 || connect(link.fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return down(errno == EAGAIN ? "the server does not answer" : std::strerror(errno));

    // u24 length, u8 number, then 10, version, \0 ... or 255, u16 errno, message
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::string why;
    unsigned char header[4];
    if (!readBytes(link.fd, reinterpret_cast<char *>(header), sizeof header, deadline, why))
        return down(why);
    const std::size_t size = header[0] | header[1] << 8 | header[2] << 16;
    if (size < 3 || size > 4096)
        return down("whoever listens there is not a MySQL or MariaDB server");
    std::string packet(size, '\0');
    if (!readBytes(link.fd, packet.data(), size, deadline, why))
        return down(why);
    if (static_cast<unsigned char>(packet[0]) == 0xff) {
        const int number = static_cast<unsigned char>(packet[1]) | static_cast<unsigned char>(packet[2]) << 8;
        return down(std::to_string(number) + ": " + packet.substr(3));
    }
    const auto end = packet.find('\0', 1);
    if (packet[0] != 10 || end == packet.npos)
        return down("whoever listens there is not a MySQL or MariaDB server");
    std::string version = packet.substr(1, end - 1);
    if (version.starts_with("5.5.5-")) // MariaDB before 11 hides its number from old replicas
        version.erase(0, 6);
    return Greeting{std::move(version)};
}

} // namespace zandb::agent
