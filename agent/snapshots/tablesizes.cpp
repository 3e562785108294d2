// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/snapshots/tablesizes.h"

#include "agent/fleet/tablenames.h"

#include <algorithm>
#include <array>
#include <limits>

namespace zandb::agent {
namespace {

struct FileKind
{
    std::string_view ending;
    std::string_view engine;
    std::optional<std::int64_t> TableSize::*part;
};
constexpr std::array fileKinds{
    FileKind{".MYD", "MyISAM", &TableSize::data}, FileKind{".MYI", "MyISAM", &TableSize::index}, FileKind{".MAD", "Aria", &TableSize::data},
    FileKind{".MAI", "Aria", &TableSize::index},  FileKind{".CSV", "CSV", &TableSize::data},     FileKind{".ARZ", "ARCHIVE", &TableSize::data},
};

bool isFullText(std::string_view table)
{
    return table.starts_with("FTS_0") || table.starts_with("fts_0");
}

} // namespace

void addTo(std::optional<std::int64_t> &sum, std::int64_t number)
{
    const std::int64_t before = sum.value_or(0);
    sum = number > 0 && before > std::numeric_limits<std::int64_t>::max() - number ? std::numeric_limits<std::int64_t>::max() : before + std::max<std::int64_t>(0, number);
}

std::string_view withoutPartition(std::string_view table)
{
    for (const std::string_view mark : {"#P#", "#p#"}) {
        if (const auto at = table.find(mark); at != table.npos && at > 0)
            return table.substr(0, at);
    }
    return table;
}

std::pair<std::string, std::string> tableOfTablespace(std::string_view name)
{
    const auto slash = name.find('/');
    if (slash == name.npos)
        return {std::string(), std::string(name)};
    const std::string_view table = name.substr(slash + 1);
    return {decodeName(name.substr(0, slash)), isFullText(table) ? std::string() : decodeName(withoutPartition(table))};
}

bool addTableFile(TableSizes &sizes, const std::string &schema, std::string_view file, std::int64_t bytes, bool innodb)
{
    const auto add = [&](std::string_view engine, std::size_t ending, std::optional<std::int64_t> TableSize::*part) {
        const std::string_view name = file.substr(0, file.size() - ending);
        TableSize &size = sizes[{schema, isFullText(name) ? std::string() : decodeName(withoutPartition(name))}];
        size.engine = engine;
        addTo(size.file, bytes);
        if (part)
            addTo(size.*part, bytes);
        return true;
    };
    if (innodb && file.ends_with(".ibd"))
        return add("InnoDB", 4, nullptr);
    const auto kind = std::ranges::find_if(fileKinds, [&](const FileKind &one) { return file.ends_with(one.ending); });
    return kind != fileKinds.end() && add(kind->engine, kind->ending.size(), kind->part);
}

} // namespace zandb::agent
