// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/workflow/orders.h"

#include <chrono>

namespace zandb::agent {

/// What `zandb-agent serve` runs with.  Tests set shorter times and their own worker.
struct ServeOptions
{
    Config config;
    OrderOptions orders;
    /// A program and its words, run at the start and whenever a worker was found gone: it cleans up behind workers that
    /// were killed.  Empty: none.
    std::vector<std::string> cleaner;
    /// The same for reading backups in full (agent/backups/keep.h): run at the start, every hour and after
    /// what leaves backups.
    std::vector<std::string> reader;
    std::chrono::milliseconds tick{500};            ///< how often workers are looked at while an order is open
    std::chrono::milliseconds housekeeping{20'000}; ///< how often keys and silent clients are looked at
    std::chrono::milliseconds keysGrace{30'000};    ///< for how long connections outlive a file of keys that cannot be read
    std::chrono::milliseconds handshake{10'000};    ///< for Attach and Hello
    std::chrono::milliseconds writeStall{60'000};   ///< for a client that does not read
};

/// Serves until SIGTERM or SIGINT; workers go on.  One thread for the loop, some for what blocks (lane.h).
/// Returns the process's exit status; why it could not start stands in the log.
int serve(ServeOptions options);

} // namespace zandb::agent
