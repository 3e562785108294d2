// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

/// What a clock that was ahead for a while has left in the store.
namespace zandb::workflow {

/// Takes back what rows say of times more than 15 minutes ahead of the store's clock, which the caller believes now: no truth
/// can be known of them.  Occurrences that were only missed or skipped go, a missed series ends at the present, runs made for an
/// occurrence to come that failed or were missed wait for it and run then (what they have done stays with their attempts; those that
/// succeeded are left as they are), runs that were missed by that
/// clock are due again, edits count from now, and what was seen, renewed or is to be tried then is as of now.
/// Repeating it changes nothing.  How many rows were changed.  Errors: those of Session.
Result<int> repairFuture(store::Session &session);

} // namespace zandb::workflow
