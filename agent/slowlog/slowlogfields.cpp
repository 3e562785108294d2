// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/slowlogfields.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace zandb::agent {
namespace {

constexpr std::array<double, 19> powersOfTen{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Exactly `digits` of them, or fewer where `orLess`; moves `text` behind them.
std::optional<int> takeNumber(std::string_view &text, std::size_t digits, bool orLess = false)
{
    int number = 0;
    std::size_t taken = 0;
    while (taken < digits && taken < text.size() && isDigit(text[taken]))
        number = number * 10 + (text[taken++] - '0');
    if (taken == 0 || (taken < digits && !orLess))
        return std::nullopt;
    text.remove_prefix(taken);
    return number;
}

/// A number at the front of a line, up to a blank or its end and short enough to be exact; `line` moves behind it.  None, and nothing moved, where it is not so.
std::optional<double> takeExactNumber(std::string_view &line)
{
    constexpr std::ptrdiff_t exactDigits = 15;
    const char *const begin = line.data();
    const char *const end = begin + line.size();
    std::uint64_t digits = 0;
    const char *p = begin;
    for (; p < end && isDigit(*p); ++p)
        digits = digits * 10 + static_cast<std::uint64_t>(*p - '0');
    const std::ptrdiff_t wholeDigits = p - begin;
    std::ptrdiff_t decimals = 0;
    if (p < end && *p == '.') {
        const char *const point = p++;
        for (; p < end && isDigit(*p); ++p)
            digits = digits * 10 + static_cast<std::uint64_t>(*p - '0');
        decimals = p - point - 1;
    }
    if (wholeDigits == 0 || wholeDigits + decimals > exactDigits || (p < end && *p != ' '))
        return std::nullopt;
    line.remove_prefix(static_cast<std::size_t>(p - begin));
    return static_cast<double>(digits) / powersOfTen[static_cast<std::size_t>(decimals)];
}

bool takeChar(std::string_view &text, char c)
{
    if (!text.starts_with(c))
        return false;
    text.remove_prefix(1);
    return true;
}

/// A fraction of a second in microseconds, with its point; 0 where there is none.
std::int64_t takeFraction(std::string_view &text)
{
    if (text.size() < 2 || text[0] != '.' || !isDigit(text[1]))
        return 0;
    text.remove_prefix(1);
    std::int64_t micros = 0, unit = 100'000;
    for (; !text.empty() && isDigit(text[0]); text.remove_prefix(1), unit /= 10)
        micros += (text[0] - '0') * unit;
    return micros;
}

struct Date
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<TimePoint> instant(const Date &date, std::int64_t micros, int offsetMinutes)
{
    const std::chrono::year_month_day day{std::chrono::year(date.year), std::chrono::month(static_cast<unsigned>(date.month)),
                                          std::chrono::day(static_cast<unsigned>(date.day))};
    if (!day.ok() || date.year < 1 || date.hour > 23 || date.minute > 59 || date.second > 60)
        return std::nullopt;
    const auto seconds = std::chrono::hours(date.hour) + std::chrono::minutes(date.minute - offsetMinutes) + std::chrono::seconds(date.second);
    return std::chrono::sys_days(day) + seconds + Microseconds(micros);
}

} // namespace

SlowLogUser slowLogUser(std::string_view text)
{
    std::size_t nameEnd = text.find('[');
    if (nameEnd == text.npos)
        return {};
    if (nameEnd == 0) {
        const std::size_t close = text.find(']');
        if (close == text.npos)
            return {};
        nameEnd = close + 1;
    }
    const std::size_t at = text.find("@ ", nameEnd);
    if (at == text.npos)
        return {};
    const std::size_t host = at + 2;
    const std::size_t open = text.find(" [", host);
    if (open == text.npos)
        return {};
    const std::size_t close = text.find(']', open);
    if (close == text.npos)
        return {};
    SlowLogUser found{true, text.substr(0, nameEnd), text.substr(host, open - host)};
    if (found.host.empty())
        found.host = text.substr(open + 2, close - open - 2);
    return found;
}

std::optional<double> slowLogNumber(std::string_view text)
{
    // of sixteen characters with a point, the quotient by a power of ten is the nearest number
    constexpr std::size_t exactSize = 16;
    const char *p = text.data();
    const char *const end = p + std::min(text.size(), exactSize);
    std::uint64_t digits = 0;
    const char *const begin = p;
    for (; p < end && isDigit(*p); ++p)
        digits = digits * 10 + static_cast<std::uint64_t>(*p - '0');
    if (p == begin)
        return std::nullopt;
    std::size_t decimals = 0;
    if (p < end && *p == '.') {
        const char *const point = p++;
        for (; p < end && isDigit(*p); ++p)
            digits = digits * 10 + static_cast<std::uint64_t>(*p - '0');
        decimals = static_cast<std::size_t>(p - point - 1);
    }
    if (p < end || text.size() <= exactSize)
        return static_cast<double>(digits) / powersOfTen[decimals];
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    return result.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::string_view takeSlowLogFigures(std::string_view line, const std::array<std::optional<double> *, 4> &columns)
{
    constexpr std::array<std::string_view, 4> keys{"Query_time: ", "Lock_time: ", "Rows_sent: ", "Rows_examined: "};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        std::string_view rest = line;
        while (rest.starts_with(' '))
            rest.remove_prefix(1);
        if (!rest.starts_with(keys[i]))
            break;
        rest.remove_prefix(keys[i].size());
        const auto number = takeExactNumber(rest);
        if (!number)
            break;
        *columns[i] = number;
        line = rest;
    }
    return line;
}

std::optional<TimePoint> slowLogSeconds(std::string_view text)
{
    std::int64_t seconds = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (result.ec != std::errc() || seconds < 0 || seconds > 253'402'300'799)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    return fromMicros(seconds * 1'000'000 + takeFraction(text));
}

std::optional<TimePoint> slowLogTime(std::string_view text)
{
    Date date;
    const auto clock = [&](bool shortHour) {
        const auto hour = takeNumber(text, 2, shortHour);
        if (!hour || !takeChar(text, ':'))
            return false;
        const auto minute = takeNumber(text, 2);
        if (!minute || !takeChar(text, ':'))
            return false;
        const auto second = takeNumber(text, 2);
        if (!second)
            return false;
        date.hour = *hour;
        date.minute = *minute;
        date.second = *second;
        return true;
    };
    if (text.size() > 6 && text[4] == '-') {
        const auto year = takeNumber(text, 4);
        if (!year || !takeChar(text, '-'))
            return std::nullopt;
        const auto month = takeNumber(text, 2);
        if (!month || !takeChar(text, '-'))
            return std::nullopt;
        const auto day = takeNumber(text, 2);
        if (!day || !(takeChar(text, 'T') || takeChar(text, ' ')) || !clock(false))
            return std::nullopt;
        date.year = *year;
        date.month = *month;
        date.day = *day;
        const std::int64_t micros = takeFraction(text);
        int offset = 0;
        if (text.starts_with('+') || text.starts_with('-')) {
            const int sign = text[0] == '+' ? 1 : -1;
            text.remove_prefix(1);
            const auto hours = takeNumber(text, 2);
            takeChar(text, ':');
            const auto minutes = takeNumber(text, 2);
            if (!hours || !minutes)
                return std::nullopt;
            offset = sign * (*hours * 60 + *minutes);
        }
        return instant(date, micros, offset);
    }
    const auto year = takeNumber(text, 2), month = takeNumber(text, 2), day = takeNumber(text, 2);
    if (!year || !month || !day)
        return std::nullopt;
    while (takeChar(text, ' ')) {}
    if (!clock(true))
        return std::nullopt;
    date.year = *year + (*year < 70 ? 2000 : 1900);
    date.month = *month;
    date.day = *day;
    return instant(date, takeFraction(text), 0);
}

std::string_view withoutTicks(std::string_view name)
{
    while (!name.empty() && (name.back() == ' ' || name.back() == '\r'))
        name.remove_suffix(1);
    if (name.size() >= 2 && name.front() == '`' && name.back() == '`')
        return name.substr(1, name.size() - 2);
    return name;
}

bool isSlowLogSet(std::string_view line)
{
    if (!line.starts_with("SET "))
        return false;
    line.remove_prefix(4);
    return line.starts_with("timestamp") || line.starts_with("last_insert_id") || line.starts_with("insert_id");
}

bool isSlowLogBanner(std::string_view line)
{
    if (line.empty() || !mayBeSlowLogBanner(line))
        return false;
    if (line[0] == 'T') {
        if (line.starts_with("Time") && line.size() > 4 && sqltext::isSpace(line[4])) {
            const std::size_t id = line.find_first_not_of(" \t", 4);
            return id != line.npos && line.substr(id).starts_with("Id") && line.find("Command", id) != line.npos;
        }
        return line.size() > 9 && line[3] == ' ' && sqltext::isWordLike(line.substr(0, 9), "tcp port:");
    }
    const std::size_t version = line.find(", Version: ");
    return version != line.npos && (line.find("started with:", version) != line.npos || line.find("embedded library", version) != line.npos);
}

bool mayBeSlowLogBanner(std::string_view rest)
{
    return rest[0] == '/' || (rest[0] == 'T' && (rest.starts_with("Time") || rest.starts_with("Tcp ") || rest.starts_with("TCP ")))
        || (rest.size() > 2 && rest[1] == ':' && rest[2] == '\\');
}

bool continuesSlowLogEntry(std::string_view line)
{
    return line.starts_with("# User: ") || line.starts_with("# Query_time: ") || line.starts_with("# Thread_id: ") || line.starts_with("# Schema: ");
}

} // namespace zandb::agent
