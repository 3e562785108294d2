// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

/// What is wrong and should be seen: one row per (kind, subject), raised again as long as it holds, cleared when it no
/// longer does.  All calls block; use on a thread that owns the session.  Errors: those of Session.  Writers raise the
/// topic `alert`.
namespace zandb::alerts {

struct Alert
{
    Uuid id;              ///< derived from kind and subject
    std::string kind;     ///< stable word, at most 32 bytes: "clock.back"
    std::string subject;  ///< what it is about, at most 255 bytes: an id as text, or "store"
    Json detail = Json::object();
    TimePoint raisedAt{};                ///< when it began to hold
    TimePoint seenAt{};                  ///< when it was last raised
    std::optional<TimePoint> clearedAt;  ///< none: it holds
    std::int64_t count = 0;              ///< how often it was raised so far
    std::int64_t revision = 0;
};

/// "clock.back": the store's clock went back, "clock.forward": it jumped ahead.  Subject "store".
inline constexpr std::string_view clockBack = "clock.back";
inline constexpr std::string_view clockForward = "clock.forward";

Uuid alertId(std::string_view kind, std::string_view subject);
/// It holds (still, or again).  `detail` is an object of codes and numbers, no prose.
Result<void> raise(store::Session &session, std::string_view kind, std::string_view subject, const Json &detail = Json::object());
/// It does not hold any more; nothing happens when it did not.
Result<void> clear(store::Session &session, std::string_view kind, std::string_view subject);
/// Those that hold, newest first; with `cleared` the others too.  At most 1,000.
Result<std::vector<Alert>> list(store::Session &session, bool cleared = false);

} // namespace zandb::alerts
