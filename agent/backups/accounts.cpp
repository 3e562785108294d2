// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/accounts.h"

#include "agent/protocol/errors.h"

namespace zandb::agent {

// A server has some accounts from its beginning.
static std::string unlessThere(std::string statement)
{
    constexpr std::string_view create = "CREATE USER ";
    return statement.starts_with(create) ? statement.insert(create.size(), "IF NOT EXISTS ") : statement;
}

Result<std::string> accountStatements(SqlClient &client)
{
    const bool mariaDb = client.isMariaDb();
    if (!mariaDb) // the hashes of caching_sha2_password hold any byte, which no file of SQL brings back; from 8.0.17 on
        (void)client.query("SET SESSION print_identified_with_as_hex = ON");
    // roles first: a CREATE USER may name one
    auto accounts = client.query(mariaDb ? "SELECT User, Host, is_role FROM mysql.user ORDER BY is_role DESC, User, Host"
                                         : "SELECT User, Host, 'N' FROM mysql.user ORDER BY (User, Host) IN (SELECT FROM_USER, FROM_HOST FROM "
                                           "mysql.role_edges) OR (User, Host) IN (SELECT DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST FROM "
                                           "mysql.default_roles) DESC, User, Host");
    if (!accounts)
        return fail(accounts.error());
    std::string text = "-- accounts, roles and grants as they were when the backup was taken\n";
    std::string grants;
    for (const auto &row : accounts->rows) {
        const std::string user = row.at(0).value_or("");
        const bool role = row.at(2).value_or("N") == "Y";
        const bool everyone = role && user == "PUBLIC"; // is always there, and a word rather than a name
        const std::string name = everyone ? user : role ? client.quote(user) : client.quote(user) + '@' + client.quote(row.at(1).value_or(""));
        if (everyone) {
            // nothing to create
        } else if (role) {
            text += "CREATE ROLE IF NOT EXISTS " + name + ";\n";
        } else {
            auto created = client.query("SHOW CREATE USER " + name);
            if (!created && !created.error().is(errors::sqlFailed))
                return fail(created.error());
            if (!created) { // dropped meanwhile, or damaged: the others matter too
                text += "-- " + name + " cannot be read: " + created.error().fields["detail"] + '\n';
                continue;
            }
            for (const auto &line : created->rows)
                text += unlessThere(line.at(0).value_or("")) + ";\n";
        }
        auto granted = client.query("SHOW GRANTS FOR " + name);
        if (!granted && !granted.error().is(errors::sqlFailed))
            return fail(granted.error());
        if (!granted) {
            grants += "-- grants of " + name + " cannot be read: " + granted.error().fields["detail"] + '\n';
            continue;
        }
        for (const auto &line : granted->rows)
            grants += line.at(0).value_or("") + ";\n";
    }
    return text + grants;
}

} // namespace zandb::agent
