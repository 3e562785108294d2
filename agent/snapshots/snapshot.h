// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/snapshot.h"

#include <functional>
#include <stop_token>

namespace zandb::agent {

/// What a snapshot gets beside its arguments.
struct SnapshotContext
{
    std::function<void(const std::string &)> log = [](const std::string &) {};
    std::function<bool(const Json &)> item;                 ///< takes one item; false: it was cut
    std::function<void(std::int64_t)> progress = [](std::int64_t) {}; ///< tables so far
    std::stop_token stop;
};

/// Looks at an instance and leaves what it sees as items (agent/protocol/snapshot.h).  Sizes come from tablespaces and from files of other engines, rows from the
/// persistent statistics: no table of a user is opened, so nothing waits behind an ALTER or LOCK TABLES.  Reads of the server's own tables wait one second for
/// a lock at most and are named in `missing` when they do not get it.  Between portions it sleeps, so that it works for `share` percent of the time only.
/// Errors: order.args, instance.*, cancelled.
Result<wire::SnapshotResult> takeSnapshot(const Config &config, const wire::SnapshotArgs &args, const SnapshotContext &context);

} // namespace zandb::agent
