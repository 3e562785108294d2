// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/platform/settings.h"
#include "app/store/executor.h"
#include "models/workflow/runtext.h"
#include "widgets/common/theme.h"
#include "widgets/common/ui.h"

#include "agent/protocol/result.h"

#include <QObject>
#include <QSettings>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>

namespace zandb {
class Page;
class SessionsView;
}

namespace zandb::console {

class Actions;
class AlertsController;
class ChannelsController;
class AgentCalls;
class ExplainController;
class Asking;
class BackupsController;
class ConfigController;
class FailureNotices;
class FleetController;
class GrowthController;
class HistoryController;
class HostsController;
class BinlogsController;
class KeysController;
class KilledController;
class KillPolicyController;
class Language;
class ListController;
class MainWindow;
class RestoreController;
class RightsCheck;
class RunController;
class RunExecutor;
class RunsController;
class SessionsController;
class SlowController;
class SqlController;
class ShardsController;
class StandardsController;
class StoreWatch;
class TasksController;

/// Composition root of the window: makes everything and passes references; nothing here is global.
class ConsoleContext final : public QObject
{
    Q_OBJECT
public:
    /// `dialogs` and `ui` outlive it.
    ConsoleContext(const Settings &settings, const Ui &ui, Theme &theme, Language &language, QObject *parent = nullptr);
    ~ConsoleContext() override;

    MainWindow &window() { return *m_window; }
    ConsoleState &state() { return m_state; }
    void start();
    /// Why the keychain gave no password; said when the store refuses us.
    void setKeychainTrouble(const QString &why) { m_keychain = why; }

Q_SIGNALS:
    /// A page's data has come for the first time: "fleet", "instance", "backups", "runs", "run", "slow", "digest", "killed", "processlist", "config", "standards", "shards", "tasks", "alerts", "channels".
    void pageLoaded(const QString &page);
    void storeAway(const zandb::Error &error);
    /// The person wants to name the store anew; `why`: what keeps us out of this one.
    void connectionRequested(const std::optional<zandb::Error> &why);

private:
    /// All pages of the window: whoever adds one adds it here (consolepages.cpp).
    void registerPages(const Ui &ui, const Theme &theme, const Language &language);
    /// Shows on the page how its controller's reading goes, and tells pageLoaded().  Without a name the page is one of several that the
    /// controller serves: it tells nothing, and keeps what it shows while another scope is read.
    void connectList(ListController &list, Page *page, const QString &name);
    Page *makeToday();
    Page *makeFleet(const Ui &ui);
    Page *makeInstance(const Ui &ui);
    Page *makeSessions(const Ui &ui);
    void connectSessions(SessionsView *view);
    Page *makeBackups(const Ui &ui);
    Page *makeRuns(const Ui &ui);
    Page *makeTasks(const Ui &ui);
    Page *makeAlerts(const Ui &ui);
    Page *makeChannels(const Ui &ui);
    Page *makeKilled(const Ui &ui);
    Page *makeKeys(const Ui &ui);
    Page *makeBinlogs(const Ui &ui);
    Page *makeRun(const Ui &ui);
    Page *makeSlow(const Ui &ui);
    Page *makeDigest(const Ui &ui);
    Page *makeSql(const Ui &ui);
    Page *makeConfig(const Ui &ui);
    Page *makeStandards(const Ui &ui);
    Page *makeShards(const Ui &ui);
    Page *makeSettings(const Ui &ui, const Theme &theme, const Language &language);
    void connectActs();
    void showTrouble();
    void setPageTrouble(Page *page, const std::optional<Error> &error);
    void showPageTroubles();
    void showRole();
    void showRun(const Uuid &id);
    /// Shows the arguments of what this window did not make, before the person's key executes it.
    void askConsent(const Ui &ui, const RunDetail &run, bool again);
    /// Today of the board day before (-1) or after (1) the one it shows.
    void showNight(int step);
    /// As far as the window shows it somewhere.
    std::optional<RunRow> shownRun(const Uuid &runId) const;
    std::optional<Dialogs::Question> closeQuestion(const Ui &ui);

    Settings m_settings;
    store::Executor m_executor; ///< first made, last gone: jobs of all below run on it
    ConsoleState m_state;
    std::unique_ptr<StoreWatch> m_watch;
    std::unique_ptr<FleetController> m_fleet;
    std::unique_ptr<BackupsController> m_backups;
    std::unique_ptr<RunsController> m_runs;
    std::unique_ptr<RunController> m_run;
    std::unique_ptr<HistoryController> m_history;
    std::unique_ptr<GrowthController> m_growth;
    std::unique_ptr<SlowController> m_slow;
    std::unique_ptr<KilledController> m_killed;
    std::unique_ptr<KeysController> m_keys;
    std::unique_ptr<BinlogsController> m_binlogs;
    std::unique_ptr<RunExecutor> m_runExecutor;
    std::unique_ptr<AgentCalls> m_calls; ///< for the pages that ask agents themselves
    std::unique_ptr<ExplainController> m_explain;
    std::unique_ptr<Actions> m_actions;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<RestoreController> m_restores;
    std::unique_ptr<Asking> m_asking;
    std::unique_ptr<FailureNotices> m_notices;
    std::unique_ptr<KillPolicyController> m_killPolicies;
    std::unique_ptr<SessionsController> m_sessions;
    std::unique_ptr<RightsCheck> m_rights;
    std::unique_ptr<SqlController> m_sql;
    std::unique_ptr<ConfigController> m_config;
    std::unique_ptr<StandardsController> m_standards;
    std::unique_ptr<ShardsController> m_shards;
    std::unique_ptr<TasksController> m_tasks;
    std::unique_ptr<HostsController> m_hosts;
    std::unique_ptr<AlertsController> m_alerts;
    std::unique_ptr<ChannelsController> m_channels;
    std::optional<Error> m_trouble;
    std::map<Page *, Error> m_pageTroubles; ///< what a page's last reading failed with
    RunRow m_shownRun;
    QString m_keychain;
    QTimer *m_ages;
};

} // namespace zandb::console
