// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include <QAbstractProxyModel>
#include <QStringList>
#include <QTimer>

#include <set>
#include <vector>

namespace zandb {

/// Sorts a flat model by SortRole and filters it by words and by looks.  For tables only: trees filter themselves.
///
/// A word matches when any column's text holds it, whatever the case; `column:word` looks in the columns whose
/// title begins with `column`; `-word` must not match.  All words must agree.
///
/// Never holds up the thread for more than a few milliseconds: a few hundred rows are done at once, more of them in
/// slices between events (`busy` until `settled`), while the rows that were shown stay.  Selections survive, since
/// rows move, come and go but are never reset.  GUI thread only.
class SortFilterModel final : public QAbstractProxyModel
{
    Q_OBJECT
public:
    explicit SortFilterModel(QObject *parent = nullptr);

    void setWords(const QString &words);
    const QString &words() const { return m_text; }
    /// Rows whose `lookColumn` has one of these looks; empty: all.
    void setLooks(const std::set<Look> &looks);
    const std::set<Look> &looks() const { return m_looks; }
    void setLookColumn(int column) { m_lookColumn = column; }
    int lookColumn() const { return m_lookColumn; }
    int sortColumn() const { return m_sortColumn; } ///< -1: the model's order
    Qt::SortOrder sortOrder() const { return m_order; }
    /// The order is not yet the one asked for.
    bool busy() const { return m_stage != Stage::Idle; }

    void setSourceModel(QAbstractItemModel *source) override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    QModelIndex mapToSource(const QModelIndex &index) const override;
    QModelIndex mapFromSource(const QModelIndex &index) const override;
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &) const override { return {}; }
    QModelIndex sibling(int row, int column, const QModelIndex &) const override { return index(row, column); }
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override { return rowCount(parent) > 0 && columnCount(parent) > 0; }
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// What was asked for is shown now.
    void settled();

private:
    struct Word
    {
        QString column;
        QString text;
        bool without = false;
    };
    /// What is remembered of a source row, so that comparing and searching ask the model once.
    struct Entry
    {
        QString text;    ///< columns, folded, between separators
        QString textKey; ///< sort key that is text
        double number = 0;
        qint64 integer = 0;
        int look = 0;
        char kind = 0;   ///< 0: not asked yet; n: nothing, i: integer, d: real, t: text
        bool lookKnown = false;
    };
    enum class Stage { Idle, Accept, Merge };

    void restart();
    void step();
    void finish();
    void apply(std::vector<int> next);
    void moveTo(std::vector<int> next);
    bool accepts(int row);
    void ask(int row);
    bool before(int a, int b);
    std::vector<int>::iterator placeIn(std::vector<int> &rows, int row);
    void wordColumns();
    void forget(int first, int last);
    void insertOne(int row);
    void removeShown(int first, int last);
    void placeAgain();
    void onInserted(int first, int last);
    void onAboutToBeRemoved(int first, int last);
    void onRemoved(int first, int last);
    void onChanged(const QModelIndex &from, const QModelIndex &until, const QList<int> &roles);

    QString m_text;
    QList<Word> m_words;
    std::vector<std::vector<int>> m_wordColumns; ///< of each word; empty: all
    std::set<Look> m_looks;
    int m_lookColumn = 0;
    int m_sortColumn = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;

    std::vector<int> m_shown; ///< source rows in the order shown
    std::vector<int> m_place; ///< source row -> row here, -1: not shown
    std::vector<Entry> m_entries;
    QList<QMetaObject::Connection> m_connections;

    Stage m_stage = Stage::Idle;
    int m_at = 0;             ///< Accept: next source row; Merge: next place
    int m_width = 1;          ///< Merge: length of the runs
    std::vector<int> m_next;
    std::vector<int> m_spare;
    QTimer m_timer;
};

} // namespace zandb
