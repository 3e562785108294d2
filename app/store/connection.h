// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <chrono>

namespace zandb::store {

/// What server or client library said of a call.
struct SqlFailure
{
    int number = 0;       ///< errno; 0 when the library did not say
    std::string message;
    bool lost = false;    ///< the connection is of no more use
    /// The statement surely never reached the server.
    bool unsent = false;
};
template<class T>
using SqlResult = tl::expected<T, SqlFailure>;

/// The store's Error for a failure of a statement or of connecting.
Error toError(const SqlFailure &failure, const StoreSettings &settings);
/// 1213, 1205, 1047, 3101, 8022, 9007: run it again.
bool isRetryable(int number);
bool isLoopback(const StoreSettings &settings);
/// Whether the connection has to be encrypted and verified.
bool wantsTls(const StoreSettings &settings);
/// The bundle a verified connection is checked against: libmariadb verifies nothing without a file.  Empty: there is none.
std::string authorities(const StoreSettings &settings);
/// The secret file's, else the one the settings hold; empty: none.  Errors: settings.invalid.
Result<std::string> passwordOf(const StoreSettings &settings);

/// One open connection: the only place that knows MySQL Connector/C++.  No exception leaves it.  One thread at a time.
class Connection
{
public:
    /// Connects, checks TLS as the settings ask and prepares the session; no schema is selected yet.
    /// `statementLimit` 0: none.
    static Result<std::unique_ptr<Connection>> open(const StoreSettings &settings, const std::string &password,
                                                    std::chrono::seconds statementLimit);
    ~Connection();
    SqlResult<Rows> query(const std::string &sql);
    SqlResult<std::int64_t> execute(const std::string &sql);
    bool ping();
    bool isMariaDb() const;
    std::int64_t id() const;                ///< for KILL QUERY
    const std::string &serverVersion() const;
    const std::string &tlsCipher() const;   ///< empty: plain

private:
    struct Private;
    explicit Connection(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace zandb::store
