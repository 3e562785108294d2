// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

namespace zandb {

/// Writes a profile so that loadSettings reads the same; passwords are never among it.  The file is replaced at once or
/// not at all, its directory is made.  Comments of a former file are lost.  Errors: settings.invalid (path, detail).
Result<void> saveSettings(const std::filesystem::path &file, const Settings &settings);
/// Writes a secret into a file that only its owner may read.  Errors: settings.invalid.
Result<void> saveSecret(const std::filesystem::path &file, const std::string &secret);

} // namespace zandb
