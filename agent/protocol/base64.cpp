// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/base64.h"

#include <algorithm>
#include <cstdint>

namespace zandb {
namespace {

constexpr char base64Digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string toBase64(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= left ? base64Digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        int padding = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const char c = text[i + k];
            const char *at = c == '\0' ? nullptr : std::char_traits<char>::find(base64Digits, 64, c);
            if (c == '=' && i + 4 == text.size() && k >= 2)
                ++padding;
            else if (!at || padding > 0)
                return std::nullopt;
            group = group << 6 | (at ? static_cast<std::uint32_t>(at - base64Digits) : 0u);
        }
        for (int k = 0; k < 3 - padding; ++k)
            bytes += static_cast<char>(group >> (16 - 8 * k) & 0xff);
    }
    return bytes;
}

} // namespace zandb
