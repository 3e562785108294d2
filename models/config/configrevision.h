// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"

#include <optional>

namespace zandb {

/// One change of one variable of one instance that was carried out.  A value.
struct ConfigRevision
{
    Uuid id;
    Uuid runId;
    Uuid instanceId;
    TimePoint at{};
    std::string person;
    wire::ConfigOutcome outcome;
    std::string diff; ///< of the option files; "": none was changed
};

/// What takes this change back: the values that were there before, and only if what it made still stands there.  Nothing: it was taken back already.
std::vector<wire::ConfigChange> reverseOf(const ConfigRevision &revision);
/// Whether both belong to one change: a change that was taken back has a row for memory and one for the disk, whose values need not be the same.
inline bool isSameChange(const ConfigRevision &one, const ConfigRevision &other)
{
    return one.runId == other.runId && one.instanceId == other.instanceId && one.outcome.name == other.outcome.name;
}

} // namespace zandb
