// SPDX-License-Identifier: GPL-3.0-or-later
// Apart from instances.cpp, so that a program that only looks for instances needs no client library.
#include "agent/fleet/instances.h"
#include "agent/fleet/ownsessions.h"
#include "agent/fleet/sqlparts.h"
#include "agent/protocol/errors.h"

namespace zandb::agent {

namespace {

const std::string explainAccount = "explain";
const std::string maintAccount = "maint";

} // namespace

const std::string &roleName(const Config &config, Account account)
{
    switch (account) {
    case Account::Watch:
        return config.mysqlWatchAccount;
    case Account::Backup:
        return config.mysqlBackupAccount;
    case Account::Explain:
        return explainAccount;
    case Account::Maint:
        break;
    }
    return maintAccount;
}

const std::string &accountName(const Config &config, Account account, bool mariaDb)
{
    return mariaDb ? config.mariadbAccount : roleName(config, account);
}

Result<void> takeRole(SqlClient &client, const Config &config, const std::string &instance, Account account)
{
    if (!client.isMariaDb())
        return {};
    const std::string &role = roleName(config, account); // of letters, digits, '_', '.' and '-'
    const auto taken = client.query("SET ROLE `" + role + "`");
    if (taken)
        return {};
    if (serverErrno(taken.error()) != 1959) // no such role, or not granted
        return fail(taken.error());
    if (account == Account::Watch || account == Account::Backup)
        return {};
    return fail(errors::notPermitted, {{"instance", instance},
                                       {"account", config.mariadbAccount},
                                       {"right", "role " + role},
                                       {"remedy", "GRANT `" + role + "` TO `" + config.mariadbAccount + "`@`localhost`;"}});
}

Result<std::unique_ptr<SqlClient>> connectTo(const Config &config, const LocalInstance &instance, Account account,
                                             std::chrono::seconds timeout, std::chrono::seconds readTimeout, std::size_t maxRow)
{
    const auto greeting = greet(instance, timeout);
    if (!greeting)
        return fail(greeting.error());
    auto client = SqlClient::connect(instance.name, instance.socket, accountName(config, account, greeting->isMariaDb()), timeout, readTimeout, maxRow);
    if (!client)
        return client;
    if (auto role = takeRole(**client, config, instance.name, account); !role)
        return fail(role.error());
    if (const auto marked = (*client)->query("USE " + std::string(ownSchema)); !marked && marked.error().is(errors::instanceDown))
        return fail(marked.error());
    return client;
}

} // namespace zandb::agent
