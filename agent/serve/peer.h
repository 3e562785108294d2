// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/process.h"
#include "agent/protocol/result.h"

#include <filesystem>

namespace zandb::agent {

/// Whether the process that connected may be one that sshd started for a key: it runs as our own user and works for none
/// of our orders.  A tool that a worker starts has the agent's user too, and without this it could come with any role.
///
/// Told by descent from `serve` or from a worker that runs (an orphan comes back to its worker: runWork), by the worker's
/// session, and by cgroup where there is one: `workersCgroup` (limits.cgroup; empty: none), and under systemd the unit's own,
/// in which nobody but serve and its workers is.
///
/// The limit: without a cgroup, a process that left its worker's session, and whose worker was killed or has ended, is no
/// longer told from any other of this user.  Nor does this stop code that runs as the agent's user from reading or tracing
/// what belongs to that user.
///
/// Errors: access.denied.
Result<void> checkPeer(int socket, const std::vector<ProcessIdentity> &workers, const std::filesystem::path &workersCgroup);

} // namespace zandb::agent
