// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/slowrepository.h"

#include "app/slowlog/slowreading.h"
#include "app/store/audit.h"
#include "app/store/sqltext.h"
#include "models/fleet/groupsettings.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace zandb::slowlog {
namespace {

using store::Session;
using store::value;
using store::Value;
using namespace std::chrono_literals;

/// From this length on whole days are read as such.
constexpr Microseconds byDaysFrom = std::chrono::days{14};
/// So many of each metric are kept apart for a chart, which shows eight of them.
constexpr std::size_t linesKept = 20;
/// By instance and minute more would be read than a chart is worth.
constexpr std::size_t instancesByMinute = 20;
constexpr std::int64_t hourRowsForChart = 200'000;
constexpr std::size_t instancesOfDigest = 50;
constexpr std::size_t trendParts = 24;

Cover coverFor(const Asked &asked)
{
    Cover cover;
    cover.minutesSince = asked.minutesSince;
    cover.hoursSince = asked.hoursSince;
    return cover;
}

/// Stretches for buckets of a chart.
std::vector<Stretch> coverOf(const SlowAxis &axis, const Asked &asked)
{
    Cover cover = coverFor(asked);
    cover.minutesSince = {}; // the axis is no finer than what is known
    cover.byDays = axis.step % spanDay == Microseconds{0};
    cover.byHours = axis.step % spanHour == Microseconds{0};
    return slowlog::coverOf(axis.begin, axis.end(), cover);
}

/// Lines by key while they are added up; those that matter are kept.
class Lines
{
public:
    explicit Lines(const SlowAxis &axis) : m_axis(axis) {}

    SlowLine &of(const std::string &key)
    {
        const auto [found, isNew] = m_places.try_emplace(key, m_lines.size());
        if (isNew)
            m_lines.push_back({key, {}, {}, std::vector<SlowTotals>(m_axis.buckets)});
        return m_lines[found->second];
    }
    static void add(SlowLine &line, std::size_t bucket, const SlowTotals &totals)
    {
        line.sum.add(totals);
        line.points[bucket].add(totals);
    }

    /// Those that are among the first of some metric, and the rest as one.
    void into(SlowOverTime &result)
    {
        std::set<std::size_t> kept;
        for (const SlowMetric metric : {SlowMetric::Time, SlowMetric::Count, SlowMetric::Rows}) {
            std::vector<std::size_t> order(m_lines.size());
            for (std::size_t i = 0; i < order.size(); ++i)
                order[i] = i;
            const std::size_t count = std::min(linesKept, order.size());
            std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), [&](std::size_t a, std::size_t b) {
                const auto left = valueOf(m_lines[a].sum, metric), right = valueOf(m_lines[b].sum, metric);
                return left != right ? left > right : m_lines[a].key < m_lines[b].key;
            });
            kept.insert(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
        }
        SlowLine rest{"*", {}, {}, std::vector<SlowTotals>(m_axis.buckets)};
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            result.sum.add(m_lines[i].sum);
            if (kept.contains(i) && m_lines[i].key != "*") {
                result.lines.push_back(std::move(m_lines[i]));
                continue;
            }
            rest.sum.add(m_lines[i].sum);
            for (std::size_t bucket = 0; bucket < m_axis.buckets; ++bucket)
                rest.points[bucket].add(m_lines[i].points[bucket]);
        }
        if (rest.sum.events > 0)
            result.lines.push_back(std::move(rest));
    }

private:
    const SlowAxis &m_axis;
    std::map<std::string, std::size_t> m_places;
    std::vector<SlowLine> m_lines;
};

Result<void> linesByDigest(Session &session, const Asked &asked, SlowOverTime &result, Lines &lines)
{
    std::unordered_map<SlowChecksum, std::string> texts;
    return readSpans(session, asked.subjects, coverOf(result.axis, asked), "s.totals", [&](const SpanRow &row) {
        const auto totals = slowpack::unpackTotals(row.blob(0));
        if (!totals) {
            ++result.damaged;
            return;
        }
        std::vector<SlowLine *> places(totals->digests.size());
        for (const auto &entry : totals->entries) {
            const auto at = row.at(entry.minute);
            const auto bucket = at ? result.axis.bucketOf(*at) : std::nullopt;
            if (!bucket)
                continue;
            const SlowChecksum &digest = totals->digests[entry.digest];
            auto [text, isNew] = texts.try_emplace(digest);
            if (isNew)
                text->second = checksumText(digest);
            Lines::add(lines.of(text->second), *bucket, entry.totals);
        }
    });
}

Result<void> linesByPerson(Session &session, const Asked &asked, SlowOverTime &result, Lines &lines)
{
    return readSpans(session, asked.subjects, coverOf(result.axis, asked), "s.people", [&](const SpanRow &row) {
        const auto people = slowpack::unpackPeople(row.blob(0));
        if (!people) {
            ++result.damaged;
            return;
        }
        for (const auto &entry : *people) {
            const auto at = row.at(entry.minute);
            if (const auto bucket = at ? result.axis.bucketOf(*at) : std::nullopt)
                Lines::add(lines.of(result.by == SlowBy::User ? entry.person.user : entry.person.schema), *bucket, entry.totals);
        }
    });
}

/// By instance or group: each subject is a line.
Result<void> linesBySubject(Session &session, const Asked &asked, const std::vector<Uuid> &subjects, bool all, SlowOverTime &result, Lines &lines)
{
    const auto stretches = coverOf(result.axis, asked);
    const bool byMinute = std::ranges::any_of(stretches, [](const Stretch &one) { return one.grain == Stretch::Grain::Minutes; });
    if (byMinute) {
        return readSpans(session, subjects, stretches, "s.totals", [&](const SpanRow &row) {
            const auto totals = slowpack::unpackTotals(row.blob(0));
            result.damaged += !totals;
            for (const auto &entry : totals ? totals->entries : std::vector<slowpack::Totals::Entry>{}) {
                const auto at = row.at(entry.minute);
                if (const auto bucket = at ? result.axis.bucketOf(*at) : std::nullopt)
                    Lines::add(lines.of(row.subject().toString()), *bucket, entry.totals);
            }
        });
    }
    const auto sums = sumSpans(session, all ? std::vector<Uuid>{} : subjects, stretches, result.axis.begin, result.axis.step);
    if (!sums)
        return fail(sums.error());
    const std::set<Uuid> wanted(subjects.begin(), subjects.end());
    for (const SpanSum &sum : *sums) {
        if (wanted.contains(sum.subject) && sum.bucket >= 0 && sum.bucket < static_cast<std::int64_t>(result.axis.buckets))
            Lines::add(lines.of(sum.subject.toString()), static_cast<std::size_t>(sum.bucket), sum.totals);
    }
    return {};
}

/// The groups right below a scope's subject.
std::vector<Uuid> groupsBelow(const Fleet &fleet, const Asked &asked)
{
    std::vector<Uuid> groups;
    for (const Group &group : fleet.groups) {
        if (asked.subjects.size() == 1 && group.parentId.value_or(wholeFleet) == asked.subjects.front())
            groups.push_back(group.id);
    }
    return groups;
}

struct DigestText
{
    std::string fingerprint;
    TimePoint first{};
    TimePoint last{};
    std::string acceptedBy;
    std::optional<TimePoint> acceptedAt;
    std::string acceptedNote;
};

Result<std::map<SlowChecksum, DigestText>> loadTexts(Session &session, const std::vector<SlowChecksum> &digests)
{
    std::map<SlowChecksum, DigestText> texts;
    constexpr std::size_t atOnce = 1000;
    for (std::size_t first = 0; first < digests.size(); first += atOnce) {
        std::vector<Value> ids;
        for (std::size_t i = first; i < std::min(digests.size(), first + atOnce); ++i)
            ids.push_back(value(digests[i]));
        const auto rows = session.query("SELECT checksum, fingerprint, first_seen_us, last_seen_us, accepted_by, accepted_us, accepted_note FROM slow_digest WHERE checksum IN ("
                                            + store::marks(ids.size()) + ')', ids);
        if (!rows)
            return fail(rows.error());
        for (const store::Row &row : *rows)
            texts[row.uuid(0)] = {row.text(1), row.time(2), row.time(3), row.text(4), row.optionalTime(5), row.text(6)};
    }
    return texts;
}

void putText(SlowDigestRow &row, const std::map<SlowChecksum, DigestText> &texts)
{
    const auto found = texts.find(row.checksum);
    if (found == texts.end())
        return;
    row.fingerprint = found->second.fingerprint;
    row.firstSeen = found->second.first;
    row.lastSeen = found->second.last;
    row.acceptedBy = found->second.acceptedBy;
    row.acceptedAt = found->second.acceptedAt;
    row.acceptedNote = found->second.acceptedNote;
}

/// The part of a trend an instant lies in.
std::optional<std::size_t> partOf(TimePoint at, TimePoint from, TimePoint to, std::size_t parts)
{
    if (at < from)
        at = from; // a whole hour that the beginning cuts
    if (at >= to)
        return std::nullopt;
    return std::min(parts - 1, static_cast<std::size_t>((at - from).count() / std::max<std::int64_t>(1, (to - from).count() / static_cast<std::int64_t>(parts))));
}

} // namespace

Asked askFor(const Fleet &fleet, const Scope &scope, TimePoint from, TimePoint to)
{
    const auto days = [&](std::string_view setting) { return std::chrono::days{groupSetting(fleet, std::nullopt, setting).value.get<std::int64_t>()}; };
    Asked asked;
    asked.from = from;
    asked.to = std::max(to, from);
    // what is about to be removed may be gone in a part of the rows
    asked.minutesSince = fleet.readAt - days(keepSlowMinutesDays) + 1h;
    asked.hoursSince = fleet.readAt - days(keepSlowHoursDays) + 1h;
    const auto contents = contentsOf(fleet, scope);
    asked.instances.assign(contents.instances.begin(), contents.instances.end());
    asked.whole = scope.kind == Scope::Kind::All;
    if (scope.kind == Scope::Kind::All || scope.kind == Scope::Kind::Group)
        asked.subjects = {scope.kind == Scope::Kind::All ? wholeFleet : scope.id};
    else
        asked.subjects = asked.instances;
    return asked;
}

Result<SlowOverTime> loadOverTime(Session &session, const Asked &given, SlowBy by, const Fleet &fleet)
{
    Asked asked = given;
    SlowOverTime result;
    result.by = by;
    const auto subjects = by == SlowBy::Instance ? asked.instances : by == SlowBy::Group ? groupsBelow(fleet, asked) : asked.subjects;
    if (by == SlowBy::Instance && subjects.size() > instancesByMinute)
        asked.minutesSince = TimePoint::max();
    result.axis = slowAxis(asked.from, asked.to, asked.minutesSince);
    if (by == SlowBy::Instance && static_cast<std::int64_t>(subjects.size()) * ((asked.to - asked.from) / spanHour) > hourRowsForChart)
        result.axis = slowAxis(asked.from, asked.to, asked.minutesSince, std::max<std::size_t>(2, static_cast<std::size_t>((asked.to - asked.from) / spanDay) + 1));
    Lines lines(result.axis);
    Result<void> done;
    if (by == SlowBy::Digest)
        done = linesByDigest(session, asked, result, lines);
    else if (by == SlowBy::User || by == SlowBy::Schema)
        done = linesByPerson(session, asked, result, lines);
    else
        done = linesBySubject(session, asked, subjects, by == SlowBy::Instance && asked.whole, result, lines);
    if (!done)
        return fail(done.error());
    if (by == SlowBy::Group && asked.subjects.size() == 1) {
        // hosts that are in none of the groups below: what is left of the whole
        SlowOverTime whole;
        whole.axis = result.axis;
        Lines one(result.axis);
        if (done = linesBySubject(session, asked, asked.subjects, false, whole, one); !done)
            return fail(done.error());
        SlowLine rest = one.of(asked.subjects.front().toString());
        const auto take = [](SlowTotals &from, const SlowTotals &part) {
            from = {std::max<std::int64_t>(0, from.events - part.events), std::max<std::int64_t>(0, from.timeUs - part.timeUs),
                    std::max<std::int64_t>(0, from.examined - part.examined)};
        };
        for (const Uuid &group : subjects) {
            const SlowLine &line = lines.of(group.toString());
            take(rest.sum, line.sum);
            for (std::size_t i = 0; i < rest.points.size(); ++i)
                take(rest.points[i], line.points[i]);
        }
        rest.key = "*";
        lines.of("*") = std::move(rest);
    }
    lines.into(result);
    std::vector<SlowChecksum> digests;
    for (SlowLine &line : result.lines) {
        const auto id = by == SlowBy::Instance || by == SlowBy::Group ? Uuid::parse(line.key) : std::nullopt;
        if (id)
            line.name = by == SlowBy::Instance ? fleet.pathOf(*id) : groupPath(fleet, *id).toStdString();
        if (const auto digest = by == SlowBy::Digest ? checksumOf(line.key) : std::nullopt; digest && *digest != slowOther)
            digests.push_back(*digest);
    }
    const auto texts = loadTexts(session, digests);
    if (!texts)
        return fail(texts.error());
    for (SlowLine &line : result.lines) {
        if (const auto digest = by == SlowBy::Digest ? checksumOf(line.key) : std::nullopt) {
            const auto found = texts->find(*digest);
            line.name = found == texts->end() ? std::string() : found->second.fingerprint;
        }
    }
    return result;
}

Result<SlowTop> loadTop(Session &session, const Asked &asked)
{
    SlowTop top;
    top.from = asked.from;
    top.to = asked.to;
    const Microseconds length = asked.to - asked.from;
    Cover cover = coverFor(asked);
    cover.byDays = length >= byDaysFrom;
    // parts of whole days, so that none looks empty
    const std::size_t parts = cover.byDays ? static_cast<std::size_t>(std::max<std::int64_t>(2, std::min<std::int64_t>(trendParts, length / spanDay / ((length / spanDay + 23) / 24))))
                                           : trendParts;
    std::map<SlowChecksum, SlowDigestRow> rows;
    const auto rowOf = [&](const SlowChecksum &digest) -> SlowDigestRow & {
        const auto [found, isFirst] = rows.try_emplace(digest);
        if (isFirst) {
            found->second.checksum = digest;
            found->second.trend.assign(parts, 0);
            found->second.trendBefore.assign(parts, 0);
        }
        return found->second;
    };
    auto read = readSpans(session, asked.subjects, slowlog::coverOf(asked.from, asked.to, cover), "s.totals, s.detail, s.time_unknown, s.not_understood", [&](const SpanRow &row) {
        const auto totals = slowpack::unpackTotals(row.blob(0));
        const auto detail = totals ? slowpack::unpackDetail(row.blob(1), *totals) : std::nullopt;
        if (!detail) {
            ++top.damaged;
            return;
        }
        bool isIn = false;
        for (std::size_t i = 0; i < detail->size(); ++i) {
            const auto &entry = totals->entries[i];
            const auto at = row.at(entry.minute);
            if (!at)
                continue;
            isIn = true;
            SlowDigestRow &digest = rowOf(totals->digests[entry.digest]);
            digest.figures.add((*detail)[i]);
            top.sum.add(entry.totals);
            if (const auto part = partOf(*at, asked.from, asked.to, parts))
                digest.trend[*part] += static_cast<double>(entry.totals.timeUs) / 1e6;
        }
        if (isIn || totals->entries.empty()) {
            top.timeUnknown = addedUp(top.timeUnknown, row.number(2));
            top.notUnderstood = addedUp(top.notUnderstood, row.number(3));
        }
    });
    if (!read)
        return fail(read.error());
    read = readSpans(session, asked.subjects, slowlog::coverOf(asked.from - length, asked.from, cover), "s.totals", [&](const SpanRow &row) {
        const auto totals = slowpack::unpackTotals(row.blob(0));
        top.damaged += !totals;
        for (const auto &entry : totals ? totals->entries : std::vector<slowpack::Totals::Entry>{}) {
            const auto at = row.at(entry.minute);
            if (!at)
                continue;
            top.before.add(entry.totals);
            const auto found = rows.find(totals->digests[entry.digest]);
            if (found == rows.end())
                continue; // it is gone: only its sum counts
            found->second.before.add(entry.totals);
            if (const auto part = partOf(*at, asked.from - length, asked.from, parts))
                found->second.trendBefore[*part] += static_cast<double>(entry.totals.timeUs) / 1e6;
        }
    });
    if (!read)
        return fail(read.error());
    std::vector<SlowChecksum> digests;
    for (const auto &[digest, row] : rows)
        digests.push_back(digest);
    const auto texts = loadTexts(session, digests);
    if (!texts)
        return fail(texts.error());
    for (auto &[digest, row] : rows) {
        putText(row, *texts);
        top.newDigests += isNew(row, asked.from);
        top.newBefore += row.firstSeen >= asked.from - length && row.firstSeen < asked.from;
        top.digests.push_back(std::move(row));
    }
    std::ranges::sort(top.digests, [](const SlowDigestRow &a, const SlowDigestRow &b) {
        return a.figures.time.sum != b.figures.time.sum ? a.figures.time.sum > b.figures.time.sum : a.checksum < b.checksum;
    });
    return top;
}

Result<std::optional<SlowDigestDetail>> loadDigest(Session &session, const Asked &asked, const SlowChecksum &digest)
{
    const auto texts = loadTexts(session, {digest});
    if (!texts)
        return fail(texts.error());
    SlowDigestDetail detail;
    detail.row.checksum = digest;
    putText(detail.row, *texts);
    detail.axis = slowAxis(asked.from, asked.to, asked.minutesSince);
    detail.history.resize(detail.axis.buckets);
    std::map<SlowCallerKey, SlowTotals> callers;
    auto read = readSpans(session, asked.subjects, coverOf(detail.axis, asked), "s.totals, s.detail", [&](const SpanRow &row) {
        const auto totals = slowpack::unpackTotals(row.blob(0));
        detail.damaged += !totals;
        if (!totals || !std::ranges::binary_search(totals->digests, digest))
            return;
        const auto figures = slowpack::unpackDetail(row.blob(1), *totals);
        detail.damaged += !figures;
        for (std::size_t i = 0; figures && i < figures->size(); ++i) {
            const auto &entry = totals->entries[i];
            const auto at = totals->digests[entry.digest] == digest ? row.at(entry.minute) : std::nullopt;
            if (const auto bucket = at ? detail.axis.bucketOf(*at) : std::nullopt)
                detail.history[*bucket].add((*figures)[i]);
        }
    });
    if (!read)
        return fail(read.error());
    for (const SlowFigures &figures : detail.history)
        detail.row.figures.add(figures);

    Cover hours = coverFor(asked);
    hours.minutesSince = TimePoint::max(); // minutes have no callers
    hours.byDays = asked.to - asked.from >= byDaysFrom;
    read = readSpans(session, asked.subjects, slowlog::coverOf(asked.from, asked.to, hours), "s.totals, s.callers", [&](const SpanRow &row) {
        const auto totals = slowpack::unpackTotals(row.blob(0));
        if (!totals || !std::ranges::binary_search(totals->digests, digest))
            return;
        const auto some = slowpack::unpackCallers(row.blob(1), *totals);
        detail.damaged += !some;
        for (const auto &[caller, sums] : some.value_or(std::map<SlowCallerKey, SlowTotals>{})) {
            if (caller.digest == digest)
                callers[caller].add(sums);
        }
    });
    if (!read)
        return fail(read.error());
    for (const auto &[caller, totals] : callers)
        detail.callers.push_back({caller.user, caller.host, caller.schema, totals});
    std::ranges::sort(detail.callers, [](const SlowCallerRow &a, const SlowCallerRow &b) { return a.totals.timeUs > b.totals.timeUs; });

    if (asked.instances.size() <= instancesOfDigest) {
        std::map<Uuid, SlowTotals> where;
        read = readSpans(session, asked.instances, slowlog::coverOf(asked.from, asked.to, hours), "s.totals", [&](const SpanRow &row) {
            const auto totals = slowpack::unpackTotals(row.blob(0));
            for (const auto &entry : totals ? totals->entries : std::vector<slowpack::Totals::Entry>{}) {
                if (totals->digests[entry.digest] == digest)
                    where[row.subject()].add(entry.totals);
            }
        });
        if (!read)
            return fail(read.error());
        detail.instances.assign(where.begin(), where.end());
        std::ranges::sort(detail.instances, [](const auto &a, const auto &b) { return a.second.timeUs > b.second.timeUs; });
    }

    const std::set<Uuid> wanted(asked.instances.begin(), asked.instances.end());
    const auto rows = session.query("SELECT instance_id, slot, at_us, query, user_name, host_name, schema_name, query_us, lock_us, rows_sent, rows_examined, device, inode, "
                                    "log_offset, log_length FROM slow_sample WHERE checksum = ? ORDER BY at_us DESC LIMIT 3000", {value(digest)});
    if (!rows)
        return fail(rows.error());
    for (const store::Row &row : *rows) {
        if (!wanted.contains(row.uuid(0)) || detail.examples.size() >= 300)
            continue;
        SlowExample example{row.uuid(0), static_cast<int>(row.integer(1)), {}};
        wire::SlowSample &sample = example.sample;
        sample.at = row.time(2);
        sample.query = row.text(3);
        sample.user = row.text(4);
        sample.host = row.text(5);
        sample.schema = row.text(6);
        sample.querySeconds = static_cast<double>(row.integer(7)) / 1e6;
        if (!row.isNull(8))
            sample.lockSeconds = static_cast<double>(row.integer(8)) / 1e6;
        if (!row.isNull(9))
            sample.rowsSent = row.integer(9);
        if (!row.isNull(10))
            sample.rowsExamined = row.integer(10);
        sample.device = row.integer(11);
        sample.inode = row.integer(12);
        sample.offset = row.integer(13);
        sample.length = row.integer(14);
        detail.examples.push_back(std::move(example));
    }
    if (texts->empty() && detail.row.figures.events == 0)
        return std::optional<SlowDigestDetail>();
    return std::optional(std::move(detail));
}

Result<std::vector<SlowSourceRow>> loadSources(Session &session, const std::vector<Uuid> &instances)
{
    const auto rows = session.query("SELECT instance_id, detail, asked_us, stored_us, minute_us, bytes_behind FROM slow_source");
    if (!rows)
        return fail(rows.error());
    const std::set<Uuid> wanted(instances.begin(), instances.end());
    std::vector<SlowSourceRow> sources;
    for (const store::Row &row : *rows) {
        if (!wanted.empty() && !wanted.contains(row.uuid(0)))
            continue;
        SlowSourceRow source{row.uuid(0), {}, row.time(2), row.time(3), row.time(4), row.integer(5)};
        if (!row.isNull(1)) {
            if (auto said = decode<wire::SlowSource>(row.json(1)))
                source.source = std::move(*said);
        }
        sources.push_back(std::move(source));
    }
    return sources;
}

Result<std::vector<SlowChecksum>> findDigests(Session &session, std::string_view digits)
{
    std::vector<SlowChecksum> found;
    if (const auto whole = checksumOf(digits)) {
        found.push_back(*whole);
        return found;
    }
    if (digits.size() < 4 || digits.size() > 32 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
        return found;
    std::string upper(digits);
    std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
    const auto rows = session.query("SELECT checksum FROM slow_digest WHERE HEX(checksum) LIKE ? OR HEX(checksum) LIKE ? LIMIT 10", {value(upper + "%"), value("%" + upper)});
    if (!rows)
        return fail(rows.error());
    for (const store::Row &row : *rows)
        found.push_back(row.uuid(0));
    return found;
}

Result<void> accept(Session &session, const std::string &person, const SlowChecksum &digest, const std::optional<std::string> &note)
{
    return session.transaction([&]() -> Result<void> {
        const auto done = note
            ? session.execute("UPDATE slow_digest SET accepted_by = ?, accepted_us = " + std::string(store::nowUs) + ", accepted_note = ? WHERE checksum = ?",
                              {value(person), value(note->substr(0, 1000)), value(digest)})
            : session.execute("UPDATE slow_digest SET accepted_by = NULL, accepted_us = NULL, accepted_note = NULL WHERE checksum = ?", {value(digest)});
        if (!done)
            return fail(done.error());
        if (*done == 0)
            return fail(errors::notFound, {{"what", "digest"}, {"name", checksumText(digest)}});
        if (note) {
            const auto ended = session.execute("UPDATE slow_finding SET ended_us = " + std::string(store::nowUs) + ", accepted_by = ? WHERE checksum = ? AND ended_us IS NULL",
                                               {value(person), value(digest)});
            if (!ended)
                return fail(ended.error());
        }
        if (auto audited = store::auditAs(session, person, note ? "slow.accept" : "slow.unaccept", checksumText(digest), note ? Json{{"note", *note}} : Json::object()); !audited)
            return audited;
        return store::raiseFeed(session, "slow");
    });
}

Result<std::map<Uuid, SlowTotals>> countsSince(Session &session, TimePoint from)
{
    const TimePoint begin = hourOf(from);
    const auto sums = sumSpans(session, {}, {{Stretch::Grain::Hours, begin, TimePoint::max()}}, begin, spanDay * 3650);
    if (!sums)
        return fail(sums.error());
    std::map<Uuid, SlowTotals> counts;
    for (const SpanSum &sum : *sums)
        counts[sum.subject].add(sum.totals);
    return counts;
}

Result<std::map<std::string, std::int64_t>> storedBytes(Session &session)
{
    const auto rows = session.query("SELECT TABLE_NAME, CAST(DATA_LENGTH + INDEX_LENGTH AS SIGNED) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME LIKE 'slow\\_%'",
                                    {value(session.settings().schema)});
    if (!rows)
        return fail(rows.error());
    std::map<std::string, std::int64_t> bytes;
    for (const store::Row &row : *rows)
        bytes[row.text(0)] = row.integer(1);
    return bytes;
}

} // namespace zandb::slowlog
