// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/zonetable.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <map>
#include <mutex>

namespace zandb {

std::shared_ptr<const ZoneTable> ZoneTable::find(const std::string &name)
{
    // a cache of immutable tables: nothing can be observed through it but speed
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const ZoneTable>, std::less<>> known;
    const std::lock_guard lock(mutex);
    if (const auto it = known.find(name); it != known.end())
        return it->second;

    const QByteArray id = QByteArray::fromStdString(name);
    if (name.empty() || name.size() > 64 || !QTimeZone::isTimeZoneIdAvailable(id))
        return nullptr;
    const QTimeZone zone(id);
    const QDateTime begin(QDate(1900, 1, 1), QTime(0, 0), Qt::UTC);
    const QDateTime end(QDate(2200, 1, 1), QTime(0, 0), Qt::UTC);

    auto table = std::make_shared<ZoneTable>();
    table->m_name = name;
    table->m_segments.push_back({TimePoint::min(), std::chrono::seconds{zone.offsetFromUtc(begin)}});
    for (const QTimeZone::OffsetData &change : zone.transitions(begin, end)) {
        const TimePoint at{std::chrono::milliseconds{change.atUtc.toMSecsSinceEpoch()}};
        const Microseconds offset = std::chrono::seconds{change.offsetFromUtc};
        if (offset != table->m_segments.back().offset) // a change of name only is none of ours
            table->m_segments.push_back({at, offset});
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
