// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/accounts.h"

#include "agent/backups/tools.h"
#include "agent/fleet/instances.h"

#include <vector>

namespace zandb::agent {
namespace {

std::string local(const std::string &account)
{
    return '`' + account + "`@localhost";
}

std::vector<std::string> mariaDbAccounts(const Config &config)
{
    const std::string agent = local(config.mariadbAccount);
    std::vector<std::string> all{"CREATE USER IF NOT EXISTS root@localhost IDENTIFIED VIA unix_socket", "GRANT ALL PRIVILEGES ON *.* TO root@localhost WITH GRANT OPTION",
                                 "CREATE USER IF NOT EXISTS " + agent + " IDENTIFIED VIA unix_socket"};
    if (config.mariadbAccount != "root")
        // whoever initialised the data directory was its first administrator
        all.push_back("REVOKE ALL PRIVILEGES, GRANT OPTION FROM " + agent);
    const std::pair<Account, const char *> roles[] = {
        {Account::Watch, "PROCESS, BINLOG MONITOR, REPLICA MONITOR"},
        {Account::Backup, "PROCESS, BINLOG MONITOR, REPLICA MONITOR, RELOAD, LOCK TABLES, SELECT, SHOW VIEW, EVENT, TRIGGER, CONNECTION ADMIN"},
        {Account::Explain, "SELECT, SHOW VIEW"},
        {Account::Maint, "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, BINLOG MONITOR, REPLICA MONITOR, CONNECTION ADMIN, REPLICATION SLAVE ADMIN, "
                         "READ_ONLY ADMIN, SUPER"}};
    for (const auto &[use, rights] : roles) {
        const std::string role = '`' + roleName(config, use) + '`';
        all.push_back("CREATE ROLE IF NOT EXISTS " + role);
        all.push_back(std::string("GRANT ") + rights + " ON *.* TO " + role);
        all.push_back("GRANT " + role + " TO " + agent);
        all.push_back("GRANT " + role + " TO root@localhost WITH ADMIN OPTION");
    }
    all.push_back("SET DEFAULT ROLE `" + roleName(config, Account::Backup) + "` FOR " + agent);
    return all;
}

std::vector<std::string> mySqlAccounts(const Config &config, int version, const std::string &user)
{
    const std::pair<Account, std::string> uses[] = {
        {Account::Watch, "PROCESS, REPLICATION CLIENT"},
        {Account::Backup, "PROCESS, REPLICATION CLIENT, RELOAD, LOCK TABLES, SELECT, SHOW VIEW, EVENT, TRIGGER, BACKUP_ADMIN, SHOW_ROUTINE"},
        {Account::Explain, "SELECT, SHOW VIEW"},
        {Account::Maint, std::string("SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, REPLICATION CLIENT, CONNECTION_ADMIN, REPLICATION_SLAVE_ADMIN, "
                                     "SYSTEM_VARIABLES_ADMIN, PERSIST_RO_VARIABLES_ADMIN") + (version >= 80400 ? ", OPTIMIZE_LOCAL_TABLE" : "")}};
    std::vector<std::string> all;
    for (const auto &[use, rights] : uses) {
        const std::string account = local(roleName(config, use));
        all.push_back("CREATE USER IF NOT EXISTS " + account + " IDENTIFIED WITH auth_socket AS '" + user + "'");
        all.push_back("GRANT " + rights + " ON *.* TO " + account);
    }
    all.push_back("GRANT SELECT ON performance_schema.events_errors_summary_global_by_error TO " + local(roleName(config, Account::Watch)));
    // a new server's root has no password: from now on it is the OS user's
    all.push_back("CREATE USER IF NOT EXISTS root@localhost IDENTIFIED WITH auth_socket AS 'root'");
    all.push_back("GRANT ALL PRIVILEGES ON *.* TO root@localhost WITH GRANT OPTION");
    return all;
}

constexpr const char *setupAccount = "zandb_setup";

Result<void> runAll(SqlClient &client, const std::vector<std::string> &statements)
{
    for (const std::string &statement : statements) {
        if (const auto done = client.query(statement); !done)
            return fail(done.error());
    }
    return {};
}

} // namespace

Result<std::string> makeSetupAccount(SqlClient &client, const Config &config)
{
    const std::string account = local(setupAccount);
    std::vector<std::string> statements{"FLUSH PRIVILEGES", "DROP USER IF EXISTS " + account, "CREATE USER " + account, "GRANT ALL PRIVILEGES ON *.* TO " + account + " WITH GRANT OPTION"};
    if (client.isMariaDb()) {
        // only a role's administrators may give it away, and those of the copy are the original's
        std::string roles;
        for (const Account use : {Account::Watch, Account::Backup, Account::Explain, Account::Maint})
            roles += (roles.empty() ? "" : ", ") + client.quote(roleName(config, use));
        statements.push_back("INSERT INTO mysql.roles_mapping (Host, User, Role, Admin_option) SELECT 'localhost', '" + std::string(setupAccount)
                             + "', User, 'Y' FROM mysql.user WHERE is_role = 'Y' AND User IN (" + roles + ")");
        statements.push_back("FLUSH PRIVILEGES");
    }
    auto done = runAll(client, statements);
    return done ? Result<std::string>(setupAccount) : Result<std::string>(fail(done.error()));
}

Result<void> dropSetupAccount(SqlClient &client)
{
    return runAll(client, {"DROP USER " + local(setupAccount)});
}

Result<void> makeAccounts(SqlClient &client, const Config &config)
{
    std::vector<std::string> statements{"SET SESSION sql_log_bin = 0"};
    if (client.isMariaDb()) {
        for (std::string &one : mariaDbAccounts(config))
            statements.push_back(std::move(one));
    } else {
        for (const auto &[plugin, library] : {std::pair{"auth_socket", "auth_socket.so"}, std::pair{"clone", "mysql_clone.so"}}) {
            // a copy's private server loads only what its command line names
            const auto listed = client.value(std::string("SELECT COUNT(*) FROM mysql.plugin WHERE name = '") + plugin + "'");
            const auto loaded = client.value(std::string("SELECT COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_NAME = '") + plugin + "' AND PLUGIN_STATUS = 'ACTIVE'");
            if (!listed || !loaded)
                return fail(listed ? loaded.error() : listed.error());
            if (listed->value_or("0") != "0")
                continue;
            if (loaded->value_or("0") == "0")
                statements.push_back(std::string("INSTALL PLUGIN ") + plugin + " SONAME '" + library + "'");
            else
                statements.push_back(std::string("INSERT INTO mysql.plugin (name, dl) VALUES ('") + plugin + "', '" + library + "')");
        }
        for (std::string &one : mySqlAccounts(config, client.versionNumber(), userName()))
            statements.push_back(std::move(one));
        const auto open = client.value("SELECT COUNT(*) FROM mysql.user WHERE User = 'root' AND Host = 'localhost' AND plugin <> 'auth_socket' AND authentication_string = ''");
        if (!open)
            return fail(open.error());
        if (open->value_or("0") != "0")
            statements.push_back("ALTER USER root@localhost IDENTIFIED WITH auth_socket AS 'root'");
    }
    return runAll(client, statements);
}

} // namespace zandb::agent
