// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the window, each with what it is connected to: facts go down, intents go up.
#include "app/console/actions.h"
#include "app/console/alertscontroller.h"
#include "app/console/backupscontroller.h"
#include "app/console/binlogscontroller.h"
#include "app/console/configcontroller.h"
#include "app/console/consolecontext.h"
#include "app/console/failurenotices.h"
#include "app/console/fleetcontroller.h"
#include "app/console/growthcontroller.h"
#include "app/console/historycontroller.h"
#include "app/console/hostscontroller.h"
#include "app/console/explaincontroller.h"
#include "app/console/keyscontroller.h"
#include "app/console/killedcontroller.h"
#include "app/console/killpolicycontroller.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/console/restorecontroller.h"
#include "app/console/rightscheck.h"
#include "app/console/runcontroller.h"
#include "app/console/runscontroller.h"
#include "app/console/sessionscontroller.h"
#include "app/console/shardscontroller.h"
#include "app/console/slowcontroller.h"
#include "app/console/sqlcontroller.h"
#include "app/console/standardscontroller.h"
#include "app/console/taskscontroller.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "widgets/alerts/alertspage.h"
#include "widgets/alerts/channelspage.h"
#include "widgets/backups/backupspage.h"
#include "widgets/batchsql/sqlpage.h"
#include "widgets/binlogs/binlogspage.h"
#include "widgets/backups/todaypage.h"
#include "widgets/fleet/fleetpage.h"
#include "widgets/fleet/historyview.h"
#include "widgets/fleet/instancepage.h"
#include "widgets/checks/keyspage.h"
#include "widgets/killer/killedpage.h"
#include "widgets/sessions/sessionspage.h"
#include "widgets/sessions/sessionsview.h"
#include "widgets/settings/firststeps.h"
#include "widgets/sharding/shardspage.h"
#include "widgets/settings/settingspage.h"
#include "widgets/slowlog/slowdigestpage.h"
#include "widgets/slowlog/slowpage.h"
#include "widgets/snapshots/growthview.h"
#include "widgets/workflow/runpage.h"
#include "widgets/workflow/runspage.h"
#include "widgets/workflow/taskspage.h"

namespace zandb::console {
namespace {

/// Zooming into a chart is another range for all pages.
template<class Chart>
void connectZoom(Chart *chart, ConsoleState &state)
{
    QObject::connect(chart, &Chart::rangeRequested, &state, &ConsoleState::zoom);
    QObject::connect(chart, &Chart::rangeBackRequested, &state, &ConsoleState::zoomBack);
}

} // namespace

void ConsoleContext::registerPages(const Ui &ui, const Theme &theme, const Language &language)
{
    const auto text = [](const char *name) { return QString::fromLatin1(name); };
    for (const PageEntry &entry : std::initializer_list<PageEntry>{
             {.name = text("today"), .icon = text("page-today"), .factory = [this] { return makeToday(); }},
             {.name = text("fleet"), .icon = text("page-fleet"), .factory = [this, ui] { return makeFleet(ui); }},
             {.name = text("backups"), .icon = text("page-backups"), .factory = [this, ui] { return makeBackups(ui); }},
             {.name = text("slow"), .icon = text("page-slow"), .factory = [this, ui] { return makeSlow(ui); }},
             {.name = text("sql"), .icon = text("page-sql"), .factory = [this, ui] { return makeSql(ui); }},
             {.name = text("runs"), .icon = text("page-runs"), .factory = [this, ui] { return makeRuns(ui); }},
             {.name = text("tasks"), .icon = text("page-tasks"), .factory = [this, ui] { return makeTasks(ui); }},
             {.name = text("standards"), .icon = text("page-standards"), .factory = [this, ui] { return makeStandards(ui); }},
             {.name = text("alerts"), .icon = text("page-alerts"), .factory = [this, ui] { return makeAlerts(ui); }},
             {.name = text("settings"), .icon = text("page-settings"), .plain = true, .keys = QKeySequence(Qt::CTRL | Qt::Key_Comma),
              .factory = [this, ui, &theme, &language] { return makeSettings(ui, theme, language); }},
             {.name = text("instance"), .icon = text("instance"), .parent = text("fleet"), .subject = instanceSubject, .factory = [this, ui] { return makeInstance(ui); }},
             {.name = text("binlogs"), .icon = text("page-binlogs"), .parent = text("backups"), .factory = [this, ui] { return makeBinlogs(ui); }},
             {.name = text("keys"), .icon = text("page-keys"), .parent = text("standards"), .factory = [this, ui] { return makeKeys(ui); }},
             {.name = text("shards"), .icon = text("page-shards"), .parent = text("standards"), .factory = [this, ui] { return makeShards(ui); }},
             {.name = text("processlist"), .icon = text("page-fleet"), .parent = text("fleet"), .factory = [this, ui] { return makeSessions(ui); }},
             {.name = text("config"), .icon = text("page-settings"), .parent = text("fleet"), .factory = [this, ui] { return makeConfig(ui); }},
             {.name = text("killed"), .icon = text("page-killed"), .parent = text("slow"), .factory = [this, ui] { return makeKilled(ui); }},
             {.name = text("channels"), .icon = text("page-alerts"), .parent = text("alerts"), .factory = [this, ui] { return makeChannels(ui); }},
             {.name = text("digest"), .icon = text("page-slow"), .parent = text("slow"), .subject = digestSubject, .factory = [this, ui] { return makeDigest(ui); }},
             {.name = text("run"), .icon = text("page-runs"), .parent = text("runs"), .subject = runSubject, .factory = [this, ui] { return makeRun(ui); }},
         })
        m_window->addPage(entry);
}

void ConsoleContext::connectList(ListController &list, Page *page, const QString &name)
{
    page->setLoading(true);
    connect(&list, &ListController::loaded, page, [this, page, name] {
        page->setLoading(false);
        setPageTrouble(page, std::nullopt);
        if (!name.isEmpty())
            Q_EMIT pageLoaded(name);
    });
    // what failed is tried again by itself; until then the page says so
    connect(&list, &ListController::failed, page, [this, page](const Error &error) { setPageTrouble(page, error); });
    // the data of another scope or range must not stand under the new title
    if (!name.isEmpty())
        connect(&list, &ListController::asked, page, [page] { page->setLoading(true); });
}

Page *ConsoleContext::makeToday()
{
    auto *today = new TodayPage(m_backups->attention());
    connectList(*m_backups, today, {}); // a part of what the Backups page shows
    connect(m_backups.get(), &BackupsController::nightChanged, today, &TodayPage::setNight);
    connect(&m_state, &ConsoleState::healthChanged, today, [this, today] { today->setHealth(m_state.health()); });
    connect(today, &TodayPage::acknowledgeRequested, m_actions.get(), &Actions::acknowledge);
    connect(today, &TodayPage::acceptRequested, m_slow.get(), [this](const Uuid &digest) { m_slow->accept({digest}, true); });
    auto *steps = new FirstSteps(today);
    today->setOnTop(steps);
    connect(steps, &FirstSteps::hostRequested, m_hosts.get(), &HostsController::add);
    connect(steps, &FirstSteps::taskRequested, m_tasks.get(), &TasksController::create);
    const auto showSteps = [this, steps] {
        if (m_state.fleetKnown() && m_state.members()) {
            const Fleet &fleet = *m_state.fleet();
            steps->setState({static_cast<int>(fleet.hosts.size()), static_cast<int>(fleet.instances.size()), static_cast<int>(m_state.tasks().size()), *m_state.members()});
        }
        steps->setForbidden(m_state.away() ? tr("The metadata store does not answer.") : whyNotOperate(m_state.role()));
    };
    for (const auto signal : {&ConsoleState::fleetChanged, &ConsoleState::tasksChanged, &ConsoleState::membersChanged, &ConsoleState::roleChanged, &ConsoleState::healthChanged})
        connect(&m_state, signal, steps, showSteps);
    connect(today, &TodayPage::dayRequested, this, [this](int step) { showNight(step); });
    return today;
}

Page *ConsoleContext::makeFleet(const Ui &ui)
{
    auto *fleet = new FleetPage(ui, m_fleet->hosts(), m_fleet->instances());
    connectList(*m_fleet, fleet, QStringLiteral("fleet"));
    connect(fleet, &FleetPage::hostAddRequested, m_hosts.get(), &HostsController::add);
    connect(fleet, &FleetPage::hostsEditRequested, m_hosts.get(), &HostsController::edit);
    connect(fleet, &FleetPage::hostRetireRequested, m_hosts.get(), &HostsController::retire);
    connect(fleet, &FleetPage::instanceInspected, m_history.get(), &HistoryController::inspect);
    connect(m_history.get(), &HistoryController::asked, fleet->history(), &HistoryView::clear);
    connect(m_history.get(), &HistoryController::inspected, fleet->history(), &HistoryView::setHistory);
    connect(m_history.get(), &HistoryController::rangeChanged, fleet->history(), &HistoryView::setRange);
    connectZoom(fleet->history(), m_state);
    return fleet;
}

Page *ConsoleContext::makeInstance(const Ui &ui)
{
    auto *instance = new InstancePage;
    auto *sessions = new SessionsView(ui, QStringLiteral("sessions"), m_sessions->table());
    sessions->setOneInstance();
    connectSessions(sessions);
    instance->addView(QStringLiteral("sessions"), sessions, [] { return InstancePage::tr("Process list"); });
    connect(instance, &InstancePage::forbiddenChanged, sessions, &SessionsView::setForbidden);
    auto *growth = new GrowthView(ui, m_growth->growth(), m_growth->diff());
    instance->addView(QStringLiteral("growth"), growth, [] { return InstancePage::tr("Growth and changes"); });
    connect(m_growth.get(), &GrowthController::asked, growth, &GrowthView::clear);
    connect(m_growth.get(), &GrowthController::daysShown, growth, &GrowthView::setDays);
    connect(m_growth.get(), &GrowthController::diffShown, growth, &GrowthView::setDiff);
    connect(m_growth.get(), &GrowthController::failed, this, [this, instance](const Error &error) { setPageTrouble(instance, error); });
    connect(growth, &GrowthView::daysChosen, m_growth.get(), &GrowthController::compare);
    connect(m_fleet.get(), &FleetController::instanceShown, instance, &InstancePage::setInstance);
    connect(m_fleet.get(), &FleetController::instanceShown, m_window.get(), &MainWindow::showLocation); // the instance has a name now
    connect(m_fleet.get(), &FleetController::instanceGone, instance, &InstancePage::setGone);
    connect(instance, &InstancePage::rightsRequested, m_rights.get(), &RightsCheck::ask);
    connect(m_rights.get(), &RightsCheck::busyChanged, instance, &InstancePage::setChecking);
    connect(m_history.get(), &HistoryController::asked, instance->history(), &HistoryView::clear);
    connect(m_history.get(), &HistoryController::rangeChanged, instance->history(), &HistoryView::setRange);
    connect(m_history.get(), &HistoryController::shown, this, [this, instance](const InstanceHistory &history) {
        instance->history()->setHistory(history);
        setPageTrouble(instance, std::nullopt);
        Q_EMIT pageLoaded(QStringLiteral("instance"));
    });
    connect(m_history.get(), &HistoryController::failed, this, [this, instance](const Error &error) { setPageTrouble(instance, error); });
    connectZoom(instance->history(), m_state);
    return instance;
}

void ConsoleContext::connectSessions(SessionsView *view)
{
    view->setLoading(true);
    view->setFilter(m_sessions->filter());
    connect(m_sessions.get(), &SessionsController::loaded, view, [view] { view->setLoading(false); });
    connect(m_sessions.get(), &SessionsController::asked, view, [view] { view->setLoading(true); });
    connect(m_sessions.get(), &SessionsController::factsChanged, view, &SessionsView::setFacts);
    connect(m_sessions.get(), &SessionsController::filterChanged, view, &SessionsView::setFilter);
    connect(m_sessions.get(), &SessionsController::statementShown, view, &SessionsView::setStatement);
    connect(view, &SessionsView::watched, m_sessions.get(), [this, view](bool on) { m_sessions->setWatched(view, on); });
    connect(view, &SessionsView::filterChosen, m_sessions.get(), &SessionsController::setFilter);
    connect(view, &SessionsView::statementRequested, m_sessions.get(), &SessionsController::readStatement);
    connect(view, &SessionsView::killRequested, m_sessions.get(), &SessionsController::kill);
}

Page *ConsoleContext::makeSessions(const Ui &ui)
{
    auto *page = new SessionsPage(ui, m_sessions->table());
    connectSessions(page->view());
    connect(m_sessions.get(), &SessionsController::loaded, this, [this] { Q_EMIT pageLoaded(QStringLiteral("processlist")); });
    return page;
}

Page *ConsoleContext::makeBackups(const Ui &ui)
{
    auto *backups = new BackupsPage(ui, m_backups->table(), m_backups->timeline());
    connectList(*m_backups, backups, QStringLiteral("backups"));
    connect(m_backups.get(), &BackupsController::cutTo, backups, &BackupsPage::setCut);
    connect(m_backups.get(), &BackupsController::boardChanged, backups, &BackupsPage::setBoard);
    connect(m_backups.get(), &BackupsController::coverageCounted, backups, &BackupsPage::setCoverage);
    connect(m_backups.get(), &BackupsController::rangeChanged, backups, &BackupsPage::setRange);
    connect(m_backups.get(), &BackupsController::daysChanged, backups, &BackupsPage::setDays);
    connect(m_backups.get(), &BackupsController::instancesChanged, backups, &BackupsPage::setInstances);
    connect(backups, &BackupsPage::restoreRequested, this, [this](const Backup &backup) { m_restores->ask(backup); });
    connectZoom(backups, m_state);
    return backups;
}

Page *ConsoleContext::makeRuns(const Ui &ui)
{
    auto *runs = new RunsPage(ui, m_runs->table());
    connectList(*m_runs, runs, QStringLiteral("runs"));
    connect(m_runs.get(), &RunsController::cutTo, runs, &RunsPage::setCut);
    const auto showTask = [this, runs] {
        const auto task = m_state.location().idOf(taskSubject);
        const auto it = task ? m_state.tasks().find(*task) : m_state.tasks().end();
        runs->setTask(!task ? QString() : it == m_state.tasks().end() ? qs(task->toString()) : it->second);
    };
    connect(&m_state, &ConsoleState::locationChanged, this, showTask);
    connect(&m_state, &ConsoleState::tasksChanged, this, showTask);
    return runs;
}

Page *ConsoleContext::makeAlerts(const Ui &ui)
{
    auto *alerts = new AlertsPage(ui, m_alerts->table());
    connectList(*m_alerts, alerts, QStringLiteral("alerts"));
    connect(alerts, &AlertsPage::acknowledgeRequested, m_alerts.get(), &AlertsController::acknowledge);
    connect(alerts, &AlertsPage::endedWanted, m_alerts.get(), &AlertsController::setEnded);
    return alerts;
}

Page *ConsoleContext::makeChannels(const Ui &ui)
{
    ChannelsController *controller = m_channels.get();
    auto *channels = new ChannelsPage(ui, controller->channels(), controller->rules(), controller->deliveries());
    connectList(*controller, channels, QStringLiteral("channels"));
    connect(controller, &ChannelsController::adminOnly, channels, &ChannelsPage::setAdminOnly);
    connect(controller, &ChannelsController::testing, channels, &ChannelsPage::setTesting);
    connect(channels, &ChannelsPage::channelRequested, controller, &ChannelsController::editChannel);
    connect(channels, &ChannelsPage::channelRemoveRequested, controller, &ChannelsController::removeChannel);
    connect(channels, &ChannelsPage::testRequested, controller, &ChannelsController::test);
    connect(channels, &ChannelsPage::ruleRequested, controller, &ChannelsController::editRule);
    connect(channels, &ChannelsPage::ruleRemoveRequested, controller, &ChannelsController::removeRule);
    return channels;
}

Page *ConsoleContext::makeTasks(const Ui &ui)
{
    auto *tasks = new TasksPage(ui, m_tasks->table());
    connectList(*m_tasks, tasks, QStringLiteral("tasks"));
    TasksController *controller = m_tasks.get();
    connect(controller, &TasksController::calendarShown, tasks, &TasksPage::setCalendar);
    connect(tasks, &TasksPage::newRequested, controller, &TasksController::create);
    connect(tasks, &TasksPage::editRequested, controller, &TasksController::edit);
    connect(tasks, &TasksPage::runRequested, controller, &TasksController::runNow);
    connect(tasks, &TasksPage::pauseRequested, controller, &TasksController::pause);
    connect(tasks, &TasksPage::skipRequested, controller, &TasksController::skip);
    connect(tasks, &TasksPage::historyRequested, controller, &TasksController::showHistory);
    connect(tasks, &TasksPage::removeRequested, controller, &TasksController::remove);
    return tasks;
}

Page *ConsoleContext::makeKilled(const Ui &ui)
{
    auto *killed = new KilledPage(ui, m_killed->digests(), m_killed->statements());
    connectList(*m_killed, killed, QStringLiteral("killed"));
    connect(m_killed.get(), &KilledController::cutTo, killed, &KilledPage::setCut);
    connect(m_killed.get(), &KilledController::countersChanged, killed, &KilledPage::setCounters);
    connect(m_killed.get(), &KilledController::stepsChanged, killed, &KilledPage::setSteps);
    connect(m_killed.get(), &KilledController::rangeChanged, killed, &KilledPage::setRange);
    connect(m_killed.get(), &KilledController::digestChanged, killed, &KilledPage::setDigest);
    connect(killed, &KilledPage::digestChosen, m_killed.get(), &KilledController::chooseDigest);
    connect(killed, &KilledPage::policiesRequested, m_killPolicies.get(), &KillPolicyController::ask);
    connectZoom(killed, m_state);
    return killed;
}

Page *ConsoleContext::makeKeys(const Ui &ui)
{
    auto *keys = new KeysPage(ui, m_keys->keys(), m_keys->findings());
    connectList(*m_keys, keys, QStringLiteral("keys"));
    connect(m_keys.get(), &KeysController::gapsChanged, keys, &KeysPage::setGaps);
    return keys;
}

Page *ConsoleContext::makeBinlogs(const Ui &ui)
{
    auto *binlogs = new BinlogsPage(ui, m_binlogs->table());
    connectList(*m_binlogs, binlogs, QStringLiteral("binlogs"));
    connect(m_binlogs.get(), &BinlogsController::nowChanged, binlogs, &BinlogsPage::setNow);
    return binlogs;
}

Page *ConsoleContext::makeRun(const Ui &ui)
{
    auto *run = new RunPage(ui, m_run->steps());
    connectList(*m_run, run, QStringLiteral("run"));
    connect(m_run.get(), &RunController::runShown, this, [this](const RunRow &row) { m_shownRun = row; });
    connect(m_run.get(), &RunController::runShown, run, &RunPage::setRun);
    connect(m_run.get(), &RunController::runShown, m_window.get(), &MainWindow::showLocation); // the run has a name now
    connect(m_run.get(), &RunController::runGone, run, [run] { run->clear(ConsoleContext::tr("This run is not in the store.")); });
    connect(m_run.get(), &RunController::logShown, run, &RunPage::setLog);
    connect(run, &RunPage::attemptChosen, m_run.get(), &RunController::chooseAttempt);
    connect(run, &RunPage::backRequested, &m_state, &ConsoleState::back);
    return run;
}

Page *ConsoleContext::makeSlow(const Ui &ui)
{
    auto *slow = new SlowPage(ui, m_slow->table());
    connectList(*m_slow, slow, QStringLiteral("slow"));
    connect(m_slow.get(), &SlowController::topShown, slow, &SlowPage::setTop);
    connect(m_slow.get(), &SlowController::regressedCounted, slow, &SlowPage::setRegressed);
    connect(m_slow.get(), &SlowController::overTimeShown, slow, &SlowPage::setOverTime);
    connect(m_slow.get(), &SlowController::sourcesShown, slow, &SlowPage::setSources);
    connect(m_slow.get(), &SlowController::rangeChanged, slow, &SlowPage::setRange);
    connect(m_slow.get(), &SlowController::placeChanged, slow, &SlowPage::setPlace);
    connect(m_slow.get(), &SlowController::refused, this, [this, ui](const Error &error) { ui.dialogs.message(m_window.get(), tr("Not done"), errorText(error)); });
    connect(slow, &SlowPage::byChosen, m_slow.get(), &SlowController::setBy);
    connect(slow, &SlowPage::acceptRequested, m_slow.get(), &SlowController::accept);
    connect(slow, &SlowPage::thresholdsRequested, m_config.get(), [this] { m_config->change(QStringLiteral("long_query_time"), {}); });
    connect(slow, &SlowPage::remediesRequested, m_config.get(), [this](const std::vector<ConfigWish> &wishes) { m_config->changeThese(tr("Write slow logs"), wishes); });
    connectZoom(slow, m_state);
    return slow;
}

Page *ConsoleContext::makeDigest(const Ui &ui)
{
    auto *digest = new SlowDigestPage(ui, m_slow->callers(), m_slow->examples(), {m_explain->tree(), m_explain->rows(), m_explain->indexes()});
    PlanView *plan = digest->plan();
    ExplainController *explain = m_explain.get();
    connect(m_slow.get(), &SlowController::digestShown, explain, &ExplainController::setDetail);
    connect(m_slow.get(), &SlowController::digestAsked, explain, &ExplainController::clear);
    connect(m_slow.get(), &SlowController::digestGone, explain, &ExplainController::clear);
    connect(m_slow.get(), &SlowController::killedShown, digest, &SlowDigestPage::setKilled);
    connect(explain, &ExplainController::cleared, digest, [digest, plan] {
        plan->clear();
        digest->setRaw({});
    });
    connect(explain, &ExplainController::instancesShown, plan, &PlanView::setInstances);
    connect(explain, &ExplainController::asking, plan, [plan] { plan->setAsking(true); });
    connect(explain, &ExplainController::explained, plan, &PlanView::setExplained);
    connect(explain, &ExplainController::planFailed, plan, [plan](const Error &error) { plan->clear(errorText(error)); });
    connect(explain, &ExplainController::rawAsked, digest, [digest] { digest->setRaw({}, ConsoleContext::tr("The log is being read…")); });
    connect(explain, &ExplainController::rawShown, digest, [digest](const QString &text) { digest->setRaw(text); });
    connect(explain, &ExplainController::rawFailed, digest, [digest](const Error &error) { digest->setRaw({}, errorText(error)); });
    connect(plan, &PlanView::explainRequested, explain, &ExplainController::explain);
    connect(digest, &SlowDigestPage::rawRequested, explain, &ExplainController::showRaw);
    connect(m_slow.get(), &SlowController::digestShown, this, [this, digest](const SlowDigestDetail &detail) {
        digest->setDigest(detail);
        setPageTrouble(digest, std::nullopt);
        m_window->showLocation(); // the digest has a name now
        Q_EMIT pageLoaded(QStringLiteral("digest"));
    });
    connect(m_slow.get(), &SlowController::digestAsked, digest, [digest] { digest->clear({}); });
    connect(m_slow.get(), &SlowController::digestGone, digest, [digest] { digest->clear(ConsoleContext::tr("Nothing is known of this digest.")); });
    connect(m_slow.get(), &SlowController::digestFailed, this, [this, digest](const Error &error) { setPageTrouble(digest, error); });
    connect(m_slow.get(), &SlowController::rangeChanged, digest, &SlowDigestPage::setRange);
    connect(m_slow.get(), &SlowController::placeChanged, digest, &SlowDigestPage::setPlace);
    connect(digest, &SlowDigestPage::acceptRequested, m_slow.get(), &SlowController::accept);
    connectZoom(digest, m_state);
    return digest;
}

Page *ConsoleContext::makeConfig(const Ui &ui)
{
    auto *page = new ConfigPage(ui, m_config->variables(), m_config->history());
    connectList(*m_config, page, QStringLiteral("config"));
    connect(m_config.get(), &ConfigController::factsChanged, page, &ConfigPage::setFacts);
    connect(m_config.get(), &ConfigController::cutTo, page, &ConfigPage::setHistoryCut);
    connect(page, &ConfigPage::watched, m_config.get(), &ConfigController::setWatched);
    connect(page, &ConfigPage::showChosen, m_config.get(), &ConfigController::setShow);
    connect(page, &ConfigPage::changeRequested, m_config.get(), [this](const QString &variable, const std::vector<Uuid> &instances) { m_config->change(variable, instances); });
    connect(page, &ConfigPage::revertRequested, m_config.get(), &ConfigController::revert);
    return page;
}

Page *ConsoleContext::makeStandards(const Ui &ui)
{
    auto *page = new StandardsPage(ui, m_standards->findings(), m_standards->standard());
    connectList(*m_standards, page, QStringLiteral("standards"));
    connect(m_standards.get(), &StandardsController::factsChanged, page, &StandardsPage::setFacts);
    connect(m_standards.get(), &StandardsController::checkingChanged, page, &StandardsPage::setChecking);
    connect(page, &StandardsPage::checkRequested, m_standards.get(), &StandardsController::check);
    connect(page, &StandardsPage::acceptedShown, m_standards.get(), &StandardsController::setAcceptedShown);
    connect(page, &StandardsPage::repairRequested, m_standards.get(), &StandardsController::repair);
    connect(page, &StandardsPage::acceptRequested, m_standards.get(), &StandardsController::accept);
    connect(page, &StandardsPage::standardRequested, m_standards.get(), &StandardsController::askRule);
    connect(page, &StandardsPage::standardEditRequested, m_standards.get(), &StandardsController::editRule);
    connect(page, &StandardsPage::standardRemoveRequested, m_standards.get(), &StandardsController::removeRules);
    return page;
}

Page *ConsoleContext::makeShards(const Ui &ui)
{
    ShardsController *controller = m_shards.get();
    auto *page = new ShardsPage(ui, controller->shards(), controller->findings(), controller->rules());
    connectList(*controller, page, QStringLiteral("shards"));
    connect(controller, &ShardsController::factsChanged, page, &ShardsPage::setFacts);
    connect(controller, &ShardsController::comparing, page, &ShardsPage::setComparing);
    connect(controller, &ShardsController::shardWanted, page, &ShardsPage::showShard);
    connect(page, &ShardsPage::importRequested, controller, &ShardsController::askImport);
    connect(page, &ShardsPage::ruleRequested, controller, &ShardsController::askRule);
    connect(page, &ShardsPage::ruleRemoveRequested, controller, &ShardsController::removeRule);
    connect(page, &ShardsPage::applyRequested, controller, &ShardsController::applyRules);
    connect(page, &ShardsPage::compareRequested, controller, &ShardsController::compare);
    return page;
}

Page *ConsoleContext::makeSql(const Ui &ui)
{
    auto *sql = new SqlPage(ui, m_sql->models());
    m_sql->setPage(sql);
    return sql;
}

Page *ConsoleContext::makeSettings(const Ui &ui, const Theme &theme, const Language &language)
{
    const QString quiet = QStringLiteral("window/closeQuietly");
    const QString failures = FailureNotices::setting();
    auto *page = new SettingsPage([this, ui, quiet, failures, &theme, &language] {
        const StoreSettings &store = m_settings.store;
        SettingsFacts facts;
        facts.profile = qs(m_settings.profile);
        facts.production = m_settings.production;
        facts.store = store.socket.empty() ? QStringLiteral("%1@%2:%3/%4").arg(qs(store.user), qs(store.host)).arg(store.port).arg(qs(store.schema))
                                           : QStringLiteral("%1@%2/%3").arg(qs(store.user), qs(store.socket.string()), qs(store.schema));
        facts.tls = qs(store.tls);
        facts.file = qs(m_settings.file.string());
        facts.sshKey = qs(m_settings.ssh.identity.string());
        facts.person = qs(m_settings.person);
        facts.theme = static_cast<int>(theme.choice());
        facts.language = language.name();
        facts.asksOnClose = !ui.settings.value(quiet).toBool();
        facts.tellsFailures = ui.settings.value(failures, true).toBool();
        return facts;
    });
    connect(page, &SettingsPage::connectionRequested, this, [this] { Q_EMIT connectionRequested(m_trouble); });
    connect(page, &SettingsPage::shortcutsRequested, m_window.get(), &MainWindow::showShortcuts);
    connect(page, &SettingsPage::themeChosen, m_window.get(), [this](int choice) { m_window->setTheme(static_cast<Theme::Choice>(choice)); });
    connect(page, &SettingsPage::languageChosen, m_window.get(), &MainWindow::setLanguage);
    connect(page, &SettingsPage::askOnCloseChosen, this, [ui, quiet](bool asks) { ui.settings.setValue(quiet, !asks); });
    connect(page, &SettingsPage::tellFailuresChosen, this, [ui, failures](bool tells) { ui.settings.setValue(failures, tells); });
    return page;
}

} // namespace zandb::console
