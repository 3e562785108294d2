// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/fleet/historycharts.h"

namespace zandb::console {

/// Reads the figures of the instance that is shown in full, or in the Fleet page's inspector, over the window's range.  GUI thread; the reading is done on
/// the store's threads.
class HistoryController final : public ListController
{
    Q_OBJECT
public:
    HistoryController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    /// What the Fleet page's inspector shows; none: no single instance.
    void inspect(const std::optional<Uuid> &instance);

Q_SIGNALS:
    /// Another range of the same instance.
    void rangeChanged(zandb::TimePoint from, zandb::TimePoint until);
    /// Of the instance in full.
    void shown(const zandb::InstanceHistory &history);
    /// Of the inspected instance.
    void inspected(const zandb::InstanceHistory &history);

private:
    struct Place
    {
        std::optional<Uuid> instance;
        bool full = false;
        bool operator==(const Place &) const = default;
    };
    Place place() const;
    void follow();
    /// With whether it is of the page in full.
    using Answer = std::pair<InstanceHistory, bool>;
    Reading<Answer>::Job question() const;
    void show(Answer answer);

    Reading<Answer> m_reading;
    std::optional<Uuid> m_inspected;
    Place m_place;
    TimeRange m_range;
    QTimer m_clock;
};

} // namespace zandb::console
