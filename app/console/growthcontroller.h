// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/reload.h"
#include "app/console/storewatch.h"
#include "models/snapshots/snapshotmodels.h"

namespace zandb::console {

/// Keeps the growth view at the snapshots of its instance, and compares the two days that are chosen.  GUI thread.
class GrowthController final : public QObject
{
    Q_OBJECT
public:
    GrowthController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    GrowthModel *growth() { return &m_growth; }
    SnapshotDiffModel *diff() { return &m_diff; }
    void compare(SnapshotDay from, SnapshotDay to);

Q_SIGNALS:
    /// Another instance; nothing is known of it yet.
    void asked();
    void daysShown(const std::vector<zandb::SnapshotDayRow> &days, const zandb::SnapshotGrowth &growth);
    void diffShown(const zandb::SnapshotDiff &diff);
    /// It is tried again by itself.
    void failed(const zandb::Error &error);

private:
    struct Facts
    {
        std::vector<SnapshotDayRow> days;
        SnapshotGrowth growth;
    };
    void follow();
    void load();

    store::Executor &m_executor;
    ConsoleState &m_state;
    Latest<Facts> m_latest;
    Latest<SnapshotDiff> m_latestDiff;
    Reload m_reload;
    GrowthModel m_growth;
    SnapshotDiffModel m_diff;
    std::optional<Uuid> m_instance;
    TimeRange m_range;
};

} // namespace zandb::console
