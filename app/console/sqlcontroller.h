// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "app/console/sqlanswers.h"
#include "app/console/sqlcompleter.h"
#include "app/console/sqldrafts.h"
#include "app/console/sqldrive.h"
#include "app/console/sqlpreviewer.h"
#include "app/console/sqlshelf.h"
#include "app/store/executor.h"
#include "widgets/batchsql/sqlpage.h"
#include "widgets/common/ui.h"

#include <QElapsedTimer>

namespace zandb::console {

class RunExecutor;

/// What the SQL page asks for: runs scripts as plans in the store and goes on with them, shows what became of them, previews them, and keeps what the
/// editors hold.  GUI thread.
class SqlController final : public QObject
{
    Q_OBJECT
public:
    using WithKey = std::function<void(std::function<void()>)>;
    /// `directory`: where the editors' texts are kept.
    SqlController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, RunExecutor &runs, AgentCalls &calls, WithKey withKey, QWidget *window, const QString &directory,
                  QObject *parent = nullptr);
    ~SqlController() override;
    SqlModels models();
    /// The page outlives it or goes with it; called once.
    void setPage(SqlPage *page);

private:
    /// What was run last, to repeat it where it failed.
    struct Last
    {
        batchsql::SqlPlan plan;
        std::shared_ptr<const Fleet> fleet;
        bool reads = false;
        std::filesystem::path saveTo;
        std::vector<std::size_t> places; ///< of the answers, by the plan's targets
    };
    void follow();
    void connectPage();
    void connectShelf();
    void run(const SqlWish &wish);
    void confirm(const batchsql::SqlPlan &plan, const QString &words, const QString &title, const QString &accept, bool needsConfirmation, std::function<void()> go);
    void begin(const SqlWish &wish);
    void resume(const batchsql::SqlPlan &plan, bool retryFailed);
    void retry();
    void showPlan(const batchsql::SqlPlan &plan);
    void drive(SqlDrive::Act act);
    void stop();
    void planChanged(const batchsql::SqlPlan &plan);
    void finished(const std::optional<Error> &error);
    void showProgress();
    /// Whether one of them is production: by the profile, or by what its group says.
    bool isProduction(const std::vector<batchsql::PlanTarget> &targets) const;
    void beginAnswers(const batchsql::SqlPlan &plan, bool reads);

    const Settings &m_settings;
    Ui m_ui;
    store::Executor &m_executor;
    ConsoleState &m_state;
    RunExecutor &m_runs;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    SqlPage *m_page = nullptr;
    SqlAnswers m_answers;
    SqlPreviewer m_previewer;
    SqlShelf m_shelf;
    SqlCompleter m_completer;
    SqlDrafts m_drafts;
    QTimer m_keep;
    bool m_draftsRead = false;
    QElapsedTimer m_since;
    Last m_last;
    int m_number = 0;    ///< of the script: what an older one tells is not taken
    Latest<bool> m_cancelling;
    std::unique_ptr<SqlDrive> m_drive;
};

} // namespace zandb::console
