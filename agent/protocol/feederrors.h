// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// Beside errors.h: the codes of `orders.feed`, for the few files that feed and are fed.
namespace zandb::errors {

inline constexpr ErrorCode orderFeedAborted{"order.feed_aborted", ErrorClass::Transient}; // detail
inline constexpr ErrorCode orderFeedClosed{"order.feed_closed", ErrorClass::Permanent};   // detail
inline constexpr ErrorCode orderFeedGap{"order.feed_gap", ErrorClass::Permanent};         // expected, number
inline constexpr ErrorCode orderFeedStalled{"order.feed_stalled", ErrorClass::Transient}; // seconds

} // namespace zandb::errors
