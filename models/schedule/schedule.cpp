// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/schedule.h"

#include <algorithm>
#include <array>

namespace zandb {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 5> everyWords{"day", "week", "month", "interval", "once"};
constexpr std::int64_t maxIntervalSeconds = 366LL * 24 * 3600;

Error invalid(std::string_view field, std::string detail)
{
    return makeError(errors::scheduleInvalid, {{"field", std::string(field)}, {"detail", std::move(detail)}});
}

/// `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count)
{
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/// "02:30" or "02:30:15".
std::optional<Microseconds> timeOfDay(std::string_view text)
{
    if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':'))
        return std::nullopt;
    const int h = digits(text, 0, 2), m = digits(text, 3, 2), s = text.size() == 8 ? digits(text, 6, 2) : 0;
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
        return std::nullopt;
    return hours{h} + minutes{m} + seconds{s};
}

std::string timeOfDayText(Microseconds at)
{
    const hh_mm_ss time{duration_cast<seconds>(at)};
    const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    std::string text = two(time.hours().count()) + ':' + two(time.minutes().count());
    if (time.seconds().count() != 0)
        text += ':' + two(time.seconds().count());
    return text;
}

/// "2026-03-29T02:30:00" (seconds may be left out), no zone.
std::optional<LocalTime> localDateTime(std::string_view text)
{
    if (text.size() < 16 || text[4] != '-' || text[7] != '-' || text[10] != 'T')
        return std::nullopt;
    const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    const auto time = timeOfDay(text.substr(11));
    if (y < 0 || mo < 0 || d < 0 || !date.ok() || !time)
        return std::nullopt;
    return LocalTime{local_days{date}.time_since_epoch() + *time};
}

const std::string *stringAt(const Json &json, const char *name)
{
    const auto it = json.find(name);
    return it != json.end() && it->is_string() ? &it->get_ref<const std::string &>() : nullptr;
}

/// A member that may be one value or a list of them, as a list.
Json listAt(const Json &json, const char *name)
{
    const auto it = json.find(name);
    if (it == json.end())
        return Json::array();
    return it->is_array() ? *it : Json::array({*it});
}

Result<std::shared_ptr<const ZoneTable>> zoneNamed(const std::string &name)
{
    if (auto zone = ZoneTable::find(name))
        return zone;
    return fail(invalid("zone", "no time zone is called \"" + name.substr(0, 64) + '"'));
}

Result<void> onlyMembers(const Json &json, std::initializer_list<std::string_view> allowed)
{
    for (const auto &[name, value] : json.items()) {
        if (std::ranges::find(allowed, std::string_view(name)) == allowed.end())
            return fail(invalid(name.substr(0, 64), "not a member of this kind of schedule"));
    }
    return {};
}

} // namespace

Result<Schedule> Schedule::fromJson(const Json &json)
{
    if (!json.is_object())
        return fail(invalid("schedule", "not an object"));
    const std::string *every = stringAt(json, "every");
    const auto word = every ? std::ranges::find(everyWords, std::string_view(*every)) : everyWords.end();
    if (word == everyWords.end())
        return fail(invalid("every", "must be day, week, month, interval or once"));

    Schedule schedule;
    schedule.m_every = static_cast<Every>(word - everyWords.begin());

    if (schedule.m_every == Every::Interval) {
        if (auto ok = onlyMembers(json, {"every", "seconds", "anchor"}); !ok)
            return fail(ok.error());
        const auto length = integerIn(json.value("seconds", Json()), 1, maxIntervalSeconds);
        if (!length)
            return fail(invalid("seconds", "must be a whole number from 1 to " + std::to_string(maxIntervalSeconds)));
        schedule.m_interval = seconds{*length};
        if (json.contains("anchor")) {
            const std::string *text = stringAt(json, "anchor");
            const auto at = text ? fromIso(*text) : std::nullopt;
            if (!at)
                return fail(invalid("anchor", "must be an instant in UTC such as \"2026-01-01T00:00:00Z\""));
            schedule.m_anchor = *at;
        }
        return schedule;
    }

    const std::string *zoneName = stringAt(json, "zone");
    if (!zoneName)
        return fail(invalid("zone", "an IANA time zone is needed, for example \"Europe/Berlin\""));
    auto zone = zoneNamed(*zoneName);
    if (!zone)
        return fail(zone.error());
    schedule.m_zone = *zone;

    if (schedule.m_every == Every::Once) {
        if (auto ok = onlyMembers(json, {"every", "at", "zone"}); !ok)
            return fail(ok.error());
        const std::string *text = stringAt(json, "at");
        const auto at = text ? localDateTime(*text) : std::nullopt;
        if (!at)
            return fail(invalid("at", "must be a local date and time such as \"2026-03-29T02:30:00\""));
        schedule.m_once = *at;
        return schedule;
    }

    const bool hasDays = schedule.m_every != Every::Day;
    if (auto ok = hasDays ? onlyMembers(json, {"every", "on", "at", "zone"}) : onlyMembers(json, {"every", "at", "zone"}); !ok)
        return fail(ok.error());

    for (const Json &item : listAt(json, "at")) {
        const auto time = item.is_string() ? timeOfDay(item.get_ref<const std::string &>()) : std::nullopt;
        if (!time)
            return fail(invalid("at", "must be a time such as \"02:30\", or a list of them"));
        schedule.m_at.push_back(*time);
    }
    if (schedule.m_at.empty() || schedule.m_at.size() > 1440)
        return fail(invalid("at", "needs one to 1440 times of day"));
    std::ranges::sort(schedule.m_at);
    schedule.m_at.erase(std::unique(schedule.m_at.begin(), schedule.m_at.end()), schedule.m_at.end());

    if (!hasDays)
        return schedule;
    for (const Json &item : listAt(json, "on")) {
        if (schedule.m_every == Every::Week) {
            const auto name = item.is_string()
                ? std::ranges::find(weekdays, std::string_view(item.get_ref<const std::string &>()))
                : weekdays.end();
            if (name == weekdays.end())
                return fail(invalid("on", "must list days among mon, tue, wed, thu, fri, sat, sun"));
            schedule.m_on.insert(static_cast<unsigned>(name - weekdays.begin()) + 1);
        } else if (item.is_string() && item.get_ref<const std::string &>() == "last") {
            schedule.m_onLast = true;
        } else if (const auto day = integerIn(item, 1, 31)) {
            schedule.m_on.insert(static_cast<unsigned>(*day));
        } else {
            return fail(invalid("on", "must list days from 1 to 31, or \"last\""));
        }
    }
    if (schedule.m_on.empty() && !schedule.m_onLast)
        return fail(invalid("on", "needs at least one day"));
    return schedule;
}

Json Schedule::toJson() const
{
    Json json{{"every", everyWords[static_cast<std::size_t>(m_every)]}};
    if (m_every == Every::Interval) {
        json["seconds"] = duration_cast<seconds>(m_interval).count();
        json["anchor"] = toIso(m_anchor);
        return json;
    }
    json["zone"] = m_zone->name();
    if (m_every == Every::Once) {
        std::string text = toIso(TimePoint{m_once.time_since_epoch()});
        text.pop_back(); // it is a wall-clock time, not an instant
        json["at"] = text;
        return json;
    }
    Json times = Json::array();
    for (const Microseconds at : m_at)
        times.push_back(timeOfDayText(at));
    json["at"] = times.size() == 1 ? times.front() : times;
    if (m_every != Every::Day) {
        Json on = Json::array();
        for (const unsigned due : m_on) {
            if (m_every == Every::Week)
                on.push_back(weekdays[due - 1]);
            else
                on.push_back(due);
        }
        if (m_onLast)
            on.push_back("last");
        json["on"] = on;
    }
    return json;
}

bool Schedule::isDue(Days date) const
{
    if (m_every == Every::Week)
        return m_on.contains(weekday{date}.iso_encoding());
    if (m_every != Every::Month)
        return true;
    const year_month_day ymd{date};
    return m_on.contains(static_cast<unsigned>(ymd.day())) || (m_onLast && ymd == year_month_day{ymd.year() / ymd.month() / last});
}

std::optional<TimePoint> Schedule::firstOnOrAfter(Days date, TimePoint after) const
{
    // The rarest schedule is "the 31st": two months without one never follow each other, so 70 days always hold one.
    for (int i = 0; i < 70; ++i, date += days{1}) {
        if (!isDue(date))
            continue;
        for (const Microseconds at : m_at) {
            if (const TimePoint due = m_zone->resolve(LocalTime{date.time_since_epoch() + at}); due > after)
                return due;
        }
    }
    return std::nullopt;
}

std::optional<TimePoint> Schedule::next(TimePoint after) const
{
    switch (m_every) {
    case Every::Interval:
        if (after < m_anchor)
            return m_anchor;
        return m_anchor + ((after - m_anchor) / m_interval + 1) * m_interval;
    case Every::Once: {
        const TimePoint at = m_zone->resolve(m_once);
        return at > after ? std::optional(at) : std::nullopt;
    }
    default:
        // yesterday's times may resolve to today: a gap pushes them over midnight
        return firstOnOrAfter(floor<days>(m_zone->toLocal(after)) - days{1}, after);
    }
}

std::optional<TimePoint> Schedule::latest(TimePoint notAfter, TimePoint after) const
{
    std::optional<TimePoint> found;
    if (m_every == Every::Interval) {
        if (notAfter >= m_anchor)
            found = m_anchor + (notAfter - m_anchor) / m_interval * m_interval;
    } else if (m_every == Every::Once) {
        found = m_zone->resolve(m_once);
    } else {
        Days date = floor<days>(m_zone->toLocal(notAfter)) + days{1};
        for (int i = 0; i < 70 && !found; ++i, date -= days{1}) {
            if (!isDue(date))
                continue;
            for (auto at = m_at.rbegin(); at != m_at.rend() && !found; ++at) {
                if (const TimePoint due = m_zone->resolve(LocalTime{date.time_since_epoch() + *at}); due <= notAfter)
                    found = due;
            }
        }
    }
    return found && *found > after && *found <= notAfter ? found : std::nullopt;
}

std::int64_t Schedule::count(TimePoint after, TimePoint notAfter, std::int64_t limit) const
{
    if (m_every == Every::Interval) {
        const auto first = next(after);
        return *first > notAfter ? 0 : std::min<std::int64_t>(limit, (notAfter - *first) / m_interval + 1);
    }
    std::int64_t found = 0;
    for (auto due = next(after); due && *due <= notAfter && found < limit; due = next(*due))
        ++found;
    return found;
}

std::chrono::seconds Schedule::defaultStartDeadline() const
{
    return m_every == Every::Interval ? seconds{minutes{10}} : seconds{hours{6}};
}

Result<Window> Window::make(std::string_view from, std::string_view to, const std::string &zone)
{
    const auto begin = timeOfDay(from), end = timeOfDay(to);
    if (!begin || !end)
        return fail(invalid("window", "must be two times such as 22:00 and 06:00"));
    auto table = zoneNamed(zone);
    if (!table)
        return fail(table.error());
    Window window;
    window.m_from = *begin;
    window.m_to = *end;
    window.m_zone = *table;
    return window;
}

std::optional<TimePoint> Window::closesAfter(TimePoint at) const
{
    const local_days today = floor<days>(m_zone->toLocal(at));
    const Microseconds length = m_to > m_from ? m_to - m_from : m_to + days{1} - m_from;
    for (const local_days date : {today - days{1}, today, today + days{1}}) {
        const LocalTime from{date.time_since_epoch() + m_from};
        const TimePoint close = m_zone->resolve(from + length);
        if (m_zone->resolve(from) <= at && at < close)
            return close;
    }
    return std::nullopt;
}

TimePoint Window::nextOpen(TimePoint at) const
{
    if (contains(at))
        return at;
    for (local_days date = floor<days>(m_zone->toLocal(at)) - days{1};; date += days{1}) {
        if (const TimePoint open = m_zone->resolve(LocalTime{date.time_since_epoch() + m_from}); open > at)
            return open;
    }
}

} // namespace zandb
