// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace zandb::rules {

/// One statement of a script: the bytes from its first word to its end, without the delimiter.
struct ScriptItem
{
    std::size_t offset = 0; ///< in bytes
    std::size_t length = 0;
    std::size_t line = 1;   ///< of its first word, from 1
};

/// Why a script is refused as a whole.
struct ScriptProblem
{
    std::string_view code; ///< stable: "script.ambiguous"
    std::string_view text; ///< plain English
    std::size_t offset = 0;
    std::size_t line = 1;
};

struct SplitScript
{
    std::vector<ScriptItem> items;         ///< empty where there is a problem
    std::optional<ScriptProblem> problem;
};

/// Splits a script as its writer sees it: at `;`, or at what a DELIMITER line names, outside of strings, names in backticks and comments.
/// A blank line ends nothing, a comment alone is no statement, and the last statement needs no delimiter.  Where a reader could not be sure,
/// the whole is refused and nothing is half run: a routine or a compound statement without DELIMITER, a string, name or comment
/// without an end, DELIMITER in the middle of a statement.
///
/// Each item is then judged by itself.  One that is allowed has the same boundaries under every sql_mode, so the splitting has them too.
/// Takes time proportional to the script's size; reentrant.
SplitScript splitScript(std::string_view script);

} // namespace zandb::rules
