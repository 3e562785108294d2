// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/process.h"

#include <thread>

/// The other end of a request: what it still wants.
namespace zandb::agent {

/// It went away or said stop, by ending its side of the connection or with any byte more.
bool isCallerGone(int connection);

/// Until the tool ends by itself, or its caller is gone: then it is killed at once.
ExitStatus watchFor(int connection, Child &tool);

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
