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

/// What of some days' backup runs still needs a person.
struct Troubled
{
    std::vector<BackupRow> rows;
    int healed = 0; ///< bad ones of the board day that a good one of the same instance followed
};
/// Of `rows` due from `since` on, in any order: each task's newest run of each instance that failed, was missed, is late
/// or unknown, while the instance has had no good backup after it.
Troubled troubledOf(const std::vector<BackupRow> &rows, TimePoint since, const BoardDay &night);

/// The troubled runs, disks with less than 15 % free, hosts and instances that are
/// down or not heard of.  Worst first, then newest.
std::vector<Attention> attentionOf(const Fleet &fleet, const std::vector<BackupRow> &troubled, TimePoint now);

} // namespace zandb
