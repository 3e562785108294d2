// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/checks.h"

#include <functional>
#include <stop_token>

namespace zandb::agent {

/// What a check gets beside its arguments.
struct KeyCheckContext
{
    std::function<void(const std::string &)> log = [](const std::string &) {};
    std::function<void(double share)> progress = [](double) {}; ///< 0 to 1
    std::stop_token stop;
};

/// Reads how far every integer key has come: the next AUTO_INCREMENT value, else MAX() where a B-tree begins with the column, so that each is a
/// step down an index.  It waits at most one second for a metadata lock and reads with the rights of backups, nothing else.  The first pass over an
/// instance works a quarter of the time and rests the others; later ones read what could be half full within 30 days, and the rest once a week.
/// Errors: order.args, instance.*, sql.failed, cancelled.
Result<wire::KeyCheckResult> checkKeys(const Config &config, const wire::KeyCheckArgs &args, const KeyCheckContext &context);

} // namespace zandb::agent
