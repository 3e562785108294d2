// SPDX-License-Identifier: GPL-3.0-or-later
// Option files: whatever stands in one, an edit changes its own line and nothing else, and reads back.
#include "agent/rules/optiontext.h"
#include "agent/rules/samevalue.h"
#include "tests/fuzz/require.h"

#include <algorithm>

using namespace zandb::rules;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size > (64 << 10))
        return 0;
    const std::string text(reinterpret_cast<const char *>(data), size);
    const auto lines = readOptionText(text);
    std::size_t at = 0;
    int edits = 0;
    for (const OptionLine &line : lines) {
        require(line.begin >= at && line.begin <= line.end && line.end <= size);
        at = line.begin;
        if (line.kind != OptionLine::Kind::Option || line.isPiece || ++edits > 5)
            continue;
        if (line.name.find_first_of("'\"") != line.name.npos) // it would begin a quote; no server has such an option
            continue;
        require(line.nameEnd <= line.valueBegin && line.valueBegin <= line.valueEnd && line.valueEnd <= line.end);
        std::string value = line.value.value_or(line.name).substr(0, 1000);
        std::erase(value, '\0');
        const std::string changed = withOptionValue(text, line, value);
        const auto now = readOptionText(changed);
        require(now.size() >= static_cast<std::size_t>(&line - lines.data()) + 1);
        const OptionLine &same = now[static_cast<std::size_t>(&line - lines.data())];
        require(same.isPiece || (same.kind == OptionLine::Kind::Option && same.value == value));
        require(changed.starts_with(std::string_view(text).substr(0, line.begin)));
        require(changed.ends_with(std::string_view(text).substr(line.end)));
        const std::string without = withoutOption(text, line);
        require(without.size() == size + 1);
        require(readOptionText(without)[static_cast<std::size_t>(&line - lines.data())].kind == OptionLine::Kind::Nothing);
    }
    // nobody edits a file with such a line
    const bool odd = std::ranges::any_of(lines, [](const OptionLine &line) { return line.isPiece || line.kind == OptionLine::Kind::Broken || line.kind == OptionLine::Kind::Unknown; });
    if (!odd) {
        const std::string changed = withNewOption(text, "mysqld", "port", "3306");
        const auto now = readOptionText(changed);
        require(std::ranges::any_of(now, [](const OptionLine &line) { return line.group == "mysqld" && line.name == "port" && line.value == "3306"; }));
    }
    require(sameValue(text, text));
    const std::string half = text.substr(0, size / 2), rest = text.substr(size / 2);
    require(sameValue(half, rest) == sameValue(rest, half));
    require(optionName(text).variable.size() <= size);
    return 0;
}
