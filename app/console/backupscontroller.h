// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/backupsreading.h"
#include "app/console/listcontroller.h"
#include "models/backups/attentionmodel.h"
#include "models/backups/backupdays.h"
#include "models/backups/backuptimelinemodel.h"
#include "models/slowlog/finding.h"

namespace zandb::console {

/// Keeps the Backups and the Today page at what the store says of the scope and the range.
class BackupsController final : public ListController
{
    Q_OBJECT
public:
    using Instances = std::vector<std::pair<Uuid, QString>>;
    BackupsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    BackupTableModel *table() { return &m_table; }
    BackupTimelineModel *timeline() { return &m_timeline; }
    AttentionModel *attention() { return &m_attention; }

Q_SIGNALS:
    void boardChanged(const zandb::BoardCounts &counts);
    /// `healed`: so many of the day's bad ones were followed by a good one of the same instance; `repeated`: by another bad one
    /// of the same task and instance.
    void nightChanged(const zandb::BoardDay &day, const zandb::BoardCounts &counts, int healed, bool cut, int repeated);
    void coverageCounted(const zandb::CoverageCounts &counts);
    void rangeChanged(zandb::TimePoint from, zandb::TimePoint until, const std::string &zone);
    void daysChanged(const std::vector<zandb::BackupDay> &days);
    void instancesChanged(const std::vector<std::pair<zandb::Uuid, QString>> &instances);

private:
    struct Facts
    {
        std::vector<BackupRow> rows;
        std::vector<BackupTimelineModel::Row> timeline;
        std::vector<BackupDay> days;
        BoardCounts board;
        BoardDay night;
        BoardCounts nightBoard;
        int nightHealed = 0;
        int nightRepeated = 0;
        bool nightCut = false; ///< not all of the night has been read
        std::vector<BackupRow> troubled; ///< what attention is made of
        std::vector<Unrun> withoutTarget;
        std::vector<Backup> foundBad;
        bool cut = false;
    };
    static Result<Facts> read(store::Session &session, const BackupsQuestion &question);
    Reading<Facts>::Job question() const;
    void show(Facts facts);
    void showRange();
    void showInstances();
    void showAttention();
    std::vector<Attention> statementsOf(const ScopeContents &contents) const;
    bool active() const;

    using Findings = Reading<std::vector<SlowFinding>>::Job;
    Reading<Facts> m_list;
    Reading<std::vector<SlowFinding>> m_findingsList;
    BackupTableModel m_table;
    BackupTimelineModel m_timeline;
    AttentionModel m_attention;
    std::vector<BackupRow> m_troubled;
    std::vector<Unrun> m_withoutTarget;
    std::vector<Backup> m_foundBad;
    std::vector<SlowFinding> m_findings; ///< of all instances
    QTimer m_clock;
};

} // namespace zandb::console
