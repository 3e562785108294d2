// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "app/platform/elapsed.h"
#include "app/store/executor.h"
#include "models/sessions/sessionmodel.h"
#include "widgets/common/ui.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace zandb::console {

/// Reads the process lists of the scope's instances, or of the one that is shown in full, from their agents: every two seconds while a view of them is on
/// the screen, and only then.  Each instance is asked for itself, so that a slow one holds nobody up.  Kills what the person agrees to.  GUI thread.
class SessionsController final : public QObject
{
    Q_OBJECT
public:
    /// `withKey` asks for the key's passphrase where that is needed, then goes on.
    using WithKey = std::function<void(std::function<void()>)>;
    SessionsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, AgentCalls &calls, WithKey withKey, QWidget *window,
                       QObject *parent = nullptr);
    SessionTableModel *table() { return &m_table; }
    const SessionFilter &filter() const { return m_filter; }
    void setFilter(const SessionFilter &filter);
    /// A view of the list has come to the screen, or has gone.
    void setWatched(const QObject *view, bool on);
    /// F5.
    void refresh();
    /// Asks for the whole statement of a row: statementShown().
    void readStatement(const Uuid &row);
    /// Asks the person, then kills.
    void kill(const std::vector<Uuid> &rows, bool connection);

    /// How often lists are read; with many instances less often, so that no agent and no link is kept busy by looking on.
    static std::chrono::milliseconds interval(std::size_t instances);
    /// At most so many are killed at once.
    static constexpr std::size_t mostKills = 50;

Q_SIGNALS:
    void loaded();
    /// Another scope: nothing is known of it yet.
    void asked();
    void factsChanged(const zandb::SessionFacts &facts);
    void filterChanged(const zandb::SessionFilter &filter);
    void statementShown(const zandb::Uuid &row, const QString &text);
    /// For the status line.
    void accepted(const QString &what);

private:
    struct Place
    {
        explicit Place(QObject *receiver) : latest(receiver) {}
        Uuid host;
        std::string name;
        QString path;
        Latest<Json> latest;
        std::optional<wire::SessionList> list;
        std::optional<Error> error; ///< of the last answer
        Elapsed answered;
    };
    std::vector<Uuid> wanted() const;
    void follow();
    void begin();
    void tick();
    void take(const Uuid &instance, Place &place, const Result<Json> &answer);
    void rebuild();
    void killAgreed(const std::vector<SessionRow> &rows, bool connection);

    const Settings &m_settings;
    Ui m_ui;
    store::Executor &m_executor;
    ConsoleState &m_state;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    SessionTableModel m_table;
    SessionFilter m_filter;
    std::map<Uuid, std::unique_ptr<Place>> m_places;
    std::vector<Uuid> m_order; ///< instances by their paths
    std::set<const QObject *> m_views;
    QTimer m_tick;
    QTimer m_rebuild;
    Latest<std::string> m_statement;
    bool m_keyAsked = false;
    bool m_keyReady = false;
};

} // namespace zandb::console
