// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace zandb::agent {

/// Answers the one request of a connection (agent/privileged/request.h) and returns the exit status.  The peer must be
/// the agent's user, the configuration root's.  May leave the process as another user.  `bySystemd`: systemd has started this
/// program, so it also knows which process is the agent.
int answerConnection(int socket, const std::filesystem::path &configFile, bool bySystemd = false);

/// Listens on a socket only the agent's user may use and answers each connection in a process of its own, until it is
/// killed; they and what they run end with it.  For hosts where systemd does not do this.  Returns the exit status.
int serveHelper(const std::filesystem::path &socket, const std::filesystem::path &configFile);

} // namespace zandb::agent
