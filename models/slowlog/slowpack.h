// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/slowlog/slowblock.h"

/// How blocks stand in the store: four packed columns a row, so that a chart reads the first only.  slowpack.md is the specification.
/// Values and pure functions; thread-safe.  The store is not trusted: any bytes may be given to what unpacks.
namespace zandb::slowpack {

inline constexpr int format = 1;
inline constexpr std::size_t maxContent = 64u << 20;
inline constexpr std::size_t maxBlob = 8u << 20;     ///< of one column: below the usual max_allowed_packet
inline constexpr std::size_t maxEntries = 1u << 20;
inline constexpr std::size_t maxSlots = 60;

/// A block and its place in the row: the minute within its hour; 0 in rows that hold one slot.
struct Slot
{
    std::uint8_t minute = 0;
    SlowBlock block;
};

struct Blobs
{
    std::string totals;
    std::string detail;  ///< what `totals` leaves out of the figures
    std::string people;
    std::string callers; ///< empty: the row has none
};
/// Slots ascending by minute.  None when a limit would be broken: fold() the blocks then.  `level` is zstd's.
std::optional<Blobs> pack(const std::vector<Slot> &slots, int level, bool withCallers);

/// The column `totals`: entries ascending by digest, then by slot.
struct Totals
{
    struct Entry
    {
        std::uint32_t digest = 0; ///< index into `digests`
        std::uint8_t minute = 0;
        SlowTotals totals;
    };
    std::vector<SlowChecksum> digests;
    std::vector<Entry> entries;
};
std::optional<Totals> unpackTotals(std::string_view blob);
/// Whole figures, one for each entry of `totals`, which is of the same row.
std::optional<std::vector<SlowFigures>> unpackDetail(std::string_view blob, const Totals &totals);

struct PersonEntry
{
    std::uint8_t minute = 0;
    SlowPerson person;
    SlowTotals totals;
};
std::optional<std::vector<PersonEntry>> unpackPeople(std::string_view blob);
/// Of a row that holds one slot; `totals` is of the same row.
std::optional<std::map<SlowCallerKey, SlowTotals>> unpackCallers(std::string_view blob, const Totals &totals);

/// Everything of a row, as it was packed.
std::optional<std::vector<Slot>> unpack(const Blobs &blobs);

} // namespace zandb::slowpack
