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
    std::optional<std::int64_t> rows = std::nullopt; ///< of logical ones, where their rows are in the backup: counted in the backup itself
    bool history = false;             ///< `rows` counts the history of system versioning too
};
void to_json(Json &json, const BackedUpTable &table);
void from_json(const Json &json, BackedUpTable &table);

/// An object of a server's users.  Kinds: table, view, sequence, function, procedure, package, packageBody, trigger, event.
struct ServerObject
{
    std::string kind;
    std::string schema;
    std::string name;
    auto operator<=>(const ServerObject &) const = default;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(ServerObject, kind, schema, name)
};

/// A view that the source itself could not read when it was backed up.
struct BrokenView
{
    std::string schema;
    std::string name;
    std::string detail;     ///< the server's words
    std::string definition; ///< CREATE VIEW, where a dump cannot hold it; else ""
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(BrokenView, schema, name, detail, definition)
};

/// An object whose definer was no account of the source.
struct MissingDefiner
{
    std::string definer;
    std::string kind;
    std::string schema;
    std::string name;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(MissingDefiner, definer, kind, schema, name)
};

/// What the source held, by its own lists.
struct BackedUpObjects
{
    std::vector<ServerObject> names; ///< there before and after the copying, so they must be in the copy
    std::vector<BrokenView> broken;
    std::vector<MissingDefiner> missingDefiners;
    /// How many of each kind.
    std::map<std::string, std::int64_t> counts() const;
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
    std::optional<BackedUpObjects> objects; ///< absent in manifests of earlier versions
    std::vector<wire::BackupWarning> warnings;
    std::int64_t uncompressedBytes = 0;
    std::string payloadSha256;
    Json parent;     ///< reserved: null
    Json encryption; ///< reserved: null
    std::string fileSha256; ///< of the file it was read from, lower-case hex; not in the file
};

/// The file's bytes.  `manifest_sha256` in it is the SHA-256 over these very bytes with its own 64 hex digits
/// replaced by zeros, so that a change of any byte shows.
std::string writeManifest(const Manifest &manifest);
/// Checks the own checksum and reads.  Errors: backup.invalid (path, detail).
Result<Manifest> readManifest(const std::filesystem::path &directory);

/// What the catalogue knows of a backup's bytes, lower-case hex; "" where it knows nothing.
struct CataloguedSums
{
    std::string manifest; ///< SHA-256 of manifest.json
    std::string payload;
};

/// Compares the manifest with `catalogued` before any other file is opened: whoever may write to the repository could have
/// put another backup, sound in itself, in its place.  Then compares every file in the directory with the manifest: none
/// missing, none extra, none changed.
/// Errors: backup.replaced (path, expected, found), backup.invalid (path, detail), io.failed, cancelled.
Result<Manifest> validateBackup(const std::filesystem::path &directory, const std::stop_token &stop = {},
                                const std::function<void(std::int64_t done, std::int64_t total)> &progress = {},
                                const CataloguedSums &catalogued = {});

} // namespace zandb::agent
