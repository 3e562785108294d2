// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/printable.h"

#include <cstdio>

namespace zandb {
namespace {

constexpr char32_t invalid = 0xfffd;

/// The character that begins at `at`, which moves behind it; `invalid`, and one byte on, where no UTF-8 stands.
char32_t next(std::string_view text, std::size_t &at)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = byte(at);
    const std::size_t start = at++;
    if (first < 0x80)
        return first;
    const std::size_t more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
    if (more == 0)
        return invalid;
    char32_t code = first & (0x3fU >> more);
    for (std::size_t i = 1; i <= more; ++i) {
        if ((byte(start + i) & 0xc0) != 0x80)
            return invalid;
        code = code << 6 | (byte(start + i) & 0x3f);
    }
    // longer than needed, a surrogate, or beyond the last one
    if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
        return invalid;
    at = start + more + 1;
    return code;
}

bool steers(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f && c != 0x200c && c != 0x200d)
        || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

} // namespace

std::string printable(std::string_view text, bool keepLines)
{
    std::string shown;
    shown.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next(text, at);
        if (c == U'\n' || c == U'\t' || c == U'\r') {
            shown += keepLines && c != U'\r' ? text[start] : ' ';
        } else if (steers(c)) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c) & 0xffff);
            shown += escaped;
        } else if (c == invalid) {
            shown += "\xef\xbf\xbd";
        } else {
            shown += text.substr(start, at - start);
        }
    }
    return shown;
}

bool isPrintable(std::string_view text)
{
    return printable(text) == text;
}

} // namespace zandb
