// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/rules/oracle.h"

#include <map>
#include <optional>
#include <regex>
#include <string_view>
#include <vector>

namespace zandb::test {
namespace {

/// Step 1 as one pattern over code points: nothing where the text is no UTF-8 by RFC 3629's own table.
std::optional<std::u32string> codePoints(const std::string &text)
{
    static const std::regex wellFormed("(?:[\\x00-\\x7F]|[\\xC2-\\xDF][\\x80-\\xBF]|\\xE0[\\xA0-\\xBF][\\x80-\\xBF]|[\\xE1-\\xEC\\xEE\\xEF][\\x80-\\xBF]{2}"
                                       "|\\xED[\\x80-\\x9F][\\x80-\\xBF]|\\xF0[\\x90-\\xBF][\\x80-\\xBF]{2}|[\\xF1-\\xF3][\\x80-\\xBF]{3}|\\xF4[\\x80-\\x8F][\\x80-\\xBF]{2})");
    std::u32string points;
    for (auto at = text.begin(); at != text.end();) {
        std::smatch found;
        if (!std::regex_search(at, text.end(), found, wellFormed, std::regex_constants::match_continuous))
            return std::nullopt;
        const std::string one = found.str();
        char32_t value = static_cast<unsigned char>(one[0]) & (one.size() == 1 ? 0x7f : 0xff >> (one.size() + 1));
        for (std::size_t i = 1; i < one.size(); ++i)
            value = value * 64 + (static_cast<unsigned char>(one[i]) & 0x3f);
        points += value;
        at += found.length();
    }
    return points;
}

bool bytesPass(const std::string &text)
{
    if (text.size() > 65'536)
        return false;
    const auto points = codePoints(text);
    if (!points)
        return false;
    const std::u32string allowedControls = U"\t\n\r";
    for (const char32_t c : *points) {
        if ((c < 0x20 && allowedControls.find(c) == std::u32string::npos) || c == 0x7f || (c >= 0x80 && c <= 0x9f))
            return false;
        for (const auto &[first, last] : {std::pair<char32_t, char32_t>{0x200b, 0x200f}, {0x2028, 0x2029}, {0x202a, 0x202e}, {0x2060, 0x2069}, {0xfeff, 0xfeff}}) {
            if (c >= first && c <= last)
                return false;
        }
    }
    return true;
}

/// Nothing where something has no end or a comment is one that servers execute or has another inside.
std::optional<std::string> painted(const std::string &text, bool ansi, bool plainBackslash)
{
    std::string paint(text.size(), '?');
    const auto fill = [&](std::size_t from, std::size_t to, char colour) { paint.replace(from, to - from, to - from, colour); };
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = std::string_view(text).substr(at);
        std::size_t end = at + 1;
        char colour = 'x';
        if (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n') {
            colour = ' ';
        } else if (rest.starts_with("/*")) {
            end = text.find("*/", at + 2);
            if (end == std::string::npos)
                return std::nullopt;
            end += 2;
            const std::string inner = text.substr(at + 2, end - at - 2); // with the */
            static const std::regex executed("^[A-Za-z]?!");
            if (std::regex_search(inner, executed) || inner.find("/*") != std::string::npos)
                return std::nullopt;
            colour = rest.starts_with("/*+") ? 'h' : 'c';
        } else if (rest[0] == '#' || rest.starts_with("--")) {
            if (rest[0] == '-' && rest.size() > 2 && std::string_view(" \t\r\n").find(rest[2]) == std::string_view::npos)
                return std::nullopt;
            end = at;
            while (end < text.size() && text[end] != '\n')
                ++end;
            const std::string_view line = rest.substr(0, end - at);
            if (line.find("/*") != std::string_view::npos || line.find("*/") != std::string_view::npos)
                return std::nullopt;
            colour = 'c';
        } else if (rest[0] == '\'' || rest[0] == '"' || rest[0] == '`') {
            const char quote = rest[0];
            const bool escapes = quote != '`' && !plainBackslash && !(quote == '"' && ansi);
            std::size_t i = 1;
            while (i < rest.size()) {
                if (escapes && rest[i] == '\\')
                    i += 2;
                else if (rest[i] != quote)
                    i += 1;
                else if (i + 1 < rest.size() && rest[i + 1] == quote)
                    i += 2;
                else
                    break;
            }
            if (i >= rest.size() || (quote == '`' && i == 1))
                return std::nullopt;
            end = at + i + 1;
            colour = quote == '\'' ? 's' : quote == '"' ? 'd' : 'b';
        }
        fill(at, end, colour);
        at = end;
    }
    return paint;
}

/// Each literal, name and comment becomes one character, so that what is left can be read by patterns: Q '...', D "...", B `...`, H hint,
/// ~ ... of comments a space.
std::string skeleton(const std::string &text, const std::string &paint)
{
    std::string bones;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char colour = paint[i];
        if (colour == 'x' || colour == ' ') {
            bones += colour == ' ' ? ' ' : text[i];
            continue;
        }
        std::size_t end = i;
        // two literals side by side keep apart by their quotes
        if (colour == 'c') {
            while (end < text.size() && paint[end] == 'c')
                ++end;
            bones += '\x05'; // a comment: space that is not nothing
        } else if (colour == 'h') {
            end = text.find("*/", i + 2) + 2;
            bones += '\x04';
        } else {
            bones += colour == 's' ? '\x01' : colour == 'd' ? '\x02' : '\x03';
            const char quote = text[i];
            for (end = i + 1; end < text.size() && paint[end] == colour; ++end) {
                if (text[end] == '\\' && quote != '`') {
                    ++end;
                } else if (text[end] == quote) {
                    if (end + 1 < text.size() && text[end + 1] == quote)
                        ++end;
                    else
                        break;
                }
            }
            ++end;
        }
        i = end - 1;
    }
    return bones;
}

/// What the pieces between spaces, operators and literals must look like.
bool wordsPass(const std::string &bones)
{
    // pieces that begin where no name or number goes on
    static const std::regex piece("\\.?[0-9][0-9A-Za-z_$.]*(?:[+-][0-9A-Za-z_$.]+)?|[A-Za-z_$][A-Za-z0-9_$]*");
    static const std::regex exponent("^(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)[eE][+-]?[0-9]+$");
    static const std::regex plain("^(?:[0-9]+\\.?[0-9]*|\\.[0-9]+|0x[0-9A-Fa-f]+|0b[01]+)$");
    static const std::regex halfExponent("^(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)[eE]$");
    for (std::size_t at = 0; at < bones.size();) {
        std::smatch found;
        const auto begin = bones.begin() + static_cast<std::ptrdiff_t>(at);
        if (!std::regex_search(begin, bones.end(), found, piece, std::regex_constants::match_continuous)) {
            ++at;
            continue;
        }
        std::string word = found.str();
        const char before = at > 0 ? bones[at - 1] : ' ';
        if (word[0] == '.' && (std::isalnum(static_cast<unsigned char>(before)) || before == '_' || before == '$' || before == '\x03'))
            return false; // t.5
        const bool number = word[0] == '.' || std::isdigit(static_cast<unsigned char>(word[0]));
        if (number) {
            // a sign belongs to it only in an exponent
            const auto sign = word.find_first_of("+-");
            if (sign != std::string::npos && !std::regex_search(word.substr(0, sign), halfExponent))
                word = word.substr(0, sign);
            if (!std::regex_search(word, exponent) && !std::regex_search(word, plain))
                return false;
            if (before == '.')
                return false;
            const std::size_t next = at + word.size();
            if (next < bones.size() && (static_cast<unsigned char>(bones[next]) >= 0x80 || (bones[next] == '@' && !(next + 1 < bones.size() && bones[next + 1] == '@'))))
                return false;
        } else if (word[0] == '$') {
            return false;
        }
        at += word.size();
    }
    return true;
}

bool nestingPasses(const std::string &bones)
{
    int depth = 0;
    for (const char c : bones) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth < 0 || depth > 50)
            return false;
    }
    return depth == 0;
}

bool contains(const std::string &bones, const char *pattern)
{
    static std::map<std::string_view, std::regex> compiled;
    auto found = compiled.find(pattern);
    if (found == compiled.end())
        found = compiled.emplace(pattern, std::regex(pattern, std::regex::icase)).first;
    return std::regex_search(bones, found->second);
}

} // namespace

OracleReading oracle(const std::string &text)
{
    OracleReading reading;
    if (!bytesPass(text))
        return reading;
    std::vector<std::string> paints;
    for (const bool ansi : {false, true}) {
        for (const bool plain : {false, true}) {
            const auto paint = painted(text, ansi, plain);
            if (!paint)
                return reading;
            paints.push_back(*paint);
        }
    }
    reading.paint = paints[0];
    for (const std::string &paint : paints) {
        // literals of one kind side by side are told apart by where the skeleton cuts them
        if (paint != paints[0] || skeleton(text, paint) != skeleton(text, paints[0]))
            return reading;
    }
    std::string bones = skeleton(text, paints[0]);
    // hexadecimal and bit literals are one word with their quotes; so are N'...' and what is no number in quotes
    std::string quoted;
    for (std::size_t i = 0, at = 0; i < bones.size(); ++i) {
        while (at < text.size() && paints[0][at] != 's' && bones[i] == '\x01')
            ++at;
        if (bones[i] == '\x01') {
            std::size_t end = at + 1;
            while (end < text.size() && !(text[end] == '\'' && !(end + 1 < text.size() && text[end + 1] == '\''))) {
                if (text[end] == '\\' || text[end] == '\'')
                    ++end;
                ++end;
            }
            const std::string inner = text.substr(at + 1, end - at - 1);
            at = end + 1;
            const char first = i > 0 ? static_cast<char>(std::tolower(static_cast<unsigned char>(bones[i - 1]))) : ' ';
            const char second = i > 1 ? bones[i - 2] : ' ';
            const bool alone = !std::isalnum(static_cast<unsigned char>(second)) && second != '_' && second != '$';
            if (alone && first == 'n')
                return reading;
            if (alone && first == 'x' && (inner.size() % 2 != 0 || !std::regex_match(inner, std::regex("[0-9A-Fa-f]*"))))
                return reading;
            if (alone && first == 'b' && !std::regex_match(inner, std::regex("[01]*")))
                return reading;
        }
    }
    if (contains(bones, "[^\\x01-\\x05 \\x21-\\x7e]") || contains(bones, "[\\\\{}?:\\[\\]]"))
        return reading;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (reading.paint[i] == 'x' && text[i] == '*' && text[i + 1] == '/')
            return reading;
    }
    if (contains(bones, ";[ \\x05]*[^ \\x05]") || !contains(bones, "[^ ;\\x05]"))
        return reading;
    // @@name, or name@host
    if (contains(bones, "(^|[^A-Za-z0-9_$\\x01\\x03@])@([^@]|$)") || contains(bones, "@@([^A-Za-z0-9_$\\x03]|$)") || contains(bones, "@@@") || contains(bones, "(^|[^@])@[^@A-Za-z0-9_$.\\x01\\x03 \\x05]")
        || contains(bones, "\\x02@") || contains(bones, "(^|[^A-Za-z0-9_$])[xb]\\x01@([^@]|$)"))
        return reading;
    // a host may have dots and begin with a digit
    static const std::regex host("([A-Za-z0-9_$\\x01\\x03])@[A-Za-z0-9_.$]+");
    bones = std::regex_replace(bones, host, "$1@h");
    if (contains(bones, "@h(@([^@]|$)|[\\x01-\\x03]|[^\\x01-\\x7f])"))
        return reading;
    // x'41' is a number too
    if (contains(bones, "(^|[^A-Za-z0-9_$])[xb]\\x01\\.?[A-Za-z0-9_$]") && !contains(bones, "(^|[^A-Za-z0-9_$])[xb]\\x01\\.[A-Za-z_$]"))
        return reading;
    // introducers: any name with _ in front of a literal
    std::string rest = bones;
    static const std::regex introducer("(^|[^A-Za-z0-9_$])(_[A-Za-z0-9_$]*)(?![A-Za-z0-9_$])[ \\x05]*(\\x01|\\x02|0x[0-9A-Fa-f]|0b[01]|[xXbB]\\x01)");
    static const std::regex known("_utf8mb4|_binary", std::regex::icase);
    for (std::smatch found; std::regex_search(rest, found, introducer);
         rest = found.suffix()) {
        if (!std::regex_match(found.str(2), known))
            return reading;
        rest = found.suffix();
        if (rest.empty())
            break;
    }
    static const std::regex hints("(?:[^\\x04]*(?:^|[^A-Za-z0-9_$])select *\\x04)*[^\\x04]*", std::regex::icase);
    if (contains(bones, "\\x04") && !std::regex_match(bones, hints))
        return reading;
    reading.allowed = wordsPass(bones) && nestingPasses(bones);
    return reading;
}

} // namespace zandb::test
