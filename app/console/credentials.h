// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

#include <QObject>

#include <functional>

namespace zandb::console {

/// Looks the store's password up in the platform's keychain (service "zandb", key "PROFILE/store-password") when the
/// settings name no password file, and hands the settings back with it.  Never blocks; a keychain that is locked or
/// missing counts as "no password", as the store will say so better.
void withStorePassword(const Settings &settings, QObject *receiver, std::function<void(Settings)> then);

} // namespace zandb::console
