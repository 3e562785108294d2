// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtablemodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QPushButton;
class QToolButton;

namespace zandb {

class Inspector;
class TablePane;

/// All runs of the scope in the range, of every kind.
class RunsPage final : public Page
{
    Q_OBJECT
public:
    RunsPage(const Ui &ui, RunTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    void enter(const Location &location) override;
    QString help() const override;
    /// Only the newest `rows` are listed; 0: all.
    void setCut(int rows);
    /// The name of the task the list is narrowed to; empty: of all.
    void setTask(const QString &name);

Q_SIGNALS:
    void retryRequested(const std::vector<zandb::Uuid> &runs);
    void cancelRequested(const std::vector<zandb::Uuid> &runs);
    void giveUpRequested(const std::vector<zandb::Uuid> &runs);

protected:
    void changeEvent(QEvent *event) override;
    void showForbidden() override { showInspector(); }

private:
    void retranslate();
    void showInspector();

    RunTableModel *m_model;
    TablePane *m_pane;
    Inspector *m_inspector;
    QToolButton *m_taskChip;
    QString m_task;
    bool m_loading = false;
    QPushButton *m_open;
    QPushButton *m_retry;
    QPushButton *m_cancel;
    QPushButton *m_giveUp;
};

} // namespace zandb
