// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/workflow/runtablemodel.h"

#include <map>
#include <optional>

namespace zandb::console {

/// The names lists show for runs: of their hosts, targets and tasks.  Read once from a fleet and kept, so that ten thousand
/// runs are named quickly; usable on any thread.
class RunNames
{
public:
    RunNames(const Fleet &fleet, const std::map<Uuid, QString> &tasks);
    /// `median`: how long the target's last runs took, where that is known; decides whether it is late.
    RunRow row(Run run, TimePoint now, std::optional<Microseconds> median = std::nullopt) const;
    /// Fills in the names of a row that has no run, and of the instance a waiting one waits for.
    void name(RunRow &row) const;
    /// "db1/my3306"; the id in text when the fleet does not know it.
    QString target(const Uuid &id) const;

private:
    std::map<Uuid, QString> m_hosts;
    std::map<Uuid, QString> m_targets; ///< instances by their path, and hosts, which can be targets too
    const std::map<Uuid, QString> m_tasks;
    std::map<Uuid, std::vector<wire::Disk>> m_disks; ///< of hosts
};

/// Says of each row that waits why it does.  Reads the store only when one waits.  Errors: those of Session.
Result<void> explainWaiting(store::Session &session, const Fleet &fleet, const RunNames &names, std::vector<RunRow> &rows);

} // namespace zandb::console
