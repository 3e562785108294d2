// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/consolecontext.h"

#include "app/console/actions.h"
#include "app/console/agentcalls.h"
#include "app/console/alertscontroller.h"
#include "app/console/explaincontroller.h"
#include "app/console/asking.h"
#include "app/console/backupscontroller.h"
#include "app/console/configcontroller.h"
#include "app/console/failurenotices.h"
#include "app/console/fleetcontroller.h"
#include "app/console/growthcontroller.h"
#include "app/console/historycontroller.h"
#include "app/console/hostscontroller.h"
#include "app/console/binlogscontroller.h"
#include "app/console/keyscontroller.h"
#include "app/console/killedcontroller.h"
#include "app/console/killpolicycontroller.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/console/restorecontroller.h"
#include "app/console/rightscheck.h"
#include "app/console/runcontroller.h"
#include "app/console/runexecutor.h"
#include "app/console/runscontroller.h"
#include "app/console/sessionscontroller.h"
#include "app/console/shardscontroller.h"
#include "app/console/slowcontroller.h"
#include "app/console/sqlcontroller.h"
#include "app/console/standardscontroller.h"
#include "app/console/statusline.h"
#include "app/console/storewatch.h"
#include "app/console/taskscontroller.h"
#include "app/headless/programkinds.h"
#include "app/workflow/consent.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "agent/protocol/printable.h"
#include "models/common/text.h"
#include "widgets/backups/backupspage.h"
#include "widgets/backups/todaypage.h"
#include "widgets/fleet/fleetpage.h"
#include "widgets/workflow/runpage.h"
#include "widgets/workflow/runspage.h"

#include <QTimer>

#include <algorithm>

namespace zandb::console {

ConsoleContext::ConsoleContext(const Settings &settings, const Ui &ui, Theme &theme, Language &language, QObject *parent)
    : QObject(parent), m_settings(settings), m_executor(settings.store), m_watch(std::make_unique<StoreWatch>(m_executor)),
      m_fleet(std::make_unique<FleetController>(m_executor, m_state, *m_watch)),
      m_backups(std::make_unique<BackupsController>(m_executor, m_state, *m_watch)),
      m_runs(std::make_unique<RunsController>(m_executor, m_state, *m_watch)),
      m_run(std::make_unique<RunController>(m_executor, m_state, *m_watch)),
      m_history(std::make_unique<HistoryController>(m_executor, m_state, *m_watch)),
      m_growth(std::make_unique<GrowthController>(m_executor, m_state, *m_watch)),
      m_slow(std::make_unique<SlowController>(m_executor, m_state, *m_watch, settings.person)),
      m_killed(std::make_unique<KilledController>(m_executor, m_state, *m_watch)), m_keys(std::make_unique<KeysController>(m_executor, m_state, *m_watch)),
      m_binlogs(std::make_unique<BinlogsController>(m_executor, m_state, *m_watch)),
      m_runExecutor(std::make_unique<RunExecutor>(settings)), m_calls(std::make_unique<AgentCalls>(settings.ssh, m_state)),
      m_explain(std::make_unique<ExplainController>(m_executor, m_state, *m_calls)),
      m_actions(std::make_unique<Actions>(m_executor, m_state, settings.person, m_runExecutor->name())), m_ages(new QTimer(this))
{
    m_window = std::make_unique<MainWindow>(ui, MainWindow::Parts{m_state, theme, language, m_fleet->tree(), qs(settings.profile),
                                                                  QColor(qs(settings.colour))});
    m_restores = std::make_unique<RestoreController>(settings, ui, m_state, *m_runExecutor, m_window.get());
    m_asking = std::make_unique<Asking>(m_settings, ui, m_state, m_window.get(), [this](const Uuid &id) { return shownRun(id); });
    connect(m_runExecutor.get(), &RunExecutor::passphraseKnown, m_calls.get(), &AgentCalls::setPassphrase);
    m_notices = std::make_unique<FailureNotices>(m_executor, m_state, *m_watch, ui, m_window.get());
    const auto withKey = [this](std::function<void()> then) { m_restores->withKey(std::move(then)); };
    m_killPolicies = std::make_unique<KillPolicyController>(m_settings, ui, m_executor, m_state, *m_calls, withKey, m_window.get());
    m_rights = std::make_unique<RightsCheck>(ui, m_state, *m_calls, withKey, m_window.get());
    m_sessions = std::make_unique<SessionsController>(m_settings, ui, m_executor, m_state, *m_calls, withKey, m_window.get());
    m_sql = std::make_unique<SqlController>(m_settings, ui, m_executor, m_state, *m_runExecutor, *m_calls, withKey, m_window.get(),
                                            SqlDrafts::directoryOf(qs(m_settings.profile)));
    m_config = std::make_unique<ConfigController>(m_settings, ui, m_executor, m_state, *m_watch, *m_runExecutor, *m_calls, withKey, m_window.get());
    m_standards = std::make_unique<StandardsController>(m_settings, ui, m_executor, m_state, *m_watch, *m_calls, withKey, m_window.get());
    m_shards = std::make_unique<ShardsController>(m_settings, ui, m_executor, m_state, *m_watch, *m_calls, withKey, m_window.get());
    m_window->setFinder([this](const QString &text, std::function<void(std::vector<GoToBox::Entry>)> found) { m_shards->find(text, std::move(found)); });
    m_tasks = std::make_unique<TasksController>(m_settings, ui, m_executor, m_state, *m_watch, m_window.get());
    m_hosts = std::make_unique<HostsController>(m_settings, ui, m_executor, m_state, withKey, m_window.get());
    connect(m_runExecutor.get(), &RunExecutor::passphraseKnown, m_hosts.get(), &HostsController::setPassphrase);
    m_alerts = std::make_unique<AlertsController>(m_settings, ui, m_executor, m_state, *m_watch, m_window.get());
    m_channels = std::make_unique<ChannelsController>(m_settings, ui, m_executor, m_state, *m_watch, m_window.get());
    registerPages(ui, theme, language);
    StatusLine *status = m_window->statusLine();
    connect(m_watch.get(), &StoreWatch::beat, this, [this, status](TimePoint now, double ms, int alive, std::optional<TimePoint> lastAlive) {
        if (!m_state.clockKnown()) // the store's first word
            m_actions->resume();
        m_state.setStoreClock(now);
        status->setStore(true, ms);
        status->setMembers(alive);
        m_state.setAway(false);
        m_state.setMembers(alive, lastAlive);
        m_trouble.reset();
        showRole();
        showTrouble();
    });
    connect(m_watch.get(), &StoreWatch::roleKnown, &m_state, &ConsoleState::setRole);
    connect(&m_state, &ConsoleState::roleChanged, this, &ConsoleContext::showRole);
    connect(&m_state, &ConsoleState::languageChanged, this, &ConsoleContext::showRole);
    m_window->setCloseQuestion([this, ui] { return closeQuestion(ui); });
    connect(m_watch.get(), &StoreWatch::away, this, [this, status](const Error &error) {
        status->setStore(false, 0);
        m_state.setAway(true);
        m_trouble = error;
        showRole();
        showTrouble();
        Q_EMIT storeAway(error);
    });
    connect(&m_state, &ConsoleState::alertsChanged, status, [this, status] {
        const auto &alerts = m_state.alerts();
        status->setAlerts(static_cast<int>(alerts.size()), static_cast<int>(std::ranges::count_if(alerts, [](const Alert &a) { return a.ackedBy.empty(); })));
    });
    connect(&m_state, &ConsoleState::healthChanged, status, [this, status] { status->setHealth(m_state.health()); });
    connect(status, &StatusLine::alertsClicked, this, [this] {
        Location to = m_state.location();
        to.page = QStringLiteral("alerts");
        m_state.goTo(to);
    });
    m_ages->setInterval(1000);
    connect(m_ages, &QTimer::timeout, this, &ConsoleContext::showTrouble);
    m_ages->start();
    connect(m_fleet.get(), &FleetController::agentsCounted, status, &StatusLine::setAgents);
    connect(m_runs.get(), &RunsController::runningChanged, status, &StatusLine::setRunning);
    connectActs();
    connect(status, &StatusLine::runClicked, this, &ConsoleContext::showRun);
    connect(status, &StatusLine::runningClicked, this, [this] {
        Location to = m_state.location();
        to.page = QStringLiteral("runs");
        to.subject = Subject(Look::Running);
        m_state.goTo(to);
    });
    connect(m_window.get(), &MainWindow::refreshRequested, m_watch.get(), &StoreWatch::refreshAll);
    connect(m_window.get(), &MainWindow::connectionRequested, this, [this] { Q_EMIT connectionRequested(m_trouble); });
    connect(m_actions.get(), &Actions::accepted, status, &StatusLine::say);
    connect(m_killPolicies.get(), &KillPolicyController::accepted, status, &StatusLine::say);
    connect(m_sessions.get(), &SessionsController::accepted, status, &StatusLine::say);
    connect(m_tasks.get(), &TasksController::accepted, status, &StatusLine::say);
    connect(m_hosts.get(), &HostsController::accepted, status, &StatusLine::say);
    connect(m_alerts.get(), &AlertsController::accepted, status, &StatusLine::say);
    connect(m_channels.get(), &ChannelsController::accepted, status, &StatusLine::say);
    connect(m_window.get(), &MainWindow::refreshRequested, m_sessions.get(), &SessionsController::refresh);
    connect(m_window.get(), &MainWindow::refreshRequested, m_config.get(), &ConfigController::refresh);
    connect(m_config.get(), &ConfigController::accepted, status, &StatusLine::say);
    connect(m_standards.get(), &StandardsController::accepted, status, &StatusLine::say);
    connect(m_shards.get(), &ShardsController::accepted, status, &StatusLine::say);
    connect(m_standards.get(), &StandardsController::repairAgreed, m_config.get(), &ConfigController::changeThese);
    connect(m_config.get(), &ConfigController::changed, m_standards.get(), &StandardsController::checkThese); // what was repaired is gone from the list
    connect(m_actions.get(), &Actions::executionRequested, this, [this](const std::map<Uuid, std::string> &runs) {
        m_restores->withKey([this, runs] {
            for (const auto &[run, agreed] : runs)
                m_runExecutor->execute(run, agreed);
        });
    });
    connect(m_actions.get(), &Actions::consentNeeded, this, [this, ui](const RunDetail &run) { askConsent(ui, run, true); });
    connect(m_actions.get(), &Actions::takeOverNeeded, this, [this, ui](const RunDetail &run) { askConsent(ui, run, false); });
    connect(m_runExecutor.get(), &RunExecutor::consentNeeded, this, [this, ui](const RunDetail &run) { askConsent(ui, run, false); });
    connect(m_actions.get(), &Actions::proofBegun, this, &ConsoleContext::showRun);
    connect(m_restores.get(), &RestoreController::restoreRequested, m_actions.get(), &Actions::restore);
    connect(m_runExecutor.get(), &RunExecutor::gaveUp, this, [this, ui](const Uuid &id, const Error &error) {
        const auto row = shownRun(id);
        ui.dialogs.message(m_window.get(), tr("No longer followed"), errorText(error, row ? row->target : QString()));
    });
    connect(m_actions.get(), &Actions::refused, this, [this, ui](const QString &what, const Error &error) {
        ui.dialogs.message(m_window.get(), tr("Not done"), what + QStringLiteral(":\n") + errorText(error));
    });
}

ConsoleContext::~ConsoleContext() = default;

/// What a person asks for is asked about first; what they agree to is done.
void ConsoleContext::connectActs()
{
    auto *backups = m_window->findChild<BackupsPage *>();
    auto *runs = m_window->findChild<RunsPage *>();
    auto *run = m_window->findChild<RunPage *>();
    Asking *ask = m_asking.get();
    connect(backups, &BackupsPage::backupRequested, ask, &Asking::backUp);
    connect(m_window->findChild<FleetPage *>(), &FleetPage::backupRequested, ask, &Asking::backUp);
    connect(m_window.get(), &MainWindow::backupRequested, ask, &Asking::backUp);
    connect(backups, &BackupsPage::verifyRequested, ask, &Asking::verify);
    connect(backups, &BackupsPage::retryRequested, ask, &Asking::retry);
    connect(runs, &RunsPage::retryRequested, ask, &Asking::retry);
    connect(run, &RunPage::retryRequested, ask, [ask](const Uuid &id) { ask->retry({id}); });
    connect(backups, &BackupsPage::cancelRequested, ask, &Asking::cancel);
    connect(runs, &RunsPage::cancelRequested, ask, &Asking::cancel);
    connect(run, &RunPage::cancelRequested, ask, [ask](const Uuid &id) { ask->cancel({id}); });
    connect(m_window->statusLine(), &StatusLine::cancelRequested, ask, [ask](const Uuid &id) { ask->cancel({id}); });
    connect(runs, &RunsPage::giveUpRequested, ask, &Asking::giveUp);
    connect(run, &RunPage::giveUpRequested, ask, [ask](const Uuid &id) { ask->giveUp({id}); });
    connect(run, &RunPage::takeOverRequested, m_actions.get(), &Actions::takeOver);

    connect(ask, &Asking::backupAgreed, this, [this](const BackupWish &wish) {
        // without a headless instance this window sends the orders, with a key that must be usable first
        if (m_window->statusLine()->membersAlive().value_or(1) > 0)
            m_actions->backUp(wish);
        else
            m_restores->withKey([this, wish] { m_actions->backUp(wish); });
    });
    connect(m_tasks.get(), &TasksController::runsAgreed, this, [this](const QString &what, const std::vector<RunDetail> &wanted) {
        if (m_window->statusLine()->membersAlive().value_or(1) > 0)
            m_actions->run(what, wanted);
        else
            m_restores->withKey([this, what, wanted] { m_actions->run(what, wanted); });
    });
    connect(ask, &Asking::verifyAgreed, m_actions.get(), &Actions::verify);
    connect(ask, &Asking::retryAgreed, m_actions.get(), &Actions::retry);
    connect(ask, &Asking::cancelAgreed, m_actions.get(), &Actions::cancel);
    connect(ask, &Asking::giveUpAgreed, m_actions.get(), &Actions::giveUp);
}

void ConsoleContext::showNight(int step)
{
    const BoardDay newest = boardDayOf(m_state.now() - std::chrono::hours{6}, m_state.zone());
    const auto [from, until] = m_state.location().range.at(m_state.now());
    const bool moving = m_state.location().range.lastHours > 0;
    const BoardDay shown = moving ? newest : std::min(newest, boardDayOf(until - Microseconds{1}, m_state.zone()));
    // noon to noon has 23 to 25 hours: half a day beyond an end is surely in the next one
    const BoardDay wanted = boardDayOf(step < 0 ? shown.from - std::chrono::hours{12} : shown.until + std::chrono::hours{11}, m_state.zone());
    Location to = m_state.location();
    to.range = wanted.from >= newest.from ? TimeRange{} : TimeRange::fixed(wanted.from, wanted.until);
    m_state.goTo(to);
}

void ConsoleContext::showRun(const Uuid &id)
{
    Location to = m_state.location();
    to.page = QStringLiteral("run");
    to.subject = Subject(runSubject, id);
    m_state.goTo(to);
}

void ConsoleContext::showRole()
{
    // what the store would not hear of now is not offered either
    const bool away = m_state.away();
    const QString why = away ? tr("The metadata store does not answer. This will be possible again once it does.") : whyNotOperate(m_state.role());
    m_window->statusLine()->setRole(m_state.role(), why);
    m_window->setForbidden(why);
    for (Page *page : m_window->findChildren<Page *>())
        page->setForbidden(why, away); // the window's banner says it
}

std::optional<RunRow> ConsoleContext::shownRun(const Uuid &runId) const
{
    for (const RunRow &row : m_window->statusLine()->running()) {
        if (row.run.id == runId)
            return row;
    }
    if (const RunRow *row = m_runs->table()->row(m_runs->table()->rowOf(runId)))
        return *row;
    if (const BackupRow *row = m_backups->table()->row(m_backups->table()->rowOf(runId)))
        return row->run;
    return m_shownRun.run.id == runId ? std::optional(m_shownRun) : std::nullopt;
}

void ConsoleContext::askConsent(const Ui &ui, const RunDetail &run, bool again)
{
    const std::shared_ptr<const Fleet> fleet = m_state.fleet(); // what is shown is what is agreed to
    const QString target = qs(fleet->pathOf(run.run.targetId));
    Dialogs::Question asked;
    asked.title = tr("Execute with your key — %1").arg(qs(m_settings.profile));
    const auto shown = [](const std::string &text) { return qs(printable(text)); };
    QStringList lines{tr("This window did not make this run as it is now. Nothing of it is sent with your key unless you agree to what it does:"), QString(),
                      tr("%1, requested by %2 at %3").arg(target, shown(run.run.author), localTimeText(run.run.createdAt))};
    for (const Step &step : run.steps) {
        lines << tr("Step %1: %2 on %3").arg(step.step).arg(kindText(printable(step.kind)), shown(workflow::hostText(step, *fleet)));
        for (const std::string &line : workflow::argumentLines(headless::programKinds(), run.run, step, *fleet))
            lines << QStringLiteral("    ") + shown(line);
    }
    asked.text = lines.join(QLatin1Char('\n'));
    asked.accept = tr("Execute it with my key");
    asked.dismiss = tr("Leave it alone");
    if (m_settings.production) {
        asked.text += QStringLiteral("\n\n") + tr("This is production.");
        asked.typeToConfirm = target;
    }
    ui.dialogs.confirm(m_window.get(), asked, [this, run, fleet, again] { m_actions->execute(run, *fleet, again); });
}

std::optional<Dialogs::Question> ConsoleContext::closeQuestion(const Ui &ui)
{
    const auto &running = m_window->statusLine()->running();
    const int pending = m_actions->pending();
    const QString quiet = QStringLiteral("window/closeQuietly");
    if (pending == 0 && m_runExecutor->active() == 0 && (running.empty() || ui.settings.value(quiet).toBool()))
        return std::nullopt;
    Dialogs::Question question;
    question.title = tr("Close the window — %1").arg(qs(m_settings.profile));
    question.accept = tr("Close the window");
    QStringList text;
    if (!running.empty()) {
        QStringList targets;
        for (std::size_t at = 0; at < running.size() && at < 5; ++at)
            targets << running[at].target;
        if (running.size() > 5)
            targets << QStringLiteral("…");
        text << tr("%n run(s) in progress: %1.", nullptr, static_cast<int>(running.size())).arg(targets.join(tr(", ")));
        const auto alive = m_window->statusLine()->membersAlive();
        if (!alive)
            text << tr("They go on without this window: the work is done on the hosts. Whether a headless instance is there to fetch the "
                       "results is not known, since the store is away.");
        else if (*alive > 0)
            text << tr("They go on without this window: the work is done on the hosts, and the headless instance fetches the results, retries "
                       "and starts what is due.");
        else
            text << tr("What runs on the hosts goes on without this window. But no headless instance is there: nothing is retried or started, "
                       "and results wait on the hosts until one runs.");
    }
    if (m_runExecutor->active() > 0)
        text << tr("%n of them are sent with your key by this window. What has reached a host goes on there; the next window of yours, or a "
                   "headless instance, records how it ended.", nullptr, static_cast<int>(m_runExecutor->active()));
    if (pending > 0)
        text << tr("%n request(s) of yours have not reached the store yet. Closing now loses them.", nullptr, pending);
    else {
        question.tick = tr("Do not ask again while only runs go on");
        question.ticked = [&settings = ui.settings, quiet] { settings.setValue(quiet, true); };
    }
    question.text = text.join(QStringLiteral("\n\n"));
    return question;
}

void ConsoleContext::setPageTrouble(Page *page, const std::optional<Error> &error)
{
    if (error)
        m_pageTroubles.insert_or_assign(page, *error);
    else
        m_pageTroubles.erase(page);
    showPageTroubles();
}

void ConsoleContext::showPageTroubles()
{
    for (Page *page : m_window->findChildren<Page *>()) {
        const auto it = m_pageTroubles.find(page);
        if (it == m_pageTroubles.end() || m_trouble) // while the store is away the window says it
            page->setTrouble({}, {});
        else
            page->setTrouble(tr("This page could not be refreshed: %1").arg(errorSummary(it->second)),
                             tr("The data shown may be out of date. It will be retried automatically."));
    }
}

void ConsoleContext::showTrouble()
{
    showPageTroubles();
    if (!m_trouble) {
        m_window->setTrouble({}, {});
        return;
    }
    QString detail = errorAdvice(*m_trouble);
    if (m_trouble->is(errors::storePassword) && !m_keychain.isEmpty())
        detail += QLatin1Char('\n') + tr("The keychain could not be read: %1").arg(m_keychain);
    if (const auto silence = m_watch->silence())
        detail += QLatin1Char('\n') + tr("The data shown is from %1.").arg(ageText(*silence));
    m_window->setTrouble(errorSummary(*m_trouble), detail);
}

void ConsoleContext::start()
{
    m_watch->start();
}

} // namespace zandb::console
