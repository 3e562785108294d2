// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/privileged/caller.h"

#include <poll.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr int sliceMs = 100;

bool endsWithin(int connection, int milliseconds)
{
    pollfd end{connection, POLLIN | POLLRDHUP, 0};
    return ::poll(&end, 1, milliseconds) > 0;
}

} // namespace

bool isCallerGone(int connection)
{
    return endsWithin(connection, 0);
}

ExitStatus watchFor(int connection, Child &tool)
{
    for (;;) {
        if (const auto status = tool.poll())
            return *status;
        if (endsWithin(connection, sliceMs))
            return tool.end(0ms);
    }
}

CallerStop::CallerStop(int connection)
    : m_thread([this, connection](const std::stop_token &over) {
          while (!over.stop_requested() && !m_stop.stop_requested()) {
              if (endsWithin(connection, sliceMs))
                  m_stop.request_stop();
          }
      })
{
}

} // namespace zandb::agent
