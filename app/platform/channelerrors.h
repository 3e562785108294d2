// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/errors.h"

/// Error codes of messages about alerts, and of other people's servers.
namespace zandb::errors {

inline constexpr ErrorCode sealFailed{"seal.failed", Permanent};                         // detail
inline constexpr ErrorCode httpUnreachable{"http.unreachable", Transient};               // host, detail
inline constexpr ErrorCode httpTimeout{"http.timeout", Unknown};                         // host, seconds (it may have been taken)
inline constexpr ErrorCode httpTls{"http.tls", Permanent};                               // host, detail
inline constexpr ErrorCode httpRefused{"http.refused", Permanent};                       // host, detail
inline constexpr ErrorCode gatewayBusy{"gateway.busy", Transient};                       // channel, detail (its own limit)
inline constexpr ErrorCode gatewayRefused{"gateway.refused", Permanent};                 // channel, detail
inline constexpr ErrorCode gatewayNonsense{"gateway.nonsense", Transient};               // channel, detail
inline constexpr ErrorCode channelInvalid{"channel.invalid", Permanent};                 // channel, detail
inline constexpr ErrorCode channelKeyMissing{"channel.key_missing", Permanent};          // detail
inline constexpr ErrorCode zabbixRefused{"zabbix.refused", Permanent};                   // host, detail (its own words)
inline constexpr ErrorCode zabbixNonsense{"zabbix.nonsense", Permanent};                 // host, detail
inline constexpr ErrorCode programFailed{"program.failed", Transient};                   // program, detail

} // namespace zandb::errors
