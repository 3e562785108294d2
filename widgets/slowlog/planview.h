// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/slowlog/planmodels.h"
#include "widgets/common/ui.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabWidget;
class QTreeView;

namespace zandb {

class TablePane;

/// The models of a plan, which the owner fills.
struct PlanModels
{
    PlanTreeModel *tree;
    ExplainRowModel *rows;
    ExplainIndexModel *indexes;
};

/// The plan of a digest's newest statement: asked for on an instance, shown as a tree with EXPLAIN's table and the tables' indexes beside it.
class PlanView final : public QWidget
{
    Q_OBJECT
public:
    PlanView(const Ui &ui, const PlanModels &models, QWidget *parent = nullptr);

    /// Where the plan can be asked for, the first one by default.
    void setInstances(const std::vector<std::pair<Uuid, QString>> &instances);
    /// Why nothing can be asked; empty: it can.
    void setForbidden(const QString &why);
    /// It is on its way, or not any more.
    void setAsking(bool asking);
    /// The models hold it; `explained` is for copying.
    void setExplained(const wire::Explained &explained, const QString &place);
    /// Nothing is shown; `trouble`: why, empty: nobody has asked.
    void clear(const QString &trouble = {});
    /// For a ticket; empty while nothing is shown.
    QString text() const { return m_copied; }

Q_SIGNALS:
    void explainRequested(const zandb::Uuid &instance);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void showState();
    void fitColumns();

    PlanModels m_models;
    QComboBox *m_instance;
    QPushButton *m_ask;
    QPushButton *m_copy;
    QLabel *m_said;
    QLabel *m_treeTitle;
    QTreeView *m_tree;
    QTabWidget *m_lists;
    TablePane *m_rows;
    TablePane *m_indexes;
    wire::Explained m_explained;
    QString m_place;
    QString m_copied;
    QString m_trouble;
    QString m_forbidden;
    bool m_asking = false;
};

} // namespace zandb
