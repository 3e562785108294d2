// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/workflow/orders.h"

namespace zandb::agent {

/// What is kept in memory of an order; its content and its result stay in the journal.
struct OrderBook::Entry
{
    using Clock = std::chrono::steady_clock;

    State state = State::Accepted;
    std::int64_t sequence = 0;  ///< order of acceptance
    std::string kind;
    std::string instance;       ///< of its arguments, "" when they name none
    std::string digest;         ///< of what makes the order this one, see orderDigest()
    std::int64_t orderPlace = 0;
    const wire::OrderedBy *orderedBy = nullptr; ///< one of m_people; null: not known
    TimePoint acceptedAt{};
    std::int64_t ttlSeconds = 0;
    Clock::time_point startBy{};

    ProcessIdentity worker;
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> cancelledAt;
    Clock::time_point killAt{};
    bool asked = false;         ///< it got the SIGTERM of its cancel
    bool killed = false;
    std::optional<Clock::time_point> resultSeenAt; ///< the result is there, the process has not ended yet
    bool settleFailureLogged = false;
    Clock::time_point startAgain{}; ///< not before: a start could not be noted in the journal
    wire::Progress progress;
    std::filesystem::file_time_type progressTime{};

    std::optional<TimePoint> endedAt;
    std::string outcome;
    std::int64_t resultPlace = 0;
    std::int64_t directoryBytes = 0;
    std::optional<TimePoint> acknowledgedAt;
};

/// SHA-256 over what makes two orders of one key the same: kind, arguments, author and definition.  Fence and
/// time to live belong to the sending, not to the order.
std::string orderDigest(const wire::Order &order);

/// The instance that an order's arguments name, "" when they name none.
std::string instanceOf(const Json &args);

/// What the journal says of an attempt that begins (orderjournal.cpp).
Json startedRecord(const wire::OrderKey &key, TimePoint at, const ProcessIdentity &process);

} // namespace zandb::agent
