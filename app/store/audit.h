// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

/// The record of who did what.  Each row has the person the program says it works for, and the store's account it came through: the
/// server fills that in by itself, and the roles of consoles and headless instances have no right to write another one.
namespace zandb::store {

/// One row in the caller's transaction, of the person the session works for (StoreSettings::person).  `act` is a stable word like
/// "host.add", `subject` a name or an id, cut to 255 characters; no secret may stand in `detail`.
Result<void> audit(Session &session, std::string_view act, std::string_view subject, const Json &detail = Json::object());
/// The same for another person; empty: no person, but a rule of the program.
Result<void> auditAs(Session &session, std::string_view person, std::string_view act, std::string_view subject, const Json &detail = Json::object());

struct AuditEntry
{
    Uuid id;
    TimePoint at{};
    std::string person;
    std::string account; ///< "user@host" of the store; empty: written by an earlier version
    std::string act;
    std::string subject;
    Json detail;
};
struct AuditFilter
{
    std::optional<TimePoint> since;
    std::string person;  ///< empty: all
    std::string act;     ///< "run" also stands for "run.cancel"; empty: all
    int limit = 200;
};
/// Newest first.
Result<std::vector<AuditEntry>> listAudit(Session &session, const AuditFilter &filter);

} // namespace zandb::store
