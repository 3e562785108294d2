// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlwords.h"

#include <cstdint>

namespace zandb::rules {

/// Step 3: the functions that compute and do nothing else.
struct PureFunction
{
    Word name;
    std::uint8_t traits = 0;
};

enum FunctionTrait : std::uint8_t {
    Aggregate = 1,    ///< or a window function: belongs into a SELECT
    SpaceMatters = 2, ///< on one of the servers `name (` with a space calls a stored function of that name
    MySqlOnly = 4,    ///< not built into MariaDB, where the call would be one of a stored function
    DateValue = 8     ///< of constants it makes a date or a number of seconds
};

/// Null for what is not on the list.
const PureFunction *pureFunction(const Word &name);

/// Words that give a value without parentheses, so they are no columns: CURRENT_TIMESTAMP, NULL, ...
bool isValueWord(const Word &word);
/// Those of them that are an instant.
bool isDateWord(const Word &word);
/// DAY, HOUR_MINUTE, ...: what INTERVAL counts.
bool isIntervalUnit(const Word &word);
/// What CAST and CONVERT make of a value: CHAR, DECIMAL, ...
bool isCastType(const Word &word);

} // namespace zandb::rules
