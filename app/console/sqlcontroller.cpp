// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlcontroller.h"

#include "app/batchsql/savedresults.h"
#include "app/console/runexecutor.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/groupsettings.h"

#include <algorithm>

namespace zandb::console {
namespace {

constexpr std::size_t mostOrderBytes = 3u << 20; ///< a frame of the wire has 4 MiB
constexpr std::size_t mostStatements = 10'000;

/// The first statements of a script, one a line, for a question.
QString scriptWords(const std::vector<std::string> &statements, std::size_t most)
{
    QStringList lines;
    for (std::size_t at = 0; at < statements.size() && at < most; ++at)
        lines << QStringLiteral("    ") + qs(statements[at].substr(0, 400)).simplified().left(160);
    if (statements.size() > most)
        lines << QStringLiteral("    …");
    return lines.join(QLatin1Char('\n'));
}

} // namespace

SqlController::SqlController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, RunExecutor &runs, AgentCalls &calls, WithKey withKey, QWidget *window,
                             const QString &directory, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_executor(executor), m_state(state), m_runs(runs), m_calls(calls), m_withKey(std::move(withKey)), m_window(window),
      m_previewer(state, calls), m_shelf(executor, state, settings.person), m_completer(state, calls), m_drafts(directory), m_cancelling(this)
{
    m_keep.setSingleShot(true);
    m_keep.setInterval(1000);
    connect(&m_keep, &QTimer::timeout, this, [this] {
        if (m_page)
            m_drafts.keep({m_page->drafts(), m_page->currentDraft()});
    });
    connect(&state, &ConsoleState::fleetChanged, this, &SqlController::follow);
    connect(&state, &ConsoleState::locationChanged, this, &SqlController::follow);
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_answers.refreshTexts();
        m_previewer.model()->refreshTexts();
        m_shelf.refreshTexts();
    });
    connectShelf();
}

SqlController::~SqlController()
{
    if (m_page && m_keep.isActive())
        m_drafts.keep({m_page->drafts(), m_page->currentDraft()});
    m_drive.reset(); // its threads tell of what is still here
}

SqlModels SqlController::models()
{
    return {m_answers.grid(), m_previewer.model(), m_answers.result(), m_answers.differences(), m_shelf.history(), m_shelf.scripts()};
}

void SqlController::setPage(SqlPage *page)
{
    m_page = page;
    page->setProfile(qs(m_settings.profile), QColor(qs(m_settings.colour)));
    connect(page, &QObject::destroyed, this, [this] { m_page = nullptr; });
    connectPage();
}

void SqlController::connectPage()
{
    SqlPage *page = m_page;
    SqlResultsPane *results = page->results();
    connect(page, &SqlPage::runRequested, this, &SqlController::run);
    connect(page, &SqlPage::retryRequested, this, &SqlController::retry);
    connect(page, &SqlPage::stopRequested, this, &SqlController::stop);
    connect(page, &SqlPage::draftsChanged, this, [this] { m_keep.start(); });
    connect(page, &SqlPage::previewRequested, this, [this](const SqlWish &wish) {
        m_withKey([this, wish] {
            m_page->showTab(SqlPage::Tab::Preview);
            m_previewer.ask(wish);
        });
    });
    connect(&m_previewer, &SqlPreviewer::moved, page, [page](int answered, int of, int refused) {
        page->say(refused == 0 ? tr("Previewed on %1 of %2").arg(answered).arg(of) : tr("Previewed on %1 of %2; it would not run on %3").arg(answered).arg(of).arg(refused), refused > 0);
    });
    connect(page, &SqlPage::placeChanged, &m_completer, &SqlCompleter::setPlace);
    connect(&m_completer, &SqlCompleter::namesKnown, page, &SqlPage::setNames);
    connect(results, &SqlResultsPane::resultChosen, &m_answers, &SqlAnswers::show);
    connect(&m_answers, &SqlAnswers::resultsKnown, results, &SqlResultsPane::setResultStatements);
    connect(&m_answers, &SqlAnswers::firstRows, page, [page] { page->showTab(SqlPage::Tab::Result); });
    connect(&m_answers, &SqlAnswers::compared, results, &SqlResultsPane::setComparison);
    connect(&m_answers, &SqlAnswers::cut, results, &SqlResultsPane::setResultCut);
    connect(&m_answers, &SqlAnswers::changed, this, [this] {
        if (m_drive)
            showProgress();
    });
    connect(results, &SqlResultsPane::historyWanted, &m_shelf, &SqlShelf::readHistory);
    connect(results, &SqlResultsPane::scriptsWanted, &m_shelf, &SqlShelf::readScripts);
    connect(results, &SqlResultsPane::historyOpened, &m_shelf, &SqlShelf::openHistory);
    connect(results, &SqlResultsPane::scriptOpened, &m_shelf, &SqlShelf::openScript);
    connect(results, &SqlResultsPane::planShown, this, [this](const Uuid &id) { m_shelf.loadPlan(id, [this](const batchsql::SqlPlan &plan) { showPlan(plan); }); });
    connect(results, &SqlResultsPane::planResumed, this, [this](const Uuid &id, bool retryFailed) {
        m_shelf.loadPlan(id, [this, retryFailed](const batchsql::SqlPlan &plan) { resume(plan, retryFailed); });
    });
    connect(results, &SqlResultsPane::scriptSaveRequested, page, &SqlPage::askScriptName);
    connect(page, &SqlPage::scriptNamed, this, [this](const QString &name) { m_shelf.save(m_page->currentScript(), name, false); });
    connect(results, &SqlResultsPane::scriptRemoveRequested, this, [this](const Uuid &id) {
        const SqlScriptRow *row = m_shelf.scripts()->row(m_shelf.scripts()->rowOf(id));
        if (!row)
            return;
        Dialogs::Question question;
        question.title = tr("Remove a saved script — %1").arg(qs(m_settings.profile));
        question.text = tr("\"%1\" is removed for everybody.").arg(row->name);
        question.accept = tr("Remove the script");
        m_ui.dialogs.confirm(m_window, question, [this, id] { m_shelf.remove(id); });
    });
}

void SqlController::connectShelf()
{
    connect(&m_shelf, &SqlShelf::failed, this, [this](const Error &error) {
        if (m_page)
            m_page->say(errorText(error), true);
    });
    connect(&m_shelf, &SqlShelf::opened, this, [this](SqlDraft draft) {
        if (!m_page)
            return;
        if (draft.targets.empty())
            draft.targets = m_page->currentScript().targets;
        if (m_page->addEditor(draft))
            m_keep.start();
    });
    connect(&m_shelf, &SqlShelf::saved, this, [this](const QString &name) {
        if (m_page)
            m_page->say(tr("Saved as \"%1\", for everybody.").arg(name));
    });
    connect(&m_shelf, &SqlShelf::exists, this, [this](const SqlDraft &draft, const QString &name, const QString &person) {
        Dialogs::Question question;
        question.title = tr("Replace a saved script — %1").arg(qs(m_settings.profile));
        question.text = tr("There is a script \"%1\", last changed by %2.").arg(name, person);
        question.accept = tr("Replace the script");
        m_ui.dialogs.confirm(m_window, question, [this, draft, name] { m_shelf.save(draft, name, true); });
    });
}

void SqlController::follow()
{
    if (!m_page || !m_state.fleetKnown())
        return;
    m_page->setFleet(m_state.fleet());
    if (!m_draftsRead) {
        m_draftsRead = true;
        const auto kept = m_drafts.read(*m_state.fleet());
        if (!kept.drafts.empty())
            m_page->setDrafts(kept.drafts, kept.current);
        m_keep.stop();
    }
    const auto contents = contentsOf(*m_state.fleet(), m_state.location().scope);
    std::vector<Uuid> scope;
    if (m_state.location().scope.kind != Scope::Kind::All) // the whole fleet is chosen on purpose only
        scope.assign(contents.instances.begin(), contents.instances.end());
    std::ranges::sort(scope, {}, [this](const Uuid &id) { return m_state.fleet()->pathOf(id); });
    m_page->setScopeInstances(scope);
}

bool SqlController::isProduction(const std::vector<batchsql::PlanTarget> &targets) const
{
    const auto marked = [this](const batchsql::PlanTarget &target) { return settingOf(*m_state.fleet(), target.instance, productionMark).value == 1; };
    return m_settings.production || std::ranges::any_of(targets, marked);
}

/// Asks before something is changed; where the rule or production wants it, a name is typed: the instance's, or the profile's.
void SqlController::confirm(const batchsql::SqlPlan &plan, const QString &words, const QString &title, const QString &accept, bool needsConfirmation, std::function<void()> go)
{
    Dialogs::Question question;
    question.title = title;
    QStringList paths;
    for (const batchsql::PlanTarget &target : plan.targets) {
        if (paths.size() < 12)
            paths << qs(m_state.fleet()->pathOf(target.instance));
    }
    const auto count = static_cast<int>(plan.targets.size());
    if (count > paths.size())
        paths << tr("and %n more", nullptr, count - static_cast<int>(paths.size()));
    question.text = words + QStringLiteral("\n\n") + tr("On %n instance(s): %1", nullptr, count).arg(paths.join(QStringLiteral(", ")));
    question.accept = accept;
    const bool production = isProduction(plan.targets);
    if (needsConfirmation)
        question.text += QStringLiteral("\n\n") + tr("The rule wants this confirmed by typing the name.");
    if (production)
        question.text += QStringLiteral("\n\n") + tr("This is production.");
    if (needsConfirmation || production)
        question.typeToConfirm = count == 1 ? paths.front() : qs(m_settings.profile);
    m_ui.dialogs.confirm(m_window, question, std::move(go));
}

void SqlController::run(const SqlWish &wish)
{
    std::size_t bytes = 0;
    for (const std::string &statement : wish.statements)
        bytes += statement.size();
    if (bytes > mostOrderBytes || wish.statements.size() > mostStatements) {
        m_page->say(tr("A script of %1 with %n statement(s) is too long: at most 3 MiB and 10,000 statements run at once. Select a part of it, or use several.", nullptr,
                       static_cast<int>(wish.statements.size())).arg(bytesText(static_cast<std::int64_t>(bytes))), true);
        return;
    }
    const auto go = [this, wish] { m_withKey([this, wish] { begin(wish); }); };
    if (wish.readsOnly && !wish.needsConfirmation) {
        go();
        return;
    }
    batchsql::SqlPlan plan;
    for (const Uuid &id : wish.targets)
        plan.targets.emplace_back().instance = id;
    const auto count = static_cast<int>(wish.statements.size()), instances = static_cast<int>(wish.targets.size());
    confirm(plan, tr("%n statement(s):", nullptr, count) + QLatin1Char('\n') + scriptWords(wish.statements, 5), tr("Run SQL — %1").arg(qs(m_settings.profile)),
            tr("Run %1 on %2").arg(tr("%n statement(s)", nullptr, count), tr("%n instance(s)", nullptr, instances)), wish.needsConfirmation, go);
}

void SqlController::begin(const SqlWish &wish)
{
    if (m_drive || !m_page)
        return;
    batchsql::SqlPlan plan;
    plan.id = Uuid::v7();
    plan.author = m_settings.person;
    plan.executor = m_runs.name();
    plan.policy = wish.rules.policy;
    plan.args.schema = wish.schema.toStdString();
    plan.args.statements = wish.statements;
    plan.args.confirmed = wish.needsConfirmation;
    plan.args.accepted = wish.rules.accepted;
    plan.args.timeMs = wish.rules.timeoutSeconds * 1000;
    plan.args.lockWaitSeconds = wish.rules.lockWaitSeconds;
    plan.args.rows = wish.rules.rows;
    plan.args.bytes = 4LL << 20;
    m_last = {};
    m_last.reads = wish.readsOnly;
    m_last.fleet = m_state.fleet();
    if (wish.readsOnly && !wish.rules.saveTo.isEmpty()) {
        m_last.saveTo = wish.rules.saveTo.toStdString();
        plan.args.rows = batchsql::savedRows; // more than can be shown is only counted here
        plan.args.bytes = batchsql::savedBytes;
    }
    if (wish.readsOnly) {
        for (const Uuid &id : wish.targets)
            plan.targets.emplace_back().instance = id;
    } else {
        plan.targets = workflow::planWaves(wish.targets, plan.policy);
    }
    m_last.plan = std::move(plan);
    beginAnswers(m_last.plan, wish.readsOnly);
    drive(wish.readsOnly ? SqlDrive::Act::Read : SqlDrive::Act::Begin);
}

void SqlController::beginAnswers(const batchsql::SqlPlan &plan, bool reads)
{
    std::vector<SqlAnswers::Target> targets;
    m_last.places.clear();
    for (const batchsql::PlanTarget &target : plan.targets) {
        m_last.places.push_back(targets.size());
        targets.push_back({target.instance, qs(m_last.fleet->pathOf(target.instance)), reads ? 0 : target.wave + 1});
    }
    m_answers.begin(std::move(targets), plan.args.statements);
}

/// Whoever goes on with a plan sees first what it does, and to whom.
void SqlController::resume(const batchsql::SqlPlan &plan, bool retryFailed)
{
    if (m_drive || !m_page)
        return;
    QStringList states;
    for (const batchsql::PlanTarget &target : plan.targets) {
        if (states.size() < 12)
            states << QStringLiteral("    %1: %2").arg(qs(m_state.fleet()->pathOf(target.instance)), qs(target.state));
    }
    QString words = tr("The plan of %1:").arg(qs(plan.author)) + QLatin1Char('\n') + scriptWords(plan.args.statements, 12) + QStringLiteral("\n\n") + states.join(QLatin1Char('\n'));
    if (plan.state == "running" || plan.state == "cancelling")
        words += QStringLiteral("\n\n") + tr("Its program is %1; if it still runs, it stops leading the plan.").arg(qs(plan.executor));
    confirm(plan, words, tr("Go on with a script — %1").arg(qs(m_settings.profile)), retryFailed ? tr("Run it again where it failed") : tr("Go on under my key"), plan.args.confirmed,
            [this, plan, retryFailed] {
                m_withKey([this, plan, retryFailed] {
                    if (m_drive || !m_page)
                        return;
                    m_last = {};
                    m_last.plan = plan;
                    m_last.fleet = m_state.fleet();
                    beginAnswers(plan, false);
                    drive(retryFailed ? SqlDrive::Act::Retry : SqlDrive::Act::Resume);
                });
            });
}

/// What was run last, again where it failed.
void SqlController::retry()
{
    if (m_drive || m_answers.failed().empty())
        return;
    if (!m_last.reads) {
        m_shelf.loadPlan(m_last.plan.id, [this](const batchsql::SqlPlan &plan) { resume(plan, true); });
        return;
    }
    m_withKey([this] {
        const auto failed = m_answers.failed();
        if (m_drive || failed.empty())
            return;
        std::vector<batchsql::PlanTarget> targets;
        std::vector<std::size_t> places;
        for (const std::size_t place : failed) {
            const auto at = static_cast<std::size_t>(std::ranges::find(m_last.places, place) - m_last.places.begin());
            if (at >= m_last.plan.targets.size())
                continue;
            targets.push_back(m_last.plan.targets[at]);
            places.push_back(place);
        }
        const Last whole = m_last;
        m_last.plan.targets = std::move(targets);
        m_last.places = std::move(places);
        m_answers.again(m_last.places);
        drive(SqlDrive::Act::Read);
        m_last.plan.targets = whole.plan.targets; // those that fail again are of the whole script
        m_last.places = whole.places;
    });
}

/// What a plan of the history has left, as far as its hosts still have it.
void SqlController::showPlan(const batchsql::SqlPlan &plan)
{
    if (m_drive || !m_page)
        return;
    m_withKey([this, plan] {
        if (m_drive || !m_page)
            return;
        m_last = {};
        m_last.plan = plan;
        m_last.fleet = m_state.fleet();
        beginAnswers(plan, false);
        drive(SqlDrive::Act::Show);
    });
}

void SqlController::drive(SqlDrive::Act act)
{
    ++m_number;
    m_since.start();
    const auto told = [this, number = m_number](auto then) {
        QMetaObject::invokeMethod(this, [this, number, then = std::move(then)] {
            if (number == m_number && m_page)
                then();
        }, Qt::QueuedConnection);
    };
    SqlDrive::Order order;
    order.settings = m_settings;
    order.key = m_runs.key();
    order.executor = m_runs.name();
    order.fleet = m_last.fleet;
    order.readers = m_calls.pool();
    order.plan = m_last.plan;
    order.act = act;
    order.saveTo = m_last.saveTo;
    const auto place = [places = m_last.places](std::size_t at) { return places.at(at); };
    m_page->setRunning(true);
    m_page->setRetry(false);
    m_page->showTab(SqlPage::Tab::Statements);
    m_drive = std::make_unique<SqlDrive>(
        std::move(order),
        SqlDrive::Told{[this, told](const batchsql::SqlPlan &plan) { told([this, plan] { planChanged(plan); }); },
                       [this, told, place](std::size_t at, const Json &item) { told([this, at = place(at), item] { m_answers.take(at, item); }); },
                       [this, told, place](std::size_t at, const std::string &state, const std::optional<Error> &error) {
                           told([this, at = place(at), state, error] { m_answers.ended(at, state, error); });
                       },
                       [this, told](const std::optional<Error> &error) { told([this, error] { finished(error); }); }});
    showProgress();
}

void SqlController::planChanged(const batchsql::SqlPlan &plan)
{
    m_last.plan = plan;
    for (std::size_t at = 0; at < plan.targets.size(); ++at) {
        if (plan.targets[at].state == "ordered")
            m_answers.begun(m_last.places.at(at));
    }
    showProgress();
}

void SqlController::stop()
{
    if (!m_drive)
        return;
    m_page->say(tr("Stopping: statements that run are killed."));
    m_drive->cancelRead();
    if (m_last.reads)
        return;
    ask<bool>(
        m_executor, m_cancelling, [id = m_last.plan.id](store::Session &session) { return batchsql::cancelPlan(session, id).map([] { return true; }); },
        [this](Result<bool> done) {
            if (!done && m_page)
                m_page->say(errorText(done.error()), true);
        });
}

void SqlController::finished(const std::optional<Error> &error)
{
    m_drive.reset();
    m_answers.finish();
    m_page->setRunning(false);
    m_page->setRetry(!m_answers.failed().empty());
    showProgress();
    if (error || m_answers.result()->rowCount() == 0)
        m_page->showTab(SqlPage::Tab::Statements);
    if (error)
        m_page->say(m_page->said() + QStringLiteral(" · ") + errorText(*error), true);
    m_shelf.readHistoryAgain();
}

void SqlController::showProgress()
{
    const auto counts = m_answers.counts();
    int wave = 0, waves = 0;
    for (const batchsql::PlanTarget &target : m_last.plan.targets) {
        waves = std::max(waves, target.wave + 1);
        if (target.state != "pending")
            wave = std::max(wave, target.wave + 1);
    }
    const QString text = tr("%1 of %2 done · %3 failed · %4").arg(counts.done).arg(counts.all).arg(counts.failed).arg(durationText(std::chrono::milliseconds{m_since.elapsed()}));
    m_page->say(!m_last.reads && waves > 1 && wave > 0 ? tr("wave %1 of %2").arg(wave).arg(waves) + QStringLiteral(" · ") + text : text);
}

} // namespace zandb::console
