// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/fingerprint.h"

#include "agent/rules/sqltext.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace zandb {
namespace {

using namespace sqltext;

/// Letters and _ in lower case; 0 for what is none.
constexpr std::array<char, 256> loweredLetters = [] {
    std::array<char, 256> all{};
    for (unsigned c = 0; c < 256; ++c)
        all[c] = classes[c] == Letter ? lower(static_cast<char>(c)) : '\0';
    return all;
}();

/// Writes the letters and _ at `p` in lower case to `out`, and moves both behind them.  Up to 16 bytes behind the last one are written too, never more than stand
/// before `end`.
void takeLetters(const char *&p, const char *end, char *&out)
{
#ifdef __SSE2__
    const __m128i caseBit = _mm_set1_epi8(0x20), beforeA = _mm_set1_epi8('a' - 1), behindZ = _mm_set1_epi8('z' + 1), underscore = _mm_set1_epi8('_');
    while (end - p >= 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
        const __m128i lowered = _mm_or_si128(block, caseBit); // what is no letter does not become one
        const __m128i isLetter = _mm_and_si128(_mm_cmpgt_epi8(lowered, beforeA), _mm_cmplt_epi8(lowered, behindZ));
        const __m128i isUnderscore = _mm_cmpeq_epi8(block, underscore);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out), _mm_or_si128(_mm_and_si128(isLetter, lowered), _mm_and_si128(isUnderscore, block)));
        const int taken = std::countr_one(static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(isLetter, isUnderscore))));
        p += taken;
        out += taken;
        if (taken < 16)
            return;
    }
#endif
    for (; p < end && loweredLetters[static_cast<unsigned char>(*p)]; ++p)
        *out++ = loweredLetters[static_cast<unsigned char>(*p)];
}

/// The words that endWord() knows, by their first letter: a bit for each length.
constexpr std::ptrdiff_t longestKnown = 6;
constexpr std::array<std::uint8_t, 256> knownLengths = [] {
    std::array<std::uint8_t, 256> all{};
    for (const std::string_view word : {"in", "by", "null", "true", "false", "value", "values", "limit", "union"}) {
        for (const char first : {word[0], static_cast<char>(word[0] - 32)})
            all[static_cast<unsigned char>(first)] |= static_cast<std::uint8_t>(1u << word.size());
    }
    return all;
}();

/// What a number goes on with: pt-query-digest's own set, which is neither decimal nor hexadecimal.
constexpr std::array<bool, 256> numberBytes = [] {
    std::array<bool, 256> all{};
    for (const unsigned char c : std::string_view("0123456789abcdef.x+-"))
        all[c] = true;
    return all;
}();

/// Where a comment between two of these is gone, they would be read as one.
bool joins(char c)
{
    switch (classOf(c)) {
    case Space:
    case Close: return false;
    case Plain: return c == '.' || c == '!';
    default: return true;
    }
}

std::size_t skipSpace(std::string_view text, std::size_t at)
{
    while (at < text.size() && (isSpace(text[at]) || text[at] == '\v'))
        ++at;
    return at;
}

bool startsWithWord(std::string_view text, std::size_t at, std::string_view lowerCase)
{
    return at <= text.size() && text.size() - at >= lowerCase.size() && isWordLike(text.substr(at, lowerCase.size()), lowerCase);
}

/// The text of a CALL up to its arguments; empty when it is none.  What stands behind the first parenthesis belongs to it, as pt-query-digest has it, while it is harmless.
std::string_view callText(std::string_view text)
{
    const std::size_t begin = skipSpace(text, 0);
    if (!startsWithWord(text, begin, "call"))
        return {};
    const std::size_t name = skipSpace(text, begin + 4);
    if (name == begin + 4)
        return {};
    std::size_t end = name;
    while (end < text.size() && !isSpace(text[end]) && text[end] != '\v')
        ++end;
    const std::size_t first = text.substr(0, end).find('(', name + 1);
    if (first == std::string_view::npos)
        return {};
    const std::size_t last = text.substr(0, end).rfind('(');
    const bool harmless = text.substr(first, last - first).find_first_of("0123456789'\"") == std::string_view::npos;
    return text.substr(begin, (harmless ? last : first) - begin);
}

/// Whether the text is INSERT [IGNORE] INTO or REPLACE ...
bool isInsert(std::string_view text)
{
    std::size_t at = startsWithWord(text, 0, "insert") ? 6 : startsWithWord(text, 0, "replace") ? 7 : 0;
    if (at == 0)
        return false;
    if (startsWithWord(text, at, " ignore"))
        at += 7;
    const std::size_t into = skipSpace(text, at);
    return into > at && startsWithWord(text, into, "into");
}

bool isUse(std::string_view text)
{
    if (!startsWithWord(text, 0, "use ") || text.size() < 5)
        return false;
    if (text.back() == '\n')
        text.remove_suffix(1);
    return text.size() > 4 && std::none_of(text.begin() + 4, text.end(), [](char c) { return isSpace(c) || c == '\v'; });
}

/// `/*name.name:1/2*/`: what pt-table-checksum and its like write into their statements.
bool isToolkitComment(std::string_view comment)
{
    std::size_t at = 2;
    const auto word = [&] {
        const std::size_t begin = at;
        while (at < comment.size() && isWord(comment[at]))
            ++at;
        return at > begin;
    };
    const auto is = [&](Class wanted) { return at < comment.size() && classOf(comment[at++]) == wanted; };
    const auto literally = [&](char c) { return at < comment.size() && comment[at++] == c; };
    return word() && literally('.') && word() && literally(':') && is(Digit) && literally('/') && is(Digit) && comment.substr(at) == "*/";
}

bool isFalse(const char *p, const char *end)
{
    const std::string_view rest(p, static_cast<std::size_t>(end - p));
    return startsWithWord(rest, 0, "false") && (rest.size() == 5 || !isWord(rest[5]));
}

constexpr std::string_view mysqldumpBegin = "SELECT /*!40001 SQL_NO_CACHE */ * FROM `";
constexpr std::string_view adminBegin = "administrator command: ";

} // namespace

std::string_view Fingerprinter::operator()(std::string_view statement)
{
    if (statement.starts_with(mysqldumpBegin))
        return "mysqldump";
    if (statement.starts_with(adminBegin))
        return statement;
    if (const std::string_view call = callText(statement); !call.empty()) {
        m_text.assign(call);
        std::ranges::transform(m_text, m_text.begin(), lower);
        return m_text;
    }
    if (isUse(statement)) {
        m_text = statement.back() == '\n' ? "use ?\n" : "use ?";
        return m_text;
    }
    std::string_view text = shape(statement, true);
    if (m_toolkit)
        return "percona-toolkit";
    if (m_glued) {
        m_spare = stripped(statement);
        if (isUse(m_spare))
            return "use ?";
        text = shape(m_spare, false);
    }
    return text;
}

std::string_view Fingerprinter::shape(std::string_view text, bool withComments)
{
    // a closed list "()" grows by two and so does a repeated UNION; both are made in another buffer
    const std::size_t needed = text.size() + 16;
    if (m_capacity < needed) {
        m_capacity = std::max(needed, std::size_t{4096});
        m_buffer.reset(new char[m_capacity]);
    }
    m_begin = m_out = m_buffer.get();
    m_source = text.data();
    m_sourceEnd = text.data() + text.size();
    m_lists.clear();
    m_limit = 0;
    m_union = m_order = m_glued = m_done = m_values = m_commentLast = m_toolkit = m_inCode = m_unclosed = false;
    m_withComments = withComments;
    m_isInsert = isInsert(text);
    run(m_source, m_sourceEnd, false);
    if (m_toolkit || m_glued)
        return {};
    if (m_out > m_begin && m_out[-1] == ' ' && !m_done) {
        // a line feed at the end goes, other white space stays as one blank, unless it stood before a comment
        const char *last = m_sourceEnd;
        while (last > m_source && isSpace(last[-1]))
            --last;
        if (m_commentLast || (m_sourceEnd - last == 1 && *last == '\n'))
            --m_out;
    }
    if (!m_lists.empty() || m_limit || m_union || m_order) {
        collapse();
        return m_text;
    }
    return {m_begin, static_cast<std::size_t>(m_out - m_begin)};
}

void Fingerprinter::emitQuestion(char before)
{
    // x'', b'' and .5 lose the byte before, when it is in lower case
    if (m_out > m_begin && m_out[-1] == before && (before == 'x' || before == 'b' || before == '.'))
        --m_out;
    *m_out++ = '?';
    m_commentLast = false;
}

/// The word in [wordBegin, wordEnd) of the source was written as the last bytes of the output.
void Fingerprinter::endWord(const char *wordBegin, const char *wordEnd, const char *end)
{
    const std::size_t size = static_cast<std::size_t>(wordEnd - wordBegin);
    char *word = m_out - size;
    const auto is = [&](const auto &other) { return std::memcmp(word, other, sizeof other - 1) == 0; }; // a constant size, so no call
    const std::size_t place = static_cast<std::size_t>(m_out - m_begin);
    switch (size) {
    case 2:
        if (is("in"))
            m_lists.push_back(place);
        else if (is("by") && place >= 8 && std::memcmp(word - 6, "order ", 6) == 0 && (place == 8 || !isWord(word[-7])))
            m_order = true;
        break;
    case 4:
        if (is("null")) {
            m_out = word;
            *m_out++ = '?';
        } else if (is("true") && (wordEnd == end || classOf(*wordEnd) != Digit) && (wordBegin == m_source || !isWord(wordBegin[-1]))) {
            m_out = word;
            emitQuestion(wordBegin == m_source ? '\0' : wordBegin[-1]);
        }
        break;
    case 5:
        if (is("value"))
            m_lists.push_back(place);
        else if (is("limit") && m_limit == 0)
            m_limit = place;
        else if (is("union"))
            m_union = true;
        else if (is("false") && (wordEnd == end || classOf(*wordEnd) != Digit) && (wordBegin == m_source || !isWord(wordBegin[-1]))) {
            m_out = word;
            emitQuestion(wordBegin == m_source ? '\0' : wordBegin[-1]);
        }
        break;
    case 6:
        if (is("values"))
            m_lists.push_back(place);
        break;
    }
}

void Fingerprinter::takeComment(const char *&p, const char *end)
{
    // where one block comment is not closed, no later one is
    const char *behind = *p == '/' && m_unclosed ? p : behindComment(p, end);
    if (behind == p) {
        if (m_inCode && *p == '*' && end - p > 1 && p[1] == '/') {
            m_inCode = false;
            *m_out++ = *p++;
        }
        *m_out++ = *p++;
        m_commentLast = false;
        return;
    }
    if (*p == '/') {
        const std::string_view comment(p, static_cast<std::size_t>(behind - p));
        bool isHint = comment.size() > 2 && comment[2] == '+';
        if (isHint) {
            const char *word = m_out;
            while (word > m_begin && word[-1] == ' ')
                --word;
            const char *wordEnd = word;
            while (word > m_begin && isWord(word[-1]))
                --word;
            const std::string_view verb(word, static_cast<std::size_t>(wordEnd - word));
            isHint = verb == "select" || verb == "insert" || verb == "update" || verb == "delete" || verb == "replace";
        }
        const bool isClosed = comment.size() >= 4 && comment.ends_with("*/");
        if (isCodeComment(p, end) || isHint || !isClosed) {
            // the content is read like the rest of the statement; pt-query-digest too leaves a comment that was cut off
            std::memcpy(m_out, p, 2);
            m_out += 2;
            p += 2;
            m_inCode = isClosed;
            m_unclosed |= !isClosed;
            m_commentLast = false;
            return;
        }
        if (isToolkitComment(comment)) {
            m_toolkit = m_done = true;
            return;
        }
    }
    if (p > m_source && behind < m_sourceEnd && joins(p[-1]) && joins(*behind)) {
        m_glued = m_done = true;
        return;
    }
    m_commentLast = true;
    p = behind;
}

/// Whether another row of values follows this parenthesis.
bool Fingerprinter::isCutHere(const char *close, const char *end) const
{
    const std::string_view rest(close + 1, static_cast<std::size_t>(end - close - 1));
    const std::size_t comma = skipSpace(rest, 0);
    if (comma >= rest.size() || rest[comma] != ',')
        return false;
    const std::size_t open = skipSpace(rest, comma + 1);
    return open < rest.size() && rest[open] == '(';
}

/// Reads and writes [from, end).  `plain`: quotes and comments mean nothing there, as inside of a quoted name.
void Fingerprinter::run(const char *from, const char *end, bool plain)
{
    const char *p = from;
    while (p < end && !m_done) {
        const Class is = classOf(*p);
        if (is == Letter) {
            const char *word = p;
            takeLetters(p, end, m_out); // what is written is never longer than what was read
            m_commentLast = false;
            if (p - word <= longestKnown && (knownLengths[static_cast<unsigned char>(*word)] >> (p - word) & 1))
                endWord(word, p, end);
        } else if (is == Space) {
            if (m_out > m_begin && m_out[-1] != ' ')
                *m_out++ = ' ';
            ++p;
        } else if (is == Plain) {
            if (*p == '(' && m_isInsert && !m_values && !m_lists.empty()) {
                const char *before = m_out;
                while (before > m_begin && before[-1] == ' ')
                    --before;
                m_values = before - m_begin >= 6 && std::memcmp(before - 6, "values", 6) == 0;
            }
            if (*p != '\v' || m_out > m_begin) {
                *m_out++ = *p;
                m_commentLast = false;
            }
            ++p;
        } else if (is == Digit || (is == Sign && (plain || !m_withComments || *p != '-' || behindComment(p, end) == p))) {
            const char before = p == m_source ? '\0' : p[-1];
            ++p;
            // "5--1" is 5 and --1, or 5 and a comment; "+false" is + and a literal
            while (p < end && numberBytes[static_cast<unsigned char>(*p)] && (*p != '-' || end - p < 2 || p[1] != '-')
                   && (*p != 'f' || isWord(p[-1]) || !isFalse(p, end)))
                ++p;
            emitQuestion(before);
        } else if (is == Close) {
            *m_out++ = *p;
            m_commentLast = false;
            if (m_values && !plain && isCutHere(p, end))
                m_done = true;
            ++p;
        } else if (plain) {
            *m_out++ = *p++;
            m_commentLast = false;
        } else if (is == Quote) {
            const char before = p == m_source ? '\0' : p[-1];
            p = behindString(p, end);
            emitQuestion(before);
            if (!p) {
                m_done = true;
                return;
            }
        } else if (is == Backtick) {
            const void *close = std::memchr(p + 1, '`', static_cast<std::size_t>(end - p - 1));
            *m_out++ = *p++;
            m_commentLast = false;
            if (close) {
                run(p, static_cast<const char *>(close), true);
                *m_out++ = '`';
                p = static_cast<const char *>(close) + 1;
            }
        } else if (is == Backslash) {
            // outside of a string it goes together with a quote behind it
            if (end - p > 1 && classOf(p[1]) == Quote) {
                if (m_withComments)
                    m_glued = m_done = true;
                p += 2;
            } else {
                *m_out++ = *p++;
                m_commentLast = false;
            }
        } else if (!m_withComments) {
            *m_out++ = *p++;
        } else {
            takeComment(p, end); // / # * or the two minus signs of a comment
        }
    }
}

/// The text without comments and without escaped quotes outside of strings.
std::string Fingerprinter::stripped(std::string_view text) const
{
    std::string rest;
    bool unclosed = false, commentLast = false;
    const char *p = text.data();
    const char *const end = p + text.size();
    while (p < end) {
        const Class is = classOf(*p);
        const char *behind = p + 1;
        bool goes = false;
        if (is == Quote) {
            const char *close = behindString(p, end);
            behind = close ? close : end;
        } else if (is == Backtick) {
            const void *close = std::memchr(p + 1, '`', static_cast<std::size_t>(end - p - 1));
            behind = close ? static_cast<const char *>(close) + 1 : p + 1;
        } else if (is == Backslash && end - p > 1 && classOf(p[1]) == Quote) {
            behind = p + 2;
            goes = true;
        } else if (is == Hash || *p == '-' || is == Slash) {
            const char *comment = is == Slash && unclosed ? p : behindComment(p, end);
            const bool isHint = end - p > 2 && p[0] == '/' && p[1] == '*' && p[2] == '+';
            const bool isOpen = is == Slash && comment == end && !std::string_view(p, static_cast<std::size_t>(end - p)).ends_with("*/");
            unclosed |= isOpen;
            if (comment != p && !isCodeComment(p, end) && !isHint && !isOpen) {
                behind = comment;
                goes = commentLast = true;
            }
        }
        if (!goes) {
            rest.append(p, behind);
            commentLast &= isSpace(*p);
        }
        p = behind;
    }
    while (commentLast && !rest.empty() && isSpace(rest.back()))
        rest.pop_back();
    return rest;
}

std::string fingerprint(std::string_view statement)
{
    return std::string(Fingerprinter()(statement));
}

} // namespace zandb
