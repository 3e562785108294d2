// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backuptablemodel.h"

#include <QAbstractItemModel>

namespace zandb {

/// Instances, below each the bars of its runs by time.  The timeline paints from rows() directly.
class BackupTimelineModel final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum TimelineRole { StartRole = 0x0200, EndRole };
    struct Bar
    {
        Uuid runId;
        TimePoint start{};
        TimePoint end{};   ///< equal to start when it never ran
        bool open = false; ///< still running: it ends now
        Look look = Look::Unknown;
        std::optional<double> percent;
        QString text;      ///< for hover and screen readers
        bool operator==(const Bar &) const = default;
    };
    struct Row
    {
        Uuid instanceId;
        QString title;
        std::vector<Bar> bars; ///< by start
    };

    explicit BackupTimelineModel(QObject *parent = nullptr);

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const final;
    QModelIndex parent(const QModelIndex &child) const final;
    int rowCount(const QModelIndex &parent = {}) const final;
    int columnCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;

    /// One row for each of `instances` (by title), also those without any run.  Pure and thread-safe: ten thousand
    /// bars are worked out off the GUI thread.
    static std::vector<Row> build(const std::vector<std::pair<Uuid, QString>> &instances, const std::vector<BackupRow> &backups,
                                  TimePoint now);
    void setRows(std::vector<Row> next, TimePoint now);
    /// Both in one.
    void setBackups(const std::vector<std::pair<Uuid, QString>> &instances, const std::vector<BackupRow> &backups, TimePoint now);
    void setNow(TimePoint now) { m_now = now; }
    TimePoint now() const { return m_now; }
    const std::vector<Row> &rows() const { return m_rows; }

private:
    std::vector<Row> m_rows;
    TimePoint m_now{};
};

} // namespace zandb
