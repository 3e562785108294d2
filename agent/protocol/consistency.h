// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/consistencyerrors.h"
#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Reading the tables of a primary and of its replica in pieces, so that they can be compared.  Whoever compares asks both agents and sees digests of rows, not
/// rows; nothing is locked and nothing is written.  Role operator, or dispatcher.
///
///     consistency.tables  ConsistencyTablesAsk -> ConsistencyTables
///     consistency.state   ConsistencyStateAsk  -> ConsistencyState
///     consistency.chunk   ConsistencyChunkAsk  -> ConsistencyChunk
///     consistency.rows    ConsistencyRowsAsk   -> ConsistencyRows
///
/// Errors: instance.*, sql.failed (with `errno`), consistency.no_position, cancelled.
namespace zandb::wire {

/// Values of a row's key in the key's order, each as bytesToJson() of the server's own text or bytes.
using ConsistencyKey = std::vector<Json>;

struct ConsistencyTablesAsk
{
    std::string instance;
    std::vector<std::string> schemas; ///< empty: all but the server's own
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyTablesAsk, instance, schemas)
};

struct ConsistencyTableName
{
    std::string schema;
    std::string table;
    std::int64_t rows = 0; ///< as the server estimates
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyTableName, schema, table, rows)
};

struct ConsistencyTables
{
    std::vector<ConsistencyTableName> tables; ///< base tables by name
    bool isCut = false;                       ///< there are more
    std::string flavour;                      ///< "mariadb", "mysql"
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyTables, tables, isCut, flavour)
};

/// What must be before something is read, and what is told beside it.
struct ConsistencyMoment
{
    std::string position;       ///< of a primary, which the server must have executed: "gtid:...", "file:NAME:POS"; empty: none
    int waitMs = 2000;          ///< for that, at most 10 s
    bool wantsPosition = false; ///< the server's own position, read after what was asked for
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyMoment, position, waitMs, wantsPosition)
};

/// How the server does at the moment.
struct ConsistencyState
{
    bool reached = true;                    ///< the position; when not, nothing was read
    std::string position;                   ///< when it was wanted
    int threadsRunning = 0;
    bool isReplica = false;
    bool replicates = true;                 ///< of a replica: all its threads run
    std::optional<std::int64_t> lagSeconds; ///< of a replica, the largest; none: the server does not know
    std::string trouble;                    ///< of a replica: its last error
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyState, reached, position, threadsRunning, isReplica, replicates, lagSeconds, trouble)
};

/// Waits, and reads nothing of tables.
struct ConsistencyStateAsk
{
    std::string instance;
    ConsistencyMoment moment;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyStateAsk, instance, moment)
};

struct ConsistencyChunkAsk
{
    std::string instance;
    std::string schema;
    std::string table;
    ConsistencyKey after;   ///< rows behind this key; empty: from the first one
    ConsistencyKey upTo;    ///< and not behind this one; empty: to the last one
    std::int64_t limit = 1000;
    bool withRows = false;  ///< the key and digest of each row, and not only that of all
    ConsistencyMoment moment;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyChunkAsk, instance, schema, table, after, upTo, limit, withRows, moment)
};

/// A row: its key, a digest of the bytes of all its values, and of each value where they were wanted.
struct ConsistencyRow
{
    ConsistencyKey key;
    std::string digest;               ///< 32 hex digits; empty: there is no such row
    std::vector<std::string> columns; ///< a digest each, in the order of ConsistencyRows::columns
    std::vector<Json> values;         ///< likewise; null is NULL
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyRow, key, digest, columns, values)
};

struct ConsistencyChunk
{
    ConsistencyState state;
    std::string why;                  ///< the table cannot be read by a key: "no_key", "key_type", "engine", "missing"; nothing was read
    std::string definition;           ///< a digest of its columns and its key
    std::vector<std::string> key;     ///< the columns of the key
    std::int64_t rows = 0;
    std::int64_t bytes = 0;           ///< of their values
    bool atEnd = false;               ///< there are no more within the bounds
    ConsistencyKey last;              ///< the key of the last row
    std::string digest;               ///< of all rows in the key's order
    std::vector<ConsistencyRow> list; ///< with withRows
    std::int64_t tookMs = 0;          ///< to read them
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyChunk, state, why, definition, key, rows, bytes, atEnd, last, digest, list, tookMs)
};

struct ConsistencyRowsAsk
{
    std::string instance;
    std::string schema;
    std::string table;
    std::vector<ConsistencyKey> keys; ///< at most 500
    bool withValues = false;
    ConsistencyMoment moment;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyRowsAsk, instance, schema, table, keys, withValues, moment)
};

struct ConsistencyRows
{
    ConsistencyState state;
    std::string why;                  ///< as in a chunk
    std::string definition;
    std::vector<std::string> key;
    std::vector<std::string> columns; ///< those that are compared
    std::vector<std::string> kinds;   ///< of each column, how its values are written in SQL: "number", "text", "json", "bytes"
    std::vector<std::string> written; ///< those of them that may be written: no generated ones
    std::vector<ConsistencyRow> rows; ///< in the order of the keys asked for
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConsistencyRows, state, why, definition, key, columns, kinds, written, rows)
};

} // namespace zandb::wire
