// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/snapshots/snapshot.h"

/// How snapshots stand in the store: part 0 the facts, from part 1 on tables, some ten thousand each.  Values and pure functions; thread-safe.  The store is
/// not trusted: any bytes may be given to what unpacks.
///
/// Part 0 is JSON of the facts as agent/protocol/snapshot.h has them, in a zstd frame.  A part of tables is a zstd frame (level 9) over columns, all numbers
/// varints (models/common/packing.h): count; schemas: count, then each length and bytes, in order of first use; engines likewise; then a column each of:
/// index of the schema minus that before it (ascending, so 0 or 1); the bytes a name shares with the name before it in its schema, its other bytes' length;
/// those bytes; index of the engine; and for file, data, index, rows: 0 for none, else 1 + number.
namespace zandb::snapshotpack {

inline constexpr int format = 1;
inline constexpr std::size_t tablesPerPart = 20'000;
inline constexpr std::size_t maxContent = 64u << 20;
inline constexpr std::size_t maxBlob = 8u << 20; ///< of one part: below the usual max_allowed_packet

/// Parts from 0 on.  None when a limit would be broken.
std::optional<std::vector<std::string>> pack(const Snapshot &snapshot);
/// What pack() made; none for anything else.
std::optional<Snapshot> unpack(const std::vector<std::string> &parts);
/// One part of tables, added to `tables`; false: it cannot be read.
bool unpackTables(std::string_view blob, std::vector<SnapshotTable> &tables);

} // namespace zandb::snapshotpack
