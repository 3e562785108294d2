// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>

namespace zandb::agent {

inline constexpr std::string_view manifestName = "manifest.json";
inline constexpr int manifestFormat = 1;

struct StoredFile
{
    std::string name;
    std::int64_t bytes = 0;
    std::string sha256; ///< lower-case hex
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(StoredFile, name, bytes, sha256)
};

/// One table inside a backup.  `bytes` (of its files) for physical ones; of its statements for logical ones.
struct BackedUpTable
{
    std::string schema;
    std::string table;
    std::string engine; ///< "" when the backup's way does not tell
    std::int64_t bytes = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(BackedUpTable, schema, table, engine, bytes)
};

/// What manifest.json says.  A value.
struct Manifest
{
    int format = manifestFormat;
    Uuid id;
    std::string host;
    std::string instance;
    std::optional<Uuid> taskId;
    std::string method;        ///< "mariadb-backup", "mariadb-dump", "mysqldump", "mydumper", "clone"
    std::string payload;       ///< name of the payload's file
    std::string toolVersion;
    std::string serverVersion;
    std::string flavour;       ///< "mariadb", "mysql"
    int compressionLevel = 0;
    int compressionThreads = 0;
    TimePoint startedAt{};
    TimePoint endedAt{};
    wire::BackupPosition position;
    std::string sourceRole;
    std::map<std::string, std::string> settings; ///< server settings a restore must repeat (innodb_page_size, ...)
    std::vector<StoredFile> files; ///< all but the manifest
    std::vector<BackedUpTable> tables;
    std::int64_t uncompressedBytes = 0;
    std::string payloadSha256;
    Json parent;     ///< reserved: null
    Json encryption; ///< reserved: null
};

/// The file's bytes.  `manifest_sha256` in it is the SHA-256 over these very bytes with its own 64 hex digits
/// replaced by zeros, so that a change of any byte shows.
std::string writeManifest(const Manifest &manifest);
/// Checks the own checksum and reads.  Errors: backup.invalid (path, detail).
Result<Manifest> readManifest(const std::filesystem::path &directory);

/// Reads the manifest and compares every file in the directory with it: none missing, none extra, none changed.
/// Errors: backup.invalid (path, detail), io.failed, cancelled.
Result<Manifest> validateBackup(const std::filesystem::path &directory, const std::stop_token &stop = {},
                                const std::function<void(std::int64_t done, std::int64_t total)> &progress = {});

} // namespace zandb::agent
