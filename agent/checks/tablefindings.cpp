// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/tablefindings.h"

#include <algorithm>

namespace zandb::agent {

const TableIndex *indexInstead(const SchemaTable &table, const TableIndex &index)
{
    if (index.name == "PRIMARY")
        return nullptr;
    const bool whole = index.unique || index.method != "BTREE"; // FULLTEXT and SPATIAL do not serve prefixes
    const auto serves = [&](const TableIndex &other) {
        if (&other == &index || other.method != index.method || !other.usable || (index.unique && !other.unique) || other.parts.size() < index.parts.size()
            || (whole && other.parts.size() != index.parts.size()) || !std::equal(index.parts.begin(), index.parts.end(), other.parts.begin()))
            return false;
        if (other.parts.size() != index.parts.size())
            return true;
        // of equal ones one stays: the primary key, else the one that forbids more, else the first by name
        if (other.name == "PRIMARY" || other.unique != index.unique)
            return other.name == "PRIMARY" || other.unique;
        return other.name < index.name;
    };
    const auto found = std::ranges::find_if(table.indexes, serves);
    return found == table.indexes.end() ? nullptr : &*found;
}

std::vector<wire::CheckFinding> findingsOf(const std::string &schema, const std::map<std::string, SchemaTable> &tables)
{
    std::vector<wire::CheckFinding> findings;
    Json charsets = Json::object(); // name -> how many tables
    for (const auto &[name, table] : tables) {
        if (table.sequence)
            continue;
        const auto add = [&, &name = name](const char *kind, const std::string &what, Json detail) {
            findings.push_back({kind, schema, name, what, std::move(detail)});
        };
        if (std::ranges::find(table.indexes, std::string_view("PRIMARY"), &TableIndex::name) == table.indexes.end())
            add("no_primary_key", {}, {{"engine", table.engine}, {"rows", table.rows}});
        if (table.engine != "InnoDB" && !table.engine.empty())
            add("other_engine", {}, {{"engine", table.engine}, {"rows", table.rows}});
        for (const TableIndex &index : table.indexes) {
            if (const TableIndex *by = indexInstead(table, index))
                add("duplicate_index", index.name, {{"by", by->name}});
        }
        if (!table.columnCharsets.empty())
            add("mixed_charsets", {}, {{"charsets", table.columnCharsets}});
        if (!table.charset.empty())
            charsets[table.charset] = charsets.value(table.charset, 0) + 1;
    }
    if (charsets.size() > 1)
        findings.push_back({"mixed_charsets", schema, {}, {}, {{"tables", charsets}}});
    return findings;
}

} // namespace zandb::agent
