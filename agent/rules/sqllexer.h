// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlguard.h"
#include "agent/rules/sqlwords.h"

#include <optional>

namespace zandb::rules {

/// What of sql_mode decides where a token ends.
struct LexMode
{
    bool ansiQuotes = false;
    bool noBackslashEscapes = false;
};

/// The characters of an operator, the first one lowest.
using Op = std::uint32_t;
consteval Op operator""_op(const char *text, std::size_t size)
{
    Op op = 0;
    for (std::size_t i = size; i-- > 0;)
        op = op << 8 | static_cast<unsigned char>(text[i]);
    return op;
}

enum class TokenKind : std::uint8_t {
    End,
    Name,       ///< unquoted: a keyword or a name
    Backtick,   ///< `name`
    Single,     ///< 'value'
    Double,     ///< "value"
    Number,     ///< digits, with a fraction or an exponent perhaps
    Bits,       ///< 0x41 x'41' 0b1 b'1'
    Operator,   ///< also ( ) , . and ;
    System,     ///< @@
    At,         ///< @ between an account's name and its host
    Host,       ///< an unquoted host after At
    Hint        ///< /*+ ... */
};

struct Token
{
    TokenKind kind = TokenKind::End;
    bool spaced = false;      ///< space or a comment stands before it
    bool commented = false;   ///< a comment stands before it
    std::uint32_t begin = 0;  ///< offsets in the text
    std::uint32_t end = 0;
    Op op = 0;                ///< of Operator
    Word word = {};           ///< of Name
};

/// A place and why the text is denied there.
struct Denial
{
    GuardReason reason;
    std::size_t at = 0;
};

/// Step 1: size, UTF-8, control characters, characters that reorder or hide text.
std::optional<Denial> checkBytes(std::string_view text);

/// Step 2, in one mode.  The tokens end with one of kind End.  `escapes` tells whether a string has a backslash, without which all modes
/// find the same tokens.
std::optional<Denial> lex(std::string_view text, LexMode mode, std::vector<Token> &tokens, bool *escapes = nullptr);

/// Step 2 in all four modes: the tokens, which are the same in each.
std::optional<Denial> lexInAllModes(std::string_view text, std::vector<Token> &tokens);

/// The name without its quotes.  For Name and Backtick.
std::string nameOf(std::string_view text, const Token &token);

} // namespace zandb::rules
