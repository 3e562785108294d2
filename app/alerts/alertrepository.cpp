// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"

#include "app/alerts/outbox.h"
#include "app/store/audit.h"
#include "models/workflow/runid.h"

#include <algorithm>

namespace zandb::alerts {

using store::Row;
using store::Session;
using store::value;

namespace {

const std::string now{store::nowUs};

Result<void> tell(Session &session, const char *event, std::string_view kind, std::string_view subject, const Json &detail)
{
    AlertMessage message;
    message.id = Uuid::v7();
    message.alertId = alertId(kind, subject);
    message.event = event;
    message.kind = kind;
    message.subject = subject;
    message.detail = detail;
    return putMessage(session, message);
}

} // namespace

Uuid alertId(std::string_view kind, std::string_view subject)
{
    return uuidV5(*Uuid::parse("c1f4a7d2-3b0e-5c58-8a41-7a616e646202"), std::string(kind) + '|' + std::string(subject));
}

namespace {

/// In the caller's transaction.
Result<void> raiseOne(Session &session, std::string_view kind, std::string_view subject, const Json &detail)
{
    // assignments go from left to right: raised_us and who has seen it change only while cleared_us still tells of an older end
    const auto done = session.execute(
        "INSERT INTO alert (id, kind, subject, detail, raised_us, seen_us, cleared_us, count, revision) VALUES (?,?,?,?," + now + ',' + now
            + ",NULL,1,1) ON DUPLICATE KEY UPDATE raised_us = IF(cleared_us IS NULL, raised_us, VALUES(raised_us)), "
              "acked_by = IF(cleared_us IS NULL, acked_by, NULL), acked_us = IF(cleared_us IS NULL, acked_us, NULL), "
              "seen_us = VALUES(seen_us), cleared_us = NULL, detail = VALUES(detail), count = count + 1, revision = revision + 1",
        {value(alertId(kind, subject)), value(kind), value(subject), value(detail)});
    if (!done)
        return fail(done.error());
    // both were set to this statement's moment: it begins to hold now
    const auto began = session.query("SELECT 1 FROM alert WHERE id = ? AND raised_us = seen_us", {value(alertId(kind, subject))});
    if (!began)
        return fail(began.error());
    return began->empty() ? Result<void>() : tell(session, "raised", kind, subject, detail);
}

/// Whether it held.
Result<bool> clearOne(Session &session, std::string_view kind, std::string_view subject)
{
    const Uuid id = alertId(kind, subject);
    const auto matched = session.execute("UPDATE alert SET cleared_us=" + now + ", revision=revision+1 WHERE id=? AND cleared_us IS NULL", {value(id)});
    if (!matched)
        return fail(matched.error());
    if (*matched == 0)
        return false;
    const auto was = session.query("SELECT detail FROM alert WHERE id = ?", {value(id)});
    if (!was)
        return fail(was.error());
    const auto told = tell(session, "cleared", kind, subject, was->empty() ? Json::object() : was->front().json(0));
    return told ? Result<bool>(true) : fail(told.error());
}

} // namespace

Result<void> raise(Session &session, std::string_view kind, std::string_view subject, const Json &detail)
{
    return apply(session, {{std::string(kind), std::string(subject), true, detail}});
}

Result<void> clear(Session &session, std::string_view kind, std::string_view subject)
{
    return apply(session, {{std::string(kind), std::string(subject), false, Json::object()}});
}

Result<void> apply(Session &session, const std::vector<Change> &changes)
{
    constexpr std::size_t atOnce = 100;
    for (std::size_t from = 0; from < changes.size(); from += atOnce) {
        const auto done = session.transaction([&]() -> Result<void> {
            bool any = false;
            for (std::size_t i = from; i < std::min(from + atOnce, changes.size()); ++i) {
                const Change &change = changes[i];
                if (!change.holds) {
                    const auto cleared = clearOne(session, change.kind, change.subject);
                    if (!cleared)
                        return fail(cleared.error());
                    any = any || *cleared;
                    continue;
                }
                if (auto raised = raiseOne(session, change.kind, change.subject, change.detail); !raised)
                    return raised;
                any = true;
            }
            return any ? store::raiseFeed(session, "alert") : Result<void>();
        });
        if (!done)
            return done;
    }
    return {};
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
