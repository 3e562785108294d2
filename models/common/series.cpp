// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/series.h"

#include "models/common/packing.h"

#include <algorithm>
#include <limits>

namespace zandb::series {
namespace {

using packing::putVarint;
using packing::Reader;
using packing::unzigzag;
using packing::zigzag;

constexpr std::size_t maxContent = 16u << 20;
enum ColumnForm : std::uint8_t { AllNull = 0, NoNull = 1, SomeNull = 2 };

/// Turns values into differences of differences, and back.  Unsigned, since those wrap around instead of overflowing.
class Differences
{
public:
    std::uint64_t packed(std::int64_t value)
    {
        const auto now = static_cast<std::uint64_t>(value);
        const std::uint64_t slope = now - m_last;
        const std::uint64_t result = m_count == 0 ? now : m_count == 1 ? slope : slope - m_slope;
        step(now, slope);
        return zigzag(result);
    }
    std::int64_t unpacked(std::uint64_t packed)
    {
        const std::uint64_t number = unzigzag(packed);
        const std::uint64_t slope = m_count < 2 ? number : m_slope + number;
        const std::uint64_t now = m_count == 0 ? number : m_last + slope;
        step(now, slope);
        return static_cast<std::int64_t>(now);
    }

private:
    void step(std::uint64_t now, std::uint64_t slope)
    {
        m_last = now;
        m_slope = slope;
        m_count = std::min(m_count + 1, 2);
    }
    std::uint64_t m_last = 0;
    std::uint64_t m_slope = 0;
    int m_count = 0;
};

void packColumn(std::string &out, const Series::Column &column)
{
    const auto there = static_cast<std::size_t>(std::count_if(column.begin(), column.end(), [](const auto &v) { return v.has_value(); }));
    if (there == 0) {
        out += static_cast<char>(AllNull);
        return;
    }
    out += static_cast<char>(there == column.size() ? NoNull : SomeNull);
    if (there < column.size()) {
        std::string bitmap((column.size() + 7) / 8, '\0');
        for (std::size_t i = 0; i < column.size(); ++i) {
            if (column[i])
                bitmap[i / 8] = static_cast<char>(static_cast<unsigned char>(bitmap[i / 8]) | 1u << i % 8);
        }
        out += bitmap;
    }
    Differences differences;
    for (const auto &value : column) {
        if (value)
            putVarint(out, differences.packed(*value));
    }
}

bool unpackColumn(Reader &reader, Series::Column &column)
{
    const auto form = reader.byte();
    if (!form || *form > SomeNull)
        return false;
    if (*form == AllNull)
        return true;
    std::string_view bitmap;
    if (*form == SomeNull) {
        const auto taken = reader.take((column.size() + 7) / 8);
        if (!taken)
            return false;
        bitmap = *taken;
        const std::size_t unused = bitmap.size() * 8 - column.size();
        if (!bitmap.empty() && static_cast<unsigned char>(bitmap.back()) >> (8 - unused))
            return false;
    }
    Differences differences;
    for (std::size_t i = 0; i < column.size(); ++i) {
        if (!bitmap.empty() && !(static_cast<unsigned char>(bitmap[i / 8]) >> i % 8 & 1))
            continue;
        const auto number = reader.varint();
        if (!number)
            return false;
        column[i] = differences.unpacked(*number);
    }
    return true;
}

bool unpackContent(std::string_view content, Series &series)
{
    Reader reader(content);
    const auto count = reader.varint();
    if (!count || *count > maxColumns)
        return false;
    for (std::uint64_t i = 0; i < *count; ++i) {
        if (!unpackColumn(reader, series.columns.emplace_back(series.points)))
            return false;
    }
    return reader.isAtEnd();
}

} // namespace

std::optional<std::string> pack(const Series &series, int level)
{
    if (series.points > maxPoints || series.columns.size() > maxColumns)
        return std::nullopt;
    std::string content;
    putVarint(content, series.columns.size());
    for (const auto &column : series.columns) {
        if (column.size() != series.points)
            return std::nullopt;
        packColumn(content, column);
    }
    if (content.size() > maxContent)
        return std::nullopt;
    auto blob = packing::compress(content, level);
    return blob && blob->size() <= maxBlob ? blob : std::nullopt;
}

bool unpack(std::string_view blob, Series &series)
{
    series.columns.clear();
    if (series.points > maxPoints || blob.size() > maxBlob)
        return false;
    const auto content = packing::decompress(blob, maxContent);
    if (content && unpackContent(*content, series))
        return true;
    series.columns.clear();
    return false;
}

std::optional<Series> merge(const Series &kept, const Series &added)
{
    if (kept.points == 0)
        return added;
    if (added.points == 0)
        return kept;
    const Microseconds step = kept.step;
    if (std::min(kept.begin, added.begin) < TimePoint{})
        return std::nullopt; // nothing was measured before 1970, and differences stay in range
    if (kept.step != added.step || step.count() <= 0 || ((kept.begin - added.begin) % step).count() != 0)
        return std::nullopt;
    Series both;
    both.step = kept.step;
    both.begin = std::min(kept.begin, added.begin);
    const auto offset = [&](const Series &part) { return (part.begin - both.begin) / step; };
    const auto end = std::max(offset(kept) + static_cast<std::int64_t>(kept.points), offset(added) + static_cast<std::int64_t>(added.points));
    if (end > static_cast<std::int64_t>(maxPoints))
        return std::nullopt;
    both.points = static_cast<std::size_t>(end);
    both.columns.assign(std::max(kept.columns.size(), added.columns.size()), Series::Column(both.points));
    for (const Series *part : {&kept, &added}) {
        const auto first = static_cast<std::size_t>(offset(*part));
        for (std::size_t c = 0; c < part->columns.size(); ++c) {
            for (std::size_t i = 0; i < part->points; ++i) {
                if (part->columns[c][i])
                    both.columns[c][first + i] = part->columns[c][i];
            }
        }
    }
    return both;
}

} // namespace zandb::series
