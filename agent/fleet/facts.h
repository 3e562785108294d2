// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

namespace zandb::agent {

/// Facts about this host, read anew at each call from /proc, uname, os-release and statvfs; what cannot be read stays
/// empty or 0.  Disks are those of the given instances (data and log directories), of the state directory and of
/// local repositories, each file system once, in the order of first mention; a path that does not exist yet counts
/// for its nearest existing parent.  Thread-safe; reads files only, but statvfs may block on a dead network mount.
wire::HostFacts hostFacts(const Config &config, const std::vector<LocalInstance> &instances);
/// The same with findInstances(config).
wire::HostFacts hostFacts(const Config &config);

} // namespace zandb::agent
