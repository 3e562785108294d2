// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/restored.h"

#include "app/store/audit.h"
#include "app/store/changefeed.h"

namespace zandb::store {

Result<TimePoint> newestMoment(Session &session)
{
    // each by an index, or of a small table; a row of the future would hide what is to be asked for
    TimePoint newest{};
    for (const char *sql : {"SELECT MAX(renewed_us) FROM member", "SELECT MAX(checked_us) FROM host_heard",
                            "SELECT MAX(occurrence_us) FROM run", "SELECT MAX(ended_us) FROM backup",
                            "SELECT at_us FROM audit ORDER BY id DESC LIMIT 1"}) {
        const auto rows = session.query(sql);
        if (!rows)
            return fail(rows.error());
        if (!rows->empty() && !rows->front().isNull(0))
            newest = std::max(newest, rows->front().time(0));
    }
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    return std::min(newest, *now);
}

Result<Uuid> beginEpoch(Session &session, const Uuid &seen, TimePoint lastMoment, const std::string &person)
{
    const Uuid epoch = Uuid::v7();
    const auto done = session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE store_info SET store_epoch = ?, resume_from_us = ? WHERE id = 1 AND store_epoch = ?",
                                             {value(epoch), value(lastMoment - resumeMargin), value(seen)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(errors::storeConflict, {{"what", "store_epoch"}});
        const Json detail{{"epoch", epoch}, {"last_moment", toIso(lastMoment)}};
        if (auto audited = auditAs(session, person, "store.restored", "store", detail); !audited)
            return audited;
        return raiseFeed(session, "fleet"); // with which headless instances read the epoch again
    });
    if (!done)
        return fail(done.error());
    return epoch;
}

} // namespace zandb::store
