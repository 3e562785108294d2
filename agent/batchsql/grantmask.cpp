// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/grantmask.h"

#include <cctype>

namespace zandb::agent {

std::string maskGrants(std::string_view line)
{
    std::string masked;
    std::string word; // the last one outside of quotes
    bool identified = false;
    for (std::size_t i = 0; i < line.size();) {
        const char c = line[i];
        if (c == '\'' || c == '`' || c == '"') {
            std::size_t end = i + 1;
            while (end < line.size() && line[end] != c)
                end += line[end] == '\\' && c != '`' && end + 1 < line.size() ? 2 : 1;
            end = std::min(end + 1, line.size());
            const bool secret = identified && c != '`' && (word == "PASSWORD" || word == "USING" || word == "AS" || word == "BY");
            masked += secret ? std::string("'***'") : std::string(line.substr(i, end - i));
            i = end;
            continue;
        }
        if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') {
            word.clear();
            for (; i < line.size() && (std::isalnum(static_cast<unsigned char>(line[i])) || line[i] == '_'); ++i) {
                word += static_cast<char>(std::toupper(static_cast<unsigned char>(line[i])));
                masked += line[i];
            }
            identified = identified || word == "IDENTIFIED";
            continue;
        }
        masked += c;
        ++i;
    }
    return masked;
}

void GrantMask::row(const std::vector<SqlCell> &row)
{
    std::vector<std::string> texts(row.size());
    std::vector<SqlCell> cells = row;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!row[i].bytes)
            continue;
        texts[i] = maskGrants(*row[i].bytes);
        cells[i].bytes = texts[i];
        if (!row[i].isCut())
            cells[i].size = static_cast<std::int64_t>(texts[i].size());
    }
    m_next.row(cells);
}

} // namespace zandb::agent
