// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/config/configrevision.h"

namespace zandb {

std::vector<wire::ConfigChange> reverseOf(const ConfigRevision &revision)
{
    const wire::ConfigOutcome &done = revision.outcome;
    if (done.takenBack)
        return {};
    const bool memory = done.where != "disk" && !done.afterRestart;
    const bool disk = done.where != "memory";
    std::vector<wire::ConfigChange> changes;
    if (memory) {
        wire::ConfigChange back;
        back.name = done.name;
        back.value = done.oldMemory;
        back.where = "memory";
        back.expectedMemory = done.newMemory;
        changes.push_back(std::move(back));
    }
    if (disk) {
        wire::ConfigChange back;
        back.name = done.name;
        back.value = done.oldDisk;
        back.where = "disk";
        back.expectedDisk = done.newDisk.value_or("");
        changes.push_back(std::move(back));
    }
    return changes;
}

} // namespace zandb
