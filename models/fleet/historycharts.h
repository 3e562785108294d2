// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/uuid.h"
#include "models/common/chartdata.h"

#include <QString>

namespace zandb {

/// What is known of an instance and its host over a range of time, as it was read.
struct InstanceHistory
{
    Uuid instance;
    TimePoint from{};
    TimePoint until{};
    std::vector<Spreads> figures;     ///< one entry for each of instanceFigures()
    std::vector<Spreads> hostFigures; ///< one entry for each of hostFigures()
    std::int64_t damaged = 0;         ///< rows of the store that cannot be read
    bool collecting = true;           ///< a headless instance is alive, as far as one knows

    bool isEmpty() const; ///< nothing is known of the instance
};

/// One chart of a history.
struct HistoryChart
{
    QString name;            ///< stable: "connections"
    QString title;           ///< translated
    ChartUnit unit = ChartUnit::Count;
    bool stacked = false;    ///< parts of a whole
    bool fromZero = true;
    ChartData data;
};
/// All charts of an instance, in the order in which they are shown; takes the current translation.  A history without figures gives the charts
/// without values.
std::vector<HistoryChart> historyCharts(const InstanceHistory &history);

} // namespace zandb
