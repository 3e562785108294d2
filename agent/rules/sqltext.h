// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What a byte of SQL text is, for those who read statements without a parser: literals, comments, words.  The rules are those of
/// MySQL's and MariaDB's own lexers with backslash escapes on.  All functions are thread-safe and never allocate.
namespace zandb::sqltext {

enum Class : std::uint8_t {
    Plain,
    Letter, ///< A-Z, a-z, _
    Digit,
    Sign,   ///< + and -
    Space,  ///< blank, tab, line feed, carriage return, form feed
    Quote,  ///< ' and "
    Backtick,
    Slash,
    Hash,
    Backslash,
    Star,
    Close,  ///< )
};

inline constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> all{};
    for (unsigned c = 'a'; c <= 'z'; ++c)
        all[c] = all[c - 32] = Letter;
    all['_'] = Letter;
    for (unsigned c = '0'; c <= '9'; ++c)
        all[c] = Digit;
    all['+'] = all['-'] = Sign;
    for (const unsigned char c : {' ', '\t', '\n', '\r', '\f'})
        all[c] = Space;
    all['\''] = all['"'] = Quote;
    all['`'] = Backtick;
    all['/'] = Slash;
    all['#'] = Hash;
    all['\\'] = Backslash;
    all['*'] = Star;
    all[')'] = Close;
    return all;
}();
inline Class classOf(char c) { return static_cast<Class>(classes[static_cast<unsigned char>(c)]); }
/// Letters, digits and _ of ASCII; bytes of other characters are none.
inline bool isWord(char c)
{
    const Class is = classOf(c);
    return is == Letter || is == Digit;
}
inline bool isSpace(char c) { return classOf(c) == Space; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// The first `a` or `b` in [from, end); `end` when there is none.
const char *findEither(const char *from, const char *end, char a, char b);
/// Behind the quote that closes the string which begins at `at` with ' or "; null when nothing closes it.  A doubled quote closes it too: what
/// follows is then read as the next string.
const char *behindString(const char *at, const char *end);
/// Behind the comment that begins at `at` (`/* */`, `#`, or `--` before white space or the end).  `at` itself when none begins there.  `end` when a block comment is not closed;
/// a comment to the end of a line ends before its line feed.
const char *behindComment(const char *at, const char *end);
/// A comment whose content a server carries out: `/*!` of both, `/*M!` of MariaDB.
bool isCodeComment(const char *at, const char *end);
/// Compares with a word in lower case.
bool isWordLike(std::string_view text, std::string_view lowerCase);

/// Where a statement's text stands: inside a literal or a comment, or outside.  Takes the text in pieces that end with a line feed, or with the text's end.
class State
{
public:
    void feed(std::string_view text);
    /// In a string, a quoted name or a block comment: what comes next belongs to it.
    bool isOpen() const { return m_inside != 0; }

private:
    char m_inside = 0; ///< 0, the quote, or * for a block comment
};

} // namespace zandb::sqltext
