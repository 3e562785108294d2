// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/process.h"
#include "agent/runtime/config.h"

#include <functional>

namespace zandb::agent {

/// How one attempt's process is started: PROGRAM ARGUMENTS... DIRECTORY.
struct LaunchSpec
{
    std::filesystem::path program;      ///< empty: this very program
    std::vector<std::string> arguments; ///< without the program's name; the directory is added last
    std::filesystem::path directory;
    int nice = 0;
    std::string ionice = "none";
    std::filesystem::path cgroup;       ///< empty: none
};

/// Starts a worker as leader of its own session, with its limits, stdin from /dev/null, its output in DIR/output and
/// no other descriptor.  The process exists but does nothing until `commit` (which writes the journal) has returned
/// without an error; when it fails, or this program dies before, the process ends without having done anything.  So
/// what the journal calls started is started at most once.
/// Errors: io.failed (no process, no such program), what commit returned.
Result<ProcessIdentity> launchWorker(const LaunchSpec &spec,
                                     const std::function<Result<void>(const ProcessIdentity &)> &commit);

} // namespace zandb::agent
