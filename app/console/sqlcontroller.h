// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlrun.h"
#include "app/console/agentcalls.h"
#include "app/console/sqlscript.h"
#include "app/store/executor.h"
#include "models/batchsql/sqlgridmodel.h"
#include "widgets/batchsql/sqlpage.h"
#include "widgets/common/ui.h"

#include <QElapsedTimer>
#include <QThreadPool>

#include <map>

namespace zandb::console {

class RunExecutor;

/// What the SQL page asks for: runs scripts, shows what became of them, previews them, and keeps what the editors hold.  GUI thread.
class SqlController final : public QObject
{
    Q_OBJECT
public:
    using WithKey = std::function<void(std::function<void()>)>;
    /// `directory`: where the editors' texts are kept; made when it is not there.
    SqlController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, RunExecutor &runs, AgentCalls &calls, WithKey withKey, QWidget *window, const QString &directory,
                  QObject *parent = nullptr);
    ~SqlController() override;
    SqlGridModel *grid() { return &m_grid; }
    SqlGridModel *preview() { return &m_preview; }
    SqlResultModel *result() { return &m_result; }
    SqlHistoryModel *history() { return &m_history; }
    /// The page outlives it or goes with it; called once.
    void setPage(SqlPage *page);

    /// $XDG_STATE_HOME/zandb/PROFILE/sql, or below ~/.local/state.
    static QString stateDirectory(const QString &profile);
    /// So many rows of one result are shown of all instances together; the rest stands in the runs.
    static constexpr std::size_t mostRows = 200'000;

private:
    /// What an instance has answered so far.
    struct On
    {
        Uuid instance;
        QString path;
        Look look = Look::Pending;
        bool begun = false;
        std::optional<Error> error;
        batchsql::SqlResults results;
    };
    void follow();
    void run(const SqlWish &wish);
    void runAgreed(const SqlWish &wish);
    void takeItem(std::size_t at, const Json &item);
    void ended(std::size_t at, RunState state, const std::optional<Error> &error);
    void finished(const std::optional<Error> &error);
    void showGrid();
    void showResult(int statement);
    void showProgress();
    void askPreview(const SqlWish &wish);
    /// The person's own scripts of the last 30 days, from their runs.
    void readHistory();
    void keepDrafts();
    void readDrafts();

    const Settings &m_settings;
    Ui m_ui;
    store::Executor &m_executor;
    ConsoleState &m_state;
    RunExecutor &m_runs;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    const QString m_directory;
    SqlPage *m_page = nullptr;
    SqlGridModel m_grid;
    SqlGridModel m_preview;
    SqlResultModel m_result;
    SqlHistoryModel m_history;
    std::vector<On> m_on;
    std::vector<std::string> m_statements;
    int m_shown = 0; ///< statement whose result is shown, from 1
    QElapsedTimer m_since;
    QTimer m_repaint;
    QTimer m_keep;
    QThreadPool m_files; ///< one thread: the newest is written last
    std::vector<std::unique_ptr<Latest<Json>>> m_previews;
    Latest<std::vector<SqlHistoryRow>> m_readHistory;
    int m_number = 0;    ///< of the script: what an older one tells is not taken
    std::unique_ptr<SqlScript> m_script;
};

} // namespace zandb::console
