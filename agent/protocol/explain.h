// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Plans on the wire: `slowlog.explain` ExplainAsk -> Explained (role operator).  Errors: explain.refused, instance.unknown, instance.down, instance.access,
/// instance.not_permitted, and how statements end (sqlerrors.h).
namespace zandb::wire {

struct ExplainAsk
{
    std::string instance;
    std::string schema;    ///< default schema; empty: none
    std::string statement; ///< as it was sent; the agent builds the SELECT of one that writes
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ExplainAsk, instance, schema, statement)
};

/// One column of an index.
struct ExplainedColumn
{
    std::string name;                        ///< or the expression of a functional part
    std::optional<std::int64_t> prefix;      ///< characters, when not the whole column is in it
    std::optional<std::int64_t> cardinality; ///< distinct values up to and with this column, as the server estimates
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ExplainedColumn, name, prefix, cardinality)
};

struct ExplainedIndex
{
    std::string name;
    bool unique = false;
    bool hidden = false;  ///< invisible or ignored: plans do not use it
    std::string type;     ///< "BTREE", "FULLTEXT", ...
    std::vector<ExplainedColumn> columns;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ExplainedIndex, name, unique, hidden, type, columns)
};

struct ExplainedTable
{
    std::string schema;
    std::string name;
    std::vector<std::string> aliases; ///< what the statement calls it
    std::string kind;                 ///< "table", "view", "system", "unknown" (there is none, or the account may not see it)
    std::string engine;
    std::optional<std::int64_t> rows; ///< as the server estimates
    std::optional<std::int64_t> dataBytes;
    std::optional<std::int64_t> indexBytes;
    std::vector<ExplainedIndex> indexes; ///< the primary key first
    std::int64_t moreIndexes = 0;     ///< there was no room for
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ExplainedTable, schema, name, aliases, kind, engine, rows, dataBytes, indexBytes, indexes, moreIndexes)
};

/// What a server said.  All numbers of rows and costs are estimates of its optimizer: the statement was not run.
struct Explained
{
    std::string instance;
    std::string flavour;   ///< "mariadb", "mysql"
    std::string version;
    std::string schema;
    std::string statement; ///< what was explained
    std::string as;        ///< how it came from what was asked: "itself", "without_lock", "update", "delete", "insert"
    TimePoint at{};        ///< by the host's clock
    std::string plan;      ///< the text of EXPLAIN FORMAT=JSON; empty: `planProblem` says why
    std::string planProblem; ///< "too_large", or the server's words
    std::vector<std::string> columns; ///< of EXPLAIN's table
    std::vector<std::vector<std::optional<std::string>>> rows;
    bool moreRows = false;
    std::vector<ExplainedTable> tables;
    std::int64_t moreTables = 0; ///< named by the statement and not looked at
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Explained, instance, flavour, version, schema, statement, as, at, plan, planProblem, columns, rows, moreRows, tables, moreTables)
};

} // namespace zandb::wire
