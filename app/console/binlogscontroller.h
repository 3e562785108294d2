// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/binlogs/binlogmodels.h"

namespace zandb::console {

/// Keeps the Binlogs page at what the store says of the scope.  GUI thread; the reading is done on the store's threads.
class BinlogsController final : public ListController
{
    Q_OBJECT
public:
    BinlogsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    BinlogTableModel *table() { return &m_table; }

Q_SIGNALS:
    void nowChanged(zandb::TimePoint now);

private:
    Reading<std::vector<BinlogRow>>::Job question() const;
    void show(std::vector<BinlogRow> rows);

    Reading<std::vector<BinlogRow>> m_list;
    BinlogTableModel m_table;
};

} // namespace zandb::console
