// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testserver.h"

/// A replica on its way behind a primary.
namespace zandb::test {

/// Makes one server replicate from another, from an empty binlog position of GTIDs on.  False: lastError() of the one that failed.
inline bool replicate(TestServer &primary, TestServer &replica)
{
    const std::string port = std::to_string(primary.port());
    if (!primary.exec({"CREATE USER repl@'%' IDENTIFIED BY 'secret'", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'"}))
        return false;
    if (replica.flavour() == Flavour::MariaDb)
        return replica.exec({"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + port + ", MASTER_USER='repl', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos",
                             "START SLAVE"});
    return replica.exec({"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=" + port
                             + ", SOURCE_USER='repl', SOURCE_PASSWORD='secret', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1",
                         "START REPLICA"});
}

} // namespace zandb::test
