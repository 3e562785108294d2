// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/uuid.h"
#include "models/slowlog/slowfigures.h"

#include <map>
#include <string>
#include <tuple>

/// What slow statements did in one slot of time, of one instance or group.  Values and pure functions; thread-safe.
namespace zandb {

/// A digest is named by its checksum: the MD5 of its fingerprint, as 16 bytes.  The null one is "other", the folded tail of rare ones.
using SlowChecksum = Uuid;
inline constexpr SlowChecksum slowOther{};
/// "2C2F..." with 32 upper-case digits, as pt-query-digest writes it; "other" for the folded tail.
std::string checksumText(const SlowChecksum &checksum);
/// Reads what checksumText() writes, digits of either case.  None for anything else.
std::optional<SlowChecksum> checksumOf(std::string_view text);

/// Who sent statements.  Empty texts: the log does not say; "*": many, folded.
struct SlowPerson
{
    std::string user;
    std::string schema;
    auto operator<=>(const SlowPerson &) const = default;
};
struct SlowCallerKey
{
    SlowChecksum digest;
    std::string user;
    std::string host;
    std::string schema;
    auto operator<=>(const SlowCallerKey &) const = default;
};

struct SlowBlock
{
    std::map<SlowChecksum, SlowFigures> digests;
    std::map<SlowPerson, SlowTotals> people;      ///< all digests together
    std::map<SlowCallerKey, SlowTotals> callers;
    std::int64_t timeUnknown = 0;
    std::int64_t notUnderstood = 0;

    void add(const SlowBlock &other);
    SlowTotals totals() const;
    bool operator==(const SlowBlock &) const = default;
};

/// How much a block may hold; what is rare beyond it is folded into "other" and "*", so that sums stay what they are.
struct SlowLimits
{
    std::size_t digests = 2000;         ///< by query time
    std::size_t callersOfDigest = 32;   ///< by query time
    std::size_t people = 500;           ///< by query time
};
void fold(SlowBlock &block, const SlowLimits &limits);

/// A digest's text as it came.
struct SlowText
{
    SlowChecksum checksum;
    std::string fingerprint;
};
/// A batch as values: numbers made whole, texts cut and made UTF-8, what has no valid checksum counted in "other".
struct SlowBatch
{
    TimePoint minute{};
    SlowBlock block;
    std::vector<SlowText> texts;
    std::vector<std::pair<SlowChecksum, wire::SlowSample>> samples;
    std::int64_t bytesBehind = 0;
};
/// `now`: the store's clock.  A minute that cannot be (before 2000, or more than a day ahead) is now's, and its events are counted as of
/// unknown time.
SlowBatch slowBatchOf(const wire::SlowMinute &minute, TimePoint now);

} // namespace zandb
