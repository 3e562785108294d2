// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "app/console/configjob.h"
#include "app/console/listcontroller.h"
#include "widgets/common/ui.h"
#include "widgets/config/configdialog.h"
#include "widgets/config/configpage.h"

#include <QPointer>

#include <map>

namespace zandb::console {

class RunExecutor;

/// Keeps the Configuration page at what the scope's agents and the store say, and carries changes of configuration out: those of this page, of Standards and of
/// Slow queries.  GUI thread; the work is done on others.
class ConfigController final : public ListController
{
    Q_OBJECT
public:
    using WithKey = std::function<void(std::function<void()>)>;
    ConfigController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, RunExecutor &runs, AgentCalls &calls, WithKey withKey, QWidget *window);
    ~ConfigController() override;
    ConfigTableModel *variables() { return &m_variables; }
    ConfigHistoryModel *history() { return &m_historyModel; }
    /// The page has come to the screen, or has gone.
    void setWatched(bool on);
    /// F5.
    void refresh();
    void setShow(ConfigShow show);
    /// Opens the dialog; without instances for all of the scope.
    void change(const QString &variable, std::vector<Uuid> instances, const QString &value = {});
    void revert(const std::vector<Uuid> &revisions);
    /// Opens the dialog for changes that are known, one entry for each instance.
    void changeThese(const QString &title, std::vector<ConfigWish> wishes);
    /// At most so many instances are read at once.
    static constexpr std::size_t mostInstances = 50;

Q_SIGNALS:
    void factsChanged(const zandb::ConfigFacts &facts);
    /// A change of these has ended: what the store knows of their configuration is old.
    void changed(const std::vector<zandb::Uuid> &instances);
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
        std::vector<ConfigRow> rows;  ///< of the last whole answer
        std::vector<ConfigRow> coming;
        std::vector<wire::ConfigProblem> problems;
        std::int64_t pending = 0;
        bool answered = false;
        std::optional<Error> error;
    };
    struct Facts
    {
        std::vector<ConfigRevisionRow> rows;
        bool cut = false;
    };
    std::vector<Uuid> scopeInstances() const;
    void follow();
    void read();
    void readPart(const Uuid &instance, const std::string &after);
    void take(const Uuid &instance, const Result<Json> &answer);
    void rebuild();
    Reading<Facts>::Job question() const;
    void open(const ConfigDialog::Question &question);
    void preview(int number, const std::vector<ConfigWish> &wishes);
    void begin(const std::vector<ConfigWish> &wishes, const ConfigWaveWish &waves);
    void beginAgreed(const std::vector<ConfigWish> &wishes, const ConfigWaveWish &waves);

    const Settings &m_settings;
    Ui m_ui;
    RunExecutor &m_runs;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    ConfigTableModel m_variables;
    ConfigHistoryModel m_historyModel;
    Reading<Facts> m_history;
    std::map<Uuid, std::unique_ptr<Place>> m_places;
    std::vector<Uuid> m_order; ///< instances by their paths
    std::size_t m_left = 0;
    ConfigShow m_show = ConfigShow::All;
    bool m_watched = false;
    bool m_keyAsked = false;
    Elapsed m_asked; ///< since the instances were asked
    QTimer m_rebuild;
    QPointer<ConfigDialog> m_dialog;
    std::vector<std::unique_ptr<Latest<Json>>> m_previews;
    int m_number = 0; ///< of the job: what an older one tells is not taken
    std::unique_ptr<ConfigJob> m_job;
};

} // namespace zandb::console
