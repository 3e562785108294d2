// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"
#include "app/workflow/kinds.h"

namespace zandb::headless {

/// Removes from the store what is older than it is to be kept (workflow::removeExpired): for a StoreWork of once an hour.
StoreWork::Work removingExpired(StoreSettings settings);
/// Adds slow statements up (slowlog::rollUp) until nothing is due: for a StoreWork of some seconds.
StoreWork::Work rollingUp(StoreSettings settings);

/// Runs the tasks that follow others' runs, once each.
StoreWork::Work following(StoreSettings settings, workflow::Kinds kinds);

} // namespace zandb::headless
