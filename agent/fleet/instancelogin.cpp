// SPDX-License-Identifier: GPL-3.0-or-later
// Apart from instances.cpp, so that a program that only looks for instances needs no client library.
#include "agent/fleet/instances.h"
#include "agent/fleet/ownsessions.h"

namespace zandb::agent {

const std::string &accountName(const Config &config, Account account, bool mariaDb)
{
    if (mariaDb)
        return config.mariadbAccount;
    return account == Account::Watch ? config.mysqlWatchAccount : config.mysqlBackupAccount;
}

Result<std::unique_ptr<SqlClient>> connectTo(const Config &config, const LocalInstance &instance, Account account,
                                             std::chrono::seconds timeout, std::chrono::seconds readTimeout)
{
    const auto greeting = greet(instance, timeout);
    if (!greeting)
        return fail(greeting.error());
    auto client = SqlClient::connect(instance.name, instance.socket, accountName(config, account, greeting->isMariaDb()), timeout, readTimeout);
    if (!client)
        return client;
    if (const auto marked = (*client)->query("USE " + std::string(ownSchema)); !marked && marked.error().is(errors::instanceDown))
        return fail(marked.error());
    return client;
}

} // namespace zandb::agent
