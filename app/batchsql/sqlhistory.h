// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlplan.h"

/// Scripts that were run: plans, and reads, which leave no more than a row in the audit.
namespace zandb::batchsql {

struct HistoryEntry
{
    Uuid id;                            ///< of the plan, or of the audit row
    bool isPlan = false;
    std::string author;
    TimePoint at{};
    std::string state;                  ///< of a plan
    std::vector<PlanTarget> targets;    ///< of a plan
    std::vector<std::string> paths;     ///< of a read: "db1/my3306"; at most 100
    std::int64_t count = 0;             ///< of instances
    std::string schema;
    std::string script;                 ///< statements, each with ";" and a line end; at most `historyBytes` of them
    bool isCut = false;
};

inline constexpr std::size_t historyBytes = 64 << 10;

struct HistoryFilter
{
    std::string author;                 ///< empty: everybody's
    TimePoint since{};
    std::string find;                   ///< words that the script contains, in any case; empty: all
    int limit = 500;
};
/// Newest first.  Errors: those of Session.
Result<std::vector<HistoryEntry>> listHistory(store::Session &session, const HistoryFilter &filter);

} // namespace zandb::batchsql
