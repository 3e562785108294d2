// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/explain.h"

#include <string>
#include <string_view>
#include <vector>

/// A plan as a tree, read from EXPLAIN FORMAT=JSON of MySQL (both versions of its format) and of MariaDB, with what is costly in it.  Values and pure functions;
/// thread-safe.  The text comes from a server and is not trusted.
namespace zandb {

/// What makes a node costly.  All of it is the optimizer's estimate.
enum class PlanMark {
    FullScan,      ///< reads a whole table of planManyRows rows or more
    FullIndexScan, ///< reads a whole index of so many entries
    Filesort,      ///< sorts what no index brings in order
    Temporary,     ///< keeps rows in a temporary table
    CostShare,     ///< planCostShare of the whole cost or more, in a plan with several nodes that have one
    RowProduct     ///< a join that looks at planManyPairs pairs of rows or more
};
/// Stable words: "full_scan", "full_index_scan", "filesort", "temporary", "cost_share", "row_product".
std::string_view toString(PlanMark mark);

inline constexpr double planManyRows = 1'000;
inline constexpr double planManyPairs = 1'000'000;
inline constexpr double planCostShare = 0.5;

struct PlanNode
{
    /// Stable word: "select", "table", "join", "sort", "group", "distinct", "temporary", "window", "materialized", "subquery", "union", "filter", "limit", "message", "other".
    std::string kind;
    std::string text;                ///< the server's own words: an operation, a sort key, a message; may be empty
    std::string table;               ///< of "table": what the statement calls it, or "<derived2>"
    std::string access;              ///< of "table": as EXPLAIN's column `type` names it ("ALL", "index", "range", "ref", "eq_ref", "const", ...)
    std::string key;
    std::vector<std::string> possibleKeys;
    std::string condition;
    std::optional<double> rows;      ///< it looks at in one pass
    std::optional<double> produced;  ///< it gives on, all passes together
    std::optional<double> filtered;  ///< percent of the rows that it looks at
    std::optional<double> cost;      ///< its own, all passes together, without what is below it
    std::optional<double> share;     ///< of the plan's cost, 0 to 1
    std::vector<PlanMark> marks;
    std::vector<PlanNode> children;  ///< in the order in which they are read
};

struct Plan
{
    std::string format;              ///< "mysql-1", "mysql-2", "mariadb"
    std::optional<double> cost;      ///< of the whole, as the server says
    PlanNode root;
};

/// None when the text is no plan.  Nesting beyond 200 and nodes beyond 5,000 are refused.  A name that an object has twice (MariaDB before 10.11 lists joined tables so)
/// is read twice.
std::optional<Plan> planOf(std::string_view json, std::string_view flavour);

/// How many nodes have a mark.
int markedNodes(const PlanNode &node);

/// Names of the statement's tables with the index that EXPLAIN's table says is used: (alias, index), each pair once.
std::vector<std::pair<std::string, std::string>> usedIndexes(const wire::Explained &explained);

/// What a plan says, for scripts: node by node.
Json planJson(const Plan &plan);

} // namespace zandb
