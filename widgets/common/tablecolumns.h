// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/sortfiltermodel.h"

#include <QList>
#include <QObject>

class QMenu;
class QSettings;
class QTableView;

namespace zandb {

/// Which columns a table shows and how wide each is: by its contents and its importance until a person says otherwise, which is
/// kept.
class TableColumns final : public QObject
{
    Q_OBJECT
public:
    /// `view` shows `rows`; `name` is the key under which columns are kept in `settings`.  All outlive it.
    TableColumns(QTableView *view, SortFilterModel *rows, QSettings &settings, const QString &name, QObject *parent = nullptr);

    /// Columns that a person who has chosen none does not see.
    void setHiddenByDefault(const QList<int> &columns) { m_hiddenByDefault = columns; }
    /// Columns that fold away, the least important one first, where the table is too narrow for all; they come back with the room.
    void setFolding(const QList<int> &columns) { m_folding = columns; }
    /// The column that says what went wrong: it stays in view while only what failed is shown.
    void setTroubleColumn(int column) { m_troubleColumn = column; }
    /// The column that tells rows of the same subject apart, as a time does.  It and what went wrong fold away last, and of the
    /// two first what went wrong, which the inspector says too, unless only what failed is shown.
    void setTellingColumn(int column) { m_tellingColumn = column; }
    /// Once the model is there: as they were when they were last kept.
    void begin();
    /// Other contents, other widths.
    void measure();
    /// Widths that were measured hold no longer, as in another language.
    void forget() { m_natural.clear(); }
    /// The table has another width, or shows other states.
    void fit();
    /// All that a person has not hidden, in their order on the screen, whether or not there is room for them.
    QList<int> chosen() const;
    /// An entry for each column, to show and to hide it.
    void addTo(QMenu *menu);

private:
    void fitOnce();
    void save();
    void unfold();
    void showTrouble();
    int narrowed(QList<int> &widths, bool all, bool tight) const;
    int leastWidth(int column, int text, bool tight) const;
    bool wantsTrouble() const;
    void shareSpare(QList<int> &widths, int spare) const;
    bool isText(int column) const;

    QTableView *m_view;
    SortFilterModel *m_rows;
    QSettings &m_settings;
    QString m_name;
    QList<int> m_hiddenByDefault;
    QList<int> m_folding;
    QList<int> m_folded; ///< hidden for want of room only
    int m_troubleColumn = -1;
    int m_tellingColumn = -1;
    QList<int> m_natural;   ///< how wide each column's contents are; empty: not measured yet
    bool m_fitting = false; ///< widths change by our own hand
    bool m_own = false;     ///< widths are the person's
};

} // namespace zandb
