// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/sortfiltermodel.h"
#include "models/common/tableexport.h"
#include "widgets/common/ui.h"

#include "agent/protocol/uuid.h"

#include <QMenu>
#include <QTimer>
#include <QWidget>

#include <optional>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace zandb {

class EmptyState;
class Skeleton;

/// A table with what every table has: sorting, filter, column choice and order that are kept, copying and export.
class TablePane final : public QWidget
{
    Q_OBJECT
public:
    /// `name` is the key under which columns are kept and the stem of object names ("runs" -> "runsTable").
    TablePane(const Ui &ui, const QString &name, QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model, int lookColumn, int sortColumn, Qt::SortOrder order);
    void setHiddenByDefault(const QList<int> &columns) { m_hiddenByDefault = columns; }
    EmptyState *emptyState() const { return m_empty; }
    SortFilterModel *proxy() const { return m_proxy; }
    QTableView *view() const { return m_view; }
    /// While loading, no row can be activated: it is of another scope or range.
    void setLoading(bool loading);
    /// The list holds only the newest `rows` of all there are: says so beside the count; 0: it holds all.
    void setNewestOnly(int rows);
    void focusFilter();
    bool clearFilter();
    void setLooks(const std::set<Look> &looks);
    /// A widget of the page beside the filter.
    void addToBar(QWidget *widget);

    /// The row under the cursor by IdRole; nothing when none.
    std::optional<Uuid> currentId() const;
    /// Selects it and scrolls to it; false when it is not shown.
    bool select(const Uuid &id);
    /// Rows that are selected, else all that are shown; columns as on the screen.
    Shown shownRows(bool onlySelected) const;

Q_SIGNALS:
    void currentChanged();
    /// The current row's context menu is about to open: what can be done with it goes first.
    void menuRequested(QMenu *menu);
    void activated(const zandb::Uuid &id);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void retranslate();
    void restoreColumns();
    void saveColumns();
    void showColumnMenu();
    void showRowMenu(const QPoint &at);
    void copy(bool withHeader);
    void exportAs(int format);
    void updateCount();
    void chooseFirst();
    void measureColumns();
    void fitColumns();
    void shareSpare(QList<int> &widths, int spare) const;
    void makeCurrent(const QModelIndex &index);
    bool isText(int column) const;

    Ui m_ui;
    QString m_name;
    SortFilterModel *m_proxy;
    QTableView *m_view;
    QLineEdit *m_filter;
    QLabel *m_count;
    QLabel *m_cut;
    QHBoxLayout *m_bar;
    QToolButton *m_columns;
    QToolButton *m_export;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    Skeleton *m_skeleton;
    QTimer m_first;
    QList<int> m_hiddenByDefault;
    int m_newest = 0;
    bool m_loading = false;
    QTimer m_changed;
    QTimer m_fit;
    QList<int> m_natural;   ///< how wide each column's contents are; empty: not measured yet
    bool m_fitting = false; ///< widths change by our own hand
    bool m_own = false;     ///< widths are the person's
};

} // namespace zandb
