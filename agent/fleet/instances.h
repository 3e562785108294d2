// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/protocol/fleet.h"
#include "agent/runtime/config.h"

namespace zandb::agent {

/// Where one server lives on this host.
struct LocalInstance
{
    std::string name;                     ///< "my3306" or the adopted name
    int port = 0;
    std::filesystem::path directory;      ///< BASE/my3306; empty for adopted ones
    std::filesystem::path dataDirectory;
    std::filesystem::path logDirectory;
    std::filesystem::path socket;
    std::filesystem::path myCnf;
};

/// Instances of the standard layout (BASE/myPORT with a my.cnf) and adopted ones, by name.  Reads directories only.
std::vector<LocalInstance> findInstances(const Config &config);
/// 3306 of "my3306"; 0 for anything else.
int portOfName(std::string_view name);
/// Errors: instance.unknown.
Result<LocalInstance> findInstance(const Config &config, std::string_view name);

/// Which account to use for what.  On MariaDB all of them are the one account, and each is a role that it takes.
enum class Account {
    Watch,   ///< states and figures
    Backup,  ///< everything that backups read
    Explain, ///< plans and reads of a person's statements: SELECT, without EXECUTE or FILE
    Maint    ///< a person's statements that the guard lets through
};
/// Connects with the right account: the server's greeting says which flavour it is, so that no login fails in vain.
/// Errors: instance.down, instance.access, those of takeRole().
Result<std::unique_ptr<SqlClient>> connectTo(const Config &config, const LocalInstance &instance, Account account,
                                             std::chrono::seconds timeout = std::chrono::seconds{5},
                                             std::chrono::seconds readTimeout = std::chrono::seconds{30}, std::size_t maxRow = 1u << 30);
/// Takes the use's role, on MariaDB; from then on only the rights of that role count, and those granted to the account itself.  Where
/// there is no such role the account's own rights have to do for Watch and Backup, as with set-ups from before there were
/// roles.  Errors: instance.not_permitted (the account has no role for it), instance.down, sql.failed.
Result<void> takeRole(SqlClient &client, const Config &config, const std::string &instance, Account account);
/// What a server says of itself before any login.
struct Greeting
{
    std::string version; ///< "10.11.19-MariaDB-0+deb12u1", "9.7.4"
    bool isMariaDb() const { return version.find("MariaDB") != std::string::npos; }
};
/// Reads the greeting and hangs up (the server counts an aborted connect).  Errors: instance.down.
Result<Greeting> greet(const LocalInstance &instance, std::chrono::seconds timeout = std::chrono::seconds{5});
/// The name of MySQL's account for this use, which is that of MariaDB's role.
const std::string &roleName(const Config &config, Account account);
/// The name of the account for this use on a server of this flavour.
const std::string &accountName(const Config &config, Account account, bool mariaDb);

} // namespace zandb::agent
