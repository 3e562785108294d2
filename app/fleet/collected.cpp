// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/collected.h"

#include <algorithm>

namespace zandb::fleet {

using store::Session;
using store::value;

namespace {

struct StoredMark
{
    Uuid spool;
    std::int64_t number = 0;
};

/// None when there is no row yet.
Result<std::optional<StoredMark>> lockMark(Session &session, const CollectedFrom &from)
{
    const auto rows = session.query("SELECT spool, number FROM collected WHERE host_id = ? AND source = ? FOR UPDATE",
                                    {value(from.host), value(from.source)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return std::optional<StoredMark>();
    return std::optional(StoredMark{rows->front().uuid(0), rows->front().integer(1)});
}

/// The row, locked.  Where there is none one is made first: a row that is not there cannot be locked, and two members may both bring the first batch.
Result<StoredMark> ownMark(Session &session, const CollectedFrom &from)
{
    auto mark = lockMark(session, from);
    if (mark && !*mark) {
        const auto made = session.execute("INSERT INTO collected (host_id, source, spool, number, lost, stored_us, fence) VALUES (?,?,?,0,0,0,?) "
                                          "ON DUPLICATE KEY UPDATE collected.number = collected.number",
                                          {value(from.host), value(from.source), value(from.spool), value(from.token)});
        if (!made)
            return fail(made.error());
        mark = lockMark(session, from);
    }
    if (!mark)
        return fail(mark.error());
    return mark->value_or(StoredMark{});
}

} // namespace

Result<std::map<std::string, Uuid>> instancesOf(Session &session, const Uuid &host)
{
    const auto rows = session.query("SELECT name, id FROM instance WHERE host_id = ?", {value(host)});
    if (!rows)
        return fail(rows.error());
    std::map<std::string, Uuid> names;
    for (const store::Row &row : *rows)
        names.emplace(row.text(0), row.uuid(1));
    return names;
}

Result<Collected> storeCollected(Session &session, const CollectedFrom &from, std::span<const std::int64_t> numbers,
                                 const std::function<Result<void>(std::span<const std::size_t>)> &storeFresh)
{
    Collected result;
    if (numbers.empty())
        return result;
    auto done = session.transaction([&]() -> Result<void> {
        result = {};
        const auto lease = session.query("SELECT token FROM lease WHERE host_id = ?", {value(from.host)});
        if (!lease)
            return fail(lease.error());
        if (lease->empty() || lease->front().integer(0) != from.token)
            return {};
        const auto mark = ownMark(session, from);
        if (!mark)
            return fail(mark.error());
        result.stored = true;
        // the lease says who may store, so another spool is what the host has now, whatever its clock said when it was made
        const std::int64_t known = mark->spool == from.spool ? mark->number : 0;
        result.number = std::max(known, numbers.back());
        std::vector<std::size_t> fresh;
        std::int64_t last = known;
        for (std::size_t place = 0; place < numbers.size(); ++place) {
            if (numbers[place] <= last)
                continue;
            // before the first batch of a spool nothing can have been lost that anybody waited for
            result.lost += last > 0 ? numbers[place] - last - 1 : 0;
            last = numbers[place];
            fresh.push_back(place);
        }
        if (fresh.empty())
            return {};
        if (const auto stored = storeFresh(fresh); !stored)
            return stored;
        const auto moved = session.execute(
            "INSERT INTO collected (host_id, source, spool, number, lost, stored_us, fence) VALUES (?,?,?,?,?," + std::string(store::nowUs)
                + ",?) ON DUPLICATE KEY UPDATE spool = VALUES(spool), number = VALUES(number), lost = lost + VALUES(lost), "
                  "stored_us = VALUES(stored_us), fence = VALUES(fence)",
            {value(from.host), value(from.source), value(from.spool), value(last), value(result.lost), value(from.token)});
        return moved ? Result<void>{} : fail(moved.error());
    });
    if (!done)
        return fail(done.error());
    return result;
}

} // namespace zandb::fleet
