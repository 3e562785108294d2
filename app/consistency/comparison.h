// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/errors.h"
#include "models/consistency/consistency.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <utility>

/// Whether the tables of a replica hold what those of its primary hold, while both are written to.
namespace zandb::consistency {

/// One of the two servers, as its agent answers.
struct End
{
    std::string instance; ///< as its agent calls it
    /// A method of agent/protocol/consistency.h; blocks.  Called from two threads.
    std::function<Result<Json>(const std::string &method, Json params, const std::stop_token &stop)> ask;
};

struct CompareOptions
{
    std::vector<std::string> schemas;                          ///< empty: all
    std::vector<std::pair<std::string, std::string>> tables;   ///< schema and table; empty: all of the schemas
    std::int64_t mostDifferences = 1000;                       ///< located, of one table
    std::int64_t mostLagSeconds = 10;                          ///< beyond it nothing more is read until the replica has come closer
    int mostThreads = 25;                                      ///< running at a time on either server
    std::chrono::seconds patience{600};                        ///< for a replica that replicates to reach a position
    std::chrono::milliseconds chunkTime{500};                  ///< that reading a chunk should take
    std::int64_t firstRows = 1000;                             ///< of the first chunk of a table
};

struct CompareSink
{
    /// Often; on the caller's thread.
    std::function<void(const CheckProgress &)> progress = [](const CheckProgress &) {};
    /// Once a table is done.  An error ends the comparison with it.
    std::function<Result<void>(const TableVerdict &, const std::vector<RowDifference> &)> table
        = [](const TableVerdict &, const std::vector<RowDifference> &) { return Result<void>(); };
};

/// Reads each table chunk by chunk along its key: the primary's chunk and then the primary's position; the replica's chunk once the replica has executed that; and
/// where the two differ their rows, and these again, each time with the primary's before and after the replica's, until they are equal or have differed on
/// three readings between which the primary's row did not change.  While the replica reads a chunk the primary reads the next one.  Nothing is locked, stopped
/// or written.  Blocks until the end.
///
/// Errors: consistency.replication (the replica does not replicate), consistency.behind (it does not reach a position), consistency.flavours, cancelled, those of
/// End::ask that are not of one table, and those of the sink.
Result<CheckSums> compare(const End &primary, const End &replica, const CompareOptions &options, const CompareSink &sink, const std::stop_token &stop);

} // namespace zandb::consistency
