// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/channel.h"
#include "models/fleet/fleet.h"

#include <string>
#include <vector>

/// What channels are told, as text.  Pure, thread-safe, in the program's language.
namespace zandb {

/// At most `bytes` of UTF-8, cut between characters; what was cut ends with "…" where that fits.
std::string cutText(std::string text, std::size_t bytes);

/// All that gathered for one channel, made readable.
struct Digest
{
    std::string title;               ///< one line: "ZanDB production: Host db1 does not answer"
    std::string headline;            ///< the same without whose message it is
    std::vector<std::string> lines;  ///< what began, worst first, then what ended; many of one kind are one line with some names
    std::vector<std::string> all;    ///< a line for each, for channels without a limit
    std::int64_t raised = 0;
    std::int64_t cleared = 0;
    std::int64_t critical = 0;       ///< of those raised
    Json alerts = Json::array();     ///< of programs: kind, event, severity, module, subject, name, title, text, at, detail; at most 1,000
    std::int64_t more = 0;           ///< that are not in `alerts`
};
/// `source` names the store ("production").
Digest digestOf(const std::vector<AlertMessage> &messages, const Fleet &fleet, const std::string &source);
/// Title and lines in at most `bytes` (0: no limit).  Whole lines are left out at the end, and it says how many.
std::string plainText(const Digest &digest, std::size_t bytes);

} // namespace zandb
