// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/consolecontext.h"

#include "app/console/actions.h"
#include "app/console/backupscontroller.h"
#include "app/console/fleetcontroller.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/console/runcontroller.h"
#include "app/console/runscontroller.h"
#include "app/console/statusline.h"
#include "app/console/storewatch.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/backups/backupspage.h"
#include "widgets/backups/todaypage.h"
#include "widgets/fleet/fleetpage.h"
#include "widgets/workflow/runpage.h"
#include "widgets/workflow/runspage.h"

#include <QTimer>

namespace zandb::console {

ConsoleContext::ConsoleContext(const Settings &settings, const Ui &ui, Theme &theme, Language &language, QObject *parent)
    : QObject(parent), m_settings(settings), m_executor(settings.store), m_watch(std::make_unique<StoreWatch>(m_executor)),
      m_fleet(std::make_unique<FleetController>(m_executor, m_state, *m_watch)),
      m_backups(std::make_unique<BackupsController>(m_executor, m_state, *m_watch)),
      m_runs(std::make_unique<RunsController>(m_executor, m_state, *m_watch)),
      m_run(std::make_unique<RunController>(m_executor, m_state, *m_watch)),
      m_actions(std::make_unique<Actions>(m_executor, m_state, settings.person)), m_ages(new QTimer(this))
{
    m_window = std::make_unique<MainWindow>(ui, MainWindow::Parts{m_state, theme, language, m_fleet->tree(), qs(settings.profile),
                                                                  QColor(qs(settings.colour))});
    connectPages(ui);
    StatusLine *status = m_window->statusLine();
    connect(m_watch.get(), &StoreWatch::beat, this, [this, status](TimePoint now, double ms, int alive) {
        m_state.setStoreClock(now);
        status->setStore(true, ms);
        status->setMembers(alive);
        m_trouble.reset();
        showTrouble();
    });
    connect(m_watch.get(), &StoreWatch::away, this, [this, status](const Error &error) {
        status->setStore(false, 0);
        m_trouble = error;
        showTrouble();
        Q_EMIT storeAway(error);
    });
    m_ages->setInterval(1000);
    connect(m_ages, &QTimer::timeout, this, &ConsoleContext::showTrouble);
    m_ages->start();
    connect(m_fleet.get(), &FleetController::agentsCounted, status, &StatusLine::setAgents);
    connect(m_runs.get(), &RunsController::runningChanged, status, &StatusLine::setRunning);
    connect(status, &StatusLine::cancelRequested, m_actions.get(), &Actions::cancel);
    connect(status, &StatusLine::runClicked, this, [this](const Uuid &id) {
        Location to = m_state.location();
        to.page = QStringLiteral("run");
        to.run = id;
        m_state.goTo(to);
    });
    connect(status, &StatusLine::runningClicked, this, [this] {
        Location to = m_state.location();
        to.page = QStringLiteral("runs");
        to.look = Look::Running;
        m_state.goTo(to);
    });
    connect(m_window.get(), &MainWindow::refreshRequested, m_watch.get(), &StoreWatch::refreshAll);
    connect(m_actions.get(), &Actions::accepted, status, &StatusLine::say);
    connect(m_actions.get(), &Actions::refused, this, [this, ui](const QString &what, const Error &error) {
        ui.dialogs.message(m_window.get(), tr("Not done"), what + QStringLiteral(":\n") + errorText(error));
    });
}

ConsoleContext::~ConsoleContext() = default;

void ConsoleContext::connectPages(const Ui &ui)
{
    auto *today = new TodayPage(m_backups->attention());
    auto *fleet = new FleetPage(ui, m_fleet->hosts(), m_fleet->instances());
    auto *backups = new BackupsPage(ui, m_backups->table(), m_backups->timeline());
    auto *runs = new RunsPage(ui, m_runs->table());
    auto *run = new RunPage(m_run->steps());
    m_window->addPage(QStringLiteral("today"), QStringLiteral("page-today"), today, true);
    m_window->addPage(QStringLiteral("fleet"), QStringLiteral("page-fleet"), fleet, true);
    m_window->addPage(QStringLiteral("backups"), QStringLiteral("page-backups"), backups, true);
    m_window->addPage(QStringLiteral("runs"), QStringLiteral("page-runs"), runs, true);
    m_window->addPage(QStringLiteral("run"), QStringLiteral("page-runs"), run, false);
    for (Page *page : {static_cast<Page *>(today), static_cast<Page *>(fleet), static_cast<Page *>(backups), static_cast<Page *>(runs)})
        page->setLoading(true);

    connect(m_fleet.get(), &FleetController::loaded, this, [this, fleet] {
        fleet->setLoading(false);
        Q_EMIT pageLoaded(QStringLiteral("fleet"));
    });
    connect(m_backups.get(), &BackupsController::loaded, this, [this, today, backups] {
        today->setLoading(false);
        backups->setLoading(false);
        Q_EMIT pageLoaded(QStringLiteral("backups"));
    });
    connect(m_runs.get(), &RunsController::loaded, this, [this, runs] {
        runs->setLoading(false);
        Q_EMIT pageLoaded(QStringLiteral("runs"));
    });
    connect(m_run.get(), &RunController::loaded, this, [this] { Q_EMIT pageLoaded(QStringLiteral("run")); });

    // facts go down
    connect(m_backups.get(), &BackupsController::boardChanged, backups, &BackupsPage::setBoard);
    connect(m_backups.get(), &BackupsController::nightChanged, today, &TodayPage::setNight);
    connect(m_backups.get(), &BackupsController::rangeChanged, backups, &BackupsPage::setRange);
    connect(m_backups.get(), &BackupsController::daysChanged, backups, &BackupsPage::setDays);
    connect(m_backups.get(), &BackupsController::instancesChanged, backups, &BackupsPage::setInstances);
    connect(m_run.get(), &RunController::runShown, run, &RunPage::setRun);
    connect(m_run.get(), &RunController::runShown, m_window.get(), &MainWindow::showLocation); // the run has a name now
    connect(m_run.get(), &RunController::runGone, run, [run] { run->clear(ConsoleContext::tr("This run is not in the store.")); });
    connect(m_run.get(), &RunController::logShown, run, &RunPage::setLog);

    // intents go up
    connect(backups, &BackupsPage::retryRequested, m_actions.get(), &Actions::retry);
    connect(backups, &BackupsPage::cancelRequested, m_actions.get(), &Actions::cancel);
    connect(runs, &RunsPage::retryRequested, m_actions.get(), &Actions::retry);
    connect(runs, &RunsPage::cancelRequested, m_actions.get(), &Actions::cancel);
    connect(run, &RunPage::retryRequested, m_actions.get(), &Actions::retry);
    connect(run, &RunPage::cancelRequested, m_actions.get(), &Actions::cancel);
    connect(run, &RunPage::attemptChosen, m_run.get(), &RunController::chooseAttempt);
    connect(run, &RunPage::backRequested, &m_state, &ConsoleState::back);
    const auto backUp = [this, ui](const std::vector<Uuid> &instances) {
        if (instances.size() < 2) { // one is what one pointed at; many are worth a second look
            m_actions->backUp(instances);
            return;
        }
        Dialogs::Question question;
        question.title = tr("Back up now — %1").arg(qs(m_settings.profile));
        question.text = tr("Start a backup of %n instance(s) now?", nullptr, static_cast<int>(instances.size()));
        question.accept = tr("Back up %n instance(s)", nullptr, static_cast<int>(instances.size()));
        ui.dialogs.confirm(m_window.get(), question, [this, instances] { m_actions->backUp(instances); });
    };
    connect(backups, &BackupsPage::backupRequested, this, backUp);
    connect(fleet, &FleetPage::backupRequested, this, backUp);
    connect(backups, &BackupsPage::rangeRequested, this, [this](const TimeRange &range) {
        Location to = m_state.location();
        to.range = range;
        m_state.goTo(to);
    });
    connect(backups, &BackupsPage::rangeBackRequested, this, [this] {
        Location to = m_state.location();
        to.range = TimeRange{};
        m_state.goTo(to);
    });
}

void ConsoleContext::showTrouble()
{
    if (!m_trouble) {
        m_window->setTrouble({}, {});
        return;
    }
    QString detail = errorAdvice(*m_trouble);
    if (const auto silence = m_watch->silence())
        detail += QLatin1Char('\n') + tr("What you see is from %1.").arg(ageText(*silence));
    m_window->setTrouble(errorSummary(*m_trouble), detail);
}

void ConsoleContext::start()
{
    m_watch->start();
}

} // namespace zandb::console
