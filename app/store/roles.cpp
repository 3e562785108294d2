// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/migrations.h"
#include "app/store/sqltext.h"

#include <array>

namespace zandb::store {
namespace {

struct TableRights
{
    std::string_view table;
    std::string_view console;    ///< beside SELECT
    std::string_view dispatcher; ///< beside SELECT
};

// A console writes what people decide, and the runs it sends itself; who sends to a host (member, lease) only headless
// instances decide.
constexpr std::array tables{
    TableRights{"store_info", "", ""},
    TableRights{"schema_migration", "", ""},
    TableRights{"fleet_group", "INSERT, UPDATE, DELETE", ""},
    TableRights{"host", "INSERT, UPDATE, DELETE", ""},
    TableRights{"host_state", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"instance", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"instance_state", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"task", "INSERT, UPDATE, DELETE", "UPDATE"},
    TableRights{"task_revision", "INSERT", "UPDATE"},
    TableRights{"group_setting", "INSERT, UPDATE, DELETE", ""},
    TableRights{"occurrence", "", "INSERT, UPDATE, DELETE"},
    TableRights{"run", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"run_step", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"attempt", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"attempt_log", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"member", "", "INSERT, UPDATE, DELETE"},
    TableRights{"lease", "", "INSERT, UPDATE, DELETE"},
    TableRights{"resource_lock", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"backup", "INSERT, UPDATE", "INSERT, UPDATE"},
    TableRights{"change_feed", "INSERT, UPDATE", "INSERT, UPDATE"},
    TableRights{"outbox", "INSERT", "INSERT, UPDATE, DELETE"},
    TableRights{"audit", "INSERT", "INSERT"},
    TableRights{"alert", "UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"collected", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"series", "DELETE", "INSERT, UPDATE, DELETE"},
};

} // namespace

std::vector<std::string> roleStatements(const std::string &schema, bool escapeWildcards)
{
    std::vector<std::string> statements;
    for (const char *role : {"zandb_viewer", "zandb_operator", "zandb_dispatcher", "zandb_admin"})
        statements.push_back(std::string("CREATE ROLE IF NOT EXISTS ") + role);

    const auto grant = [&](std::string_view rights, std::string_view table, std::string_view role) {
        statements.push_back("GRANT SELECT" + (rights.empty() ? std::string() : ", " + std::string(rights)) + " ON "
                             + identifier(schema) + '.' + identifier(table) + " TO " + std::string(role));
    };
    for (const TableRights &rights : tables) {
        grant("", rights.table, "zandb_viewer");
        grant(rights.console, rights.table, "zandb_operator");
        grant(rights.dispatcher, rights.table, "zandb_dispatcher");
    }

    std::string pattern; // the name of a database in GRANT is a pattern
    for (const char c : schema) {
        if (escapeWildcards && (c == '_' || c == '%' || c == '\\'))
            pattern += '\\';
        pattern += c;
    }
    statements.push_back("GRANT ALL PRIVILEGES ON " + identifier(pattern) + ".* TO zandb_admin");
    return statements;
}

} // namespace zandb::store
