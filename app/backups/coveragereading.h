// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/backups/coverage.h"
#include "models/workflow/run.h"

namespace zandb::backups {

/// How well each instance of the fleet is backed up, by its tasks and the catalogue.  Blocks.  Errors: those of Session.
Result<std::vector<Coverage>> loadCoverage(store::Session &session, const Fleet &fleet, const std::vector<Task> &tasks);

} // namespace zandb::backups
