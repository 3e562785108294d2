// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/inventory.h"

#include "agent/backups/datafiles.h"
#include "agent/fleet/sqlparts.h"
#include "agent/fleet/tablenames.h"
#include "agent/fleet/grants.h"
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

// Where case counts in names, SYS is a schema like any other.  Nobody can have another information_schema.
bool isSystemSchema(std::string_view schema)
{
    return schema == "mysql" || schema == "sys" || schema == "performance_schema" || lower(schema) == "information_schema";
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

Result<std::set<std::string>> innodbTables(SqlClient &client)
{
    const std::string suffix = client.isMariaDb() ? "SYS_" : "";
    auto rows = client.query("SELECT NAME FROM information_schema.INNODB_" + suffix + "TABLES");
    if (!rows)
        return fail(rows.error());
    std::set<std::string> tables;
    for (const auto &row : rows->rows) {
        const std::string name = row.at(0).value_or("");
        if (name.find('/') != std::string::npos && !isHelperFile(name))
            tables.insert(std::string(schemaOf(name)) + '/' + withoutPartition(fileOf(name)));
    }
    return tables;
}

// Only who may read every table is shown every table.
static Result<void> listByServer(SqlClient &client, const LocalInstance &instance, Inventory &inventory)
{
    const auto grants = Grants::read(client);
    if (!grants)
        return fail(grants.error());
    if (!grants->has("SELECT") || !grants->revokedOn("SELECT").empty()) {
        const std::string account = client.value("SELECT SUBSTRING_INDEX(USER(), '@', 1)").value_or(std::nullopt).value_or("");
        return fail(makeError(errors::notPermitted,
                              {{"instance", instance.name},
                               {"account", account},
                               {"right", "SELECT"},
                               {"remedy", "GRANT SELECT ON *.* TO '" + account + "'@'localhost', or let the agent read "
                                              + instance.dataDirectory.string() + " (its group, or [helper] in the agent's configuration)"},
                               {"detail", "tables of other engines than InnoDB could be missing without anybody noticing"}},
                              *inventory.unreadable));
    }
    auto tables = client.query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE NOT IN "
                               "('VIEW', 'SYSTEM VIEW', 'TEMPORARY') AND (ENGINE IS NULL OR ENGINE <> 'InnoDB')");
    if (!tables)
        return fail(tables.error());
    for (const auto &row : tables->rows)
        inventory.listed.insert(encodeName(row.at(0).value_or("")) + '/' + encodeName(row.at(1).value_or("")));
    auto schemas = client.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA");
    if (!schemas)
        return fail(schemas.error());
    for (const auto &row : schemas->rows)
        inventory.schemas.insert(encodeName(row.at(0).value_or("")));
    return {};
}

Result<Inventory> takeInventory(SqlClient &client, const LocalInstance &instance, const Config &config)
{
    Inventory inventory;
    auto tables = innodbTables(client);
    if (!tables)
        return fail(tables.error());
    inventory.innodb = std::move(*tables);
    for (const auto &name : inventory.innodb)
        inventory.schemas.insert(std::string(schemaOf(name)));
    const std::string suffix = client.isMariaDb() ? "SYS_" : "";
    auto bytes = client.value("SELECT CAST(SUM(FILE_SIZE) AS UNSIGNED) FROM information_schema.INNODB_" + suffix + "TABLESPACES");
    if (bytes && *bytes)
        std::from_chars((*bytes)->data(), (*bytes)->data() + (*bytes)->size(), inventory.bytes);
    auto found = readDataFiles(instance.dataDirectory);
    if (!found && hasHelper(config)) {
        found = dataFilesByHelper(config, instance.name);
        if (!found)
            return fail(found.error());
    }
    if (found) {
        inventory.schemas.merge(found->schemas);
        inventory.files = std::move(found->files);
    } else {
        inventory.unreadable = found.error();
        if (auto listed = listByServer(client, instance, inventory); !listed)
            return fail(listed.error());
    }
    for (const auto &[name, size] : inventory.files) {
        if (!name.ends_with(".ibd"))
            inventory.bytes += size;
    }
    return inventory;
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
    for (const auto &name : inventory.listed) {
        if (!isSystemSchema(schemaOf(name)))
            tables.insert(name);
    }
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

Result<std::set<std::string>> userSchemas(SqlClient &client, const Inventory &inventory)
{
    std::set<std::string> withTables;
    for (const auto &table : userTables(inventory))
        withTables.insert(std::string(schemaOf(table)));
    std::set<std::string> schemas;
    for (const auto &directory : inventory.schemas) {
        if (isSystemSchema(directory))
            continue;
        const std::string schema = decodeName(directory);
        if (!withTables.contains(directory)) {
            // a directory that somebody put there is unknown to the server; what we may not see counts as a schema
            auto known = client.query("SHOW CREATE DATABASE " + quotedName(schema));
            if (!known && known.error().is(errors::instanceDown))
                return fail(known.error());
            if (!known && known.error().is(errors::sqlFailed))
                continue;
        }
        schemas.insert(schema);
    }
    return schemas;
}

std::set<std::string> tableFiles(const Inventory &inventory)
{
    static constexpr std::array<std::string_view, 15> extensions{".frm", ".ibd", ".MYD", ".MYI", ".MAD", ".MAI", ".CSV", ".CSM",
                                                                 ".ARZ", ".ARM", ".MRG", ".par", ".opt", ".TRG", ".TRN"};
    std::set<std::string> names;
    for (const auto &[path, size] : inventory.files) {
        if (isHelperFile(path))
            continue;
        // a link to a tablespace at another place of this host: a backup holds what it leads to
        if (path.ends_with(".isl"))
            names.insert(path.substr(0, path.size() - 4) + ".ibd");
        else if (std::ranges::any_of(extensions, [&name = path](std::string_view extension) { return name.ends_with(extension); }))
            names.insert(path);
    }
    return names;
}

} // namespace zandb::agent
