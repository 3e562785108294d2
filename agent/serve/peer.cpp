// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/serve/peer.h"

#include "agent/protocol/errors.h"

#include <algorithm>

#include <sys/socket.h>
#include <unistd.h>

namespace zandb::agent {

namespace {

namespace fs = std::filesystem;

/// Whether the cgroup (a path as in /proc/PID/cgroup) is this one or below it.
bool isWithin(fs::path cgroup, const fs::path &top)
{
    if (top.empty() || top == "/")
        return false;
    for (; cgroup.has_relative_path(); cgroup = cgroup.parent_path()) {
        if (cgroup == top)
            return true;
    }
    return false;
}

/// A directory of the cgroup file system as the path that /proc/PID/cgroup shows.
fs::path shownCgroup(const fs::path &directory)
{
    for (const char *mount : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
        const fs::path relative = directory.lexically_relative(mount);
        if (!relative.empty() && relative.native() != "." && !relative.native().starts_with(".."))
            return fs::path("/") / relative;
    }
    return {};
}

} // namespace

Result<void> checkPeer(int socket, const std::vector<ProcessIdentity> &workers, const fs::path &workersCgroup)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        peer = {0, static_cast<uid_t>(-1), static_cast<gid_t>(-1)};
    const auto denied = [&](const std::string &role) {
        return fail(errors::denied, {{"user", "process " + std::to_string(peer.pid)}, {"role", role}, {"what", "attach"}});
    };
    // nobody else may speak to the agent, root included
    if (peer.uid != ::geteuid())
        return denied("uid " + std::to_string(peer.uid));
    // one that is gone may have left its end to anybody
    const auto lineage = lineageOf(peer.pid);
    if (!lineage)
        return denied("gone");
    const bool descends = std::ranges::any_of(*lineage, [&](pid_t pid) {
        return pid == ::getpid() || std::ranges::any_of(workers, [&](const ProcessIdentity &worker) { return pid == worker.pid && isRunning(worker); });
    });
    const auto session = sessionOf(peer.pid);
    if (!session) // it cannot be told that it is no worker
        return denied("gone");
    const bool inSession = std::ranges::any_of(workers, [&](const ProcessIdentity &worker) {
        return *session == worker.pid && worker.bootId == bootId();
    });
    const fs::path cgroup = cgroupOf(peer.pid);
    const bool inCgroup = isWithin(cgroup, shownCgroup(workersCgroup)) || (isSystemdService() && isWithin(cgroup, cgroupOf(::getpid())));
    if (descends || inSession || inCgroup)
        return denied("worker");
    return {};
}

} // namespace zandb::agent
