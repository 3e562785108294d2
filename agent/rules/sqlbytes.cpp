// SPDX-License-Identifier: GPL-3.0-or-later
// Step 1 of the guard: bytes.
#include "agent/rules/guardreasons.h"
#include "agent/rules/sqllexer.h"

#include <cstring>

namespace zandb::rules {
namespace {

unsigned char byteAt(std::string_view text, std::size_t i)
{
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

/// The code point at `i` and its length; a length of 0 where it is no valid UTF-8 (RFC 3629: no overlong form, no surrogate).
struct CodePoint
{
    std::uint32_t value = 0;
    std::size_t length = 0;
};

CodePoint codePointAt(std::string_view text, std::size_t i)
{
    const unsigned char lead = byteAt(text, i);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    if (length == 0 || length > text.size() - i)
        return {};
    std::uint32_t value = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
        const unsigned char next = byteAt(text, i + k);
        if ((next & 0xc0) != 0x80)
            return {};
        value = value << 6 | (next & 0x3fu);
    }
    if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000) || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return {};
    return {value, length};
}

bool isHidden(std::uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

/// Eight bytes that are all printable ASCII, which is nearly all SQL.
bool isPlain(const char *bytes)
{
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes, 8);
    constexpr std::uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    if (eight & tops)
        return false;
    const std::uint64_t belowSpace = (eight - ones * 0x20) & ~eight & tops;
    const std::uint64_t deleted = eight ^ (ones * 0x7f);
    return belowSpace == 0 && ((deleted - ones) & ~deleted & tops) == 0;
}

} // namespace

std::optional<Denial> checkBytes(std::string_view text)
{
    if (text.size() > maxStatementBytes)
        return Denial{reasons::tooLong, maxStatementBytes};
    for (std::size_t i = 0; i < text.size();) {
        if (i + 8 <= text.size() && isPlain(text.data() + i)) {
            i += 8;
            continue;
        }
        const CodePoint c = codePointAt(text, i);
        if (c.length == 0)
            return Denial{reasons::notUtf8, i};
        if ((c.value < 0x20 && c.value != '\t' && c.value != '\n' && c.value != '\r') || (c.value >= 0x7f && c.value < 0xa0))
            return Denial{reasons::control, i};
        if (isHidden(c.value))
            return Denial{reasons::hidden, i};
        i += c.length;
    }
    return std::nullopt;
}

} // namespace zandb::rules
