// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

#include <functional>
#include <stop_token>

namespace zandb::agent {

/// The server that runs with this option file, as its command line says; 0: none does.  It is told apart from others by --defaults-file alone, so a server that
/// somebody started in another way is not found.
pid_t serverOf(const std::filesystem::path &myCnf);

/// Starts a server that goes on without this process: in a session of its own, with the priority it would have of itself.  Its words go to `log`.  Not
/// for hosts whose servers are units of systemd.  Errors: tool.failed (cannot be executed), io.failed.
Result<void> startDetached(const std::filesystem::path &program, const std::filesystem::path &myCnf, const std::filesystem::path &log);

/// Waits until the server that runs with the instance's option file greets on its socket.  Errors: provision.not_started (it ended, or is not ready after
/// `limit`; with the end of its error log), cancelled.
Result<Greeting> waitForServer(const LocalInstance &instance, const std::filesystem::path &errorLog, std::chrono::seconds limit, const std::stop_token &stop);

/// Asks the server of this option file to end and waits; after `patience` it is killed.  Nothing to do where none runs.  Errors: provision.failed (it does not end).
Result<void> endServer(const std::string &instance, const std::filesystem::path &myCnf, std::chrono::seconds patience);

} // namespace zandb::agent
