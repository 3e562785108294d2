// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

#include <optional>
#include <vector>

/// Scripts of people as runs, and what they leave.  Pure but for random ids.
namespace zandb::batchsql {

/// The run of a script on one instance.  `args.instance` is filled in.
RunDetail makeSqlRun(const Instance &instance, wire::SqlArgs args, const std::string &author, TimePoint now);

/// The run that puts back what the bounded UPDATEs and DELETEs of another run have changed on its instance.
RunDetail makeUndoRun(const Instance &instance, wire::SqlUndoArgs args, const std::string &author, TimePoint now);

/// What one statement left on one instance.
struct StatementResult
{
    std::vector<std::string> columns;             ///< empty: it has no result
    std::vector<Json> rows;                       ///< arrays as the agent sent them
    std::int64_t notKept = 0;                     ///< rows beyond the limit of SqlResults
    std::optional<wire::SqlStatementEnd> end;     ///< none: it did not come to its end
};

/// Puts the items of an attempt together, by statement.
class SqlResults
{
public:
    /// `mostRows`: of each statement; what goes beyond is only counted.
    explicit SqlResults(std::size_t mostRows = 10'000'000) : m_mostRows(mostRows) {}
    /// Takes one item; what is none of this kind is left out.
    void add(const Json &item);
    const std::vector<StatementResult> &statements() const { return m_statements; }

private:
    std::size_t m_mostRows;
    std::vector<StatementResult> m_statements;
};

/// A value for people: NULL, its text, or how much of it there is.
std::string cellText(const Json &cell);
/// One line of CSV (RFC 4180): NULL is empty, an empty text is "".
std::string csvLine(const std::vector<Json> &cells);

} // namespace zandb::batchsql
