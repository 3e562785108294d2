// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/sqlgridmodel.h"
#include "models/batchsql/sqlhistorymodel.h"
#include "models/batchsql/sqlpreviewmodel.h"
#include "widgets/common/ui.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QTabWidget;

namespace zandb {

class TablePane;

/// What the SQL page shows; all outlive it.
struct SqlModels
{
    SqlGridModel *grid = nullptr;
    SqlPreviewModel *preview = nullptr;
    SqlResultModel *result = nullptr;
    SqlResultModel *differences = nullptr;
    SqlHistoryModel *history = nullptr;
    SqlScriptModel *scripts = nullptr;
};

/// The lower half of the SQL page: results, how instances differ, statements, preview, what was run, and saved scripts.
class SqlResultsPane final : public QWidget
{
    Q_OBJECT
public:
    SqlResultsPane(const Ui &ui, const SqlModels &models, QWidget *parent = nullptr);
    enum class Tab { Result, Differences, Statements, Preview, History, Scripts };
    void showTab(Tab tab);
    /// The statements that have a result, for the choice beside the tabs: their numbers from 1.
    void setResultStatements(const std::vector<std::pair<int, QString>> &statements);
    void setResultCut(int rows);
    /// How the instances compare; `differ` marks the tab.
    void setComparison(const QString &text, bool differ);
    /// Why no script can be run now; empty: it can.
    void setForbidden(const QString &why);
    void focusFilter();
    bool clearFilter();

Q_SIGNALS:
    void resultChosen(int statement);
    /// The history is on the screen, or whose it shows has changed.
    void historyWanted(bool everybody);
    void scriptsWanted();
    /// A script of the history or a saved one is to stand in a new editor.
    void historyOpened(const zandb::Uuid &id);
    void scriptOpened(const zandb::Uuid &id);
    /// A plan of the history is to be shown, or to go on.
    void planShown(const zandb::Uuid &id);
    void planResumed(const zandb::Uuid &id, bool retryFailed);
    void scriptSaveRequested();
    void scriptRemoveRequested(const zandb::Uuid &id);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void showActs();
    TablePane *current() const;

    SqlModels m_models;
    QTabWidget *m_tabs;
    QComboBox *m_which;
    TablePane *m_result;
    TablePane *m_differences;
    TablePane *m_statements;
    TablePane *m_preview;
    TablePane *m_history;
    TablePane *m_scripts;
    QLabel *m_comparison;
    QCheckBox *m_everybody;
    QPushButton *m_show;
    QPushButton *m_resume;
    QPushButton *m_retry;
    QPushButton *m_save;
    QPushButton *m_remove;
    QString m_forbidden;
    bool m_differ = false;
};

} // namespace zandb
