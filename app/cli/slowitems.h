// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "models/slowlog/slowreport.h"

/// Slow statements as `zandbctl slow` prints them.  Times are in seconds, what the log lacks is null.
namespace zandb::cli {

Json totalsJson(const SlowTotals &totals);
/// "query_time", "lock_time", "rows_sent", "rows_examined", "bytes_sent" and "events".
Json figuresJson(const SlowFigures &figures);
/// `all`: the query time of all digests together.
Json digestJson(const SlowDigestRow &row, TimePoint from, std::int64_t allUs);
Json sampleJson(const SlowExample &example, const Fleet &fleet);
Json sourceJson(const SlowSourceRow &source, const Fleet &fleet);

/// The digest that a word means: its checksum, or its beginning or end of at least four digits.  Errors: not_found, usage.
Result<SlowChecksum> digestOf(Context &context, const std::string &text);

/// "1.4 s" of microseconds; "-" for none.
std::string secondsText(const std::optional<double> &us);
/// "+18 %", "new", "-".
std::string changeText(double now, double before);
/// The digest's text on one line, at most so many characters.
std::string fingerprintLine(const SlowDigestRow &row, std::size_t most);

} // namespace zandb::cli
