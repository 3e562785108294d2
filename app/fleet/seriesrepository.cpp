// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/seriesrepository.h"

#include "app/store/sqltext.h"

#include <algorithm>
#include <functional>
#include <map>
#include <span>

namespace zandb::fleet {
namespace {

using store::Session;
using store::value;
using store::Value;

constexpr Microseconds hour = std::chrono::hours{1};
constexpr int packedLevel = 12; ///< of zstd: an hour is packed once and read for months
constexpr int minStepMs = 1000;
constexpr int maxStepMs = 3'600'000;

TimePoint hourOf(TimePoint at) { return std::chrono::floor<std::chrono::hours>(at); }

struct PieceKey
{
    Uuid subject;
    std::string set;
    TimePoint hour;
    std::int64_t stepMs;
    auto operator<=>(const PieceKey &) const = default;
};

/// Points as they come, gathered by row.
class Pieces
{
public:
    void add(const Uuid &subject, std::string_view set, std::span<const std::string_view> known, TimePoint at, std::int64_t stepMs,
             const std::vector<std::string> &columns, const std::vector<std::optional<std::int64_t>> &values)
    {
        if (stepMs < minStepMs || stepMs > maxStepMs || toMicros(at) < 0 || columns.size() > series::maxColumns)
            return; // an agent says what it likes
        at -= at.time_since_epoch() % std::chrono::milliseconds{stepMs}; // all points of a row lie on one grid
        auto &points = m_points[{subject, std::string(set), hourOf(at), stepMs}][at];
        points.resize(known.size());
        for (std::size_t i = 0; i < columns.size() && i < values.size(); ++i) {
            const auto column = std::ranges::find(known, columns[i]);
            if (column != known.end())
                points[static_cast<std::size_t>(column - known.begin())] = values[i];
        }
    }

    Result<void> store(Session &session) const
    {
        for (const auto &[key, points] : m_points) {
            const auto piece = seriesOf(key, points);
            const auto blob = piece ? series::pack(*piece) : std::nullopt;
            if (!blob)
                continue; // more than a row may hold
            const auto done = session.execute(
                "INSERT INTO series (subject_id, series_set, t0_us, packed, format, step_ms, n, points) VALUES (?,?,?,0,?,?,?,?) "
                "ON DUPLICATE KEY UPDATE packed = IF(VALUES(n) > n, 0, packed), format = IF(VALUES(n) > n, VALUES(format), format), "
                "step_ms = IF(VALUES(n) > n, VALUES(step_ms), step_ms), points = IF(VALUES(n) > n, VALUES(points), points), n = GREATEST(n, VALUES(n))",
                {value(key.subject), value(key.set), value(piece->begin), value(series::format), value(key.stepMs),
                 value(static_cast<std::int64_t>(piece->points)), *blob});
            if (!done)
                return fail(done.error());
        }
        return {};
    }

private:
    using Points = std::map<TimePoint, std::vector<std::optional<std::int64_t>>>;

    static std::optional<Series> seriesOf(const PieceKey &key, const Points &points)
    {
        Series piece;
        piece.begin = points.begin()->first;
        piece.step = std::chrono::milliseconds{key.stepMs};
        const Microseconds step = piece.step;
        const auto last = (points.rbegin()->first - piece.begin) / step;
        if (last >= static_cast<std::int64_t>(series::maxPoints))
            return std::nullopt;
        piece.points = static_cast<std::size_t>(last) + 1;
        piece.columns.assign(points.begin()->second.size(), Series::Column(piece.points));
        for (const auto &[at, values] : points) {
            const auto place = (at - piece.begin) / step;
            for (std::size_t column = 0; column < values.size(); ++column)
                piece.columns[column][static_cast<std::size_t>(place)] = values[column];
        }
        return piece;
    }

    std::map<PieceKey, Points> m_points;
};

/// One row of the table; none when it cannot be read.
std::optional<Series> seriesOf(const store::Row &row)
{
    Series series;
    series.begin = row.time(0);
    series.step = std::chrono::milliseconds{row.integer(2)};
    const std::int64_t points = row.integer(3);
    if (row.integer(1) != series::format || series.step.count() < 1 || series.step.count() > maxStepMs || points < 0
        || points > static_cast<std::int64_t>(series::maxPoints) || toMicros(series.begin) < 0)
        return std::nullopt;
    series.points = static_cast<std::size_t>(points);
    if (!series::unpack(row.text(4), series))
        return std::nullopt;
    return series;
}

constexpr std::string_view seriesColumns = "SELECT t0_us, format, step_ms, n, points FROM series ";

/// All rows of a subject that may hold points of [from, to), oldest first.  Returns how many cannot be read.
Result<std::int64_t> readPieces(Session &session, const Uuid &subject, std::string_view set, TimePoint from, TimePoint to,
                                const std::function<void(Series)> &visit)
{
    const auto rows = session.query(std::string(seriesColumns) + "WHERE subject_id = ? AND series_set = ? AND t0_us >= ? AND t0_us < ? ORDER BY t0_us",
                                    {value(subject), value(set), value(hourOf(from)), value(to)});
    if (!rows)
        return fail(rows.error());
    std::int64_t damaged = 0;
    for (const store::Row &row : *rows) {
        if (auto piece = seriesOf(row))
            visit(std::move(*piece));
        else
            ++damaged;
    }
    return damaged;
}

/// Packs one hour of one subject.  Rows that do not fit together stay rows of their own.
Result<void> packHour(Session &session, const Uuid &subject, const std::string &set, TimePoint begin)
{
    return session.transaction([&]() -> Result<void> {
        const std::vector<Value> place{value(subject), value(set), value(begin), value(begin + hour)};
        const std::string where = "WHERE subject_id = ? AND series_set = ? AND t0_us >= ? AND t0_us < ?";
        const auto rows = session.query(std::string(seriesColumns) + where + " FOR UPDATE", place);
        if (!rows)
            return fail(rows.error());
        if (rows->empty())
            return {}; // its host was removed meanwhile
        std::optional<Series> whole = Series{};
        for (const store::Row &row : *rows) {
            const auto piece = seriesOf(row);
            whole = piece && whole ? series::merge(*whole, *piece) : std::nullopt;
        }
        const auto blob = whole ? series::pack(*whole, packedLevel) : std::nullopt;
        if (!blob) {
            const auto kept = session.execute("UPDATE series SET packed = 1 " + where, place);
            return kept ? Result<void>{} : fail(kept.error());
        }
        if (const auto gone = session.execute("DELETE FROM series " + where, place); !gone)
            return fail(gone.error());
        const auto done = session.execute(
            "INSERT INTO series (subject_id, series_set, t0_us, packed, format, step_ms, n, points) VALUES (?,?,?,1,?,?,?,?)",
            {value(subject), value(set), value(whole->begin), value(series::format), value(static_cast<std::int64_t>(whole->step.count())),
             value(static_cast<std::int64_t>(whole->points)), *blob});
        return done ? Result<void>{} : fail(done.error());
    });
}

} // namespace

Result<Collected> storeSamples(Session &session, const Uuid &host, std::int64_t token, const Uuid &spool,
                               const std::vector<SamplesBatch> &batches)
{
    std::vector<std::int64_t> numbers;
    for (const SamplesBatch &batch : batches)
        numbers.push_back(batch.number);
    return storeCollected(session, {host, token, spool, std::string(wire::samplesSource)}, numbers, [&](std::span<const std::size_t> fresh) -> Result<void> {
        const auto names = instancesOf(session, host);
        if (!names)
            return fail(names.error());
        Pieces pieces;
        for (const std::size_t place : fresh) {
            const wire::SamplesPayload &payload = batches[place].payload;
            pieces.add(host, hostSeries, wire::hostFigures, payload.at, payload.stepMs, payload.hostColumns, payload.host);
            for (const auto &[name, values] : payload.instances) {
                if (const auto found = names->find(name); found != names->end())
                    pieces.add(found->second, instanceSeries, wire::instanceFigures, payload.at, payload.stepMs, payload.columns, values);
            }
        }
        return pieces.store(session);
    });
}

Result<History> loadSeries(Session &session, const Uuid &subject, std::string_view set, TimePoint from, TimePoint to)
{
    History history;
    const auto damaged = readPieces(session, subject, set, from, to, [&](Series piece) {
        auto joined = history.series.empty() ? std::nullopt : series::merge(history.series.back(), piece);
        if (joined)
            history.series.back() = std::move(*joined);
        else
            history.series.push_back(std::move(piece));
    });
    if (!damaged)
        return fail(damaged.error());
    history.damaged = *damaged;
    for (Series &part : history.series) {
        // rows hold whole hours: what lies outside the range is cut off
        const Microseconds step = part.step;
        const auto before = part.begin >= from ? 0 : (from - part.begin + step - Microseconds{1}) / step;
        const auto behind = part.begin >= to ? 0 : (to - part.begin + step - Microseconds{1}) / step;
        const auto first = std::min<std::size_t>(part.points, static_cast<std::size_t>(before));
        const auto last = std::max(first, std::min<std::size_t>(part.points, static_cast<std::size_t>(behind)));
        for (auto &column : part.columns)
            column = Series::Column(column.begin() + static_cast<std::ptrdiff_t>(first), column.begin() + static_cast<std::ptrdiff_t>(last));
        part.begin = part.at(first);
        part.points = last - first;
    }
    std::erase_if(history.series, [](const Series &part) { return part.points == 0; });
    return history;
}

Result<Figures> loadFigures(Session &session, const Uuid &instance, const Uuid &host, TimePoint from, TimePoint to, std::size_t buckets)
{
    FigureSums ofInstance(instanceFigures(), wire::instanceFigures, from, to, buckets);
    FigureSums ofHost(hostFigures(), wire::hostFigures, from, to, buckets);
    const auto damaged = readPieces(session, instance, instanceSeries, from, to, [&](const Series &piece) { ofInstance.add(piece); });
    if (!damaged)
        return fail(damaged.error());
    const auto more = readPieces(session, host, hostSeries, from, to, [&](const Series &piece) { ofHost.add(piece); });
    if (!more)
        return fail(more.error());
    Figures figures{from, to, ofInstance.results(), ofHost.results(), true, *damaged + *more};
    for (const Spreads &values : figures.instance)
        figures.isEmpty = figures.isEmpty && std::ranges::none_of(values, [](const auto &value) { return value.has_value(); });
    return figures;
}

Result<std::int64_t> packHours(Session &session, std::int64_t limit)
{
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    // an agent may be some minutes late with the end of an hour
    const TimePoint over = hourOf(*now - std::chrono::minutes{10});
    const auto rows = session.query("SELECT subject_id, series_set, t0_us - t0_us % 3600000000 FROM series WHERE packed = 0 AND t0_us < ? "
                                    "GROUP BY 1, 2, 3 LIMIT " + std::to_string(limit), {value(over)});
    if (!rows)
        return fail(rows.error());
    for (const store::Row &row : *rows) {
        if (const auto done = packHour(session, row.uuid(0), row.text(1), row.time(2)); !done)
            return fail(done.error());
    }
    return static_cast<std::int64_t>(rows->size());
}

} // namespace zandb::fleet
