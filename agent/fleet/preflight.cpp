// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/preflight.h"

#include "agent/fleet/grants.h"
#include "agent/fleet/preflightfiles.h"
#include "agent/privileged/client.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace zandb::agent {
namespace {

/// A right of an account on the whole server.
struct Right
{
    std::string_view name;      ///< of the check, after the prefix
    std::string_view privilege; ///< as GRANT spells it
    std::string_view trial;     ///< a harmless statement that fails without it; empty: none
};

constexpr std::string_view tablespacesMariaDb = "SELECT 1 FROM information_schema.INNODB_SYS_TABLESPACES LIMIT 1";
constexpr std::string_view tablespacesMySql = "SELECT 1 FROM information_schema.INNODB_TABLESPACES LIMIT 1";

// MariaDB: one account for everything.  PROCESS: threads of others, tablespaces.  RELOAD, LOCK TABLES: the locks of
// mariadb-backup and of dumps.  SELECT: every table, and mysql.* for accounts.sql.
constexpr Right mariaDbRights[] = {
    {"process", "PROCESS", tablespacesMariaDb},
    {"binlog_monitor", "BINLOG MONITOR", "SHOW BINARY LOGS"},
    {"replica_monitor", "REPLICA MONITOR", "SHOW ALL SLAVES STATUS"},
    {"reload", "RELOAD", ""},
    {"lock_tables", "LOCK TABLES", ""},
    {"select", "SELECT", "SELECT 1 FROM mysql.global_priv LIMIT 1"},
    {"show_view", "SHOW VIEW", ""},
    {"event", "EVENT", ""},
    {"trigger", "TRIGGER", ""},
};

constexpr Right mySqlWatchRights[] = {
    {"process", "PROCESS", tablespacesMySql},
    {"replication_client", "REPLICATION CLIENT", "SHOW BINARY LOGS"},
};

constexpr Right mySqlBackupRights[] = {
    {"process", "PROCESS", tablespacesMySql},
    {"replication_client", "REPLICATION CLIENT", "SHOW BINARY LOGS"},
    {"reload", "RELOAD", ""},
    {"lock_tables", "LOCK TABLES", ""},
    {"select", "SELECT", "SELECT 1 FROM mysql.user LIMIT 1"},
    {"show_view", "SHOW VIEW", ""},
    {"event", "EVENT", ""},
    {"trigger", "TRIGGER", ""},
    {"backup_admin", "BACKUP_ADMIN", ""},
    {"show_routine", "SHOW_ROUTINE", ""},
};

// Plans and reads of a person's statements: nothing that writes, and no function that might.
constexpr Right explainRights[] = {
    {"select", "SELECT", ""},
    {"show_view", "SHOW VIEW", ""},
};
constexpr std::string_view notForExplain[] = {"EXECUTE", "FILE", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "SUPER"};

// A person's statements that the guard lets through: housekeeping, indexes, bounded changes of rows, variables, replication.  Whoever
// makes accounts with it grants CREATE USER beside these.
constexpr Right mariaDbMaintRights[] = {
    {"select", "SELECT", ""},
    {"insert", "INSERT", ""},
    {"update", "UPDATE", ""},
    {"delete", "DELETE", ""},
    {"create", "CREATE", ""},
    {"alter", "ALTER", ""},
    {"index", "INDEX", ""},
    {"process", "PROCESS", tablespacesMariaDb},
    {"reload", "RELOAD", ""},
    {"binlog_monitor", "BINLOG MONITOR", "SHOW BINARY LOGS"},
    {"replica_monitor", "REPLICA MONITOR", "SHOW ALL SLAVES STATUS"},
    {"connection_admin", "CONNECTION ADMIN", ""},
    {"replication_slave_admin", "REPLICATION SLAVE ADMIN", ""},
    {"read_only_admin", "READ_ONLY ADMIN", ""},
    {"super", "SUPER", ""}, // SET GLOBAL of most variables
};

constexpr Right mySqlMaintRights[] = {
    {"select", "SELECT", ""},
    {"insert", "INSERT", ""},
    {"update", "UPDATE", ""},
    {"delete", "DELETE", ""},
    {"create", "CREATE", ""},
    {"alter", "ALTER", ""},
    {"index", "INDEX", ""},
    {"process", "PROCESS", tablespacesMySql},
    {"reload", "RELOAD", ""},
    {"replication_client", "REPLICATION CLIENT", "SHOW BINARY LOGS"},
    {"connection_admin", "CONNECTION_ADMIN", ""},
    {"replication_slave_admin", "REPLICATION_SLAVE_ADMIN", ""},
    {"system_variables_admin", "SYSTEM_VARIABLES_ADMIN", ""},
};

std::string_view wordOf(Account use)
{
    switch (use) {
    case Account::Watch:
        return "watch";
    case Account::Backup:
        return "backup";
    case Account::Explain:
        return "explain";
    case Account::Maint:
        break;
    }
    return "maint";
}

std::string quotedAccount(const std::string &account)
{
    return "`" + account + "`@`localhost`";
}

/// `grantee` as GRANT spells it, quoted.
std::string grantStatement(const std::vector<std::string> &privileges, const std::string &grantee)
{
    std::string list;
    for (const std::string &privilege : privileges)
        list += (list.empty() ? "" : ", ") + privilege;
    return "GRANT " + list + " ON *.* TO " + grantee + ";";
}

std::string osUser(uid_t uid = geteuid(), const char *otherwise = "zandb")
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[4096];
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return found->pw_name;
    return otherwise;
}

std::string ownerOf(const std::filesystem::path &path)
{
    struct stat info{};
    return stat(path.c_str(), &info) == 0 ? osUser(info.st_uid, "mysql") : "mysql";
}

std::string detailOf(const Error &error)
{
    const auto it = error.fields.find("detail");
    return it == error.fields.end() ? describe(error) : it->second;
}

class Preflight
{
public:
    Preflight(const Config &config, const LocalInstance &instance) : m_config(config), m_instance(instance) { }

    std::vector<wire::PreflightCheck> run()
    {
        const auto greeting = greet(m_instance);
        std::optional<bool> mariaDb;
        std::string version;
        if (greeting) {
            mariaDb = greeting->isMariaDb();
            version = greeting->version;
            add("server.answers", true, version);
            if (*mariaDb) {
                // one account on MariaDB, so one login; both names stand so that a reader need not know the flavour
                checkAccount(Account::Backup, "mariadb.", mariaDbRights, true);
                add("login.watch", m_checks[1].ok, m_checks[1].detail, m_checks[1].remedy);
                if (m_checks[1].ok) {
                    checkAccount(Account::Explain, "mariadb.explain.", explainRights, true);
                    checkAccount(Account::Maint, "mariadb.maint.", mariaDbMaintRights, true);
                }
            } else {
                checkAccount(Account::Watch, "mysql.watch.", mySqlWatchRights, false);
                checkAccount(Account::Backup, "mysql.backup.", mySqlBackupRights, false);
                checkAccount(Account::Explain, "mysql.explain.", explainRights, false);
                checkAccount(Account::Maint, "mysql.maint.", mySqlMaintRights, false);
            }
        } else {
            add("server.answers", false, detailOf(greeting.error()),
                m_instance.port > 0 && !m_instance.directory.empty() ? "systemctl start mysql@" + std::to_string(m_instance.port)
                                                                     : "start the server that owns " + m_instance.socket.string());
        }
        preflightFiles(m_config, m_instance, mariaDb, version, m_checks);
        return std::move(m_checks);
    }

private:
    void add(std::string name, bool ok, std::string detail, std::string remedy = {})
    {
        m_checks.push_back({std::move(name), ok, std::move(detail), ok ? std::string() : std::move(remedy)});
    }

    template<std::size_t N>
    void checkAccount(Account use, const std::string &prefix, const Right (&rights)[N], bool mariaDb)
    {
        const std::string &account = accountName(m_config, use, mariaDb);
        const std::string login = "login." + std::string(wordOf(use));
        auto client = SqlClient::connect(m_instance.name, m_instance.socket, account, std::chrono::seconds{5}, std::chrono::seconds{5});
        if (!client) {
            addNoLogin(login, account, namesOf(rights), mariaDb, detailOf(client.error()));
            return;
        }
        SqlClient &link = **client;
        // what a role holds is granted to the role; set-ups from before there were roles have all of it at the account
        std::string grantee = quotedAccount(account);
        if (mariaDb) {
            const std::string &role = roleName(m_config, use);
            if (const auto taken = takeRole(link, m_config, m_instance.name, use); !taken) {
                add(login, false, "the role " + role + " is not granted to " + account + "@localhost", roleStatements(role, namesOf(rights), account));
                return;
            }
            if (link.value("SELECT CURRENT_ROLE()").value_or(std::nullopt) == role)
                grantee = "`" + role + "`";
        }
        add(login, true, account + "@localhost" + (grantee == quotedAccount(account) ? "" : ", role " + roleName(m_config, use)));
        const auto grants = Grants::read(link);
        const bool binlogOn = link.value("SELECT @@log_bin").value_or(std::nullopt).value_or("0") != "0";
        for (const Right &right : rights) {
            if (right.privilege == "SHOW_ROUTINE" && link.versionNumber() < 80020)
                continue;
            checkRight(link, grantee, prefix, right, grants, binlogOn);
        }
        if (use == Account::Explain && grants)
            checkReadsOnly(*grants, grantee, prefix);
        if (!mariaDb && use == Account::Watch)
            checkKilled(link, grantee, prefix);
        if (!mariaDb && use == Account::Backup)
            checkClone(link);
        else if (mariaDb && use == Account::Backup && needsHelper(m_config, m_instance.dataDirectory)) {
            checkHelperAccount(link);
            // mariadb-backup is another account's then, and may have to be ended when it holds others up
            checkRight(link, grantee, prefix, {"connection_admin", "CONNECTION ADMIN", ""}, grants, binlogOn);
        }
    }

    template<std::size_t N>
    static std::vector<std::string> namesOf(const Right (&rights)[N])
    {
        std::vector<std::string> names;
        for (const Right &right : rights)
            names.emplace_back(right.privilege);
        return names;
    }

    static std::string roleStatements(const std::string &role, const std::vector<std::string> &privileges, const std::string &account)
    {
        return "CREATE ROLE IF NOT EXISTS `" + role + "`; " + grantStatement(privileges, "`" + role + "`") + " GRANT `" + role + "` TO "
            + quotedAccount(account) + ";";
    }

    void addNoLogin(const std::string &login, const std::string &account, const std::vector<std::string> &privileges, bool mariaDb, std::string detail)
    {
        const std::string remedy = mariaDb
            ? "CREATE USER IF NOT EXISTS " + quotedAccount(account) + " IDENTIFIED VIA unix_socket; "
            : "INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'; CREATE USER IF NOT EXISTS " + quotedAccount(account)
                + " IDENTIFIED WITH auth_socket AS '" + osUser() + "'; ";
        // MariaDB ignores the name behind AS
        if (mariaDb && account != osUser())
            detail += " (MariaDB lets an OS user in only under its own name: the agent runs as " + osUser() + ", the account is " + account + ")";
        add(login, false, std::move(detail), remedy + grantStatement(privileges, quotedAccount(account)));
    }

    /// What others than policies have killed is counted by MySQL in a table that PROCESS does not open.
    void checkKilled(SqlClient &link, const std::string &grantee, const std::string &prefix)
    {
        const std::string table = "performance_schema.events_errors_summary_global_by_error";
        const auto tried = link.query("SELECT 1 FROM " + table + " LIMIT 1");
        add(prefix + "killed_by_others", tried.has_value(), tried ? "granted, and tried" : detailOf(tried.error()), "GRANT SELECT ON " + table + " TO " + grantee + ";");
    }

    /// Whoever reads for a person must not be able to write, whatever the text says.
    void checkReadsOnly(const Grants &grants, const std::string &grantee, const std::string &prefix)
    {
        std::string tooMuch;
        for (const std::string_view privilege : notForExplain) {
            if (grants.has(privilege))
                tooMuch += (tooMuch.empty() ? "" : ", ") + std::string(privilege);
        }
        add(prefix + "reads_only", tooMuch.empty(), tooMuch.empty() ? "nothing that writes is granted on *.*" : tooMuch + " is granted on *.*",
            "REVOKE " + tooMuch + " ON *.* FROM " + grantee + ";");
    }

    void checkRight(SqlClient &link, const std::string &grantee, const std::string &prefix, const Right &right,
                    const Result<Grants> &grants, bool binlogOn)
    {
        const std::string privilege(right.privilege), name = prefix + std::string(right.name);
        bool ok = grants && grants->has(privilege);
        std::string detail = !grants ? detailOf(grants.error()) : ok ? "granted" : privilege + " is not granted on *.*";
        std::string remedy = grantStatement({privilege}, grantee);
        // the server's own word counts more than what the grants seem to say
        if (!right.trial.empty() && (binlogOn || right.trial != "SHOW BINARY LOGS")) {
            const auto tried = link.query(std::string(right.trial));
            if (!tried) {
                ok = false;
                detail = detailOf(tried.error());
            } else if (right.privilege != "SELECT") {
                detail = ok ? "granted, and tried" : "tried with success";
                ok = true;
            }
        }
        if (const auto revoked = grants ? grants->revokedOn(privilege) : std::vector<std::string>{}; ok && !revoked.empty()) {
            ok = false;
            detail = privilege + " is revoked on";
            remedy.clear();
            for (const std::string &schema : revoked) {
                detail += " " + schema;
                remedy += (remedy.empty() ? "" : " ") + ("GRANT " + privilege + " ON " + schema + ".* TO " + grantee + ";");
            }
        }
        add(name, ok, std::move(detail), std::move(remedy));
    }

    /// mariadb-backup runs as the server's own user then, and MariaDB lets a user in only under its own name.
    void checkHelperAccount(SqlClient &link)
    {
        const std::string account = ownerOf(m_instance.dataDirectory);
        const auto found = link.value("SELECT COUNT(*) FROM mysql.global_priv WHERE Host = 'localhost' AND User = " + link.quote(account)
                                      + " AND Priv LIKE '%unix_socket%'");
        const bool ok = found && *found && **found != "0";
        add("helper.account", ok, ok ? account + "@localhost" : found ? account + "@localhost has no login by unix_socket" : detailOf(found.error()),
            "CREATE USER IF NOT EXISTS " + quotedAccount(account) + " IDENTIFIED VIA unix_socket; "
                + grantStatement({"RELOAD", "PROCESS", "LOCK TABLES", "BINLOG MONITOR", "REPLICA MONITOR"}, quotedAccount(account)));
    }

    /// Physical backups of MySQL are clones.
    void checkClone(SqlClient &link)
    {
        const auto status = link.value("SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'");
        const std::string word = status ? (*status).value_or("not installed") : detailOf(status.error());
        add("mysql.backup.clone_plugin", word == "ACTIVE", word, "INSTALL PLUGIN clone SONAME 'mysql_clone.so';");
    }

    const Config &m_config;
    const LocalInstance &m_instance;
    std::vector<wire::PreflightCheck> m_checks;
};

} // namespace

std::vector<wire::PreflightCheck> preflight(const Config &config, const LocalInstance &instance)
{
    return Preflight(config, instance).run();
}

} // namespace zandb::agent
