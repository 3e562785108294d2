// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

#include <QObject>
#include <QString>

#include <functional>

/// Secrets in the platform's keychain: service "zandb", key "PROFILE/NAME".  Nothing here blocks, and nothing answers once
/// the receiver is gone.
namespace zandb::console {

/// Looks a secret up.  `secret` is empty when none is kept; `trouble` is empty, or says why the keychain could not be read
/// (it is missing or locked).
void withSecret(const Settings &settings, const QString &name, QObject *receiver, std::function<void(QString secret, QString trouble)> then);
/// Keeps one.  `then` hears an empty text, or why it could not be kept.
void keepSecret(const Settings &settings, const QString &name, const QString &secret, QObject *receiver,
                std::function<void(QString trouble)> then);

/// The settings with the store's password, looked up when they name no password file (the store's own refusal then has
/// `trouble` as its cause).
void withStorePassword(const Settings &settings, QObject *receiver, std::function<void(Settings, QString trouble)> then);
void keepStorePassword(const Settings &settings, const QString &password, QObject *receiver, std::function<void(QString trouble)> then);

} // namespace zandb::console
