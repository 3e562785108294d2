// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/slowreading.h"

#include "app/store/sqltext.h"

#include <algorithm>

namespace zandb::slowlog {

using store::Session;
using store::value;
using store::Value;

namespace {

template<class Length>
TimePoint ceilTo(TimePoint at)
{
    return std::chrono::ceil<Length>(at);
}

void add(std::vector<Stretch> &list, Stretch::Grain grain, TimePoint from, TimePoint to)
{
    if (from >= to)
        return;
    if (!list.empty() && list.back().grain == grain && list.back().to == from)
        list.back().to = to;
    else
        list.push_back({grain, from, to});
}

void coverByHours(std::vector<Stretch> &list, TimePoint from, TimePoint to, const Cover &cover)
{
    if (from >= to)
        return;
    // the part that is known by the hour only, in whole hours
    if (from < cover.minutesSince) {
        const TimePoint known = std::min(ceilTo<std::chrono::hours>(std::min(cover.minutesSince, to)), ceilTo<std::chrono::hours>(to));
        add(list, Stretch::Grain::Hours, hourOf(from), known);
        from = known;
        if (from >= to)
            return;
    }
    const TimePoint first = ceilTo<std::chrono::hours>(from), last = hourOf(to);
    if (!cover.byHours || first >= last) {
        add(list, Stretch::Grain::Minutes, from, to);
        return;
    }
    add(list, Stretch::Grain::Minutes, from, first);
    add(list, Stretch::Grain::Hours, first, last);
    add(list, Stretch::Grain::Minutes, last, to);
}

/// The kinds of rows of a stretch and the instants at which they may begin.
struct Wanted
{
    std::string where;
    std::vector<Value> values;
};
std::vector<Wanted> wantedOf(const Stretch &stretch)
{
    const auto range = [](TimePoint from, TimePoint to) { return std::vector<Value>{value(from), value(to)}; };
    const std::string between = " AND s.t0_us >= ? AND s.t0_us < ?";
    const auto whole = range(stretch.from, stretch.to);
    switch (stretch.grain) {
    case Stretch::Grain::Minutes:
        return {{"s.kind IN (0,1)" + between, range(hourOf(stretch.from), stretch.to)}};
    case Stretch::Grain::Hours:
        return {{"s.kind IN (0,2)" + between, whole}};
    case Stretch::Grain::Days:
        return {{"s.kind IN (0,3)" + between, whole},
                {"s.kind = 2" + between + " AND NOT EXISTS (SELECT 1 FROM slow_span d WHERE d.subject_id = s.subject_id AND d.kind = 3 AND d.t0_us = s.t0_us - s.t0_us % 86400000000)", whole}};
    }
    return {};
}

} // namespace

std::vector<Stretch> coverOf(TimePoint from, TimePoint to, const Cover &cover)
{
    std::vector<Stretch> list;
    if (from >= to)
        return list;
    if (from < cover.hoursSince) {
        const TimePoint known = ceilTo<std::chrono::days>(std::min(cover.hoursSince, to));
        add(list, Stretch::Grain::Days, dayOf(from), known);
        from = known;
    }
    if (from >= to)
        return list;
    const TimePoint first = ceilTo<std::chrono::days>(from), last = dayOf(to);
    if (!cover.byDays || first >= last) {
        coverByHours(list, from, to, cover);
        return list;
    }
    coverByHours(list, from, first, cover);
    // hours of an edge may reach into the first whole day when the store has no minutes there
    add(list, Stretch::Grain::Days, list.empty() ? first : std::max(first, ceilTo<std::chrono::days>(list.back().to)), last);
    coverByHours(list, last, to, cover);
    return list;
}

std::optional<TimePoint> SpanRow::at(std::uint8_t minute) const
{
    const TimePoint instant = begin() + std::chrono::minutes{minute};
    return instant >= stretch.from && instant < stretch.to ? std::optional(instant) : std::nullopt;
}

Result<void> readSpans(Session &session, const std::vector<Uuid> &subjects, const std::vector<Stretch> &stretches, const std::string &columns,
                       const std::function<void(const SpanRow &)> &visit)
{
    std::string sql;
    std::vector<Value> arguments;
    for (std::size_t place = 0; place < stretches.size() && !subjects.empty(); ++place) {
        for (const Wanted &wanted : wantedOf(stretches[place])) {
            sql += (sql.empty() ? "" : " UNION ALL ") + std::string("SELECT ") + std::to_string(place) + ", s.subject_id, s.kind, s.t0_us, " + columns
                + " FROM slow_span s FORCE INDEX (PRIMARY) WHERE s.subject_id IN (" + store::marks(subjects.size()) + ") AND " + wanted.where;
            for (const Uuid &subject : subjects)
                arguments.push_back(value(subject));
            arguments.insert(arguments.end(), wanted.values.begin(), wanted.values.end());
        }
    }
    if (sql.empty())
        return {};
    const auto rows = session.query(sql, arguments);
    if (!rows)
        return fail(rows.error());
    for (const store::Row &row : *rows)
        visit({row, stretches[static_cast<std::size_t>(std::clamp<std::int64_t>(row.integer(0), 0, static_cast<std::int64_t>(stretches.size()) - 1))]});
    return {};
}

Result<std::vector<SpanSum>> sumSpans(Session &session, const std::vector<Uuid> &subjects, const std::vector<Stretch> &stretches, TimePoint begin, Microseconds step)
{
    std::string sql;
    std::vector<Value> arguments;
    for (const Stretch &stretch : stretches) {
        for (const Wanted &wanted : wantedOf(stretch)) {
            sql += (sql.empty() ? "" : " UNION ALL ") + std::string("SELECT s.subject_id, (s.t0_us - ?) DIV ? AS bucket, s.events, s.time_us, s.examined FROM slow_span s WHERE ") + wanted.where;
            arguments.push_back(value(begin));
            arguments.push_back(value(step.count()));
            arguments.insert(arguments.end(), wanted.values.begin(), wanted.values.end());
            if (!subjects.empty())
                sql += " AND s.subject_id IN (" + store::marks(subjects.size()) + ')';
            for (const Uuid &subject : subjects)
                arguments.push_back(value(subject));
        }
    }
    std::vector<SpanSum> sums;
    if (sql.empty())
        return sums;
    const auto rows = session.query("SELECT subject_id, bucket, CAST(SUM(events) AS SIGNED), CAST(SUM(time_us) AS SIGNED), CAST(SUM(examined) AS SIGNED) FROM (" + sql + ") spans GROUP BY subject_id, bucket", arguments);
    if (!rows)
        return fail(rows.error());
    for (const store::Row &row : *rows)
        sums.push_back({row.uuid(0), row.integer(1), {row.integer(2), row.integer(3), row.integer(4)}});
    return sums;
}

} // namespace zandb::slowlog
