// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/runtime/config.h"

#include <thread>

/// The other end of a request: what it still wants.
namespace zandb::agent {

/// It went away or said stop, by ending its side of the connection or with any byte more.
bool isCallerGone(int connection);

/// Until the tool ends by itself, or its caller is gone: then it is killed at once.
ExitStatus watchFor(int connection, Child &tool);

/// Whether the process is the agent's `serve` and no worker or other process of the same user.  Under systemd it is the main process of
/// zandb-agent.service; elsewhere the one that holds the lock of the state directory, which code of the agent's own user could
/// take.  Errors: helper.refused.
Result<void> checkIsServe(pid_t caller, const Config &config, bool bySystemd);

/// Turns the caller's end into a stop token, in a thread of its own.
class CallerStop
{
public:
    explicit CallerStop(int connection);
    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_thread; ///< last: its end comes before that of what it uses
};

} // namespace zandb::agent
