// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

namespace zandb {

/// What is wrong and should be seen: one per (kind, subject), raised again as long as it holds.
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
    std::string ackedBy;                 ///< who has seen it; empty: nobody.  Raised anew after its end it is unseen again
    std::optional<TimePoint> ackedAt;
};

/// The store's clock went back, or jumped ahead: the schedules are held.  Subject "store".
inline constexpr std::string_view clockBackAlert = "clock.back";
inline constexpr std::string_view clockForwardAlert = "clock.forward";
/// A task's row cannot be read, so it does not run.  Subject: its id; detail: name, field, detail.
inline constexpr std::string_view taskUnreadableAlert = "task.unreadable";

/// The store itself has no backup younger than two days.  Subject "store"; detail: newest (ISO 8601 or null), has_directory (the headless
/// instance has one to write dumps to), error (why the last dump failed).
inline constexpr std::string_view storeBackupAlert = "store.backup";

/// Integer keys of an instance come near their end.  Subject: its id; detail: name, count, key, ppm, days_left (models/checks/checkalerts.h).
inline constexpr std::string_view keyOverflowAlert = "key.overflow";

} // namespace zandb
