// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/masking.h"

#include "agent/rules/sqltext.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace zandb {
namespace {

using namespace sqltext;

enum class Token { Word, Number, String, Name, Comment, Space, Other };

/// Cuts a statement into pieces: take(kind, piece, isClosed).
template<class Take>
void forEachToken(std::string_view statement, const Take &take)
{
    const char *p = statement.data();
    const char *const end = p + statement.size();
    bool unclosed = false; // no block comment is closed from here on
    while (p < end) {
        const char *begin = p;
        const Class is = classOf(*p);
        Token token = Token::Other;
        bool isClosed = true;
        if (is == Letter || is == Digit) {
            token = is == Letter ? Token::Word : Token::Number;
            while (p < end && (isWord(*p) || *p == '$' || static_cast<unsigned char>(*p) >= 0x80 || (token == Token::Number && *p == '.')))
                ++p;
            if (token == Token::Number && !std::all_of(begin, p, [](char c) { return classOf(c) == Digit || c == '.'; })
                && !(p - begin > 2 && begin[0] == '0' && (lower(begin[1]) == 'x' || lower(begin[1]) == 'b')) && !std::all_of(begin, p, [](char c) { return classOf(c) == Digit || c == '.' || lower(c) == 'e'; }))
                token = Token::Word; // a name that begins with a digit
        } else if (is == Space) {
            token = Token::Space;
            while (p < end && isSpace(*p))
                ++p;
        } else if (is == Quote) {
            token = Token::String;
            while (p && p < end && *p == *begin) // a doubled quote is a part of the string
                p = behindString(p, end);
            isClosed = p != nullptr;
            p = p ? p : end;
        } else if (is == Backtick) {
            token = Token::Name;
            const void *close = std::memchr(p + 1, '`', static_cast<std::size_t>(end - p - 1));
            p = close ? static_cast<const char *>(close) + 1 : p + 1;
        } else if ((is == Slash || is == Hash || *p == '-') && !(is == Slash && unclosed)) {
            const char *behind = behindComment(p, end);
            const bool isBlock = is == Slash && behind != p;
            if (isBlock && !(behind - p >= 4 && behind[-1] == '/' && behind[-2] == '*'))
                unclosed = true;
            if (behind != p && !isCodeComment(p, end)) {
                token = Token::Comment;
                p = behind;
            } else {
                ++p;
            }
        } else {
            ++p;
        }
        take(token, std::string_view(begin, static_cast<std::size_t>(p - begin)), isClosed);
    }
}

std::string lowered(std::string_view word)
{
    std::string result(word);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

} // namespace

std::string maskLiterals(std::string_view statement)
{
    std::string masked;
    masked.reserve(std::min<std::size_t>(statement.size(), 64u << 10));
    bool commentLast = false;
    forEachToken(statement, [&](Token token, std::string_view piece, bool) {
        const bool behindComment = std::exchange(commentLast, token == Token::Comment);
        switch (token) {
        case Token::Space:
            if (!behindComment || piece[0] != ' ')
                masked += piece;
            break;
        case Token::String: masked += "'?'"; break;
        case Token::Number: masked += '?'; break;
        case Token::Comment:
            if (!masked.empty() && masked.back() != ' ')
                masked += ' ';
            break;
        default: masked += piece;
        }
    });
    return masked;
}

std::string maskPasswords(std::string_view statement)
{
    std::string masked;
    masked.reserve(statement.size());
    bool identified = false; // every string up to the next comma is one
    bool named = false;      // the string behind = or ( or the word itself is one
    bool adjacent = false;
    forEachToken(statement, [&](Token token, std::string_view piece, bool) {
        if (token == Token::String) {
            if (identified || (named && adjacent)) {
                masked += "'?'";
                named = false;
            } else {
                masked += piece;
            }
            adjacent = false;
            return;
        }
        masked += piece;
        if (token == Token::Space || token == Token::Comment)
            return;
        if (token == Token::Word || token == Token::Name) {
            std::string word = lowered(piece);
            std::erase(word, '`');
            if (word == "identified")
                identified = true;
            else if (word.ends_with("password") || word.ends_with("passwd") || word.ends_with("pwd"))
                named = adjacent = true;
            else if (word == "and" || word == "or" || word == "where" || word == "from")
                named = false;
            else
                adjacent = false;
        } else if (piece == "=" || piece == "(" || piece == ":") {
            adjacent = true;
        } else if (piece == "," || piece == ";") {
            identified = named = adjacent = false;
        }
    });
    return masked;
}

} // namespace zandb
