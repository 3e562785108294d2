// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlguard.h"
#include "tests/places.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace zandb::test {

/// A statement of tests/fixtures/sqlguard and what the guard must say of it.
struct GuardCase
{
    std::string where;  ///< "reads.txt:17"
    std::string expect; ///< "R", "R operator", "X+", the code of a reason, or "deny" for any
    std::string sql;
    bool isAllowed() const { return expect[0] >= 'A' && expect[0] <= 'Z'; }
};

/// ^XX is the byte XX.
inline std::string unescaped(const std::string &text)
{
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '^' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            bytes += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            bytes += text[i];
        }
    }
    return bytes;
}

inline std::vector<GuardCase> guardCases()
{
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(ZANDB_SOURCE_DIR "/tests/fixtures/sqlguard"))
        files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<GuardCase> cases;
    for (const auto &file : files) {
        std::ifstream in(file);
        std::string line;
        for (int number = 1; std::getline(in, line); ++number) {
            const auto tab = line.find('\t');
            if (line.starts_with("##") || tab == std::string::npos)
                continue;
            cases.push_back({file.filename().string() + ":" + std::to_string(number), line.substr(0, tab), unescaped(line.substr(tab + 1))});
        }
    }
    return cases;
}

} // namespace zandb::test
