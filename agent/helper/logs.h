// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/helper/trust.h"
#include "agent/os/files.h"

/// Logs of servers that the agent may not read or rename itself, like those in Debian's /var/log/mysql (mysql:adm 2750).
///
/// Which files these are only the server says: it is asked over its socket, and must be who listens there.  A log is a regular file
/// of the server's own user with one name, which ends in .log or .err, in a directory that nobody but root, the server and its group
/// may change; no link leads to it.  So neither the agent nor who may set a server's variables gets a file that is no log.
namespace zandb::agent {

enum class ServerLog { Slow, Error };

/// An open directory, and a log's name in it.
struct LogPlace
{
    std::filesystem::path path; ///< the whole
    FileDescriptor directory;
    std::string name;
};

/// Where the server writes this log, by its own words, checked.  Asks in a child process that has become the agent's user, whose
/// accounts the server knows, and that nobody can trace.  Errors: helper.refused (it writes none to a file, or not to one that passes the
/// rules above), io.failed, instance.*.
Result<LogPlace> findServerLog(const Config &config, const LocalInstance &instance, const OsUser &server, const OsUser &agent, ServerLog log);

/// NAME for 0, else NAME.number: what rotation has made of it.
std::string rotatedName(const std::string &name, std::int64_t number);
/// For reading.  Errors: helper.refused, io.failed.
Result<FileDescriptor> openLog(const LogPlace &place, const OsUser &server, std::int64_t number);
/// From one number to another that is free; never over a file that is there.  Errors: helper.refused, io.failed.
Result<void> renameLog(const LogPlace &place, const OsUser &server, std::int64_t from, std::int64_t to);
/// Removes a rotated log, never the one the server writes.  Errors: helper.refused, io.failed.
Result<void> removeLog(const LogPlace &place, const OsUser &server, std::int64_t number);

} // namespace zandb::agent
