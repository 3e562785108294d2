// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/packing.h"

#include <zstd.h>

namespace zandb::packing {
namespace {

constexpr std::size_t maxVarint = 10;

} // namespace

void putVarint(std::string &out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

std::uint64_t zigzag(std::uint64_t value)
{
    return value << 1 ^ (value >> 63 ? ~std::uint64_t{0} : 0);
}

std::uint64_t unzigzag(std::uint64_t value)
{
    return value >> 1 ^ (value & 1 ? ~std::uint64_t{0} : 0);
}

std::optional<std::uint8_t> Reader::byte()
{
    if (m_bytes.empty())
        return std::nullopt;
    const auto value = static_cast<std::uint8_t>(m_bytes.front());
    m_bytes.remove_prefix(1);
    return value;
}

std::optional<std::uint64_t> Reader::varint()
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

std::optional<std::string_view> Reader::take(std::size_t count)
{
    if (m_bytes.size() < count)
        return std::nullopt;
    const auto taken = m_bytes.substr(0, count);
    m_bytes.remove_prefix(count);
    return taken;
}

std::optional<std::string> compress(std::string_view content, int level)
{
    std::string blob(ZSTD_compressBound(content.size()), '\0');
    const std::size_t size = ZSTD_compress(blob.data(), blob.size(), content.data(), content.size(), level);
    if (ZSTD_isError(size))
        return std::nullopt;
    blob.resize(size);
    return blob;
}

std::optional<std::string> decompress(std::string_view blob, std::size_t most)
{
    const auto size = ZSTD_getFrameContentSize(blob.data(), blob.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > most)
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

} // namespace zandb::packing
