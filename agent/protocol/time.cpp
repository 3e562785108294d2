// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/time.h"

#include <cstdio>

namespace zandb {

TimePoint systemNow()
{
    return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
}

std::string toIso(TimePoint at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    char text[64];
    int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                               static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                               static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                               static_cast<int>(time.seconds().count()));
    if (const auto us = time.subseconds().count(); us != 0)
        length += std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ".%06d", static_cast<int>(us));
    return std::string(text, static_cast<std::size_t>(length)) + "Z";
}

std::optional<TimePoint> fromIso(std::string_view text)
{
    const auto number = [&](std::size_t at, std::size_t count) {
        int value = 0;
        for (std::size_t i = at; i < at + count; ++i) {
            if (text[i] < '0' || text[i] > '9')
                return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
        || text.back() != 'Z')
        return std::nullopt;
    const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
    const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (year < 0 || month < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0
        || second > 59)
        return std::nullopt;
    int micros = 0;
    if (text.size() > 20) {
        const std::size_t digits = text.size() - 21;
        if (text[19] != '.' || digits < 1 || digits > 6)
            return std::nullopt;
        micros = number(20, digits);
        if (micros < 0)
            return std::nullopt;
        for (std::size_t i = digits; i < 6; ++i)
            micros *= 10;
    }
    return TimePoint{std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute}
                     + std::chrono::seconds{second} + Microseconds{micros}};
}

} // namespace zandb
