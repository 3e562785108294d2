// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/batchsql/rowvalues.h"
#include "agent/protocol/workflow.h"
#include "agent/runtime/config.h"

/// Rows as they were before a bounded UPDATE or DELETE, kept on the host so that it can be undone.
namespace zandb::agent {

/// What is kept, and for how long.
struct ImageLimits
{
    std::int64_t bytes = 64LL << 20;        ///< of the values of one statement
    std::int64_t budget = 1LL << 30;        ///< of all files
    std::chrono::hours age{24 * 30};        ///< then they are removed
};

struct ChangedRow
{
    RowValues before;
    RowValues after; ///< of an UPDATE; empty of a DELETE
};

/// One statement's.
struct BeforeImage
{
    wire::OrderKey order;
    int statement = 0;     ///< from 1
    std::string instance;
    std::string sql;       ///< the statement
    RowTable table;        ///< `keys` has one, by which the rows were found
    bool deletes = false;
    TimePoint at{};
    std::vector<ChangedRow> rows; ///< those that were changed

    /// "RUN-STEP-ATTEMPT-STATEMENT"
    std::string id() const;
};

/// STATE/before-images
std::filesystem::path imageDirectory(const Config &config);
/// Writes the file, mode 0640, and makes it durable.  Removes those that are too old before.  False: it does not fit into the budget.
/// Errors: io.failed, io.disk_full.
Result<bool> writeImage(const Config &config, const BeforeImage &image, const ImageLimits &limits = {});
/// Of a change that was taken back.
void removeImage(const Config &config, const std::string &id);
/// Those of a run on an instance, the newest first.  Files that have no end are left out: their change was never made.
/// Errors: io.failed.
Result<std::vector<BeforeImage>> readImages(const Config &config, const Uuid &run, const std::string &instance);
/// Removes files that are older than `age`.
void removeOldImages(const Config &config, std::chrono::hours age = ImageLimits{}.age);

} // namespace zandb::agent
