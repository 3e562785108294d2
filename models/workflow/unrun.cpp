// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/unrun.h"

#include <algorithm>

namespace zandb {

std::int64_t countWithin(const Unrun &row, TimePoint from, TimePoint until)
{
    if (!row.dues.empty())
        return std::ranges::count_if(row.dues, [&](TimePoint due) { return due >= from && due < until; });
    return missedWithin({row.since, row.last, static_cast<int>(row.count), row.schedule}, from, until);
}

Error unrunError(const std::string &reason)
{
    for (const auto &[word, code] : {std::pair{"no_target", errors::scheduleNoTarget}, std::pair{"nothing_due", errors::scheduleNothingDue}, std::pair{"overlap", errors::scheduleOverlap},
                                     std::pair{"window", errors::scheduleWindow}, std::pair{"person", errors::scheduleLeftOut}, std::pair{"catch_up", errors::scheduleCatchUp},
                                     std::pair{"unwritten", errors::scheduleUnwritten}}) {
        if (reason == word)
            return makeError(code);
    }
    return makeError(errors::scheduleDeadline);
}

} // namespace zandb
