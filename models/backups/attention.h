// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backuptablemodel.h"
#include "models/fleet/location.h"

namespace zandb {

/// One line of the Today page: what is wrong and where its cause is found.
struct Attention
{
    Look look = Look::Failed;
    QString what;     ///< "db1/my3306: backup failed"
    QString detail;   ///< the cause in a sentence
    TimePoint since{};
    Location leadsTo;
};

/// Failed, unknown and late runs of the board day, disks with less than 15 % free, hosts and instances that are
/// down or not heard of.  Worst first, then newest.
std::vector<Attention> attentionOf(const Fleet &fleet, const std::vector<BackupRow> &night, TimePoint now);

} // namespace zandb
