// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace zandb::agent {

/// A process told from any later one that got its number: Linux reuses pids.
struct ProcessIdentity
{
    pid_t pid = 0;
    std::uint64_t startTime = 0; ///< clock ticks since boot (/proc/PID/stat, field 22)
    std::string bootId;          ///< of the boot it ran in
    bool operator==(const ProcessIdentity &) const = default;
};

/// /proc/sys/kernel/random/boot_id, kept once it was read; empty while no descriptor is left to read it.  Thread-safe.
std::string bootId();
/// 0 when there is no such process, or only its zombie, or it cannot be looked at.
std::uint64_t startTimeOf(pid_t pid);
/// Whether exactly this process runs (a zombie does not).  True when that cannot be told, as without a free descriptor:
/// what may run is not taken for dead.
bool isRunning(const ProcessIdentity &process);

/// The process and all it descends from, itself first, up to process 1.  Nothing when it or one of them is gone.
std::optional<std::vector<pid_t>> lineageOf(pid_t pid);
/// Its session's id; 0 when the session's leader is outside of this pid namespace, as for a process that a container's
/// or a CI's runner starts.  Nothing when there is no such process or it cannot be looked at.
std::optional<pid_t> sessionOf(pid_t pid);
/// Its cgroup v2 as /proc/PID/cgroup shows it ("/system.slice/zandb-agent.service"); empty when there is none.
std::filesystem::path cgroupOf(pid_t pid);

/// systemd started exactly this process: its cgroup is its unit's, and it is a host's agent and no one's by hand.
bool isSystemdService();

/// The kernel's number for "idle" or "best-effort:N"; -1 for "none".
int ioPriorityNumber(const std::string &text);
/// Of the calling thread, for it and what it starts; 0 and -1 leave as it is.  Async-signal-safe.
void setPriorities(int nice, int ioPriority);

/// Running processes of the session this process leads or led.  Empty when the number was given to another session
/// leader since, and for other boots; nothing when it cannot be told for want of a descriptor.
std::optional<std::vector<pid_t>> sessionMembers(const ProcessIdentity &leader);
/// Sends the signal to all of them, the leader's process group first.  Returns how many there were; nothing when that could
/// not be told, and then nobody got it.
std::optional<int> signalSession(const ProcessIdentity &leader, int signal);

} // namespace zandb::agent
