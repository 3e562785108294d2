// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <optional>
#include <string>
#include <vector>

/// "This instance differs": what one statement answered on many instances.  Pure.
namespace zandb {

/// What one instance answered.
struct AnsweredRows
{
    std::vector<std::string> columns;
    std::vector<Json> rows;   ///< arrays, as the agent sent them
    bool isCut = false;       ///< there were more rows, so missing ones say nothing
};

/// How one instance's answer differs from the one that most instances gave.
struct RowsDifference
{
    std::size_t instance = 0;          ///< index
    bool hasNoAnswer = false;          ///< it failed
    bool otherColumns = false;         ///< then rows are not compared
    std::vector<std::size_t> extra;    ///< indexes of its rows that the common answer lacks
    std::vector<std::size_t> missing;  ///< indexes of rows of the common answer that it lacks; empty where its own are cut
};

struct RowsComparison
{
    /// An instance that gave the answer most have in common; of equally many the first.  None: nobody answered.
    std::optional<std::size_t> common;
    std::size_t agreeing = 0;               ///< how many gave it
    std::vector<RowsDifference> different;  ///< the others, by index
};

/// Compares the answers of instances to one statement.  Rows are compared as a bag: their order says nothing, how often one is there does.  Values
/// compare by the server's own text, so 1 and 1.0 differ, and NULL differs from ''.  Null: the instance gave none.
RowsComparison compareAnswers(const std::vector<const AnsweredRows *> &answers);

} // namespace zandb
