// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

/// After an administrator restored the store from its own backup.  Errors: those of Session.
namespace zandb::store {

/// How far before the restored store's last moment agents are asked again.
inline constexpr std::chrono::hours resumeMargin{1};

/// The newest moment the store's rows tell of: what it knew when its backup was taken, unless somebody has written since.
Result<TimePoint> newestMoment(Session &session);
/// Gives the store a new epoch, from which on agents take no orders of it until an administrator has told them, and has
/// headless instances ask for results again since resumeMargin before `lastMoment`.  The new epoch.
/// Errors besides those: store.conflict (the epoch is not `seen` any more).
Result<Uuid> beginEpoch(Session &session, const Uuid &seen, TimePoint lastMoment, const std::string &person);

} // namespace zandb::store
