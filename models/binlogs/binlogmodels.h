// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/binlogs/binlogwindow.h"
#include "models/common/look.h"
#include "models/common/tablemodel.h"

#include <QString>

/// The list of the page Binlogs.  GUI thread.
namespace zandb {

/// An instance with its archive and its restorable window; the window's files are left out but for their names.
struct BinlogRow
{
    Uuid instance;
    QString name;
    std::optional<wire::BinlogReport> report; ///< none: nothing is known yet
    TimePoint at{};                           ///< of the report
    BinlogWindow window;
    std::vector<std::pair<Uuid, TimePoint>> backups; ///< good ones with their ends, for the picture
    std::int64_t serverBytes = 0;             ///< of the server's own files
    std::int64_t serverFiles = 0;
};

Look binlogLook(const BinlogRow &row);
/// "archived", "archive waits", "not archived", "writes none", "hole", ...
QString binlogStateText(const BinlogRow &row);
/// "missing", "reset", ... in words.
QString binlogHoleText(const BinlogHole &hole);

class BinlogTableModel final : public TableModel<BinlogRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Instance, State, From, To, Holes, Behind, Archived, OnServer, Keeps, ColumnCount };
    explicit BinlogTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const BinlogRow &row) const override { return row.instance; }
    bool same(const BinlogRow &, const BinlogRow &) const override { return false; } // its times move all the time

protected:
    QVariant cell(const BinlogRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
