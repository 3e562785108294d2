// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/rotation.h"

#include <functional>
#include <stop_token>

namespace zandb::agent {

/// What a rotation gets beside its arguments.
struct RotateContext
{
    std::string run;                             ///< the order's own: the same one again returns what it has done
    std::function<void(const std::string &)> log = [](const std::string &) {};
    std::stop_token stop;                        ///< ends compressing; the rest is over in moments
};

/// Renames the log NAME to NAME.1 (older ones first to the next number) and has the server open a new one: `FLUSH LOCAL SLOW LOGS` and nothing else, so that
/// neither other logs nor replicas are touched.  The server goes on writing into the renamed file until it has opened the new one: nothing is lost.
/// Where the agent may not change the directory the helper renames and removes; nothing is compressed there.  A log that somebody else has
/// rotated or truncated in the last 35 days is left alone.  Done again after a crash at any place it ends what was begun and rotates no second time.
/// Errors: order.args, instance.*, sql.failed, io.*, helper.*; then the log has its name again.
Result<wire::RotateResult> rotateSlowLog(const Config &config, const wire::RotateArgs &args, const RotateContext &context);

} // namespace zandb::agent
