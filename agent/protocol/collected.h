// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <array>
#include <string>

/// What an agent gathers by itself and hands on.  Methods: `collected.watch` {} -> stream of CollectedBatch: all that
/// waits, oldest first, then each new one; `collected.ack` {"acks":[CollectedMark]} -> {}.
///
/// Each source ("samples", "slowlog/my3306") numbers its batches from 1.  A batch is on the agent's disk before it is sent
/// for the first time, and stays there until it is acknowledged: whoever stores it acknowledges it after the commit.  A batch can come
/// twice, so the receiver remembers (spool, number) for each source in the transaction that stores the batch, and
/// ignores what is not newer.  Another spool begins again with 1, since its predecessor was lost.  A gap between two numbers means that batches gave way to newer ones; only sources of samples do that.
namespace zandb::wire {

/// How far a source has come.
struct CollectedMark
{
    std::string source;
    Uuid spool;
    std::int64_t number = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(CollectedMark, source, spool, number)
};

struct CollectedBatch
{
    std::string source;
    Uuid spool;
    std::int64_t number = 0;
    Json payload; ///< of the source's own form
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(CollectedBatch, source, spool, number, payload)
};

/// The source of what follows.
inline constexpr std::string_view samplesSource = "samples";

/// Figures of an instance, in the order of the columns of the series set "instance".  New ones are only ever added at the end.
/// Names without a unit are counts.  "counter" says that the server counts since its start: a rate is the difference of two readings
/// divided by the time between them, and a smaller reading means that the server was started anew.
inline constexpr std::array<std::string_view, 21> instanceFigures{
    "uptime_s",
    "connections",
    "threads_running",
    "queries",              // counter: statements of clients (Questions)
    "commits",              // counter (Com_commit)
    "rollbacks",            // counter (Com_rollback)
    "rows_read",            // counter, InnoDB
    "rows_written",         // counter, InnoDB: inserted, updated and deleted
    "pool_reads",           // counter: requests to InnoDB's buffer pool
    "pool_misses",          // counter: those of them that went to the disk
    "redo_bytes",           // counter
    "data_read_bytes",      // counter, InnoDB
    "data_written_bytes",   // counter, InnoDB
    "temporary_tables",     // counter
    "temporary_on_disk",    // counter: those of them that were written to the disk
    "slow_queries",         // counter
    "lag_ms",               // the largest of all sources
    "disk_free_bytes",      // where the data directory lies
    "disk_bytes",
    "statements_killed",    // counter: by KILL, whoever said it.  MySQL: statements that ended so (error 1317); MariaDB: KILL statements (Com_kill)
    "statements_timed_out", // counter: by max_execution_time or max_statement_time
};

/// Figures of a host: the columns of the series set "host".
inline constexpr std::array<std::string_view, 4> hostFigures{
    "cpu_busy_ms",          // counter since boot, all cores together
    "cpu_ms",               // counter since boot: busy and idle
    "memory_available_bytes",
    "memory_bytes",
};

/// The payload of the source "samples": one reading of all instances of a host.
struct SamplesPayload
{
    TimePoint at{};          ///< a whole multiple of the step since 1970
    std::int64_t stepMs = 0; ///< how far apart readings are meant to be
    std::vector<std::string> columns;                                                      ///< names as in instanceFigures
    std::vector<std::pair<std::string, std::vector<std::optional<std::int64_t>>>> instances; ///< name, one value a column
    std::vector<std::string> hostColumns;
    std::vector<std::optional<std::int64_t>> host;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SamplesPayload, at, stepMs, columns, instances, hostColumns, host)
};

} // namespace zandb::wire
