// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace zandb {

/// For whom a run waits whose progress says "waiting": the newest line of its attempt's log that says so, without its time.
/// "waiting for a lock: session 12 (app@localhost, since 2026-03-01T02:30:00Z) is in the way: LOCK TABLES shop.t WRITE".  Empty: none.
inline std::string lastWaiting(std::string_view log)
{
    while (!log.empty()) {
        if (log.back() == '\n')
            log.remove_suffix(1);
        const auto begin = log.rfind('\n');
        const std::string_view line = begin == log.npos ? log : log.substr(begin + 1);
        const auto said = line.find(' ');
        if (said != line.npos && line.substr(said + 1).starts_with("waiting"))
            return std::string(line.substr(said + 1));
        log = begin == log.npos ? std::string_view() : log.substr(0, begin);
    }
    return {};
}

} // namespace zandb
