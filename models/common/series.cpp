// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/series.h"

#include <zstd.h>

#include <algorithm>
#include <limits>

namespace zandb::series {
namespace {

constexpr std::size_t maxContent = 16u << 20;
constexpr std::size_t maxVarint = 10;
enum ColumnForm : std::uint8_t { AllNull = 0, NoNull = 1, SomeNull = 2 };

void putVarint(std::string &out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

/// Small numbers of either sign become small numbers without one.
std::uint64_t zigzag(std::uint64_t value)
{
    return value << 1 ^ (value >> 63 ? ~std::uint64_t{0} : 0);
}

std::uint64_t unzigzag(std::uint64_t value)
{
    return value >> 1 ^ (value & 1 ? ~std::uint64_t{0} : 0);
}

/// Reads the content from front to back; after the first thing that is wrong everything fails.
class Reader
{
public:
    explicit Reader(std::string_view bytes) : m_bytes(bytes) {}

    std::optional<std::uint8_t> byte()
    {
        if (m_bytes.empty())
            return std::nullopt;
        const auto value = static_cast<std::uint8_t>(m_bytes.front());
        m_bytes.remove_prefix(1);
        return value;
    }
    std::optional<std::uint64_t> varint()
    {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < maxVarint; ++i) {
            const auto next = byte();
            if (!next || (i == maxVarint - 1 && *next > 1)) // the tenth byte has room for one bit
                return std::nullopt;
            value |= std::uint64_t{*next & 0x7fu} << 7 * i;
            if (*next < 0x80)
                return value;
        }
        return std::nullopt;
    }
    std::optional<std::string_view> take(std::size_t count)
    {
        if (m_bytes.size() < count)
            return std::nullopt;
        const auto taken = m_bytes.substr(0, count);
        m_bytes.remove_prefix(count);
        return taken;
    }
    bool isAtEnd() const { return m_bytes.empty(); }

private:
    std::string_view m_bytes;
};

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

/// The content of a zstd frame that says how long it is; none when that is more than there may be.
std::optional<std::string> decompress(std::string_view blob)
{
    const auto size = ZSTD_getFrameContentSize(blob.data(), blob.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > maxContent)
        return std::nullopt;
    std::string content(static_cast<std::size_t>(size), '\0');
    // one frame only: what follows it would be taken for part of it
    if (ZSTD_findFrameCompressedSize(blob.data(), blob.size()) != blob.size())
        return std::nullopt;
    const std::size_t got = ZSTD_decompress(content.data(), content.size(), blob.data(), blob.size());
    if (ZSTD_isError(got) || got != content.size())
        return std::nullopt;
    return content;
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
    std::string blob(ZSTD_compressBound(content.size()), '\0');
    const std::size_t size = ZSTD_compress(blob.data(), blob.size(), content.data(), content.size(), level);
    if (ZSTD_isError(size) || size > maxBlob)
        return std::nullopt;
    blob.resize(size);
    return blob;
}

bool unpack(std::string_view blob, Series &series)
{
    series.columns.clear();
    if (series.points > maxPoints || blob.size() > maxBlob)
        return false;
    const auto content = decompress(blob);
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
