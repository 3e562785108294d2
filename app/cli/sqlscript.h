// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlguard.h"
#include "app/cli/args.h"
#include "app/platform/errors.h"

#include <string>
#include <vector>

namespace zandb::cli {

/// One statement of a script.
struct JudgedStatement
{
    std::string sql;
    std::size_t line = 1;
    rules::Verdict verdict;
};

/// The text of --sql, --file or standard input, as UTF-8; --encoding tells a file's.  Errors: usage.
Result<std::string> scriptText(const Args &args);
/// The statements of --sql, --file or standard input, each with the guard's verdict; --encoding tells a file's, and what was converted is said on standard
/// error.  Files have at most 50 MiB.  Errors: usage, when it cannot be read or split, or has more than `most` statements.
Result<std::vector<JudgedStatement>> judgeScript(const Args &args, std::size_t most = 10'000);
/// The same of this text; `schema`: the default schema.
Result<std::vector<JudgedStatement>> judgeText(const std::string &script, const std::string &schema, std::size_t most = 10'000);
/// Only the texts, where each of them may run (confirmed ones too).  Errors: usage, naming the line.
Result<std::vector<std::string>> allowedStatements(const std::vector<JudgedStatement> &judged, bool confirmed);

} // namespace zandb::cli
