// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

struct st_mysql;

namespace zandb::agent {

using SqlRow = std::vector<std::optional<std::string>>; ///< nullopt is NULL

struct SqlResult
{
    std::vector<std::string> columns;
    std::vector<SqlRow> rows;
    /// Value of the named column in a row; nullopt when NULL or absent.  Column names compare without case.
    std::optional<std::string> value(std::size_t row, std::string_view column) const;
};

/// One connection over an instance's local socket (libmariadb's C API), text protocol.  Not thread-safe; calls block.
/// LOAD DATA LOCAL and multi-statements are off; the session's time zone is +00:00, and it may be idle for a week.
class SqlClient
{
public:
    /// `timeout` bounds connecting, `readTimeout` each wait for an answer (a statement that says nothing for longer
    /// ends as instance.down; the connection is then of no further use), `maxRow` the bytes of one row.
    /// Errors: instance.down (socket absent or refused, server starting), instance.access (account refused).
    static Result<std::unique_ptr<SqlClient>> connect(const std::string &instance, const std::filesystem::path &socket,
                                                      const std::string &account,
                                                      std::chrono::seconds timeout = std::chrono::seconds{5},
                                                      std::chrono::seconds readTimeout = std::chrono::seconds{30},
                                                      std::size_t maxRow = 1u << 30);
    ~SqlClient();
    /// Errors: instance.not_permitted (1044, 1045, 1095, 1142, 1143, 1227, 1370), instance.down (connection lost), else
    /// sql.failed with errno.
    Result<SqlResult> query(const std::string &sql);
    /// What query() would answer after the failure of the last call on native().
    Error lastError() const;
    /// For calls of the C API that this class does not have, like reading a result row by row.  Its own; never closed.
    st_mysql *native() const;
    /// First column of the first row; nullopt when there is no row or it is NULL.
    Result<std::optional<std::string>> value(const std::string &sql);
    bool isMariaDb() const;
    std::string version() const;      ///< as the server says, e.g. "10.11.19-MariaDB-0+deb12u1"
    int versionNumber() const;        ///< 101119, 90704
    std::uint64_t connectionId() const;
    /// The process that listens at the socket: the server, or systemd where it made the socket.  0 when that cannot be
    /// told, as for a server in another pid namespace.
    pid_t serverPid() const;
    /// A quoted and escaped string literal for this connection.
    std::string quote(std::string_view text) const;

private:
    struct Private;
    explicit SqlClient(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace zandb::agent
