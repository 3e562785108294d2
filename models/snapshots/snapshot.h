// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/protocol/snapshot.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What an instance was made of on one day.  Values and pure functions; thread-safe.
namespace zandb {

/// A table, all partitions together.  `table` empty: the schema itself; `schema` empty: a tablespace of no schema.
struct SnapshotTable
{
    std::string schema;
    std::string table;
    std::string engine;
    std::optional<std::int64_t> file;  ///< bytes of its files
    std::optional<std::int64_t> data;  ///< bytes of rows, by statistics
    std::optional<std::int64_t> index; ///< bytes of secondary indexes, by statistics
    std::optional<std::int64_t> rows;  ///< an estimate

    /// What it takes on disk: its files, or what statistics say where those are not known.
    std::int64_t bytes() const;
    bool operator==(const SnapshotTable &) const = default;
};
struct SnapshotAccount
{
    std::string user;
    std::string host;
    std::string plugin;
    std::optional<bool> locked;      ///< none: the server does not say
    std::optional<bool> hasPassword;
    bool isRole = false;
    bool operator==(const SnapshotAccount &) const = default;
};
struct SnapshotPlugin
{
    std::string name;
    std::string version;
    std::string status;
    bool operator==(const SnapshotPlugin &) const = default;
};

/// Days since 1970, UTC.
using SnapshotDay = int;
SnapshotDay snapshotDayOf(TimePoint at);
TimePoint beginOf(SnapshotDay day);
/// "2026-11-30"; none for anything that is no such day.
std::optional<SnapshotDay> snapshotDayOf(std::string_view text);
std::string dayText(SnapshotDay day);

struct Snapshot
{
    TimePoint takenAt{};
    std::string version;
    std::string flavour;
    std::vector<SnapshotTable> tables; ///< ascending by schema and table
    std::map<std::string, std::string> variables;
    std::vector<SnapshotPlugin> plugins;
    std::optional<std::vector<SnapshotAccount>> accounts; ///< none: the agent may not read them
    std::map<std::string, std::optional<std::int64_t>> directories; ///< "data", "log", "tmp", "binlog"
    std::vector<std::string> missing;  ///< what could not be read
};

/// What many tables add up to.
struct SnapshotSum
{
    std::int64_t tables = 0;
    std::int64_t bytes = 0;
    std::int64_t data = 0;
    std::int64_t index = 0;
    std::int64_t rows = 0;
    void add(const SnapshotTable &table);
    bool operator==(const SnapshotSum &) const = default;
};
SnapshotSum sumOf(const Snapshot &snapshot);
std::map<std::string, SnapshotSum> sumsBySchema(const Snapshot &snapshot);

/// A line of growth: a schema (`table` empty) or one of the largest tables.  Those beyond the limits are left out, never the sums.
struct SnapshotLine
{
    std::string schema;
    std::string table;
    SnapshotSum sum;
};
inline constexpr std::size_t mostSchemaLines = 500;
inline constexpr std::size_t mostTableLines = 100;
/// The lines that are kept for charts: the largest schemas, then the largest tables.
std::vector<SnapshotLine> linesOf(const Snapshot &snapshot);

/// Puts a snapshot together from the items of an attempt, which are not trusted: at most a million tables, names of at most 256 bytes, numbers of at least 0.
class SnapshotBuilder
{
public:
    explicit SnapshotBuilder(const wire::SnapshotResult &result);
    /// False: the item is not one; what was taken stays.
    bool add(const Json &item);
    /// None when the facts are missing.
    std::optional<Snapshot> take();

private:
    bool addTables(const Json &rows);
    bool addFacts(const Json &facts);
    Snapshot m_snapshot;
    bool m_hasFacts = false;
};

} // namespace zandb
