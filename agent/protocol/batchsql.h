// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Messages about batch SQL: the args, items and result of the order kind `sql`.
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
    std::int64_t rows = 10'000;          ///< of each result; what goes beyond is not read
    std::int64_t bytes = 16LL << 20;     ///< of each result
    std::int64_t timeMs = 60'000;        ///< of each statement, at most a day
    std::int64_t lockWaitSeconds = 10;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlArgs, instance, schema, statements, confirmed, rows, bytes, timeMs, lockWaitSeconds)
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
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SqlStatementEnd, statement, done, statementClass, rows, moreRows, cutCells, affectedRows, info, warningCount,
                                                warnings, tookUs)
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

} // namespace zandb::wire
