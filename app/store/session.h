// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "app/platform/errors.h"
#include "app/platform/settings.h"

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace zandb::store {

/// A parameter or a column: NULL, integer, real, or bytes (text, BINARY(16), JSON).
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

inline Value value(const Uuid &id) { return id.raw(); }
inline Value value(TimePoint at) { return toMicros(at); }
inline Value value(std::int64_t number) { return number; }
inline Value value(int number) { return std::int64_t{number}; }
inline Value value(bool flag) { return std::int64_t{flag}; }
inline Value value(double number) { return number; }
inline Value value(std::string_view text) { return std::string(text); }
inline Value value(const std::string &text) { return text; }
inline Value value(const char *text) { return std::string(text); }
inline Value value(const Json &json) { return dumpJson(json); }
template<class T>
Value value(const std::optional<T> &v) { return v ? value(*v) : Value(nullptr); }

/// One row of a result.  Columns count from 0; asking a NULL for a value gives the type's zero.
class Row
{
public:
    explicit Row(std::vector<Value> columns) : m_columns(std::move(columns)) {}
    bool isNull(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;
    double real(std::size_t column) const;
    std::string text(std::size_t column) const;
    Uuid uuid(std::size_t column) const;
    TimePoint time(std::size_t column) const;
    std::optional<Uuid> optionalUuid(std::size_t column) const;
    std::optional<TimePoint> optionalTime(std::size_t column) const;
    /// JSON null when the column is NULL or not JSON (the store is untrusted).
    Json json(std::size_t column) const;
    std::optional<Error> optionalError(std::size_t column) const; ///< of an Error column

private:
    std::vector<Value> m_columns;
};
using Rows = std::vector<Row>;

/// One connection to the store.  Used by one thread at a time; every call blocks.  Opens itself on first use and
/// again after the server went away (never in the middle of a transaction).  Session: time zone +00:00, READ
/// COMMITTED, strict, utf8mb4, LOAD DATA LOCAL off.
///
/// Errors of every call: store.unreachable, store.password, store.unknown_host, store.tls, store.denied,
/// store.read_only, store.full, store.sql (errno, detail), cancelled.
class Session
{
public:
    explicit Session(StoreSettings settings);
    ~Session();
    Session(const Session &) = delete;

    /// SELECT.  `?` marks are replaced by `arguments` on the client (text protocol, escaped).
    Result<Rows> query(std::string_view sql, const std::vector<Value> &arguments = {});
    /// Anything else: rows matched (CLIENT_FOUND_ROWS), so a compare-and-set that matched is 1 even if nothing differed.
    Result<std::int64_t> execute(std::string_view sql, const std::vector<Value> &arguments = {});
    /// Runs `body` between START TRANSACTION and COMMIT; rolls back when it fails.  The errors 1213, 1205, 1047,
    /// 3101, 8022 and 9007 run it again, up to 5 times with jitter: the body must be repeatable.  After a connection
    /// lost during COMMIT the error is store.unreachable with field commit=unknown: read the rows again by primary key.
    Result<void> transaction(const std::function<Result<void>()> &body);
    /// The store's clock, read in the statement.
    Result<TimePoint> now();
    /// Checks that the schema suits this program.  Errors: store.schema_missing, store.schema_too_old,
    /// store.schema_too_new.
    Result<void> checkSchema();
    /// While set, a stop request kills the running statement on the server and ends the call with `cancelled`.
    void setStopToken(std::stop_token token);
    /// Drops the connection; the next call opens it again.
    void close();
    /// The server ends statements that take longer (MySQL: SELECTs only); default 60 s, 0: never.  For migrations and
    /// the like.  Drops the connection.
    void setStatementLimit(std::chrono::seconds limit);
    /// CREATE DATABASE when it is missing.  True: it was.
    Result<bool> createSchema();
    struct Server
    {
        std::string version;
        bool mariaDb = false;
        std::string tlsCipher; ///< empty: plain
    };
    /// Opens the connection when there is none.  Also answers store.schema_missing.
    Result<Server> server();
    const StoreSettings &settings() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// A unique key had the value already (1062).
bool isDuplicate(const Error &error);

/// SQL for the store's clock in microseconds, portable over MySQL and MariaDB.
inline constexpr std::string_view nowUs = "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED)";

/// Raises the version of (topic, scope) in the caller's transaction, so that consoles reload.  Topics: fleet, task,
/// run, backup, member, alert; and, read only by what shows it: fleet_state (when hosts were heard of and what they measured,
/// every ten seconds), run_progress, slow (slow statements, when they were added up), check (keys and findings), consistency, shard (the sharding map).  `run` is hot: its scope is the last 4 bits of the run's id.
Result<void> raiseFeed(Session &session, std::string_view topic, int scope = 0);
inline int feedShard(const Uuid &id) { return id.bytes[15] & 15; }

} // namespace zandb::store
