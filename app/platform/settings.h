// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <filesystem>
#include <string>

namespace zandb {

struct StoreSettings
{
    std::string host = "127.0.0.1";
    int port = 3306;
    std::filesystem::path socket;        ///< local socket instead of host and port, when set
    std::string user;
    std::filesystem::path passwordFile;  ///< mode 0600; empty: credential `store-password`, then the keychain, then none
    std::string password;                ///< never from the file: what the console took from the keychain
    std::string schema = "zandb";
    std::string tls = "auto";            ///< "required" (verified), "off", "auto" (required unless loopback or socket)
    std::filesystem::path tlsCa;
    std::string person;                  ///< whom the program works for: stands in the audit; loadSettings() takes the profile's
};

struct SshSettings
{
    std::filesystem::path identity;      ///< private key; empty: ssh-agent
    std::filesystem::path passphraseFile; ///< mode 0600; empty: credential `ssh-passphrase`, then the keychain, then none
    std::string passphrase{};            ///< never from the file: what the console took from the keychain or was told
};

/// The store's own backup, which a headless instance writes once a day.
struct StoreBackupSettings
{
    std::filesystem::path directory;     ///< empty: it writes none
    int keep = 14;                       ///< so many dumps stay
    std::filesystem::path tools;         ///< where mysqldump or mariadb-dump lies; empty: in the system's directories
};

/// One profile: where the store is and with which key hosts are entered.  $ZANDB_CONFIG, else
/// ~/.config/zandb/zandb.toml (QStandardPaths' generic config location).
struct Settings
{
    std::filesystem::path file;
    std::string profile = "default";     ///< shown in every title
    std::string colour = "#0072B2";      ///< of the window's edge
    bool production = false;             ///< dangerous acts are confirmed by typing the name
    std::string person;                  ///< author of what is asked for; default: the login name
    StoreSettings store;
    SshSettings ssh;
    StoreBackupSettings storeBackup{};
};

/// Errors: settings.invalid (path, detail) also when the file does not exist; the detail says how to make one.
Result<Settings> loadSettings(const std::filesystem::path &file);
std::filesystem::path defaultSettingsFile();

/// Reads a secret: the file when given (must be a regular file that only its owner may read), else
/// $CREDENTIALS_DIRECTORY/NAME.  An empty string when neither exists.  Errors: settings.invalid.
Result<std::string> readSecret(const std::filesystem::path &file, const std::string &credentialName);

} // namespace zandb
