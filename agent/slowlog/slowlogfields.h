// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/rules/sqltext.h"

#include <array>
#include <optional>
#include <string_view>

/// The fields of a slow log's header lines.  Thread-safe; nothing is allocated.
namespace zandb::agent {

inline constexpr std::string_view slowLogTimeBegin = "# Time: ", slowLogUserBegin = "# User@Host: ", slowLogCommandBegin = "# administrator command: ";

/// Whether a line is the first of an entry as servers write it.
inline bool beginsSlowLogEntry(std::string_view line) { return line.starts_with(slowLogTimeBegin) || line.starts_with(slowLogUserBegin); }
/// What the first line of a header is in logs that some filter has gone over.
bool continuesSlowLogEntry(std::string_view line);
/// `SET timestamp=...` and its like, which servers write before a statement.
bool isSlowLogSet(std::string_view line);
/// A line of the three that a server writes when it opens the log.
bool isSlowLogBanner(std::string_view line);
/// Whether it is worth asking isSlowLogBanner() of a line in a statement; `rest` is not empty.
bool mayBeSlowLogBanner(std::string_view rest);
inline std::string_view withoutReturn(std::string_view line) { return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line; }

/// What stands behind "User@Host: ".
struct SlowLogUser
{
    bool isValid = false;
    std::string_view user; ///< with brackets where there is nothing before them: [SQL_SLAVE]
    std::string_view host; ///< the address where the log has no name
};
SlowLogUser slowLogUser(std::string_view text);

/// A decimal number without a sign, maybe with a fraction; what follows it does not matter.  None where no digit begins.
std::optional<double> slowLogNumber(std::string_view text);
/// The figures that every server writes, in the order in which they do, found without a look at each key: query time, lock time, rows sent and rows examined.
/// The rest of the line, which begins at the first one that is missing or not as usual.
std::string_view takeSlowLogFigures(std::string_view line, const std::array<std::optional<double> *, 4> &columns);
/// Seconds since 1970, maybe with a fraction.
std::optional<TimePoint> slowLogSeconds(std::string_view text);
/// What stands behind "Time: ": `260903  7:05:09`, which is taken for UTC since the log does not name its zone, or RFC 3339.
std::optional<TimePoint> slowLogTime(std::string_view text);
/// A name without its backticks.
std::string_view withoutTicks(std::string_view name);

/// Calls take(key, value) for each "Key: value" of a line.  A value that is itself a key, as behind an empty `Schema:`, is none.
template<class Take>
void forEachProperty(std::string_view line, const Take &take)
{
    const char *p = line.data();
    const char *const end = p + line.size();
    while (p < end) {
        while (p < end && (*p == ' ' || *p == '\t'))
            ++p;
        const char *key = p;
        while (p < end && sqltext::isWord(*p))
            ++p;
        const std::string_view name(key, static_cast<std::size_t>(p - key));
        if (p == end || *p != ':' || name.empty()) {
            while (p < end && *p != ' ' && *p != '\t')
                ++p;
            continue;
        }
        ++p;
        if (p < end && *p != ' ' && *p != '\t')
            continue; // no blank behind the colon: a part of a value
        while (p < end && (*p == ' ' || *p == '\t'))
            ++p;
        const char *value = p;
        while (p < end && *p != ' ' && *p != '\t')
            ++p;
        std::string_view found(value, static_cast<std::size_t>(p - value));
        if (found.ends_with(':')) {
            found = {};
            p = value;
        }
        take(name, found);
    }
}

} // namespace zandb::agent
