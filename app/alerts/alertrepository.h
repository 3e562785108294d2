// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/alerts/alert.h"

/// What is wrong and should be seen: one row per (kind, subject), raised again as long as it holds, cleared when it no
/// longer does.  All calls block; use on a thread that owns the session.  Errors: those of Session.  Writers raise the
/// topic `alert`.
namespace zandb::alerts {

Uuid alertId(std::string_view kind, std::string_view subject);
/// It holds (still, or again).  `detail` is an object of codes and numbers, no prose.
Result<void> raise(store::Session &session, std::string_view kind, std::string_view subject, const Json &detail = Json::object());
/// What begins to hold or holds on (`holds`), and what does not any more; each counts as raise() or clear().
struct Change
{
    std::string kind;
    std::string subject;
    bool holds = true;
    Json detail = Json::object();
};
/// Many of them, 100 in one transaction.
Result<void> apply(store::Session &session, const std::vector<Change> &changes);
/// It does not hold any more; nothing happens when it did not.
Result<void> clear(store::Session &session, std::string_view kind, std::string_view subject);
/// A person has seen it; the first one stays written down.  Errors: not_found when it does not hold (any more).
Result<void> acknowledge(store::Session &session, const Uuid &id, const std::string &person);
/// Those that hold, newest first; with `cleared` the others too.  At most 1,000.
Result<std::vector<Alert>> list(store::Session &session, bool cleared = false);

} // namespace zandb::alerts
