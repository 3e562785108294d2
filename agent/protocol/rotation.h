// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Orders of kind `rotate`: the slow log of an instance gets a number, and the server begins a new one.
namespace zandb::wire {

struct RotateArgs
{
    std::string instance;
    int keep = 14;                  ///< how many rotated logs stay, 1 to 365; older ones are removed
    std::string compress = "zstd";  ///< "none", "gzip", "zstd": those older than the newest, which somebody may still read
    bool force = false;             ///< also where somebody else rotates the log
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RotateArgs, instance, keep, compress, force)
};

/// The result of an order.  A log that was left alone is a success: `left` says why.
struct RotateResult
{
    std::string path;      ///< of the log the server writes
    std::string rotated;   ///< what it was renamed to; empty: it was left alone
    std::string left;      ///< "off", "log_output_table", "empty", "rotated_elsewhere"
    std::int64_t bytes = 0; ///< of the rotated log
    std::vector<std::string> compressed; ///< names beside it that were made
    std::vector<std::string> removed;
    std::vector<std::string> warnings;   ///< what could not be done of compressing and removing: a code and a name
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RotateResult, path, rotated, left, bytes, compressed, removed, warnings)
};

} // namespace zandb::wire
