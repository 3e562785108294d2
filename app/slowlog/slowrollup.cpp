// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/slowrollup.h"

#include "app/slowlog/slowspan.h"
#include "app/store/sqltext.h"

#include <algorithm>
#include <map>
#include <set>

namespace zandb::slowlog {
namespace {

using store::Session;
using store::value;
using store::Value;
using namespace std::chrono_literals;

constexpr std::int64_t piecesAtOnce = 500;
constexpr std::int64_t hoursAtOnce = 100;
constexpr std::int64_t daysAtOnce = 50;
/// An agent may be some minutes late with the end of an hour; hours may be late with the end of a day.
constexpr Microseconds hourRests = 10min;
constexpr Microseconds dayRests = 1h;
/// What a group keeps apart: a chart of 30 days reads 720 hours of it.
constexpr SlowLimits groupLimits{400, 8, 200};
constexpr SlowLimits groupDayLimits{1000, 8, 200};

/// The lease's row, locked: one member at a time.  False: there is none.
Result<bool> lockLease(Session &session, const Uuid &host)
{
    const auto rows = session.query("SELECT token FROM lease WHERE host_id = ? FOR UPDATE", {value(host)});
    if (!rows)
        return fail(rows.error());
    return !rows->empty();
}

/// The groups above each instance, the whole fleet among them; and all subjects that are groups.
class Ancestry
{
public:
    static Result<Ancestry> load(Session &session)
    {
        Ancestry result;
        const auto groups = session.query("SELECT id, parent_id FROM fleet_group");
        if (!groups)
            return fail(groups.error());
        for (const store::Row &row : *groups)
            result.m_parents[row.uuid(0)] = row.optionalUuid(1);
        const auto instances = session.query("SELECT i.id, h.group_id FROM instance i JOIN host h ON h.id = i.host_id");
        if (!instances)
            return fail(instances.error());
        for (const store::Row &row : *instances)
            result.m_groups[row.uuid(0)] = row.optionalUuid(1);
        return result;
    }
    bool isGroup(const Uuid &subject) const { return subject == wholeFleet || m_parents.contains(subject); }
    /// None for an instance that is gone.
    std::vector<Uuid> above(const Uuid &instance) const
    {
        const auto found = m_groups.find(instance);
        if (found == m_groups.end())
            return {};
        std::vector<Uuid> all{wholeFleet};
        std::optional<Uuid> at = found->second;
        for (int depth = 0; at && depth < 64; ++depth) { // a cycle in hostile rows ends the walk
            const auto parent = m_parents.find(*at);
            if (parent == m_parents.end() || std::ranges::count(all, *at))
                break;
            all.push_back(*at);
            at = parent->second;
        }
        return all;
    }

private:
    std::map<Uuid, std::optional<Uuid>> m_parents;
    std::map<Uuid, std::optional<Uuid>> m_groups;
};

/// Adds a block to a row, or makes the row.
Result<void> addTo(Session &session, const Uuid &subject, SpanKind kind, TimePoint begin, const SlowBlock &block, const SlowLimits &limits)
{
    auto span = lockSpan(session, subject, kind, begin);
    if (!span)
        return fail(span.error());
    if (!*span)
        *span = Span{subject, kind, begin, 0, {}};
    auto &slots = (*span)->slots;
    if (slots.empty())
        slots.emplace_back();
    slots.front().block.add(block);
    fold(slots.front().block, limits);
    return writeSpan(session, std::move(**span));
}

/// Callers of a group are told by account and schema: a thousand instances have too many clients.
SlowBlock withoutClients(const SlowBlock &block)
{
    SlowBlock result = block;
    result.callers.clear();
    for (const auto &[caller, totals] : block.callers)
        result.callers[{caller.digest, caller.user, caller.user == "*" ? "*" : "", caller.schema}].add(totals);
    return result;
}

Result<void> addPieces(Session &session, const Uuid &leaseHost, RolledUp &done)
{
    const auto ancestry = Ancestry::load(session);
    if (!ancestry)
        return fail(ancestry.error());
    std::int64_t count = 0;
    const auto added = session.transaction([&]() -> Result<void> {
        count = 0;
        const auto held = lockLease(session, leaseHost);
        if (!held || !*held)
            return held ? Result<void>{} : fail(held.error());
        // a piece that is gone went with its host, and its mark goes too
        const auto rows = session.query("SELECT p.subject_id, 0, p.t0_us, p.part, COALESCE(s.time_unknown, 0), COALESCE(s.not_understood, 0), COALESCE(s.format, 0), s.totals, "
                                        "s.detail, s.people, s.callers FROM slow_pending p LEFT JOIN slow_span s ON s.subject_id = p.subject_id AND s.kind = 0 "
                                        "AND s.t0_us = p.t0_us AND s.part = p.part WHERE p.kind = 0 ORDER BY p.t0_us, p.subject_id, p.part LIMIT " + std::to_string(piecesAtOnce));
        if (!rows)
            return fail(rows.error());
        std::map<std::pair<Uuid, TimePoint>, SlowBlock> sums;
        for (const store::Row &row : *rows) {
            const auto span = spanOf(row);
            if (!span)
                continue;
            const SlowBlock block = withoutClients(blockOf(*span));
            for (const Uuid &group : ancestry->above(span->subject))
                sums[{group, span->begin}].add(block);
        }
        for (const auto &[place, block] : sums) {
            if (auto stored = addTo(session, place.first, SpanKind::Piece, place.second, block, groupLimits); !stored)
                return stored;
        }
        for (const store::Row &row : *rows) {
            const auto gone = session.execute("DELETE FROM slow_pending WHERE kind = 0 AND t0_us = ? AND subject_id = ? AND part = ?",
                                              {value(row.time(2)), value(row.uuid(0)), value(row.integer(3))});
            if (!gone)
                return fail(gone.error());
        }
        count = static_cast<std::int64_t>(rows->size());
        return count > 0 ? store::raiseFeed(session, "slow") : Result<void>{};
    });
    done.pieces += count;
    done.more = done.more || count == piecesAtOnce;
    return added;
}

/// The pieces of one hour of one subject become its minutes and are added to its hour, and to its day when that is made already.
Result<void> packHour(Session &session, const Uuid &leaseHost, const Uuid &subject, TimePoint hour, bool isGroup)
{
    return session.transaction([&]() -> Result<void> {
        const auto held = lockLease(session, leaseHost);
        if (!held || !*held)
            return held ? Result<void>{} : fail(held.error());
        const auto rows = session.query("SELECT " + std::string(spanColumns) + " FROM slow_span s WHERE s.subject_id = ? AND s.kind = 0 AND s.t0_us >= ? AND s.t0_us < ? AND "
                                        "NOT EXISTS (SELECT 1 FROM slow_pending p WHERE p.kind = 0 AND p.t0_us = s.t0_us AND p.subject_id = s.subject_id AND p.part = s.part) "
                                        "ORDER BY s.t0_us, s.part FOR UPDATE", {value(subject), value(hour), value(hour + spanHour)});
        if (!rows)
            return fail(rows.error());
        auto minutes = lockSpan(session, subject, SpanKind::Minutes, hour);
        if (!minutes)
            return fail(minutes.error());
        std::map<std::uint8_t, SlowBlock> slots;
        if (*minutes) {
            for (slowpack::Slot &slot : (*minutes)->slots)
                slots[slot.minute] = std::move(slot.block);
        }
        SlowBlock sum;
        for (const store::Row &row : *rows) {
            if (const auto piece = spanOf(row)) {
                SlowBlock block = blockOf(*piece);
                sum.add(block);
                block.callers.clear();
                slots[static_cast<std::uint8_t>((piece->begin - hour) / 1min)].add(block);
            }
            const auto gone = session.execute("DELETE FROM slow_span WHERE subject_id = ? AND kind = 0 AND t0_us = ? AND part = ?",
                                              {value(subject), value(row.time(2)), value(row.integer(3))});
            if (!gone)
                return fail(gone.error());
        }
        Span whole{subject, SpanKind::Minutes, hour, 0, {}};
        for (auto &[minute, block] : slots)
            whole.slots.push_back({minute, std::move(block)});
        if (auto stored = writeSpan(session, std::move(whole)); !stored)
            return stored;
        if (auto stored = addTo(session, subject, SpanKind::Hour, hour, sum, isGroup ? groupLimits : SlowLimits{}); !stored)
            return stored;
        const TimePoint day = dayOf(hour);
        const auto made = lockSpan(session, subject, SpanKind::Day, day);
        if (!made)
            return fail(made.error());
        if (*made)
            return addTo(session, subject, SpanKind::Day, day, sum, isGroup ? groupDayLimits : SlowLimits{});
        const auto noted = session.execute("INSERT INTO slow_pending (kind, t0_us, subject_id, part) VALUES (3,?,?,0) ON DUPLICATE KEY UPDATE part = VALUES(part)",
                                           {value(day), value(subject)});
        return noted ? Result<void>{} : fail(noted.error());
    });
}

Result<void> makeDay(Session &session, const Uuid &leaseHost, const Uuid &subject, TimePoint day, bool isGroup)
{
    return session.transaction([&]() -> Result<void> {
        const auto held = lockLease(session, leaseHost);
        if (!held || !*held)
            return held ? Result<void>{} : fail(held.error());
        const auto gone = session.execute("DELETE FROM slow_pending WHERE kind = 3 AND t0_us = ? AND subject_id = ?", {value(day), value(subject)});
        if (!gone)
            return fail(gone.error());
        const auto rows = session.query("SELECT " + std::string(spanColumns) + " FROM slow_span s WHERE s.subject_id = ? AND s.kind = 2 AND s.t0_us >= ? AND s.t0_us < ?",
                                        {value(subject), value(day), value(day + spanDay)});
        if (!rows)
            return fail(rows.error());
        SlowBlock sum;
        for (const store::Row &row : *rows) {
            if (const auto hour = spanOf(row))
                sum.add(blockOf(*hour));
        }
        if (rows->empty())
            return {};
        fold(sum, isGroup ? groupDayLimits : SlowLimits{});
        Span span{subject, SpanKind::Day, day, 0, {}};
        span.slots.push_back({0, std::move(sum)});
        return writeSpan(session, std::move(span));
    });
}

} // namespace

Result<RolledUp> rollUp(Session &session, const Uuid &leaseHost, std::stop_token stop)
{
    RolledUp done;
    if (auto added = addPieces(session, leaseHost, done); !added)
        return fail(added.error());
    const auto now = session.now();
    const auto ancestry = Ancestry::load(session);
    if (!now || !ancestry)
        return fail(now ? ancestry.error() : now.error());
    const auto hours = session.query("SELECT s.subject_id, s.t0_us - s.t0_us % 3600000000 FROM slow_span s WHERE s.kind = 0 AND s.t0_us < ? AND NOT EXISTS (SELECT 1 FROM "
                                     "slow_pending p WHERE p.kind = 0 AND p.t0_us = s.t0_us AND p.subject_id = s.subject_id AND p.part = s.part) GROUP BY 1, 2 LIMIT "
                                         + std::to_string(hoursAtOnce), {value(hourOf(*now - hourRests))});
    if (!hours)
        return fail(hours.error());
    for (const store::Row &row : *hours) {
        if (stop.stop_requested())
            return done;
        if (auto packed = packHour(session, leaseHost, row.uuid(0), row.time(1), ancestry->isGroup(row.uuid(0))); !packed)
            return fail(packed.error());
        ++done.hours;
    }
    done.more = done.more || done.hours == hoursAtOnce;
    if (done.more)
        return done; // a day is made when its hours are complete
    const auto days = session.query("SELECT subject_id, t0_us FROM slow_pending WHERE kind = 3 AND t0_us < ? ORDER BY t0_us LIMIT " + std::to_string(daysAtOnce),
                                    {value(*now - spanDay - dayRests)});
    if (!days)
        return fail(days.error());
    for (const store::Row &row : *days) {
        if (stop.stop_requested())
            return done;
        if (auto made = makeDay(session, leaseHost, row.uuid(0), row.time(1), ancestry->isGroup(row.uuid(0))); !made)
            return fail(made.error());
        ++done.days;
    }
    done.more = done.days == daysAtOnce;
    return done;
}

} // namespace zandb::slowlog
