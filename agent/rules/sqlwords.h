// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zandb::rules {

/// Up to 20 letters, digits, `_` and `$` in six bits each, without regard to case: to compare two words is to compare two pairs of
/// numbers, and no two words have the same pair.  Longer words, and texts that are no word, are the empty word, which equals no keyword.
struct Word
{
    std::uint64_t head = 0; ///< characters 1 to 10
    std::uint64_t tail = 0; ///< characters 11 to 20
    constexpr bool empty() const { return head == 0; }
    friend constexpr bool operator==(const Word &, const Word &) = default;
    friend constexpr auto operator<=>(const Word &, const Word &) = default;
};

inline constexpr std::size_t longestWord = 20;

namespace detail {
constexpr std::array<std::uint8_t, 256> makeWordCodes()
{
    std::array<std::uint8_t, 256> codes{};
    for (unsigned i = 0; i < 26; ++i)
        codes['a' + i] = codes['A' + i] = static_cast<std::uint8_t>(1 + i);
    for (unsigned i = 0; i < 10; ++i)
        codes['0' + i] = static_cast<std::uint8_t>(27 + i);
    codes['_'] = 37;
    codes['$'] = 38;
    return codes;
}
} // namespace detail

/// The code of a byte in a Word; 0 for bytes that unquoted names do not consist of.
inline constexpr std::array<std::uint8_t, 256> wordCodes = detail::makeWordCodes();

constexpr Word wordOf(std::string_view text)
{
    Word word;
    if (text.size() > longestWord)
        return word;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::uint64_t code = wordCodes[static_cast<unsigned char>(text[i])];
        if (code == 0)
            return {};
        (i < 10 ? word.head : word.tail) |= code << (6 * (9 - i % 10));
    }
    return word;
}

/// "SELECT"_w.  A literal that is no word does not compile.
consteval Word operator""_w(const char *text, std::size_t size)
{
    const Word word = wordOf({text, size});
    if (word.empty())
        throw "not a word";
    return word;
}

/// Whether it is one of them.
template<class... Words>
constexpr bool isAny(const Word &word, const Words &...words)
{
    return ((word == words) || ...);
}

} // namespace zandb::rules
