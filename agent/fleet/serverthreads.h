// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// What the process lists of MySQL and MariaDB say of sessions that are nobody's.  Pure.
namespace zandb::agent {

enum class ServerThread {
    No,            ///< a session of people or programs, or of the agent
    Replication,   ///< an applier or a receiver (Galera's and Group Replication's too), or one that streams the binlog
    System,        ///< the server's own thread or account, and who has not logged in yet
    EventScheduler ///< the scheduler, or on MySQL an event of its
};
/// `thread`: as in performance_schema.threads; empty: not known.
ServerThread serverThreadOf(std::string_view user, std::string_view command, std::string_view thread = {});

} // namespace zandb::agent
