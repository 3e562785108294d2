// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"
#include "app/store/session.h"
#include "models/alerts/watch.h"
#include "models/workflow/run.h"

namespace zandb::headless {

/// Looks at what the store knows of the fleet, its backups, runs and headless instances, and says by alerts what is wrong.  One headless instance does
/// it, the one that holds the lease of the store's own host.  Belongs to one thread.
class Watching
{
public:
    /// One look, with everything it writes.  Errors: those of Session.
    Result<void> look(store::Session &session);

private:
    Result<std::vector<WatchedDisk>> disks(store::Session &session, const Fleet &fleet, TimePoint now);
    Result<void> outcomes(store::Session &session, const Fleet &fleet, const std::vector<Task> &tasks, TimePoint now);

    AlertWatch m_watch;
    std::optional<TimePoint> m_runsSince; ///< ends of runs up to here were looked at
    std::optional<TimePoint> m_disksAt;   ///< when readings were last written down
    std::vector<WatchedDisk> m_disks;
};

/// Again and again, with a session of its own.
StoreWork::Work watching(StoreSettings settings);

} // namespace zandb::headless
