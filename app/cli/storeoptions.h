// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/args.h"
#include "app/platform/settings.h"

namespace zandb::cli {

/// The options that say where the store is, for those who have no settings file yet.
std::set<std::string> storeOptions();
std::string storeOptionsUsage();
bool hasStoreOptions(const Args &args);
/// The settings with the store's place by options: the file's, where there is one, with what the options say instead.  A
/// password that no --password-file gives is asked for at the terminal; it never stands among the words of a command.
/// Errors: usage, settings.invalid, cancelled.
Result<Settings> settingsByOptions(const std::filesystem::path &file, const Args &args);

/// Asks at the terminal, without showing what is typed.  Errors: usage without a terminal, cancelled after Ctrl+C.
Result<std::string> askPassword(const std::string &prompt);

} // namespace zandb::cli
