// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/alerts/channel.h"
#include "models/fleet/fleet.h"

/// The outbox of messages about alerts: each is written once, in the transaction in which its alert begins or ends, and told at least once by each
/// channel the rules name.  All calls block; use on a thread that owns the session.  Errors: those of Session.
namespace zandb::alerts {

/// In the caller's transaction; `at` is the store's now.
Result<void> putMessage(store::Session &session, const AlertMessage &message);

/// The group of what an alert is about, and those above it; empty when it is of none.
std::set<Uuid> groupsOf(const std::string &subject, const Fleet &fleet);

/// Asks the rules about what is new: at most 500 messages.  How many there were.
Result<int> routeMessages(store::Session &session, const std::vector<Channel> &channels, const std::vector<AlertRule> &rules, const Fleet &fleet);

/// Makes one delivery for each channel in which enough has gathered or waited long enough, and which sends nothing else now.  `source` and
/// `fleet` are for the title.
Result<void> gatherDeliveries(store::Session &session, const std::vector<Channel> &channels, const Fleet &fleet, const std::string &source);

/// Open deliveries whose next try is due.
Result<std::vector<Delivery>> dueDeliveries(store::Session &session);
/// What they tell, oldest first.
Result<std::vector<AlertMessage>> messagesOf(store::Session &session, const Uuid &delivery);

/// How long a delivery waits after a failed try: 15 s doubled up to 10 min; what waiting does not mend, and what may have arrived all the same, at
/// least a minute and up to an hour.
std::chrono::seconds retryWait(int failedTries, const Error &error, std::optional<std::chrono::seconds> asked);
/// A delivery that failed for so long is given up.
inline constexpr std::chrono::days givenUpAfter{3};
/// A channel that failed for so long is an alert of its own.
inline constexpr std::chrono::minutes failingAfter{10};
/// Writes what a try ended with: sent, tried again later, or given up.
Result<void> recordTry(store::Session &session, const Delivery &delivery, const ChannelAnswer &answer, Microseconds took);

} // namespace zandb::alerts
