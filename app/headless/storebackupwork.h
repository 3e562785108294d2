// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"
#include "app/store/session.h"

namespace zandb::headless {

/// Dumps the store when its newest dump is a day old (after a failure, when that is an hour old) and `options` name a directory, and
/// tells by an alert when the store has no backup younger than two days.  Returns a line for the log, or nothing.
Result<std::string> lookAfterStoreBackup(store::Session &session, const StoreBackupSettings &options, const std::stop_token &stop);
/// That, for a StoreWork of some minutes.
StoreWork::Work lookingAfterStoreBackup(const Settings &settings);

} // namespace zandb::headless
