// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/gtidset.h"

#include <algorithm>
#include <charconv>

namespace zandb {
namespace {

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\r' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// The text up to the separator, which is taken away with it.
std::string_view cut(std::string_view &text, char separator)
{
    const auto at = text.find(separator);
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return trimmed(part);
}

template<class Number>
std::optional<Number> numberOf(std::string_view text)
{
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return number;
}

bool isSource(std::string_view text)
{
    return text.size() == 36 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-'; });
}

bool isTag(std::string_view text)
{
    return !text.empty() && text.size() <= 32 && !(text[0] >= '0' && text[0] <= '9')
        && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_'; });
}

} // namespace

std::optional<GtidSet> GtidSet::parse(std::string_view text)
{
    GtidSet set;
    text = trimmed(text);
    while (!text.empty()) {
        std::string_view part = cut(text, ',');
        if (part.empty())
            continue;
        std::string source(cut(part, ':'));
        if (!isSource(source) || part.empty())
            return std::nullopt;
        std::ranges::transform(source, source.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
        const std::string plain = source;
        while (!part.empty()) {
            std::string_view interval = cut(part, ':');
            if (isTag(interval)) {
                source = plain + ':' + std::string(interval);
                continue;
            }
            const auto first = numberOf<std::uint64_t>(cut(interval, '-'));
            const auto last = interval.empty() ? first : numberOf<std::uint64_t>(trimmed(interval));
            if (!first || !last || *first == 0 || *last < *first || *last > (UINT64_MAX >> 1) || set.m_intervals >= maxIntervals)
                return std::nullopt;
            set.add(source, *first, *last);
        }
    }
    return set;
}

void GtidSet::add(const std::string &source, std::uint64_t first, std::uint64_t last)
{
    auto &list = m_sources[source];
    // nearly always behind or next to the last one
    auto from = std::ranges::lower_bound(list, first == 0 ? 0 : first - 1, {}, &Interval::second);
    auto to = from;
    m_intervals -= list.size();
    while (to != list.end() && to->first <= last + 1) {
        first = std::min(first, to->first);
        last = std::max(last, to->second);
        ++to;
    }
    const auto at = list.erase(from, to);
    list.insert(at, {first, last});
    m_intervals += list.size();
}

GtidSet GtidSet::minus(const GtidSet &other) const
{
    GtidSet left;
    for (const auto &[source, intervals] : m_sources) {
        const auto taken = other.m_sources.find(source);
        for (auto [first, last] : intervals) {
            if (taken != other.m_sources.end()) {
                auto it = std::ranges::lower_bound(taken->second, first, {}, &Interval::second);
                for (; it != taken->second.end() && it->first <= last && first <= last; ++it) {
                    if (it->first > first)
                        left.add(source, first, it->first - 1);
                    first = it->second + 1;
                }
            }
            if (first <= last)
                left.add(source, first, last);
        }
    }
    return left;
}

bool GtidSet::contains(const std::string &source, std::uint64_t number) const
{
    const auto list = m_sources.find(source);
    if (list == m_sources.end())
        return false;
    const auto it = std::ranges::lower_bound(list->second, number, {}, &Interval::second);
    return it != list->second.end() && it->first <= number;
}

std::string GtidSet::text() const
{
    std::string text;
    for (const auto &[source, intervals] : m_sources) {
        text += (text.empty() ? "" : ",") + source;
        for (const auto &[first, last] : intervals)
            text += ':' + std::to_string(first) + (last > first ? '-' + std::to_string(last) : std::string());
    }
    return text;
}

std::optional<GtidPlace> GtidPlace::parse(std::string_view text)
{
    GtidPlace place;
    text = trimmed(text);
    while (!text.empty()) {
        std::string_view part = cut(text, ',');
        const auto domain = numberOf<std::uint32_t>(cut(part, '-'));
        const auto server = numberOf<std::uint32_t>(cut(part, '-'));
        const auto number = numberOf<std::uint64_t>(part);
        if (!domain || !server || !number)
            return std::nullopt;
        place.set(*domain, *server, *number);
    }
    return place;
}

std::string GtidPlace::text() const
{
    std::string text;
    for (const auto &[domain, last] : m_domains)
        text += (text.empty() ? "" : ",") + std::to_string(domain) + '-' + std::to_string(last.server) + '-' + std::to_string(last.number);
    return text;
}

std::string missingBetween(std::string_view end, std::string_view previous, bool mariaDb)
{
    if (!mariaDb) {
        const auto had = GtidSet::parse(end), wanted = GtidSet::parse(previous);
        return had && wanted ? wanted->minus(*had).text() : std::string();
    }
    const auto had = GtidPlace::parse(end), wanted = GtidPlace::parse(previous);
    std::string text;
    if (!had || !wanted)
        return text;
    for (const auto &[domain, last] : wanted->domains()) {
        const auto known = had->domains().find(domain);
        const std::uint64_t from = known == had->domains().end() ? 1 : known->second.number + 1;
        if (known != had->domains().end() && known->second == last)
            continue;
        const std::string to = std::to_string(domain) + '-' + std::to_string(last.server) + '-' + std::to_string(last.number);
        const std::uint32_t server = known == had->domains().end() ? last.server : known->second.server;
        text += (text.empty() ? "" : ", ") + (from < last.number ? std::to_string(domain) + '-' + std::to_string(server) + '-' + std::to_string(from) + " to " : std::string()) + to;
    }
    return text;
}

} // namespace zandb
