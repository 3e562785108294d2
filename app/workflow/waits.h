// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "app/workflow/kinds.h"
#include "models/workflow/waiting.h"

/// Why a run waits, as everybody who reads the store can tell.
namespace zandb::workflow {

/// Reads what whyItWaits() needs.  Blocks.  Errors: those of Session.
Result<WaitingFacts> loadWaitingFacts(store::Session &session, const Fleet &fleet);
/// None: it does not wait (any more), or nothing holds it up and it begins at once.  Pure.
std::optional<Waiting> whyItWaits(const Kinds &kinds, const Run &run, const WaitingFacts &facts);

} // namespace zandb::workflow
