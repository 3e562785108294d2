// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/checks/keymodels.h"

namespace zandb::console {

/// Keeps the Keys page at what the store says of the scope.  GUI thread; the reading is done on the store's threads.
class KeysController final : public ListController
{
    Q_OBJECT
public:
    KeysController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    KeyTableModel *keys() { return &m_keys; }
    FindingTableModel *findings() { return &m_findings; }

Q_SIGNALS:
    void gapsChanged(const QStringList &never, std::int64_t uncheckedTables);

private:
    struct Facts
    {
        std::vector<KeyRow> keys;
        std::vector<FindingRow> findings;
        QStringList never;
        std::int64_t unchecked = 0;
    };
    Reading<Facts>::Job question() const;
    void show(Facts facts);

    Reading<Facts> m_list;
    KeyTableModel m_keys;
    FindingTableModel m_findings;
};

} // namespace zandb::console
