// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/slowspan.h"

#include <algorithm>

namespace zandb::slowlog {

using store::Session;
using store::value;

namespace {

constexpr int pieceLevel = 3;
constexpr int packedLevel = 12; ///< of zstd: written once, read for months

std::optional<slowpack::Blobs> packFolding(Span &span)
{
    const bool withCallers = span.kind != SpanKind::Minutes;
    const int level = span.kind == SpanKind::Piece ? pieceLevel : packedLevel;
    for (SlowLimits limits; limits.digests >= 1; limits.digests /= 2, limits.people /= 2, limits.callersOfDigest = std::max<std::size_t>(1, limits.callersOfDigest / 2)) {
        if (auto blobs = slowpack::pack(span.slots, level, withCallers))
            return blobs;
        for (slowpack::Slot &slot : span.slots)
            fold(slot.block, limits);
    }
    return std::nullopt;
}

} // namespace

SlowBlock blockOf(const Span &span)
{
    SlowBlock all;
    for (const slowpack::Slot &slot : span.slots)
        all.add(slot.block);
    return all;
}

std::optional<Span> spanOf(const store::Row &row)
{
    Span span;
    span.subject = row.uuid(0);
    span.kind = static_cast<SpanKind>(std::clamp<std::int64_t>(row.integer(1), 0, 3));
    span.begin = row.time(2);
    span.part = static_cast<int>(row.integer(3));
    if (row.integer(6) != slowpack::format)
        return std::nullopt;
    auto slots = slowpack::unpack({row.text(7), row.text(8), row.text(9), row.text(10)});
    if (!slots)
        return std::nullopt;
    span.slots = std::move(*slots);
    const std::int64_t timeUnknown = row.integer(4), notUnderstood = row.integer(5);
    if (span.slots.empty() && (timeUnknown || notUnderstood))
        span.slots.emplace_back();
    if (!span.slots.empty()) {
        span.slots.front().block.timeUnknown = timeUnknown;
        span.slots.front().block.notUnderstood = notUnderstood;
    }
    return span;
}

Result<void> writeSpan(Session &session, Span span)
{
    const auto blobs = packFolding(span);
    if (!blobs)
        return fail(errors::internal, {{"detail", "a block of slow statements that no row can hold"}});
    const SlowBlock all = blockOf(span);
    const SlowTotals totals = all.totals();
    const auto done = session.execute(
        "INSERT INTO slow_span (subject_id, kind, t0_us, part, events, time_us, examined, time_unknown, not_understood, format, totals, detail, people, callers) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE events = VALUES(events), time_us = VALUES(time_us), examined = VALUES(examined), "
        "time_unknown = VALUES(time_unknown), not_understood = VALUES(not_understood), format = VALUES(format), totals = VALUES(totals), detail = VALUES(detail), "
        "people = VALUES(people), callers = VALUES(callers)",
        {value(span.subject), value(static_cast<int>(span.kind)), value(span.begin), value(span.part), value(totals.events), value(totals.timeUs),
         value(totals.examined), value(all.timeUnknown), value(all.notUnderstood), value(slowpack::format), blobs->totals, blobs->detail, blobs->people,
         blobs->callers});
    return done ? Result<void>{} : fail(done.error());
}

Result<std::optional<Span>> lockSpan(Session &session, const Uuid &subject, SpanKind kind, TimePoint begin)
{
    const auto rows = session.query("SELECT " + std::string(spanColumns) + " FROM slow_span s WHERE s.subject_id = ? AND s.kind = ? AND s.t0_us = ? AND s.part = 0 FOR UPDATE",
                                    {value(subject), value(static_cast<int>(kind)), value(begin)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return std::optional<Span>();
    if (auto span = spanOf(rows->front()))
        return std::optional(std::move(*span));
    return std::optional(Span{subject, kind, begin, 0, {}}); // damaged: what comes is worth more than nothing
}

} // namespace zandb::slowlog
