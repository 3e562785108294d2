// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/slowlog.h"

namespace zandb::agent {

struct SlowSourceAnswer
{
    wire::SlowSource source;
    bool isMariaDb = false;
};

/// Asks a server where its slow statements go: state "following" and a path where it writes a file, else "no_source" with the reason and
/// what makes it write one.  A server that does not answer is "no_source" with the reason "instance_down".  Blocks for some seconds at most.
SlowSourceAnswer askSlowSource(const Config &config, const LocalInstance &instance);

} // namespace zandb::agent
