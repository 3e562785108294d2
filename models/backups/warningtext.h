// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"

#include <QString>

namespace zandb {

/// What a person should know of a good backup or of its proof, as a sentence with the names.  A code nobody knows reads as
/// itself with its names.
QString warningText(const wire::BackupWarning &warning);
/// "Tables: 6, views: 2"
QString objectCountsText(const std::map<std::string, std::int64_t> &counts);

} // namespace zandb
