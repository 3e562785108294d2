// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/sortfiltermodel.h"

#include "models/common/natural.h"
#include "models/common/roles.h"

namespace zandb {

SortFilterModel::SortFilterModel(QObject *parent) : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    setDynamicSortFilter(true);
}

void SortFilterModel::setWords(const QString &words)
{
    if (words == m_text)
        return;
    m_text = words;
    m_words.clear();
    for (QString text : words.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        Word word;
        if (text.size() > 1 && text.startsWith(QLatin1Char('-'))) {
            word.without = true;
            text.remove(0, 1);
        }
        const auto colon = text.indexOf(QLatin1Char(':'));
        if (colon > 0 && colon + 1 < text.size()) {
            word.column = text.left(colon);
            text.remove(0, colon + 1);
        }
        word.text = text;
        m_words.push_back(word);
    }
    invalidateRowsFilter();
}

void SortFilterModel::setLooks(const std::set<Look> &looks)
{
    if (looks == m_looks)
        return;
    m_looks = looks;
    invalidateRowsFilter();
}

bool SortFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QAbstractItemModel *source = sourceModel();
    if (!m_looks.empty()) {
        const int look = source->index(row, m_lookColumn, parent).data(LookRole).toInt();
        if (!m_looks.contains(static_cast<Look>(look)))
            return false;
    }
    for (const Word &word : m_words) {
        bool found = false;
        bool columnKnown = word.column.isEmpty();
        for (int column = 0; column < source->columnCount(parent) && !found; ++column) {
            if (!word.column.isEmpty()) {
                if (!source->headerData(column, Qt::Horizontal).toString().startsWith(word.column, Qt::CaseInsensitive))
                    continue;
                columnKnown = true;
            }
            found = source->index(row, column, parent).data().toString().contains(word.text, Qt::CaseInsensitive);
        }
        if (!columnKnown) { // no such column: the colon was part of what was looked for
            const QString whole = word.column + QLatin1Char(':') + word.text;
            for (int column = 0; column < source->columnCount(parent) && !found; ++column)
                found = source->index(row, column, parent).data().toString().contains(whole, Qt::CaseInsensitive);
        }
        if (found == word.without)
            return false;
    }
    return true;
}

bool SortFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant a = left.data(SortRole);
    const QVariant b = right.data(SortRole);
    // nothing sorts before something, whatever its type
    if (!a.isValid() || !b.isValid())
        return !a.isValid() && b.isValid();
    if (a.typeId() == QMetaType::LongLong && b.typeId() == QMetaType::LongLong)
        return a.toLongLong() < b.toLongLong();
    if (a.typeId() == QMetaType::Double && b.typeId() == QMetaType::Double)
        return a.toDouble() < b.toDouble();
    return compareNaturally(a.toString(), b.toString()) < 0;
}

} // namespace zandb
