// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/grants.h"

#include <algorithm>

namespace zandb::agent {
namespace {

/// One name for each right that MariaDB knows by several.
std::string canonical(std::string_view right)
{
    while (right.starts_with(' '))
        right.remove_prefix(1);
    while (right.ends_with(' '))
        right.remove_suffix(1);
    std::string name(right);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : static_cast<char>(c); });
    if (name == "REPLICATION CLIENT")
        return "BINLOG MONITOR";
    if (name.starts_with("REPLICA "))
        return "SLAVE " + name.substr(8);
    if (name == "ALL")
        return "ALL PRIVILEGES";
    return name;
}

std::vector<std::string> rightsIn(std::string_view list)
{
    std::vector<std::string> rights;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        rights.push_back(canonical(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return rights;
}

} // namespace

Grants Grants::parse(const std::vector<std::string> &lines)
{
    Grants grants;
    for (const std::string_view line : lines) {
        if (line.starts_with("GRANT ")) {
            // names inside the list are never quoted, so the first " ON " ends it
            const auto on = line.find(" ON *.* TO ");
            if (on == line.npos || on != line.find(" ON "))
                continue;
            for (std::string &right : rightsIn(line.substr(6, on - 6))) {
                grants.m_all = grants.m_all || right == "ALL PRIVILEGES";
                grants.m_rights.insert(std::move(right));
            }
        } else if (line.starts_with("REVOKE ")) {
            const auto on = line.find(" ON ");
            const auto end = line.find(".* FROM ", on == line.npos ? 0 : on);
            if (on == line.npos || end == line.npos)
                continue;
            for (std::string &right : rightsIn(line.substr(7, on - 7)))
                grants.m_revoked.emplace_back(std::move(right), std::string(line.substr(on + 4, end - on - 4)));
        }
    }
    return grants;
}

Result<Grants> Grants::read(SqlClient &client)
{
    const auto result = client.query("SHOW GRANTS");
    if (!result)
        return fail(result.error());
    std::vector<std::string> lines;
    for (const SqlRow &row : result->rows) {
        if (!row.empty() && row.front())
            lines.push_back(*row.front());
    }
    return parse(lines);
}

bool Grants::has(std::string_view right) const
{
    return m_all || m_rights.contains(canonical(right));
}

std::vector<std::string> Grants::revokedOn(std::string_view right) const
{
    std::vector<std::string> schemas;
    for (const auto &[name, schema] : m_revoked) {
        if (name == canonical(right))
            schemas.push_back(schema);
    }
    return schemas;
}

} // namespace zandb::agent
