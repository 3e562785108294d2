// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <stop_token>

/// Adds slow statements up: pieces of instances into their groups, hours that are over into hours, days that are over into days.  Blocks; uses the session of
/// its caller.
namespace zandb::slowlog {

struct RolledUp
{
    std::int64_t pieces = 0; ///< added to the groups of their instances
    std::int64_t hours = 0;  ///< of a subject
    std::int64_t days = 0;   ///< of a subject
    bool more = false;       ///< something is left to do now
};
/// One portion of what is due.  Whoever calls holds the lease of `leaseHost`; its row is locked in each transaction, so that two members never add the same twice.
/// Each piece is in the hour once, and in the minutes of each group above its instance once, whatever dies in between.  Raises the topic `slow`.
/// A host that moves to another group takes with it what comes from then on.  Errors: those of Session.
Result<RolledUp> rollUp(store::Session &session, const Uuid &leaseHost, std::stop_token stop = {});

} // namespace zandb::slowlog
