// SPDX-License-Identifier: GPL-3.0-or-later
// The second part of a fingerprint: what repeats is written once.
#include "agent/rules/fingerprint.h"

#include "agent/rules/sqltext.h"

#include <algorithm>

namespace zandb {
namespace {

/// Looking for repeated UNIONs compares each SELECT with what stands behind each UNION; a statement may not make that many.
constexpr int mostComparisons = 100'000;

bool isListByte(char c) { return c == '?' || c == ',' || c == ' ' || c == '\v'; }

/// Behind the lists in parentheses that begin at `at`, which hold nothing but question marks; `at` when there are none.
std::size_t behindLists(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    for (std::size_t i = at;;) {
        while (i < text.size() && text[i] != '?' && isListByte(text[i]))
            ++i;
        if (i >= text.size() || text[i] != '(')
            return end;
        ++i;
        while (i < text.size() && isListByte(text[i]))
            ++i;
        if (i >= text.size() || text[i] != ')')
            return end;
        end = ++i;
    }
}

} // namespace

void Fingerprinter::collapse()
{
    collapseLists();
    if (m_union)
        collapseUnions();
    if (m_limit)
        collapseLimit();
    if (m_order)
        dropAscending();
}

void Fingerprinter::collapseLists()
{
    const std::string_view text(m_begin, static_cast<std::size_t>(m_out - m_begin));
    m_text.clear();
    std::size_t taken = 0;
    for (const std::size_t place : m_lists) {
        const std::size_t end = place < taken ? place : behindLists(text, place);
        if (end == place)
            continue;
        m_text.append(text.substr(taken, place - taken)).append("(?+)");
        taken = end;
    }
    m_text.append(text.substr(taken));
}

/// `select X union select X` is written as one with a note.
void Fingerprinter::collapseUnions()
{
    constexpr std::string_view select = "select", separator = " union", all = " all";
    int left = mostComparisons;
    std::string result;
    const std::string_view text = m_text;
    std::size_t taken = 0;
    for (std::size_t begin = text.find(select); begin != std::string_view::npos && left > 0;) {
        std::size_t next = begin + 1;
        const bool isWord = (begin == 0 || !sqltext::isWord(text[begin - 1])) && begin + 6 < text.size() && text[begin + 6] == ' ';
        for (std::size_t at = isWord ? text.find(separator, begin + 7) : std::string_view::npos; at != std::string_view::npos && --left > 0;
             at = text.find(separator, at + 1)) {
            const std::string_view part = text.substr(begin, at - begin);
            std::size_t end = at;
            std::string_view last;
            for (;;) {
                std::size_t i = end;
                if (!text.substr(i).starts_with(separator))
                    break;
                i += separator.size();
                if (text.substr(i).starts_with(all))
                    i += all.size();
                if (i >= text.size() || text[i] != ' ' || text.compare(i + 1, part.size(), part) != 0)
                    break;
                last = text.substr(end, i - end);
                end = i + 1 + part.size();
            }
            if (last.empty())
                continue;
            result.append(text.substr(taken, at - taken)).append(" /*repeat").append(last).append("*/");
            taken = next = end;
            break;
        }
        begin = text.find(select, next);
    }
    if (taken == 0)
        return;
    result.append(text.substr(taken));
    m_text.swap(result);
}

/// Of `limit ?, ?` and `limit ? offset ?` the first one.
void Fingerprinter::collapseLimit()
{
    constexpr std::string_view limit = "limit ?";
    for (std::size_t at = m_text.find(limit); at != std::string::npos; at = m_text.find(limit, at + 1)) {
        if (at > 0 && sqltext::isWord(m_text[at - 1]))
            continue;
        const std::size_t behind = at + limit.size();
        for (const std::string_view more : {", ?", ",?", " offset ?"}) {
            if (m_text.compare(behind, more.size(), more) == 0) {
                m_text.erase(behind, more.size());
                break;
            }
        }
        return;
    }
}

/// Behind the first ORDER BY no ASC is left.
void Fingerprinter::dropAscending()
{
    constexpr std::string_view order = "order by ", ascending = " asc";
    std::size_t begin = m_text.find(order);
    while (begin != std::string::npos && begin > 0 && sqltext::isWord(m_text[begin - 1]))
        begin = m_text.find(order, begin + 1);
    if (begin == std::string::npos)
        return;
    const std::string_view text = m_text;
    std::size_t from = begin + order.size();
    std::string result(text.substr(0, from));
    for (std::size_t at = text.find(ascending, from + 1); at != std::string_view::npos; at = text.find(ascending, from + 1)) {
        result.append(text.substr(from, at - from));
        from = at + ascending.size();
    }
    result.append(text.substr(std::min(from, text.size())));
    m_text.swap(result);
}

} // namespace zandb
