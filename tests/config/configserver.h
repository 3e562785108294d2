// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/config/change.h"
#include "tests/support/testserver.h"

#include <fstream>

#include <pwd.h>
#include <unistd.h>

namespace zandb::test {

inline std::string content(const std::filesystem::path &file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::filesystem::path &file, const std::string &text)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

/// The account of packaging/HOST.md that changes configurations.
inline std::vector<std::string> maintAccount(bool mariaDb, const std::string &user)
{
    if (mariaDb)
        return {"CREATE USER IF NOT EXISTS " + user + "@localhost IDENTIFIED VIA unix_socket", "CREATE ROLE maint",
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, BINLOG MONITOR, REPLICA MONITOR, CONNECTION ADMIN, REPLICATION SLAVE ADMIN, READ_ONLY ADMIN, SUPER ON *.* TO maint",
                "GRANT maint TO " + user + "@localhost"};
    return {"CREATE USER IF NOT EXISTS maint@localhost IDENTIFIED WITH auth_socket AS '" + user + "'",
            "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, REPLICATION CLIENT, CONNECTION_ADMIN, REPLICATION_SLAVE_ADMIN, SYSTEM_VARIABLES_ADMIN, PERSIST_RO_VARIABLES_ADMIN "
            "ON *.* TO maint@localhost"};
}

/// A configuration of an agent beside this server.
inline agent::Config configFor(const std::filesystem::path &base, const std::filesystem::path &state)
{
    agent::Config config;
    config.mariadbAccount = getpwuid(geteuid())->pw_name;
    config.base = base;
    config.host = "db1";
    config.stateDirectory = state;
    if (const char *root = std::getenv("ZANDB_MYSQL_ROOT"))
        config.mysqlTools = std::filesystem::path(root) / "bin.d";
    return config;
}

} // namespace zandb::test
