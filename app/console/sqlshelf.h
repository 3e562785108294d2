// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlhistory.h"
#include "app/console/consolestate.h"
#include "app/console/storewatch.h"
#include "models/batchsql/sqlhistorymodel.h"
#include "models/batchsql/sqlwish.h"

namespace zandb::console {

/// What the store has of scripts: those that were run, and those that the team shares.  GUI thread.
class SqlShelf final : public QObject
{
    Q_OBJECT
public:
    SqlShelf(store::Executor &executor, ConsoleState &state, std::string person, QObject *parent = nullptr);
    SqlHistoryModel *history() { return &m_history; }
    SqlScriptModel *scripts() { return &m_scripts; }
    void readHistory(bool everybody);
    /// As it was read last, once more.
    void readHistoryAgain() { readHistory(m_everybody); }
    void readScripts();
    /// The script of a row of the history, whole; opened() follows.
    void openHistory(const Uuid &id);
    void openScript(const Uuid &id);
    /// The plan as the store has it now.
    void loadPlan(const Uuid &id, std::function<void(const batchsql::SqlPlan &)> then);
    /// Under a name; `replace`: also where there is one.  saved() follows, or exists().
    void save(const SqlDraft &draft, const QString &name, bool replace);
    void remove(const Uuid &id);
    void refreshTexts();

Q_SIGNALS:
    void opened(const zandb::SqlDraft &draft);
    void saved(const QString &name);
    /// There is a script of this name, by `person`.
    void exists(const zandb::SqlDraft &draft, const QString &name, const QString &person);
    void failed(const zandb::Error &error);

private:
    static QString targetsText(const Fleet &fleet, const batchsql::HistoryEntry &entry);

    store::Executor &m_executor;
    ConsoleState &m_state;
    const std::string m_person;
    SqlHistoryModel m_history;
    SqlScriptModel m_scripts;
    bool m_everybody = false;
    Latest<std::vector<batchsql::HistoryEntry>> m_readHistory;
    Latest<std::vector<SqlScriptRow>> m_readScripts;
    Latest<batchsql::SqlPlan> m_plan;
    Latest<SqlDraft> m_open;
    Latest<QString> m_write;
};

} // namespace zandb::console
