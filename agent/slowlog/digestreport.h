// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/slowlog/digest.h"

#include <cstdio>

namespace zandb::agent {

/// Which classes are shown, and in which order.
struct DigestChoice
{
    std::size_t most = SIZE_MAX; ///< so many classes
    double share = 1;            ///< classes until they hold this part of the sum that orders them
    std::string column = "query_time"; ///< query_time, lock_time, rows_sent, rows_examined, bytes_sent
    std::string figure = "sum";        ///< sum, min, max, median, p95, count
};

/// The classes in the order of `choice`, the first first; those without the column stand last.
std::vector<const SlowClass *> orderedClasses(const SlowDigest &digest, const DigestChoice &choice);
/// How many of them are shown.
std::size_t shownClasses(const std::vector<const SlowClass *> &ordered, const DigestChoice &choice);

/// {"query_count","classes":[...]}: query_count is of all classes, also those that are not shown.
void printDigestJson(std::FILE *out, const SlowDigest &digest, const DigestChoice &choice);
/// For people: all together, the profile, then one block a class.  `names`: of the files.
void printDigestText(std::FILE *out, const SlowDigest &digest, const DigestChoice &choice, const std::vector<std::string> &names);

} // namespace zandb::agent
