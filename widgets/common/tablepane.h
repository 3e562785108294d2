// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/sortfiltermodel.h"
#include "models/common/tableexport.h"
#include "widgets/common/ui.h"

#include "agent/protocol/uuid.h"

#include <QMenu>
#include <QTimer>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace zandb {

class EmptyState;
class Skeleton;
class TableColumns;

/// A table with what every table has: sorting, filter, column choice and order that are kept, copying and export.
class TablePane final : public QWidget
{
    Q_OBJECT
public:
    /// `name` is the key under which columns are kept and the stem of object names ("runs" -> "runsTable").
    TablePane(const Ui &ui, const QString &name, QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model, int lookColumn, int sortColumn, Qt::SortOrder order);
    /// What is to be said of the columns before the model is set.
    TableColumns *columns() const { return m_widths; }
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
    /// A form in which what is shown goes to a file.
    struct Export
    {
        std::function<QString()> title; ///< in the language of now
        QString suffix;                 ///< "csv"
        std::function<QByteArray(const Shown &)> make;
    };
    /// Instead of CSV and JSON as all tables have them.
    void setExports(std::vector<Export> exports);

    /// The marked row by IdRole, of several the one under the cursor; nothing when no row is marked.
    std::optional<Uuid> currentId() const;
    /// The marked rows, as rows of the page's model and in their order on the screen; no more than `chosenLimit`.
    QList<int> chosenRows() const;
    /// How many are marked.
    int chosenCount() const;
    /// Beyond this many rows nothing is done with all of them at once.
    static constexpr int chosenLimit = 500;
    /// Whether a list in which no row is marked marks its first one.
    void setChoosesFirst(bool on) { m_choosesFirst = on; }
    /// Selects it and scrolls to it; false when it is not shown.
    bool select(const Uuid &id);
    /// Rows that are selected, else all that are shown; columns as on the screen.
    Shown shownRows(bool onlySelected) const;

Q_SIGNALS:
    /// Other rows are marked than before, or what they show has changed.
    void currentChanged();
    /// The marked rows' context menu is about to open: what can be done with them goes first.
    void menuRequested(QMenu *menu);
    void activated(const zandb::Uuid &id);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void retranslate();
    void fitPlaceholder();
    void showColumnMenu();
    void showRowMenu(const QPoint &at);
    void copy(bool withHeader);
    void exportAs(const Export &how);
    void updateCount();
    void showCount();
    void chooseFirst();
    void makeCurrent(const QModelIndex &index);

    Ui m_ui;
    QString m_name;
    std::vector<Export> m_exports;
    SortFilterModel *m_proxy;
    QTableView *m_view;
    TableColumns *m_widths;
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
    int m_newest = 0;
    bool m_loading = false;
    bool m_choosesFirst = true;
    QTimer m_changed;
    QTimer m_fit;
};

} // namespace zandb
