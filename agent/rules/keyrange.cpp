// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/keyrange.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zandb {
namespace {

bool isSame(std::string_view text, std::string_view lower)
{
    return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b; });
}

} // namespace

std::optional<IntegerType> integerType(std::string_view columnType)
{
    constexpr std::array<std::pair<std::string_view, int>, 6> names{{{"tinyint", 1}, {"smallint", 2}, {"mediumint", 3}, {"int", 4}, {"integer", 4}, {"bigint", 8}}};
    const std::string_view name = columnType.substr(0, columnType.find_first_of("( "));
    const auto found = std::ranges::find_if(names, [&](const auto &one) { return isSame(name, one.first); });
    if (found == names.end())
        return std::nullopt;
    IntegerType type{found->second, false};
    std::string_view rest = columnType.substr(name.size());
    while (!rest.empty()) {
        const auto begin = rest.find_first_not_of(' ');
        if (begin == rest.npos)
            break;
        rest.remove_prefix(begin);
        const std::string_view word = rest.substr(0, rest.find(' '));
        type.isUnsigned = type.isUnsigned || isSame(word, "unsigned") || isSame(word, "zerofill");
        rest.remove_prefix(word.size());
    }
    return type;
}

KeyValue largestValue(const IntegerType &type)
{
    return (static_cast<KeyValue>(1) << (8 * type.bytes - (type.isUnsigned ? 0 : 1))) - 1;
}

std::int64_t sharePpm(KeyValue used, KeyValue limit)
{
    if (used <= 0 || limit <= 0)
        return 0;
    return used >= limit ? 1'000'000 : static_cast<std::int64_t>(used * 1'000'000 / limit);
}

std::optional<KeyValue> parseKeyValue(std::string_view text)
{
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative ? 1 : 0);
    constexpr std::size_t longest = 20; // 2^64 has 20 digits
    if (digits.empty() || digits.size() > longest || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    KeyValue value = 0;
    for (const char c : digits)
        value = value * 10 + (c - '0');
    return negative ? -value : value;
}

std::string keyValueText(KeyValue value)
{
    if (value == 0)
        return "0";
    const bool negative = value < 0;
    std::string text;
    for (KeyValue rest = negative ? -value : value; rest > 0; rest /= 10)
        text += static_cast<char>('0' + static_cast<int>(rest % 10));
    if (negative)
        text += '-';
    std::ranges::reverse(text);
    return text;
}

} // namespace zandb
