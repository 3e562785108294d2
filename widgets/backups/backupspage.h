// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/coverage.h"
#include "models/backups/backupdays.h"
#include "models/backups/backuptimelinemodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;
class QLabel;
class QPushButton;
class QSplitter;

namespace zandb {

class BackupDaysChart;
class BackupTimelineView;
class BoardStrip;
class Inspector;
class Skeleton;
class TablePane;

/// The board, the timeline, the chart of days and the table of backup runs of the scope.
class BackupsPage final : public Page
{
    Q_OBJECT
public:
    BackupsPage(const Ui &ui, BackupTableModel *table, BackupTimelineModel *timeline, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void setAway(bool away) override;
    void focusFilter() override;
    bool escape() override;
    void enter(const Location &location) override;
    QString help() const override;

    void setBoard(const BoardCounts &counts);
    /// How well the scope's instances are backed up; nothing is shown where all is well.
    void setCoverage(const CoverageCounts &counts);
    /// Only the newest `rows` are listed and counted; 0: all.
    void setCut(int rows);
    void setRange(TimePoint from, TimePoint until, const std::string &zone);
    void setDays(const std::vector<BackupDay> &days);
    /// The scope's instances: what "Back up ..." without a selected row means.
    void setInstances(const std::vector<std::pair<Uuid, QString>> &instances);

Q_SIGNALS:
    void backupRequested(const std::vector<zandb::Uuid> &instances);
    void retryRequested(const std::vector<zandb::Uuid> &runs);
    void cancelRequested(const std::vector<zandb::Uuid> &runs);
    /// Prove backups by restores that are removed again; restore one to where the person says.
    void verifyRequested(const std::vector<zandb::Backup> &backups);
    void restoreRequested(const zandb::Backup &backup);
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showInspector();
    void showOne(const BackupRow &row);
    void showMany(const std::vector<const BackupRow *> &rows, int chosen);
    void offerActs(const std::vector<const BackupRow *> &rows);
    void setLook(std::optional<Look> look);

    BackupTableModel *m_model;
    BoardStrip *m_strip;
    BackupTimelineView *m_timeline;
    BackupDaysChart *m_chart;
    QSplitter *m_pictures;
    TablePane *m_pane;
    Inspector *m_inspector;
    QLabel *m_coverage;
    CoverageCounts m_coverageCounts;
    QPushButton *m_backup;
    QPushButton *m_retry;
    QPushButton *m_cancel;
    QPushButton *m_open;
    QPushButton *m_verify;
    QPushButton *m_restore;
    QPushButton *m_backupScope;
    std::vector<std::pair<Uuid, QString>> m_instances;
    std::optional<Look> m_look;
    std::vector<Skeleton *> m_skeletons; ///< over what is painted of the scope and range before
    bool m_loading = false;
};

} // namespace zandb
