// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

#include <QObject>
#include <QString>

#include <functional>

namespace zandb::console {

/// Looks the store's password up in the platform's keychain (service "zandb", key "PROFILE/store-password") when the
/// settings name no password file, and hands the settings back with it.  Never blocks.  `trouble` is empty, or says why
/// the keychain could not be read (it is missing or locked): the store's own refusal then has a cause.
void withStorePassword(const Settings &settings, QObject *receiver, std::function<void(Settings, QString trouble)> then);

/// Keeps it there.  `then` hears an empty text, or why it could not be kept.
void keepStorePassword(const Settings &settings, const QString &password, QObject *receiver, std::function<void(QString trouble)> then);

} // namespace zandb::console
