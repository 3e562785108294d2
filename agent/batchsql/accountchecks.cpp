// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/accountchecks.h"

#include <algorithm>
#include <array>

namespace zandb::agent {
namespace {

using rules::GuardAccount;
using Act = rules::GuardSubject::AccountAct;

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> list)
{
    return std::ranges::find(list, word) != list.end();
}

std::string shown(const GuardAccount &account)
{
    return account.user + '@' + (account.host.empty() ? "%" : account.host);
}

/// "User='u' AND Host IN ('%')": without a host it means '%', or a role.
std::string isAccount(SqlClient &client, const GuardAccount &account)
{
    return "User=" + client.quote(account.user) + " AND Host " + (account.host.empty() ? std::string("IN ('%', '')") : "=" + client.quote(account.host));
}

bool isOwn(const Config &config, bool mariaDb, const GuardAccount &account)
{
    return std::ranges::any_of(std::array{Account::Watch, Account::Backup, Account::Explain, Account::Maint},
                               [&](Account one) { return account.user == accountName(config, one, mariaDb) || account.user == roleName(config, one); });
}

bool isOfServer(const std::string &user)
{
    return isOneOf(user, {"root", "mysql", "mariadb.sys"}) || user.starts_with("mysql.");
}

/// Whether all objects that have a definer can be seen.
Result<bool> seesDefiners(SqlClient &client, const Config &config)
{
    const auto grantee = [&](const std::string &name) { return "GRANTEE LIKE " + client.quote("'" + name + "'@%"); };
    const auto count = client.value("SELECT COUNT(DISTINCT PRIVILEGE_TYPE) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('SHOW VIEW', 'TRIGGER', 'EVENT') AND ("
                                    + grantee(roleName(config, Account::Backup)) + " OR " + grantee(accountName(config, Account::Backup, client.isMariaDb())) + ")");
    if (!count)
        return fail(count.error());
    return *count == "3";
}

Result<Refusal> checkDefiner(SqlClient &client, const Config &config, const GuardAccount &account)
{
    const auto sees = seesDefiners(client, config);
    if (!sees)
        return fail(sees.error());
    if (!*sees)
        return Refusal{"accounts_unchecked", "the account for backups lacks SHOW VIEW, TRIGGER or EVENT, so definers cannot be seen"};
    const std::string is = "=" + client.quote(shown(account));
    const auto first = client.value("SELECT name FROM (SELECT CONCAT('view ', TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.VIEWS WHERE DEFINER" + is
                                    + " UNION ALL SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_SCHEMA, '.', ROUTINE_NAME) FROM information_schema.ROUTINES WHERE DEFINER" + is
                                    + " UNION ALL SELECT CONCAT('trigger ', TRIGGER_SCHEMA, '.', TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE DEFINER" + is
                                    + " UNION ALL SELECT CONCAT('event ', EVENT_SCHEMA, '.', EVENT_NAME) FROM information_schema.EVENTS WHERE DEFINER" + is + ") AS objects LIMIT 1");
    if (!first)
        return fail(first.error());
    return *first ? Refusal{"definer", shown(account) + " defines " + **first} : Refusal{};
}

/// Whether somebody who may make accounts and pass on rights is left without these.
Result<Refusal> checkAdministrators(SqlClient &client, const std::vector<GuardAccount> &accounts)
{
    std::string taken;
    for (const GuardAccount &account : accounts)
        taken += (taken.empty() ? "(" : " OR (") + isAccount(client, account) + ')';
    const std::string administers = "Grant_priv='Y' AND Create_user_priv='Y' AND Select_priv='Y'";
    const auto takes = client.value("SELECT COUNT(*) FROM mysql.user WHERE " + administers + " AND (" + taken + ")");
    if (!takes)
        return fail(takes.error());
    if (*takes == "0")
        return Refusal{};
    const auto others = client.value("SELECT COUNT(*) FROM mysql.user WHERE " + administers + " AND NOT (" + taken + ") AND User NOT LIKE 'mysql.%' AND User <> 'mariadb.sys'");
    if (!others)
        return fail(others.error());
    return *others == "0" ? Refusal{"last_administrator", "nobody else could make accounts and grant rights"} : Refusal{};
}

Result<Refusal> checkLogin(SqlClient &client, const GuardAccount &account)
{
    const auto safe = client.value("SELECT COUNT(*) FROM mysql.user WHERE " + isAccount(client, account)
                                   + " AND (plugin IN ('auth_socket', 'unix_socket') OR COALESCE(authentication_string, '') <> '')");
    if (!safe)
        return fail(safe.error());
    return *safe == "0" ? Refusal{"no_password", shown(account) + " has neither a password nor a login by socket"} : Refusal{};
}

Result<Refusal> checkExists(SqlClient &client, const GuardAccount &account)
{
    const auto count = client.value("SELECT COUNT(*) FROM mysql.user WHERE " + isAccount(client, account));
    if (!count)
        return fail(count.error());
    return *count == "0" ? Refusal{"no_account", shown(account) + " does not exist"} : Refusal{};
}

} // namespace

Result<Refusal> checkAccounts(SqlClient &client, const Config &config, const rules::GuardSubject &subject)
{
    for (const std::string &privilege : subject.privileges) {
        if (isOneOf(privilege, {"RELOAD", "REPLICATION SLAVE", "EVENT", "TRIGGER"}))
            return Refusal{"second_person", privilege};
    }
    const bool takesAway = subject.accountAct == Act::Drop || subject.accountAct == Act::Revoke || (subject.accountAct == Act::Alter && !subject.unlocks);
    for (const GuardAccount &account : subject.accounts) {
        if (isOwn(config, client.isMariaDb(), account))
            return Refusal{"own_account", shown(account)};
        if (isOfServer(account.user) && subject.accountAct != Act::Grant)
            return Refusal{"protected_account", shown(account)};
        Result<Refusal> refusal = Refusal{};
        if (subject.accountAct == Act::Grant)
            refusal = checkExists(client, account);
        if (refusal && !*refusal && subject.unlocks)
            refusal = checkLogin(client, account);
        if (refusal && !*refusal && takesAway)
            refusal = checkDefiner(client, config, account);
        if (!refusal || *refusal)
            return refusal;
    }
    return takesAway ? checkAdministrators(client, subject.accounts) : Result<Refusal>(Refusal{});
}

} // namespace zandb::agent
