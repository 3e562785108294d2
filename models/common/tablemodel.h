// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace zandb {

/// Base of flat models: holds rows that are known by a key and tells views the least that changed.  A dumb
/// container: no services, no colours.  GUI thread only.
///
/// A subclass says what a row is called (`key`), when two rows show the same (`same`), and what cells hold
/// (`cell`, `header`).
template<class RowT, class KeyT>
class TableModel : public QAbstractTableModel
{
public:
    using Row = RowT;
    using Key = KeyT;

    int rowCount(const QModelIndex &parent = {}) const final { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const final { return parent.isValid() ? 0 : m_columns; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
            return {};
        return cell(m_rows[static_cast<std::size_t>(index.row())], index.column(), role);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= m_columns)
            return {};
        return header(section, role);
    }

    const std::vector<Row> &rows() const { return m_rows; }
    /// Null when there is no such row.
    const Row *row(int number) const
    {
        return number >= 0 && number < rowCount() ? &m_rows[static_cast<std::size_t>(number)] : nullptr;
    }
    /// -1 when there is none.
    int rowOf(const Key &wanted) const
    {
        const auto it = std::ranges::find_if(m_rows, [&](const Row &r) { return key(r) == wanted; });
        return it == m_rows.end() ? -1 : static_cast<int>(it - m_rows.begin());
    }

    /// Makes the rows equal to `next`, in its order.  Rows that stay keep their index and selection.
    void setRows(std::vector<Row> next)
    {
        std::unordered_set<Key> wanted;
        wanted.reserve(next.size());
        for (const Row &r : next)
            wanted.insert(key(r));
        removeAbsent(wanted);
        if (!isSubsequence(next)) {
            // what stays changed its order: views keep nothing useful of it
            beginResetModel();
            m_rows = std::move(next);
            endResetModel();
            return;
        }
        if (m_rows.empty() && !next.empty()) { // moving ten thousand large rows one by one takes longer than all else
            beginInsertRows({}, 0, static_cast<int>(next.size()) - 1);
            m_rows = std::move(next);
            endInsertRows();
            return;
        }
        std::size_t at = 0;
        while (at < next.size()) {
            if (at < m_rows.size() && key(m_rows[at]) == key(next[at])) {
                at = updateSpan(next, at);
            } else {
                at = insertSpan(next, at);
            }
        }
    }

    /// Replaces the row of the same key, or appends it.
    void upsert(Row next)
    {
        const int at = rowOf(key(next));
        if (at < 0) {
            beginInsertRows({}, rowCount(), rowCount());
            m_rows.push_back(std::move(next));
            endInsertRows();
            return;
        }
        Row &old = m_rows[static_cast<std::size_t>(at)];
        const bool changed = !same(old, next);
        old = std::move(next);
        if (changed)
            Q_EMIT dataChanged(index(at, 0), index(at, m_columns - 1));
    }

    /// The language or the clock changed: every text may read differently.
    void refreshTexts()
    {
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, m_columns - 1);
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, m_columns - 1));
    }

    virtual Key key(const Row &row) const = 0;
    virtual bool same(const Row &a, const Row &b) const = 0;

protected:
    explicit TableModel(int columns, QObject *parent) : QAbstractTableModel(parent), m_columns(columns) {}
    virtual QVariant cell(const Row &row, int column, int role) const = 0;
    virtual QVariant header(int column, int role) const = 0;

private:
    void removeAbsent(const std::unordered_set<Key> &wanted)
    {
        for (int last = rowCount() - 1; last >= 0; --last) {
            if (wanted.contains(key(m_rows[static_cast<std::size_t>(last)])))
                continue;
            int first = last;
            while (first > 0 && !wanted.contains(key(m_rows[static_cast<std::size_t>(first - 1)])))
                --first;
            beginRemoveRows({}, first, last);
            m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
            endRemoveRows();
            last = first;
        }
    }
    bool isSubsequence(const std::vector<Row> &next) const
    {
        std::size_t have = 0;
        for (const Row &r : next) {
            if (have < m_rows.size() && key(m_rows[have]) == key(r))
                ++have;
        }
        return have == m_rows.size();
    }
    std::size_t updateSpan(std::vector<Row> &next, std::size_t at)
    {
        std::size_t firstChanged = next.size();
        const auto flush = [&](std::size_t end) {
            if (firstChanged < end)
                Q_EMIT dataChanged(index(static_cast<int>(firstChanged), 0), index(static_cast<int>(end) - 1, m_columns - 1));
            firstChanged = next.size();
        };
        while (at < next.size() && at < m_rows.size() && key(m_rows[at]) == key(next[at])) {
            const bool changed = !same(m_rows[at], next[at]);
            m_rows[at] = std::move(next[at]);
            if (changed)
                firstChanged = std::min(firstChanged, at);
            else
                flush(at);
            ++at;
        }
        flush(at);
        return at;
    }
    std::size_t insertSpan(std::vector<Row> &next, std::size_t at)
    {
        std::size_t end = at;
        while (end < next.size() && !(at < m_rows.size() && key(next[end]) == key(m_rows[at])))
            ++end;
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(end) - 1);
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at),
                      std::make_move_iterator(next.begin() + static_cast<std::ptrdiff_t>(at)),
                      std::make_move_iterator(next.begin() + static_cast<std::ptrdiff_t>(end)));
        endInsertRows();
        return end;
    }

    std::vector<Row> m_rows;
    int m_columns;
};

} // namespace zandb
