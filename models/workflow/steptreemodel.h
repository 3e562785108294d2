// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/run.h"

#include <QAbstractItemModel>

namespace zandb {

/// One run's steps, below each its attempts.
class StepTreeModel final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Name, State, Started, Duration, OrderedBy, Trouble, ColumnCount };
    explicit StepTreeModel(QObject *parent = nullptr);

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const final;
    QModelIndex parent(const QModelIndex &child) const final;
    int rowCount(const QModelIndex &parent = {}) const final;
    int columnCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final;

    void setDetail(const RunDetail &detail, TimePoint now);
    void refreshTexts();
    /// The attempt an index stands for (of a step: its last); null when there is none yet.
    const Attempt *attemptAt(const QModelIndex &index) const;
    QModelIndex indexOfAttempt(int step, int attempt) const;

private:
    struct Node
    {
        Step step;
        std::vector<Attempt> attempts;
    };
    static QString keyRoleText(const std::string &role);
    QVariant stepData(const Step &step, int column, int role) const;
    QVariant attemptData(const Attempt &attempt, int column, int role) const;

    std::vector<Node> m_nodes;
    TimePoint m_now{};
};

} // namespace zandb
