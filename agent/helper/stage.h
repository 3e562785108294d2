// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/helper/trust.h"

#include "agent/protocol/uuid.h"

#include <functional>

/// Staging directories of MySQL clones: `PARENT/zandb-clone-ID` beside the data directory.  It is root's, by which the helper knows
/// what it has made; in it `work` is made for the server, which clones into its `data`; that is then given to the agent, which starts a
/// server on it and packs it; then all of it is removed.  No part of PARENT may be a link or changeable by others.
/// Whoever owns the tree meanwhile may change it under our hands, so everything goes through descriptors, never
/// follows a link, and touches only what is the server's or the agent's.
namespace zandb::agent {

/// The path to clone into, PARENT/zandb-clone-ID/work/data, which does not exist yet.  Errors: helper.refused, io.failed.
Result<std::filesystem::path> makeStage(const LocalInstance &instance, const Uuid &id, const OsUser &server, const OsUser &agent);
/// Gives everything the server owns in it to the agent.  Errors: helper.refused, io.failed, cancelled (half of it may be
/// given by then).
Result<void> takeStage(const LocalInstance &instance, const Uuid &id, const OsUser &server, const OsUser &agent,
                       const std::function<bool()> &isCancelled);
/// An absent one is removed already.  Goes on although the caller is gone: nobody else would remove it.  Errors:
/// helper.refused, io.failed.
Result<void> removeStage(const LocalInstance &instance, const Uuid &id, const OsUser &server, const OsUser &agent);

} // namespace zandb::agent
