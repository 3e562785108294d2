// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/snapshots/snapshot.h"

/// Two snapshots compared.  Pure; thread-safe.
namespace zandb {

enum class SnapshotChange { Added, Removed, Changed };
std::string_view toString(SnapshotChange change); ///< "added", "removed", "changed"

/// A schema or table whose size or rows differ, or that is in one only.
struct SnapshotSizeChange
{
    SnapshotChange change = SnapshotChange::Changed;
    std::string schema;
    std::string table;   ///< empty: the whole schema
    std::string engine;  ///< of the later one; "MyISAM -> InnoDB" when it differs
    SnapshotSum before;
    SnapshotSum after;
    std::int64_t grown() const { return after.bytes - before.bytes; }
};
/// Something with a name and a text: a variable, a plugin, an account, a directory, the version.
struct SnapshotTextChange
{
    SnapshotChange change = SnapshotChange::Changed;
    std::string kind;    ///< "version", "variable", "plugin", "account", "directory"
    std::string name;
    std::string before;
    std::string after;
};
struct SnapshotDiff
{
    std::vector<SnapshotSizeChange> schemas; ///< what has grown most first
    std::vector<SnapshotSizeChange> tables;  ///< likewise
    std::vector<SnapshotTextChange> texts;   ///< by kind and name
    SnapshotSum before;
    SnapshotSum after;
    bool accountsKnown = true;               ///< false: one of the two could not read them
    bool isEmpty() const { return schemas.empty() && tables.empty() && texts.empty(); }
};
/// What is different in `after`.  Variables are compared by meaning (rules::sameValueOf); positions, clocks and the like, which always differ, are left out, and between two instances also what
/// is each one's own (`otherInstance`: ids, ports, paths).
SnapshotDiff diffOf(const Snapshot &before, const Snapshot &after, bool otherInstance = false);

} // namespace zandb
