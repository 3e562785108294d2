// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include <QSortFilterProxyModel>
#include <QStringList>

#include <set>

namespace zandb {

/// Sorts a flat model by SortRole and filters it by words and by looks.  For tables only: trees filter themselves.
///
/// A word matches when any column's text holds it, whatever the case; `column:word` looks in the columns whose
/// title begins with `column`; `-word` must not match.  All words must agree.
class SortFilterModel final : public QSortFilterProxyModel
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

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    struct Word
    {
        QString column;
        QString text;
        bool without = false;
    };
    QString m_text;
    QList<Word> m_words;
    std::set<Look> m_looks;
    int m_lookColumn = 0;
};

} // namespace zandb
