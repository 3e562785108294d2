// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backuptablemodel.h"
#include "models/backups/coverage.h"
#include "models/fleet/location.h"
#include "models/workflow/schedulehealth.h"

namespace zandb {

/// One line of the Today page: what is wrong and where its cause is found.
struct Attention
{
    Look look = Look::Failed;
    QString what;     ///< "db1/my3306: backup failed"
    QString detail;   ///< the cause in a sentence
    TimePoint since{};
    Location leadsTo;          ///< an empty page: nowhere
    std::optional<Uuid> alert; ///< the alert it is, which a person can acknowledge
    bool acknowledged = false; ///< by somebody: it stands at the end
    bool ofSchedules = false;  ///< an alert of the clock, which says why no schedule runs
    std::optional<Uuid> digest{}; ///< of slow statements, which a person can accept: it is known, and as it should be
};

/// What of some days' backup runs still needs a person.
struct Troubled
{
    std::vector<BackupRow> rows;
    int healed = 0; ///< bad ones of the board day that a good one of the same instance followed
    int repeated = 0; ///< bad ones of the board day that another bad one of the day, of the same task and instance, stands for
};
/// Of `rows` due from `since` on, in any order: each task's newest run of each instance that failed, was missed, is late
/// or unknown, while the instance has had no good backup after it.
Troubled troubledOf(const std::vector<BackupRow> &rows, TimePoint since, const BoardDay &night);

/// "3 without a good backup, 1 in no backup task, 12 never proved"; empty where all is well.
QString coverageText(const CoverageCounts &counts);

/// What else there is to know beside the fleet and the troubled runs.
struct AttentionFacts
{
    ScheduleHealth health;
    std::vector<Attention> alerts;
    std::vector<Unrun> withoutTarget; ///< tasks whose last occurrence had nobody to work on
    std::vector<Coverage> coverage;   ///< of the scope
    std::vector<Backup> foundBad{};   ///< of the scope, of any age, not expired
    std::vector<Attention> statements{}; ///< slow statements of the scope that are new or worse than usual
};

/// First that nobody schedules, where that is so and no alert says it, and the alerts.  Then the troubled runs, instances without a good backup or
/// in no task, slow statements that are new or worse, disks with less than 15 % free, hosts and instances that are down or not heard of: worst first, then newest,
/// and last what somebody has acknowledged.  Many of one cause are one line: occurrences nobody wrote down, instances without
/// a good backup, and, without a headless instance, all hosts that are merely not asked any more.
std::vector<Attention> attentionOf(const Fleet &fleet, const std::vector<BackupRow> &troubled, TimePoint now, const AttentionFacts &facts = {});

} // namespace zandb
