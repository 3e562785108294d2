// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/serverthreads.h"

namespace zandb::agent {

ServerThread serverThreadOf(std::string_view user, std::string_view command, std::string_view thread)
{
    const auto has = [&](std::string_view word) { return thread.find(word) != thread.npos; };
    if (user == "event_scheduler" || has("event_"))
        return ServerThread::EventScheduler;
    if (command.starts_with("Binlog Dump") || command.starts_with("Slave") || command.starts_with("Replica") || command.starts_with("Register")
        || command == "Table Dump" || command.starts_with("Group Replication") || has("replica") || has("slave"))
        return ServerThread::Replication;
    if (command == "Daemon" || user.empty() || user == "unauthenticated user" || user.starts_with("mysql.") || user == "mariadb.sys"
        || (!thread.empty() && thread != "thread/sql/one_connection" && !has("thread_pool")))
        return ServerThread::System;
    // appliers are "system user" on both servers; MySQL's and Galera's have no command of their own
    return user == "system user" ? ServerThread::Replication : ServerThread::No;
}

} // namespace zandb::agent
