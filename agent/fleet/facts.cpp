// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/facts.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include <sched.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

std::string readSmall(const char *path)
{
    std::ifstream in(path, std::ios::binary);
    std::string text(64 << 10, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    return text;
}

std::string prettyName()
{
    for (const char *path : {"/etc/os-release", "/usr/lib/os-release"}) {
        std::istringstream lines(readSmall(path));
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("PRETTY_NAME="))
                continue;
            line.erase(0, 12);
            if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front())
                line = line.substr(1, line.size() - 2);
            return line;
        }
    }
    return {};
}

void readMemory(wire::HostFacts &facts)
{
    std::istringstream lines(readSmall("/proc/meminfo"));
    for (std::string name, rest; lines >> name;) {
        std::int64_t kibibytes = 0;
        lines >> kibibytes;
        std::getline(lines, rest);
        if (name == "MemTotal:")
            facts.memoryBytes = kibibytes * 1024;
        else if (name == "MemAvailable:")
            facts.memoryAvailableBytes = kibibytes * 1024;
    }
}

struct Mount
{
    std::string point;
    std::string device;
};

/// \040 and the like in /proc/self/mountinfo.
std::string unescaped(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int code = 0;
        if (text[i] == '\\' && i + 3 < text.size()
            && std::from_chars(text.data() + i + 1, text.data() + i + 4, code, 8).ec == std::errc() && code < 256) {
            plain += static_cast<char>(code);
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// Mounts by device number; of several mounts of one file system the one that shows its root.
std::map<dev_t, Mount> mounts()
{
    std::map<dev_t, Mount> found;
    std::map<dev_t, bool> showsRoot;
    std::ifstream in("/proc/self/mountinfo");
    for (std::string line; std::getline(in, line);) {
        // 36 35 98:0 /root /mount options ... - type device superoptions
        std::istringstream words(line);
        std::string id, parent, number, root, point, word, type, device;
        words >> id >> parent >> number >> root >> point;
        while (words >> word && word != "-") { }
        words >> type >> device;
        unsigned major = 0, minor = 0;
        const auto colon = number.find(':');
        if (colon == number.npos)
            continue;
        std::from_chars(number.data(), number.data() + colon, major);
        std::from_chars(number.data() + colon + 1, number.data() + number.size(), minor);
        const dev_t dev = makedev(major, minor);
        const bool isRoot = root == "/";
        if (!found.contains(dev) || (isRoot && !showsRoot[dev])) {
            found[dev] = {unescaped(point), unescaped(device)};
            showsRoot[dev] = isRoot;
        }
    }
    return found;
}

/// The highest directory on the way to `path` that is still on its file system: where it is mounted, for file systems
/// whose device number differs from the one of their mount (btrfs subvolumes, overlays).
std::string mountPointOf(fs::path path, dev_t dev)
{
    std::error_code failure;
    path = fs::canonical(path, failure);
    while (!failure && path.has_relative_path()) {
        struct stat info{};
        if (stat(path.parent_path().c_str(), &info) != 0 || info.st_dev != dev)
            break;
        path = path.parent_path();
    }
    return path.string();
}

class Disks
{
public:
    explicit Disks(std::vector<wire::Disk> &out) : m_out(out) { }

    void add(fs::path path)
    {
        if (!path.is_absolute())
            return;
        struct stat info{};
        while (stat(path.c_str(), &info) != 0) {
            if (!path.has_relative_path())
                return;
            path = path.parent_path();
        }
        struct statvfs space{};
        if (m_seen.contains(info.st_dev) || statvfs(path.c_str(), &space) != 0)
            return;
        m_seen[info.st_dev] = true;
        if (m_mounts.empty())
            m_mounts = mounts();
        const auto known = m_mounts.find(info.st_dev);
        const auto unit = static_cast<std::int64_t>(space.f_frsize ? space.f_frsize : space.f_bsize);
        m_out.push_back({known != m_mounts.end() ? known->second.point : mountPointOf(path, info.st_dev),
                         known != m_mounts.end() ? known->second.device : std::string(),
                         static_cast<std::int64_t>(space.f_blocks) * unit, static_cast<std::int64_t>(space.f_bavail) * unit});
    }

private:
    std::vector<wire::Disk> &m_out;
    std::map<dev_t, bool> m_seen;
    std::map<dev_t, Mount> m_mounts;
};

/// Cores this process may use: what a container was given, not what the machine has.
int usableCores()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
}

} // namespace

wire::HostFacts hostFacts(const Config &config, const std::vector<LocalInstance> &instances)
{
    wire::HostFacts facts;
    facts.hostName = config.host;
    facts.agentVersion = ZANDB_VERSION;
    utsname system{};
    if (uname(&system) == 0) {
        facts.kernel = system.release;
        if (facts.hostName.empty())
            facts.hostName = system.nodename;
    }
    facts.os = prettyName();
    facts.cores = usableCores();
    readMemory(facts);
    std::istringstream(readSmall("/proc/loadavg")) >> facts.load1;
    double uptime = 0;
    std::istringstream(readSmall("/proc/uptime")) >> uptime;
    facts.uptimeSeconds = static_cast<std::int64_t>(uptime);
    std::istringstream(readSmall("/proc/sys/kernel/random/boot_id")) >> facts.bootId;

    Disks disks(facts.disks);
    for (const LocalInstance &instance : instances) {
        disks.add(instance.dataDirectory);
        disks.add(instance.logDirectory);
    }
    disks.add(config.stateDirectory);
    for (const RepositoryConfig &repository : config.repositories) {
        facts.repositories.push_back(repository.name);
        if (!repository.remote.empty()) {
            facts.remoteRepositories.push_back({repository.name, repository.remote.substr(repository.remote.find('@') + 1), repository.sshPort,
                                                repository.remoteName.empty() ? repository.name : repository.remoteName});
        }
        disks.add(repository.path);
    }
    facts.sampledAt = systemNow();
    return facts;
}

wire::HostFacts hostFacts(const Config &config)
{
    return hostFacts(config, findInstances(config));
}

} // namespace zandb::agent
