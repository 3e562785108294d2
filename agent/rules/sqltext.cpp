// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqltext.h"

#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace zandb::sqltext {
namespace {

/// The first byte in [from, end) that can begin a literal or a comment.
const char *findOpening(const char *from, const char *end)
{
#ifdef __SSE2__
    const __m128i single = _mm_set1_epi8('\''), twofold = _mm_set1_epi8('"'), tick = _mm_set1_epi8('`'), slash = _mm_set1_epi8('/'),
                  hash = _mm_set1_epi8('#'), minus = _mm_set1_epi8('-');
    for (; end - from >= 16; from += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
        const __m128i quotes = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, single), _mm_cmpeq_epi8(block, twofold)), _mm_cmpeq_epi8(block, tick));
        const __m128i comments = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, slash), _mm_cmpeq_epi8(block, hash)), _mm_cmpeq_epi8(block, minus));
        if (const int hits = _mm_movemask_epi8(_mm_or_si128(quotes, comments)))
            return from + std::countr_zero(static_cast<unsigned>(hits));
    }
#endif
    for (; from < end; ++from) {
        const Class is = classOf(*from);
        if (is == Quote || is == Backtick || is == Slash || is == Hash || *from == '-')
            return from;
    }
    return end;
}

} // namespace

const char *findEither(const char *from, const char *end, char a, char b)
{
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
    for (; end - from >= 16; from += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
        if (const int hits = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, first), _mm_cmpeq_epi8(block, second))))
            return from + std::countr_zero(static_cast<unsigned>(hits));
    }
#endif
    while (from < end && *from != a && *from != b)
        ++from;
    return from;
}

const char *behindString(const char *at, const char *end)
{
    const char quote = *at;
    for (const char *p = at + 1;; p += 2) {
        p = findEither(p, end, quote, '\\');
        if (p == end)
            return nullptr;
        if (*p == quote)
            return p + 1;
        if (end - p < 2)
            return nullptr;
    }
}

const char *behindComment(const char *at, const char *end)
{
    const std::size_t left = static_cast<std::size_t>(end - at);
    const bool toLineEnd = left > 0 && (*at == '#' || (*at == '-' && left > 1 && at[1] == '-' && (left == 2 || static_cast<unsigned char>(at[2]) <= ' ')));
    if (toLineEnd) {
        const void *feed = std::memchr(at, '\n', left);
        return feed ? static_cast<const char *>(feed) : end;
    }
    if (left < 2 || at[0] != '/' || at[1] != '*')
        return at;
    const std::string_view rest(at, left);
    const std::size_t close = rest.find("*/", 2);
    return close == std::string_view::npos ? end : at + close + 2;
}

bool isCodeComment(const char *at, const char *end)
{
    const std::string_view rest(at, static_cast<std::size_t>(end - at));
    return rest.starts_with("/*!") || rest.starts_with("/*M!");
}

bool isWordLike(std::string_view text, std::string_view lowerCase)
{
    if (text.size() != lowerCase.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (lower(text[i]) != lowerCase[i])
            return false;
    }
    return true;
}

void State::feed(std::string_view text)
{
    const char *p = text.data();
    const char *const end = p + text.size();
    while (p < end) {
        if (m_inside == '*') {
            const std::size_t close = std::string_view(p, static_cast<std::size_t>(end - p)).find("*/");
            if (close == std::string_view::npos)
                return;
            p += close + 2;
            m_inside = 0;
        } else if (m_inside == '`') {
            const void *close = std::memchr(p, '`', static_cast<std::size_t>(end - p));
            if (!close)
                return;
            p = static_cast<const char *>(close) + 1;
            m_inside = 0;
        } else if (m_inside) {
            p = findEither(p, end, m_inside, '\\');
            if (p == end)
                return;
            if (*p == m_inside)
                m_inside = 0;
            else
                ++p;
            if (p < end)
                ++p;
        } else {
            p = findOpening(p, end);
            if (p == end)
                return;
            const Class is = classOf(*p);
            if (is == Quote || is == Backtick) {
                m_inside = *p++;
            } else if (*p == '/' && end - p > 1 && p[1] == '*') {
                // what a code comment holds is read like the rest of the statement, and its end is two plain characters then
                const bool isCode = isCodeComment(p, end);
                p += 2;
                m_inside = isCode ? 0 : '*';
            } else {
                const char *behind = *p == '/' ? p : behindComment(p, end);
                p = behind == p ? p + 1 : behind;
            }
        }
    }
}

} // namespace zandb::sqltext
