// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <optional>
#include <string>
#include <vector>

/// Messages about batch SQL: the args, items and result of the order kinds `sql` and `sql_undo`, and the methods
/// - `sql.preview` SqlPreviewArgs -> SqlPreview (role viewer): what a script would meet on one instance.  Nothing is changed and no row is locked.
/// - `sql.names` SqlNamesArgs -> SqlNames (role viewer): what an editor completes.  It waits for no lock and opens no table,
///   but where the types of one schema are asked for.
/// - `sql.read` SqlArgs -> stream of items as those of kind `sql`, then SqlResult (role viewer): a script of class R alone.  Who asks has
///   written the audit row before.  The stream waits for credit; what is cancelled is killed on the server.
///
/// Its items, in order, are of two forms: `{"statement":n,"cols":[{"name","type"}...],"rows":[[...]]}` (values as the server wrote them, `{"b64":...}` what is
/// no text, `{"cut":size,...}` what was too long), and at the end of each statement SqlStatementEnd.
namespace zandb::wire {

/// Args of kind `sql`: a script of statements for one instance.
struct SqlArgs
{
    std::string instance;                ///< label on the host
    std::string schema;                  ///< default schema; "": none
    std::vector<std::string> statements; ///< each one statement; at most 10,000
    bool confirmed = false;              ///< a person has typed the confirmation that some classes need
    /// What a person has accepted beside that, by the names of the refusals: "copies_table", "locks_table", "unique_index", "foreign_key_index", "durability".
    std::vector<std::string> accepted;
    std::int64_t rows = 10'000;          ///< of each result; what goes beyond is not read
    std::int64_t bytes = 16LL << 20;     ///< of each result
    std::int64_t timeMs = 60'000;        ///< of each statement, at most a day
    std::int64_t lockWaitSeconds = 3;    ///< whoever waits for a table holds up all who come after
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlArgs, instance, schema, statements, confirmed, accepted, rows, bytes, timeMs, lockWaitSeconds)
};

struct SqlStatementWarning
{
    std::string level; ///< "Note", "Warning", "Error"
    int code = 0;
    std::string message;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlStatementWarning, level, code, message)
};

/// The last item of a statement that the server has carried out.
struct SqlStatementEnd
{
    int statement = 0;             ///< from 1
    bool done = true;
    std::string statementClass;    ///< "R", "M", "V", "X", "D", "H", "T", "A"
    std::int64_t rows = 0;
    bool moreRows = false;         ///< there were more than the limits allow
    std::int64_t cutCells = 0;
    std::int64_t affectedRows = 0;
    std::string info;
    std::int64_t warningCount = 0;
    std::vector<SqlStatementWarning> warnings;
    std::int64_t tookUs = 0;
    bool online = false;           ///< of class X: it was sent with ALGORITHM=INPLACE and LOCK=NONE, so others could write meanwhile
    std::string image;             ///< id of the rows as they were before it, on the host; "": there is none
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlStatementEnd, statement, done, statementClass, rows, moreRows, cutCells, affectedRows, info, warningCount,
                                                warnings, tookUs, online, image)
};

/// Result of kind `sql`, when all statements were carried out.
struct SqlResult
{
    std::string instance;
    int statements = 0;
    std::int64_t rows = 0;
    std::int64_t affectedRows = 0;
    std::int64_t warnings = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlResult, instance, statements, rows, affectedRows, warnings)
};

/// Args of kind `sql_undo`: puts back the rows that bounded UPDATEs and DELETEs of one run have changed on one instance.
///
/// Its items, one for each row, from the newest change to the oldest: SqlUndoRow.  Its result: SqlUndoResult.
struct SqlUndoArgs
{
    std::string instance;          ///< label on the host
    Uuid runId;                    ///< of the kind `sql`
    bool preview = false;          ///< only says what it would do
    bool confirmed = false;        ///< a person has confirmed it; not needed for a preview
    std::int64_t timeMs = 600'000; ///< of the whole, at most a day
    std::int64_t lockWaitSeconds = 3;    ///< whoever waits for a table holds up all who come after
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlUndoArgs, instance, runId, preview, confirmed, timeMs, lockWaitSeconds)
};

/// What became of one row.
struct SqlUndoRow
{
    int statement = 0;   ///< of the run, from 1
    std::string table;   ///< "schema.table"
    std::string key;     ///< "id=7", as SQL
    /// "restored" (in a preview: can be); "already" (the values are the old ones); and left as it is: "differs" (somebody has changed it since),
    /// "gone" (the row is not there any more), "exists" (a deleted row's key is there again), "refused" (by the server: `detail`).
    std::string outcome;
    std::string sql;     ///< the reverse statement
    std::string detail;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlUndoRow, statement, table, key, outcome, sql, detail)
};

struct SqlUndoResult
{
    std::string instance;
    bool preview = false;
    int statements = 0;
    std::int64_t restored = 0;
    std::int64_t already = 0;
    std::int64_t left = 0; ///< rows that no longer match, or that the server refused
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlUndoResult, instance, preview, statements, restored, already, left)
};

struct SqlPreviewArgs
{
    std::string instance;                ///< label on the host
    std::string schema;                  ///< default schema; "": none
    std::vector<std::string> statements; ///< each one statement; what goes beyond 200 is only judged
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlPreviewArgs, instance, schema, statements)
};

/// A table that a statement names, by the server's own estimates.
struct SqlPreviewTable
{
    std::string schema;
    std::string table;
    std::string engine;                    ///< "": it is no base table
    std::optional<std::int64_t> rows;      ///< none: the account may not see it
    std::optional<std::int64_t> dataBytes;
    std::optional<std::int64_t> indexBytes;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlPreviewTable, schema, table, engine, rows, dataBytes, indexBytes)
};

/// A session whose transaction stands in the way of a statement, or may.
struct SqlPreviewBlocker
{
    std::int64_t id = 0;       ///< of the connection
    std::string user;
    std::string host;
    std::int64_t seconds = 0;  ///< its transaction's age
    std::int64_t rowsModified = 0;
    std::string kind;          ///< "metadata": it holds the table's metadata lock; "transaction": which tables it holds the server does not tell
    std::string object;        ///< "schema.table"; "": not known
    std::string statement;     ///< without literals; "": it is idle in its transaction
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlPreviewBlocker, id, user, host, seconds, rowsModified, kind, object, statement)
};

struct SqlPreviewStatement
{
    int statement = 0;             ///< from 1
    bool allowed = false;          ///< by the rule, for the caller's role
    std::string statementClass;    ///< "R", "M", "V", "X", "D", "H", "T", "A"; "" when it has none
    std::string rule;              ///< "G1.4D"
    std::string reason;            ///< where denied: the guard's code
    std::string why;               ///< plain English
    std::int64_t at = 0;           ///< offset of the place in bytes
    bool needsConfirmation = false;
    std::string refusal;           ///< what the server holds now forbids it: a name of agent/batchsql/sqlchecks.h; "" when it may run
    std::string refusalDetail;
    std::optional<std::int64_t> estimatedRows; ///< to be read, by EXPLAIN; none: not explained
    std::string access;            ///< EXPLAIN's type: "range", "ref", "ALL"
    std::string key;               ///< EXPLAIN's key
    std::vector<SqlPreviewTable> tables;
    /// "rows" (of what it changes, until its end), "metadata_shared" (holds off DDL), "metadata_exclusive" (holds off everybody, at least for a
    /// moment), "writes" (nobody can write to the table for its duration), "server" (all sessions)
    std::vector<std::string> locks;
    std::string algorithm;         ///< of class X: "instant", "inplace", "copy"; "": not known
    bool delaysReplicas = false;   ///< replicas lag for about its duration
    std::string error;             ///< why it could not be explained, in the server's words
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlPreviewStatement, statement, allowed, statementClass, rule, reason, why, at, needsConfirmation, refusal,
                                                refusalDetail, estimatedRows, access, key, tables, locks, algorithm, delaysReplicas, error)
};

struct SqlPreview
{
    std::string instance;
    std::string flavour;           ///< "mariadb", "mysql"
    std::string version;
    std::string role;              ///< "primary" (replicas are connected), "replica", "standalone"
    bool readOnly = false;
    std::optional<std::int64_t> lagSeconds; ///< of a replica, the largest; none: no replica, or not known
    int replicas = 0;              ///< connected ones
    std::vector<SqlPreviewStatement> statements;
    std::vector<SqlPreviewBlocker> blockers; ///< the oldest first, at most 50
    std::vector<std::string> notPermitted;   ///< "transactions", "metadata_locks": what the account may not see, or the server does not keep
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlPreview, instance, flavour, version, role, readOnly, lagSeconds, replicas, statements, blockers, notPermitted)
};

struct SqlNamesArgs
{
    std::string instance; ///< label on the host
    std::string schema;   ///< its tables come first; "": none does
    bool only = false;    ///< nothing of other schemas
    bool types = false;   ///< of the columns of that schema too; MariaDB opens its tables for that
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlNamesArgs, instance, schema, only, types)
};

struct SqlNamedTable
{
    std::string schema;
    std::string table;
    std::vector<std::string> columns; ///< in their order; of MariaDB only those of InnoDB tables, since other ones would have to be opened
    std::vector<std::string> types;   ///< "int(10) unsigned NOT NULL", one for each column; empty: nobody asked
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlNamedTable, schema, table, columns, types)
};

/// Names of an instance, without those of system schemas: at most 1,000 schemas, 5,000 tables and 50,000 columns.
struct SqlNames
{
    std::vector<std::string> schemas;
    std::vector<SqlNamedTable> tables;
    bool isCut = false;               ///< there are more
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlNames, schemas, tables, isCut)
};

} // namespace zandb::wire
