// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/helper/trust.h"
#include "agent/os/files.h"
#include "agent/privileged/request.h"

namespace zandb::agent {

/// One request in the helper's hands.
struct HelperTask
{
    const Config &config;
    HelperRequest request;
    int connection;                           ///< its end is the caller's wish to stop
    std::vector<FileDescriptor> descriptors;
    pid_t caller = 0;                         ///< the process that connected
    bool bySystemd = false;                   ///< systemd has started this helper, and so the agent
    FileDescriptor answer = FileDescriptor(); ///< goes with the answer
};

/// Carries out the request as root.  May leave this process as another user, so it is the last thing it does.
Result<Json> actOn(HelperTask &task);

} // namespace zandb::agent
