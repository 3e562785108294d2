// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"
#include "models/common/tablemodel.h"
#include "models/workflow/runtext.h"

namespace zandb {

/// A backup run and, when it was good, what the catalogue says of the backup.
struct BackupRow
{
    RunRow run;
    std::optional<Backup> backup;
};

/// It succeeded, and what it left was found bad later: for the board and for people it has failed.  An expired one is no worry any more.
inline bool wasFoundBad(const BackupRow &row) { return row.backup && row.backup->finding && !row.backup->expiredAt; }

/// Joins runs of kind backup with the catalogue by run.  One that was found bad looks failed.
std::vector<BackupRow> joinBackups(std::vector<RunRow> runs, const std::vector<Backup> &backups);
/// "restored and checked" and so on, for level 0 to 4.
QString levelText(int level);
QList<Fact> factsOf(const BackupRow &row, TimePoint now);

class BackupTableModel final : public TableModel<BackupRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Target, TaskName, Due, Duration, Progress, Size, Stored, Method, Level, Trouble, ColumnCount };
    explicit BackupTableModel(QObject *parent = nullptr);

    void setNow(TimePoint now);
    TimePoint now() const { return m_now; }

    Uuid key(const BackupRow &row) const override { return row.run.run.id; }
    bool same(const BackupRow &a, const BackupRow &b) const override;

protected:
    QVariant cell(const BackupRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;

private:
    TimePoint m_now{};
};

} // namespace zandb
