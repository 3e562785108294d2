// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/zonetable.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

namespace zandb {
namespace {

/// Every IANA name without a slash: the list is closed, new zones have an area.  Qt takes any other such word for a POSIX
/// rule ("CET-1", and even "Europe" or a misspelt name, which would be UTC).
constexpr std::array<std::string_view, 44> withoutArea{
    "CET",    "CST6CDT", "Cuba",      "EET",     "EST",    "EST5EDT",   "Egypt",     "Eire", "GB",    "GB-Eire", "GMT",
    "GMT+0",  "GMT-0",   "GMT0",      "Greenwich", "HST",  "Hongkong",  "Iceland",   "Iran", "Israel", "Jamaica", "Japan",
    "Kwajalein", "Libya", "MET",      "MST",     "MST7MDT", "NZ",       "NZ-CHAT",   "Navajo", "PRC", "PST8PDT", "Poland",
    "Portugal", "ROC",   "ROK",       "Singapore", "Turkey", "UCT",     "UTC",       "Universal", "W-SU", "WET",  "Zulu"};

/// QTimeZone opens a file of this name, so it must be a name; whether there is such a zone only the file can say:
/// isTimeZoneIdAvailable() knows no alias ("Etc/UTC", "US/Eastern", "Asia/Calcutta").
bool looksLikeZone(std::string_view name)
{
    if (name.empty() || name.size() > 64)
        return false;
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '+';
    };
    if (!std::ranges::all_of(name, allowed))
        return false;
    if (name.find('/') == std::string_view::npos)
        return std::ranges::find(withoutArea, name) != withoutArea.end();
    // "right" counts leap seconds, which the store's clock does not
    return name.front() != '/' && name.back() != '/' && name.find("//") == std::string_view::npos && !name.starts_with("right/")
        && !name.starts_with("posix/");
}

} // namespace

std::string systemZone()
{
    const std::string name = QTimeZone::systemTimeZoneId().toStdString();
    return ZoneTable::find(name) ? name : std::string("UTC");
}

std::shared_ptr<const ZoneTable> ZoneTable::find(const std::string &name)
{
    // a cache of immutable tables: nothing can be observed through it but speed
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const ZoneTable>, std::less<>> known;
    const std::lock_guard lock(mutex);
    if (const auto it = known.find(name); it != known.end())
        return it->second;

    if (!looksLikeZone(name))
        return nullptr;
    const QTimeZone zone(QByteArray::fromStdString(name));
    if (!zone.isValid())
        return nullptr;
    const QDateTime begin(QDate(1900, 1, 1), QTime(0, 0), Qt::UTC);
    const QDateTime end(QDate(2200, 1, 1), QTime(0, 0), Qt::UTC);

    auto table = std::make_shared<ZoneTable>();
    table->m_name = name;
    table->m_segments.push_back({TimePoint::min(), std::chrono::seconds{zone.offsetFromUtc(begin)}});
    // Where a zone's file ends (2037) its rule goes on, but Qt 6.4 knows no transition after the file's last one: it must be
    // asked for what comes after an instant beyond that.
    for (QDateTime from = begin;;) {
        const auto changes = zone.transitions(from, end);
        for (const QTimeZone::OffsetData &change : changes) {
            const TimePoint at{std::chrono::milliseconds{change.atUtc.toMSecsSinceEpoch()}};
            const Microseconds offset = std::chrono::seconds{change.offsetFromUtc};
            if (offset != table->m_segments.back().offset) // a change of name only is none of ours
                table->m_segments.push_back({at, offset});
        }
        if (changes.isEmpty())
            break;
        from = changes.back().atUtc.addMSecs(2); // it looks for what is later than `from` - 1 ms
    }
    known.emplace(name, table);
    return table;
}

std::size_t ZoneTable::segmentAt(TimePoint at) const
{
    const auto after = std::ranges::upper_bound(m_segments, at, {}, &Segment::from);
    return static_cast<std::size_t>(after - m_segments.begin()) - 1;
}

Microseconds ZoneTable::offsetAt(TimePoint at) const
{
    return m_segments[segmentAt(at)].offset;
}

TimePoint ZoneTable::resolve(LocalTime wall) const
{
    // Offsets lie within 26 hours (Samoa crossed the date line), so only segments near the wall time can hold it.
    const TimePoint asUtc{wall.time_since_epoch()};
    for (std::size_t i = segmentAt(asUtc - std::chrono::hours{26}); i < m_segments.size(); ++i) {
        const TimePoint at = asUtc - m_segments[i].offset;
        if (at < m_segments[i].from)
            return m_segments[i].from; // the previous segment ended before this wall time: it was skipped
        if (i + 1 == m_segments.size() || at < m_segments[i + 1].from)
            return at;
    }
    return asUtc - m_segments.back().offset;
}

} // namespace zandb
