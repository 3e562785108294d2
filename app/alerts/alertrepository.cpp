// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"

#include "app/store/audit.h"
#include "models/workflow/runid.h"

namespace zandb::alerts {

using store::Row;
using store::Session;
using store::value;

namespace {

const std::string now{store::nowUs};

} // namespace

Uuid alertId(std::string_view kind, std::string_view subject)
{
    return uuidV5(*Uuid::parse("c1f4a7d2-3b0e-5c58-8a41-7a616e646202"), std::string(kind) + '|' + std::string(subject));
}

Result<void> raise(Session &session, std::string_view kind, std::string_view subject, const Json &detail)
{
    return session.transaction([&]() -> Result<void> {
        // assignments go from left to right: raised_us and who has seen it change only while cleared_us still tells of an older end
        const auto done = session.execute(
            "INSERT INTO alert (id, kind, subject, detail, raised_us, seen_us, cleared_us, count, revision) VALUES (?,?,?,?," + now + ',' + now
                + ",NULL,1,1) ON DUPLICATE KEY UPDATE raised_us = IF(cleared_us IS NULL, raised_us, VALUES(raised_us)), "
                  "acked_by = IF(cleared_us IS NULL, acked_by, NULL), acked_us = IF(cleared_us IS NULL, acked_us, NULL), "
                  "seen_us = VALUES(seen_us), cleared_us = NULL, detail = VALUES(detail), count = count + 1, revision = revision + 1",
            {value(alertId(kind, subject)), value(kind), value(subject), value(detail)});
        if (!done)
            return fail(done.error());
        return store::raiseFeed(session, "alert");
    });
}

Result<void> clear(Session &session, std::string_view kind, std::string_view subject)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE alert SET cleared_us=" + now + ", revision=revision+1 WHERE id=? AND cleared_us IS NULL",
                                             {value(alertId(kind, subject))});
        if (!matched)
            return fail(matched.error());
        return *matched == 0 ? Result<void>() : store::raiseFeed(session, "alert");
    });
}

Result<void> acknowledge(Session &session, const Uuid &id, const std::string &person)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute("UPDATE alert SET acked_us = IF(acked_by IS NULL, " + now + ", acked_us), acked_by = "
                                             "COALESCE(acked_by, ?), revision = revision + 1 WHERE id = ? AND cleared_us IS NULL",
                                             {value(person), value(id)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(errors::notFound, {{"what", "alert"}, {"name", id.toString()}});
        if (auto audited = store::auditAs(session, person, "alert.ack", id.toString()); !audited)
            return audited;
        return store::raiseFeed(session, "alert");
    });
}

Result<std::vector<Alert>> list(Session &session, bool cleared)
{
    const auto rows = session.query("SELECT id, kind, subject, detail, raised_us, seen_us, cleared_us, count, revision, acked_by, acked_us FROM alert"
                                    + std::string(cleared ? "" : " WHERE cleared_us IS NULL") + " ORDER BY raised_us DESC, id LIMIT 1000");
    if (!rows)
        return fail(rows.error());
    std::vector<Alert> alerts;
    for (const Row &row : *rows) {
        Alert alert;
        alert.id = row.uuid(0);
        alert.kind = row.text(1);
        alert.subject = row.text(2);
        alert.detail = row.json(3);
        alert.raisedAt = row.time(4);
        alert.seenAt = row.time(5);
        alert.clearedAt = row.optionalTime(6);
        alert.count = row.integer(7);
        alert.revision = row.integer(8);
        alert.ackedBy = row.text(9);
        alert.ackedAt = row.optionalTime(10);
        alerts.push_back(std::move(alert));
    }
    return alerts;
}

} // namespace zandb::alerts
