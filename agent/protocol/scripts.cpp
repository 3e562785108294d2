// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/scripts.h"

#include <algorithm>
#include <charconv>

namespace zandb::wire {

std::string whyNoValue(const ScriptParameter &parameter, std::string_view value)
{
    constexpr std::size_t longest = 1000;
    if (value.size() > longest || std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        return "must be one line of at most 1000 bytes";
    if (parameter.type == "integer") {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (value.empty() || error != std::errc() || end != value.data() + value.size())
            return "must be a whole number";
        if (number < parameter.least || number > parameter.most)
            return "must be between " + std::to_string(parameter.least) + " and " + std::to_string(parameter.most);
        return {};
    }
    if (parameter.type == "boolean")
        return value == "true" || value == "false" ? "" : "must be true or false";
    if (parameter.type == "choice") {
        if (std::ranges::find(parameter.choices, value) != parameter.choices.end())
            return {};
        std::string all;
        for (const std::string &choice : parameter.choices)
            all += (all.empty() ? "" : ", ") + choice;
        return "must be one of " + all;
    }
    // the program would take it for an option
    if (value.starts_with('-'))
        return "must not begin with '-'";
    if (parameter.type == "text")
        return {};
    const bool isWord = !value.empty() && std::ranges::all_of(value, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
    return isWord ? "" : "must consist of letters, digits, '_', '.' and '-'";
}

} // namespace zandb::wire
