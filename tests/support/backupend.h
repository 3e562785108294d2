// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/backups/catalogue.h"
#include "app/workflow/runrepository.h"

namespace zandb::test {

/// An attempt's end and what it changes in the catalogue, for tests of the store that set both.
struct BackupEnd : backups::CatalogueChange
{
    Attempt attempt;
    /// As the engine would make it.
    workflow::AttemptEnd sealed() const { return {attempt, backups::recorder(*this)}; }
};

} // namespace zandb::test
