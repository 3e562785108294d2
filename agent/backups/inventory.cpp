// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/inventory.h"

#include "agent/backups/datafiles.h"
#include "agent/privileged/client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view schemaOf(std::string_view path) { return path.substr(0, path.find('/')); }

std::string_view fileOf(std::string_view path)
{
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string joined(const std::set<std::string> &names)
{
    constexpr std::size_t most = 50;
    std::string text;
    std::size_t count = 0;
    for (const auto &name : names) {
        if (++count > most) {
            text += " and " + std::to_string(names.size() - most) + " more";
            break;
        }
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

bool isFullTextHelper(std::string_view table)
{
    return table.size() > 20 && lower(table.substr(0, 4)) == "fts_"
           && std::ranges::all_of(table.substr(4, 16), [](unsigned char c) { return std::isxdigit(c); });
}

constexpr std::array<std::string_view, 6> dataExtensions{".MYD", ".MAD", ".CSV", ".ARZ", ".MRG", ".sdb"};

} // namespace

bool isSystemSchema(std::string_view schema)
{
    const std::string name = lower(schema);
    return name == "mysql" || name == "sys" || name == "performance_schema" || name == "information_schema";
}

std::string withoutPartition(std::string_view table)
{
    const auto at = lower(table).find("#p#");
    return std::string(table.substr(0, at));
}

bool isHelperFile(std::string_view path)
{
    const std::string_view file = fileOf(path);
    return file.starts_with("#sql") || file.starts_with("#mysql50##sql") || isFullTextHelper(file);
}

Result<Inventory> takeInventory(SqlClient &client, const LocalInstance &instance, const Config &config)
{
    Inventory inventory;
    const std::string suffix = client.isMariaDb() ? "SYS_" : "";
    auto tables = client.query("SELECT NAME FROM information_schema.INNODB_" + suffix + "TABLES");
    if (!tables)
        return fail(tables.error());
    for (const auto &row : tables->rows) {
        const std::string name = row.at(0).value_or("");
        if (name.find('/') == std::string::npos || isHelperFile(name))
            continue;
        inventory.innodb.insert(std::string(schemaOf(name)) + '/' + withoutPartition(fileOf(name)));
        inventory.schemas.insert(std::string(schemaOf(name)));
    }
    auto bytes = client.value("SELECT CAST(SUM(FILE_SIZE) AS UNSIGNED) FROM information_schema.INNODB_" + suffix + "TABLESPACES");
    if (bytes && *bytes)
        std::from_chars((*bytes)->data(), (*bytes)->data() + (*bytes)->size(), inventory.bytes);
    auto found = readDataFiles(instance.dataDirectory);
    if (!found && hasHelper(config)) {
        auto listed = dataFilesByHelper(config, instance.name);
        if (!listed)
            return fail(listed.error());
        found = std::move(*listed);
    }
    inventory.filesReadable = found.has_value();
    if (found) {
        inventory.schemas.merge(found->schemas);
        inventory.files = std::move(found->files);
    }
    for (const auto &[name, size] : inventory.files) {
        if (!name.ends_with(".ibd"))
            inventory.bytes += size;
    }
    return inventory;
}

// "@002d" is U+002D.  Letters beyond ASCII have shorter forms ("@1g"), which only the server's own tables tell.
static std::string decodeHex(std::string_view name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        unsigned code = 0;
        const char *const digits = name.data() + i + 1;
        if (name[i] != '@' || i + 4 >= name.size() || std::from_chars(digits, digits + 4, code, 16).ptr != digits + 4) {
            out += name[i];
            continue;
        }
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code < 0x800) {
            out += static_cast<char>(0xc0 | code >> 6);
            out += static_cast<char>(0x80 | (code & 0x3f));
        } else {
            out += static_cast<char>(0xe0 | code >> 12);
            out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
            out += static_cast<char>(0x80 | (code & 0x3f));
        }
        i += 4;
    }
    return out;
}

Result<std::map<std::string, std::string>> decodeNames(SqlClient &client, const std::set<std::string> &names)
{
    std::map<std::string, std::string> decoded;
    std::vector<std::string> encoded;
    for (const auto &name : names) {
        if (name.find('@') == std::string::npos)
            decoded[name] = name;
        else if (!client.isMariaDb() && client.versionNumber() >= 80000)
            decoded[name] = decodeHex(name); // this character set is not for statements any more
        else
            encoded.push_back(name);
    }
    for (std::size_t from = 0; from < encoded.size(); from += 200) {
        std::string sql;
        const std::size_t to = std::min(from + 200, encoded.size());
        for (std::size_t i = from; i < to; ++i) {
            sql += sql.empty() ? "SELECT " : " UNION ALL SELECT ";
            sql += std::to_string(i) + ", CONVERT(CONVERT(CAST(" + client.quote(encoded[i]) + " AS BINARY) USING filename) USING utf8mb4)";
        }
        auto result = client.query(sql);
        if (!result)
            return fail(result.error());
        for (const auto &row : result->rows) {
            const std::size_t i = std::stoul(row.at(0).value_or("0"));
            decoded[encoded.at(i)] = row.at(1).value_or(encoded.at(i));
        }
    }
    return decoded;
}

Error CoverageGap::error() const
{
    return makeError(errors::backupCoverage, {{"missing", joined(missing)},
                                              {"extra", joined(extra)},
                                              {"missing_count", std::to_string(missing.size())},
                                              {"extra_count", std::to_string(extra.size())}});
}

CoverageGap compareNames(const std::set<std::string> &before, const std::set<std::string> &after,
                         const std::set<std::string> &backup)
{
    CoverageGap gap;
    for (const auto &name : before) {
        if (after.contains(name) && !backup.contains(name))
            gap.missing.insert(name);
    }
    for (const auto &name : backup) {
        if (!before.contains(name) && !after.contains(name))
            gap.extra.insert(name);
    }
    return gap;
}

std::set<std::string> nonInnodbTables(const Inventory &inventory)
{
    std::set<std::string> tables;
    for (const auto &[path, size] : inventory.files) {
        if (isSystemSchema(schemaOf(path)) || isHelperFile(path))
            continue;
        for (const auto extension : dataExtensions) {
            if (path.ends_with(extension))
                tables.insert(withoutPartition(path.substr(0, path.size() - extension.size())));
        }
    }
    return tables;
}

std::set<std::string> userTables(const Inventory &inventory)
{
    std::set<std::string> tables = nonInnodbTables(inventory);
    for (const auto &name : inventory.innodb) {
        if (!isSystemSchema(schemaOf(name)))
            tables.insert(name);
    }
    return tables;
}

std::set<std::string> tableFiles(const Inventory &inventory)
{
    // .isl and the like describe places on this very host and are not part of a backup
    static constexpr std::array<std::string_view, 15> extensions{".frm", ".ibd", ".MYD", ".MYI", ".MAD", ".MAI", ".CSV", ".CSM",
                                                                 ".ARZ", ".ARM", ".MRG", ".par", ".opt", ".TRG", ".TRN"};
    std::set<std::string> names;
    for (const auto &[path, size] : inventory.files) {
        if (!isHelperFile(path)
            && std::ranges::any_of(extensions, [&name = path](std::string_view extension) { return name.ends_with(extension); }))
            names.insert(path);
    }
    return names;
}

} // namespace zandb::agent
