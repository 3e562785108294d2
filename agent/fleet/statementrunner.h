// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/json.h"

#include <functional>
#include <stop_token>

namespace zandb::agent {

/// What one statement may take and give.  What goes beyond is cut and counted, or ends the statement.
struct StatementLimits
{
    std::int64_t rows = 10'000;
    std::int64_t bytes = 16LL << 20;             ///< of all values given
    std::size_t cellBytes = 64u << 10;           ///< of one value; longer ones are cut
    std::size_t warnings = 64;
    std::chrono::milliseconds time{60'000};      ///< by the server's own limit where it has one, else by KILL QUERY
    std::chrono::seconds lockWait{10};           ///< for row locks and for metadata locks
};

struct StatementOptions
{
    std::string schema = {};                     ///< default schema; empty: none
    /// The statement only reads: it runs in a READ ONLY transaction, which is rolled back, and losing its connection is transient.
    bool readOnly = false;
    bool rowBinlog = false; ///< rows go to the binlog, not statements, where the account may set that and the server says otherwise
    std::string sqlMode = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
    StatementLimits limits = {};
};

struct SqlColumn
{
    std::string name;
    /// Stable word: "integer", "decimal", "float", "bit", "text", "binary", "json", "enum", "set", "date", "time", "datetime",
    /// "timestamp", "year", "geometry", "null".
    std::string type;
    bool isUnsigned = false;
};

/// A value as the server wrote it.  Valid until the sink returns.
struct SqlCell
{
    std::optional<std::string_view> bytes; ///< nullopt is NULL; otherwise at most cellBytes, of text no half character
    std::int64_t size = 0;                 ///< of the whole value
    bool isCut() const { return bytes && static_cast<std::int64_t>(bytes->size()) < size; }
};

/// Takes a result while it comes.  Both may block: the server waits then.
class StatementSink
{
public:
    virtual ~StatementSink() = default;
    /// Before the first row, also of a result without rows; not called for a statement that has no result.
    virtual void columns(const std::vector<SqlColumn> &columns) = 0;
    virtual void row(const std::vector<SqlCell> &row) = 0;
};

struct SqlWarning
{
    std::string level; ///< "Note", "Warning", "Error"
    int code = 0;
    std::string message;
};

/// How a statement ended that the server has carried out.
struct StatementOutcome
{
    bool hasResult = false;
    std::int64_t rows = 0;          ///< given to the sink
    std::int64_t bytes = 0;         ///< of values given to the sink
    std::int64_t cutCells = 0;
    bool moreRows = false;          ///< there were more than the limits allow: of a reading statement the rest was not read
    bool moreResults = false;       ///< a CALL had more than one result; only the first was given
    std::int64_t affectedRows = 0;  ///< of a statement without a result
    std::uint64_t insertId = 0;
    std::string info;               ///< "Rows matched: 3  Changed: 2  Warnings: 0"
    std::int64_t warningCount = 0;
    std::vector<SqlWarning> warnings;
    std::chrono::microseconds took{}; ///< until the last row was read
};

/// What is done around one statement in its transaction.  An error of either takes all back; for one thread.
class StatementFrame
{
public:
    virtual ~StatementFrame() = default;
    virtual Result<void> before(SqlClient &client) = 0;
    virtual Result<void> after(SqlClient &client, const StatementOutcome &outcome) = 0;
};

/// Runs statements of people on one instance over one connection, which is reset and pinned again before each: character set
/// utf8mb4, time zone +00:00, autocommit, sql_mode, lock waits and time limits, default schema.  So nothing survives from one
/// statement to the next.  Several statements in one text and LOAD DATA LOCAL are off.  What may be run is decided
/// before (the guard); nothing is added to the text.
///
/// A stop or the end of the time ends the statement on the server, by KILL QUERY from a second connection.  For one thread.
class StatementRunner
{
public:
    /// Errors: instance.down, instance.access, instance.not_permitted (the account lacks its role), sql.failed (no such schema).
    static Result<std::unique_ptr<StatementRunner>> open(const Config &config, const LocalInstance &instance, Account account,
                                                         StatementOptions options);
    ~StatementRunner();

    /// Errors, all with the instance: cancelled (with `killed`: "KILL QUERY 17", or "no" and the detail when the server could not be
    /// told, and then the statement may go on), sql.timed_out, sql.lock_wait (1205), sql.deadlock (1213), sql.table_changed
    /// (1412), sql.killed (by others), sql.connection_lost (transient when only reading, else nobody knows whether it was carried
    /// out: unknown), instance.not_permitted, sql.failed.  After sql.connection_lost the runner is of no use any more.
    ///
    /// With a frame: BEGIN, its before(), the statement, its after(), COMMIT; ROLLBACK after any error.  A connection lost before COMMIT was
    /// sent is transient then, since the server takes all back.  Besides those errors: the frame's own.
    Result<StatementOutcome> run(const std::string &sql, StatementSink &sink, const std::stop_token &stop = {}, StatementFrame *frame = nullptr);
    std::uint64_t connectionId() const;
    bool isMariaDb() const;

private:
    struct Private;
    explicit StatementRunner(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

/// A value for the wire: null; the server's own text (numbers too, so that none loses digits); {"b64":...} of binary columns and
/// of what is no UTF-8.  A cut one is {"cut":size,"text"|"b64":...}.
Json cellToJson(const SqlCell &cell, const SqlColumn &column);

/// Packs rows into items {"cols":[{"name","type"}...],"rows":[[...]]} of some kilobytes and gives them away; the first comes
/// after its first row, so that it can be shown at once.  Call finish() at the end.
class RowPacker final : public StatementSink
{
public:
    explicit RowPacker(std::function<void(Json)> give, std::size_t bytes = 32u << 10) : m_give(std::move(give)), m_bytes(bytes) {}
    void columns(const std::vector<SqlColumn> &columns) override;
    void row(const std::vector<SqlCell> &row) override;
    void finish();

private:
    std::function<void(Json)> m_give;
    const std::size_t m_bytes;
    std::vector<SqlColumn> m_columns;
    Json m_cols;
    Json m_rows = Json::array();
    std::size_t m_held = 0;
    bool m_given = false;
    bool m_open = false;
};

} // namespace zandb::agent
