// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/scope.h"

#include <QAbstractItemModel>

#include <memory>

namespace zandb {

/// Groups, below them hosts, below them instances, with what the store last heard of them.  Filters itself (a
/// recursive proxy is far too slow): a node stays when it, something above or something below it matches.
class FleetTreeModel final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Name, State, RoleColumn, Version, Lag, Seen, ColumnCount };
    enum FleetRole { ScopeKindRole = 0x0200 }; ///< int of Scope::Kind

    explicit FleetTreeModel(QObject *parent = nullptr);
    ~FleetTreeModel() override;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const final;
    QModelIndex parent(const QModelIndex &child) const final;
    int rowCount(const QModelIndex &parent = {}) const final;
    int columnCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final;

    /// Takes the fleet as it is now; tells views only what differs.
    void setFleet(const Fleet &fleet);
    const Fleet &fleet() const { return m_fleet; }
    /// The store's clock moves on: ages grow, and what gets too old turns stale.
    void setNow(TimePoint now);
    void setFilter(const QString &words);
    /// The language changed.
    void refreshTexts();

Q_SIGNALS:
    /// Around any number of rows that come and go: what a view has selected in between is nobody's choice.
    void rebuilding();
    void rebuilt();

public:
    Scope scopeAt(const QModelIndex &index) const;
    /// Invalid when it is not shown.
    QModelIndex indexOf(const Scope &scope, int column = 0) const;

private:
    struct Node;
    struct Wanted;
    std::vector<Wanted> wantedTree() const;
    void rebuild();
    QString tipOf(const Node &node) const;
    void sync(Node *parent, const QModelIndex &parentIndex, std::vector<Wanted> wanted);
    void emitChanged(Node *parent, const QModelIndex &parentIndex, int first, int last);
    Node *nodeAt(const QModelIndex &index) const;
    QModelIndex indexOfNode(const Node *node, int column) const;
    Node *findNode(Node *from, const Scope &scope) const;

    Fleet m_fleet;
    TimePoint m_now{};
    QStringList m_words;
    std::unique_ptr<Node> m_root;
};

} // namespace zandb
