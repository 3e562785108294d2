// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/uuid.h"
#include "app/store/session.h"

namespace zandb::fleet {

/// The id of the host's instance of this name, which is made with `id` where there is none.  It is unknown until its host was asked.  Errors: those of Session.
Result<Uuid> ensureInstance(store::Session &session, const Uuid &hostId, const std::string &name, int port, const Uuid &id);
/// Removes one that is no more; its runs and backups stay.  In the caller's transaction.  Errors: those of Session.
Result<void> forgetInstance(store::Session &session, const Uuid &instanceId);

} // namespace zandb::fleet
