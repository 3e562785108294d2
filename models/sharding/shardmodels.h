// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/common/tablemodel.h"
#include "models/sharding/shard.h"
#include "models/sharding/shardschemas.h"

#include <QString>

/// The lists of the page Shards.  GUI thread.
namespace zandb {

struct ShardRow
{
    Shard shard;
    QString owner;        ///< as it is called now
    bool isKnown = false; ///< it is of the fleet
    std::string finding;  ///< the worst one about it; empty: none
};

/// A finding of the audit, or a difference between tables.
struct ShardFindingRow
{
    Uuid id;
    std::string kind;
    std::string database;
    QString shards;  ///< "3", "5-8"; empty: the database
    std::int64_t number = 0; ///< of the first, to sort by
    QString what;    ///< a table or column; empty: the shards themselves
    std::string has;
    std::string usual;
    QStringList where;
    ShardCounts counts; ///< of "stale"
};
ShardFindingRow findingRowOf(const ShardFinding &finding);
ShardFindingRow findingRowOf(const std::string &database, const ShardDifference &difference);

struct ShardRuleRow
{
    ShardRule rule;
    QString group;
};

struct ShardChangeRow
{
    ShardChange change;
    Uuid id;
};

/// "two owners", "column of another type", ...
QString shardFindingText(const std::string &kind);
Look shardFindingLook(const std::string &kind);
/// What it is about in one line: places, or what a column is and should be.
QString shardFindingDetail(const ShardFindingRow &row);
/// "3 added, 1 changed, 0 removed"
QString shardCountsText(const ShardCounts &counts);
QString shardSourceText(const Shard &shard);

class ShardTableModel final : public TableModel<ShardRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Database, Number, Count, Owner, Schema, Dsn, Source, Changed, ColumnCount };
    explicit ShardTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ShardRow &row) const override { return row.shard.id; }
    bool same(const ShardRow &a, const ShardRow &b) const override;

protected:
    QVariant cell(const ShardRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

class ShardFindingModel final : public TableModel<ShardFindingRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Kind, Database, Shards, What, Detail, ColumnCount };
    explicit ShardFindingModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ShardFindingRow &row) const override { return row.id; }
    bool same(const ShardFindingRow &a, const ShardFindingRow &b) const override;

protected:
    QVariant cell(const ShardFindingRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

class ShardRuleModel final : public TableModel<ShardRuleRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Database, Pattern, Group, Count, Dsn, Person, Changed, ColumnCount };
    explicit ShardRuleModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ShardRuleRow &row) const override { return row.rule.id; }
    bool same(const ShardRuleRow &a, const ShardRuleRow &b) const override;

protected:
    QVariant cell(const ShardRuleRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// What a rule or an import would do.
class ShardChangeModel final : public TableModel<ShardChangeRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Kind, Database, Number, Before, After, ColumnCount };
    explicit ShardChangeModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    void setChanges(const std::vector<ShardChange> &changes);
    Uuid key(const ShardChangeRow &row) const override { return row.id; }
    bool same(const ShardChangeRow &, const ShardChangeRow &) const override { return true; }

protected:
    QVariant cell(const ShardChangeRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
