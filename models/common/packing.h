// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How packed columns of the store are written: varints inside one zstd frame.  Pure and thread-safe; readers take any bytes.
namespace zandb::packing {

/// Seven bits a byte, the lowest first; the highest bit of a byte is set when another byte follows.
void putVarint(std::string &out, std::uint64_t value);
/// Small numbers of either sign become small numbers without one.
std::uint64_t zigzag(std::uint64_t value);
std::uint64_t unzigzag(std::uint64_t value);

/// Reads content from front to back; after the first thing that is wrong everything fails.
class Reader
{
public:
    explicit Reader(std::string_view bytes) : m_bytes(bytes) {}

    std::optional<std::uint8_t> byte();
    /// At most ten bytes.
    std::optional<std::uint64_t> varint();
    std::optional<std::string_view> take(std::size_t count);
    bool isAtEnd() const { return m_bytes.empty(); }

private:
    std::string_view m_bytes;
};

/// One zstd frame that says how long its content is.  None when there is no memory for it.
std::optional<std::string> compress(std::string_view content, int level);
/// The content of one such frame; none when it is not one, when something follows it, or when the content is longer than `most`.
std::optional<std::string> decompress(std::string_view blob, std::size_t most);

} // namespace zandb::packing
