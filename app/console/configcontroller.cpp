// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/configcontroller.h"

#include "app/config/configrepository.h"
#include "app/console/runexecutor.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/config/serverid.h"

#include <algorithm>
#include <set>

namespace zandb::console {

using namespace std::chrono_literals;

namespace {

const QLatin1String page("config");
constexpr auto patience = 60s;
constexpr auto freshFor = 60s; ///< whoever comes back to the page later than that gets it read again
constexpr int mostHistory = 2000;

QString problemText(const wire::ConfigProblem &problem)
{
    return qs(problem.file) + (problem.line > 0 ? QLatin1Char(':') + QString::number(problem.line) : QString()) + QStringLiteral(": ") + qs(problem.code)
        + (problem.detail.empty() ? QString() : QStringLiteral(" (%1)").arg(qs(problem.detail)));
}

} // namespace

ConfigController::ConfigController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, RunExecutor &runs, AgentCalls &calls,
                                   WithKey withKey, QWidget *window)
    : ListController(executor, state, watch, nullptr), m_settings(settings), m_ui(ui), m_runs(runs), m_calls(calls), m_withKey(std::move(withKey)), m_window(window),
      m_history(this, [this] { return question(); }, [this](Facts facts) {
          m_historyModel.setRows(std::move(facts.rows));
          Q_EMIT cutTo(facts.cut ? mostHistory : 0);
      })
{
    wantOn({QStringLiteral("config")}, {&m_history});
    m_rebuild.setSingleShot(true);
    m_rebuild.setInterval(60);
    connect(&m_rebuild, &QTimer::timeout, this, &ConfigController::rebuild);
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_history.setActive(shows(page));
        follow();
        if (before.scope != m_state.location().scope)
            m_history.restart();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_history.setActive(shows(page));
        m_history.want();
        follow();
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_variables.refreshTexts();
        m_historyModel.refreshTexts();
        m_rebuild.start();
    });
}

ConfigController::~ConfigController() = default;

std::vector<Uuid> ConfigController::scopeInstances() const
{
    const Fleet &fleet = *m_state.fleet();
    const Scope &scope = m_state.location().scope;
    std::vector<Uuid> ids;
    if (scope.kind == Scope::Kind::All) {
        for (const InstanceRecord &record : fleet.instances)
            ids.push_back(record.instance.id);
    } else {
        const auto contents = contentsOf(fleet, scope);
        ids.assign(contents.instances.begin(), contents.instances.end());
    }
    std::ranges::sort(ids, {}, [&](const Uuid &id) { return fleet.pathOf(id); });
    return ids;
}

void ConfigController::setWatched(bool on)
{
    m_watched = on;
    follow();
    if (on && m_asked.isStarted() && m_asked.passed() > freshFor)
        read(); // it may have been changed by others since
}

void ConfigController::follow()
{
    if (!m_watched || !m_state.fleetKnown())
        return;
    auto order = scopeInstances();
    m_left = order.size() > mostInstances ? order.size() - mostInstances : 0;
    order.resize(order.size() - m_left);
    if (order == m_order && !order.empty())
        return;
    std::erase_if(m_places, [&](const auto &entry) { return std::ranges::find(order, entry.first) == order.end(); });
    m_order = std::move(order);
    for (const Uuid &id : m_order) {
        const InstanceRecord *record = m_state.fleet()->instance(id);
        auto &place = m_places[id];
        if (!place)
            place = std::make_unique<Place>(this);
        place->host = record ? record->instance.hostId : Uuid{};
        place->name = record ? record->instance.name : std::string();
        place->path = qs(m_state.fleet()->pathOf(id));
    }
    Q_EMIT asked();
    rebuild();
    read();
}

void ConfigController::refresh()
{
    if (!m_watched)
        return;
    m_keyAsked = false;
    read();
}

void ConfigController::read()
{
    m_asked.start();
    const auto go = [this] {
        for (const auto &[id, place] : m_places) {
            place->coming.clear();
            readPart(id, {});
        }
    };
    if (m_keyAsked)
        return go();
    m_keyAsked = true; // once: who does not want to give the passphrase is not asked again by each look at the page
    m_withKey(go);
}

void ConfigController::readPart(const Uuid &id, const std::string &after)
{
    Place &place = *m_places.at(id);
    const wire::ConfigWish wish{place.name, {}, after, false};
    m_calls.ask(place.latest, place.host, "config.read", Json(wish), [this, id](const Result<Json> &answer) { take(id, answer); }, patience);
}

void ConfigController::take(const Uuid &id, const Result<Json> &answer)
{
    const auto found = m_places.find(id);
    if (found == m_places.end())
        return;
    Place &place = *found->second;
    auto state = answer ? decode<wire::ConfigState>(*answer) : Result<wire::ConfigState>(fail(answer.error()));
    if (!state) {
        if (!state.error().is(errors::cancelled))
            place.error = state.error();
        m_rebuild.start();
        return;
    }
    if (place.coming.empty()) {
        place.problems = std::move(state->problems);
        place.pending = state->pending;
    }
    const std::string last = place.coming.empty() ? std::string() : place.coming.back().variable.name;
    for (wire::ConfigVariable &variable : state->variables)
        place.coming.push_back({configRowId(id, variable.name), id, place.path, std::move(variable)});
    if (!state->next.empty() && state->next > last)
        return readPart(id, state->next);
    place.rows = std::move(place.coming);
    place.coming.clear();
    place.answered = true;
    place.error.reset();
    if (!m_rebuild.isActive())
        m_rebuild.start();
}

void ConfigController::rebuild()
{
    std::vector<ConfigRow> rows;
    ConfigFacts facts;
    facts.instances = static_cast<int>(m_order.size());
    facts.left = static_cast<int>(m_left);
    int heard = 0;
    for (const Uuid &id : m_order) {
        const Place &place = *m_places.at(id);
        heard += place.answered || place.error;
        facts.answered += place.answered;
        if (place.error)
            facts.troubles << place.path + QStringLiteral(": ") + errorSummary(*place.error);
        if (place.pending > 0)
            facts.troubles << place.path + QStringLiteral(": ") + tr("a change was cut off there and is not taken back yet");
        for (const wire::ConfigProblem &problem : place.problems)
            facts.troubles << place.path + QStringLiteral(": ") + problemText(problem);
        for (const ConfigRow &row : place.rows) {
            const wire::ConfigVariable &variable = row.variable;
            facts.startChanges += !variable.agree;
            const bool set = variable.disk || variable.persisted;
            const bool shown = m_show == ConfigShow::All || (m_show == ConfigShow::Set && set) || (m_show == ConfigShow::StartChanges && !variable.agree)
                || (m_show == ConfigShow::NotDefault && (variable.standard ? *variable.standard != variable.memory : set));
            if (shown)
                rows.push_back(row);
        }
    }
    m_variables.setRows(std::move(rows));
    Q_EMIT factsChanged(facts);
    if (heard > 0 || m_order.empty())
        Q_EMIT loaded();
}

void ConfigController::setShow(ConfigShow show)
{
    m_show = show;
    rebuild();
}

Reading<ConfigController::Facts>::Job ConfigController::question() const
{
    return [fleet = m_state.fleet(), scope = m_state.location().scope](store::Session &session) -> Result<Facts> {
        config::HistoryFilter filter;
        filter.limit = mostHistory + 1;
        if (scope.kind != Scope::Kind::All) {
            const auto contents = contentsOf(*fleet, scope);
            filter.instances = std::vector<Uuid>(contents.instances.begin(), contents.instances.end());
        }
        auto revisions = config::loadRevisions(session, filter);
        if (!revisions)
            return fail(revisions.error());
        Facts facts;
        facts.cut = revisions->size() > mostHistory;
        if (facts.cut)
            revisions->resize(mostHistory);
        for (ConfigRevision &revision : *revisions) {
            const QString path = qs(fleet->pathOf(revision.instanceId));
            facts.rows.push_back({std::move(revision), path});
        }
        return facts;
    };
}

void ConfigController::change(const QString &variable, std::vector<Uuid> instances, const QString &value)
{
    if (!m_state.fleetKnown())
        return;
    if (instances.empty())
        instances = scopeInstances();
    if (instances.empty()) {
        m_ui.dialogs.message(m_window, tr("Change a variable"), tr("There is no instance in what is selected."));
        return;
    }
    ConfigDialog::Question question;
    question.title = tr("Change a variable");
    if (instances.size() > 1)
        question.title = tr("Change a variable on %n instance(s)", nullptr, static_cast<int>(instances.size()));
    std::set<QString> names;
    for (const Uuid &id : instances) {
        question.wishes.push_back({id, qs(m_state.fleet()->pathOf(id)), {}});
        const auto place = m_places.find(id);
        for (const ConfigRow &row : place != m_places.end() ? place->second->rows : std::vector<ConfigRow>()) {
            names.insert(qs(row.variable.name));
            if (value.isEmpty() && instances.size() == 1 && row.variable.name == variable.toStdString())
                question.value = qs(row.variable.memory);
        }
    }
    question.names = QStringList(names.begin(), names.end());
    question.variable = variable;
    if (!value.isEmpty())
        question.value = value;
    open(question);
}

void ConfigController::revert(const std::vector<Uuid> &revisions)
{
    std::map<Uuid, ConfigWish> wishes; // one order for each instance
    std::map<std::pair<Uuid, std::string>, Uuid> seen; // and the run of it
    for (const Uuid &id : revisions) {
        const ConfigRevisionRow *row = m_historyModel.row(m_historyModel.rowOf(id));
        if (!row)
            continue;
        const auto [known, isNew] = seen.insert({{row->revision.instanceId, row->revision.outcome.name}, row->revision.runId});
        if (!isNew && known->second == row->revision.runId)
            continue; // the other half of it
        if (!isNew) {
            m_ui.dialogs.message(m_window, tr("Take back"), tr("%1 of %2 is marked twice: take back the newer change first.").arg(qs(row->revision.outcome.name), row->path));
            return;
        }
        ConfigWish &wish = wishes[row->revision.instanceId];
        wish.instance = row->revision.instanceId;
        wish.path = row->path;
        for (const ConfigRevisionRow &part : m_historyModel.rows()) {
            if (!isSameChange(part.revision, row->revision))
                continue;
            const auto back = reverseOf(part.revision);
            wish.args.changes.insert(wish.args.changes.end(), back.begin(), back.end());
        }
    }
    std::vector<ConfigWish> all;
    for (auto &[id, wish] : wishes) {
        if (!wish.args.changes.empty())
            all.push_back(std::move(wish));
    }
    if (!all.empty())
        changeThese(tr("Take %n change(s) back", nullptr, static_cast<int>(seen.size())), std::move(all));
}

void ConfigController::changeThese(const QString &title, std::vector<ConfigWish> wishes)
{
    std::ranges::sort(wishes, {}, &ConfigWish::path);
    ConfigDialog::Question question;
    question.title = title;
    question.wishes = std::move(wishes);
    open(question);
}

void ConfigController::open(const ConfigDialog::Question &asked)
{
    if (m_dialog || m_job)
        return; // one change at a time
    ConfigDialog::Question question = asked;
    question.profile = qs(m_settings.profile);
    m_dialog = new ConfigDialog(m_ui, question, m_window);
    connect(m_dialog, &ConfigDialog::previewRequested, this, &ConfigController::preview);
    connect(m_dialog, &ConfigDialog::changeRequested, this, &ConfigController::begin);
    connect(m_dialog, &ConfigDialog::stopRequested, this, [this] {
        if (m_job)
            m_job->cancel();
    });
    m_dialog->open();
}

void ConfigController::preview(int number, const std::vector<ConfigWish> &wishes)
{
    m_withKey([this, number, wishes] {
        m_previews.clear();
        for (std::size_t at = 0; at < wishes.size(); ++at) {
            const InstanceRecord *record = m_state.fleet()->instance(wishes[at].instance);
            if (!record) {
                if (m_dialog)
                    m_dialog->setRefused(number, at, makeError(errors::notFound, {{"what", "instance"}, {"name", wishes[at].path.toStdString()}}));
                continue;
            }
            wire::ConfigArgs args = wishes[at].args;
            args.instance = record->instance.name;
            if (const auto clash = serverIdClash(*m_state.fleet(), wishes[at].instance, args, wishes.size())) {
                if (m_dialog)
                    m_dialog->setRefused(number, at, *clash);
                continue;
            }
            m_previews.push_back(std::make_unique<Latest<Json>>(this));
            m_calls.ask(*m_previews.back(), record->instance.hostId, "config.preview", Json(args), [this, number, at](const Result<Json> &answer) {
                if (!m_dialog)
                    return;
                const auto result = answer ? decode<wire::ConfigResult>(*answer) : Result<wire::ConfigResult>(fail(answer.error()));
                if (result)
                    m_dialog->setPreview(number, at, *result);
                else
                    m_dialog->setRefused(number, at, result.error());
            }, patience);
        }
    });
}

void ConfigController::begin(const std::vector<ConfigWish> &wishes, const ConfigWaveWish &waves)
{
    if (!m_settings.production) {
        beginAgreed(wishes, waves);
        return;
    }
    Dialogs::Question question;
    const int count = static_cast<int>(wishes.size());
    question.title = tr("Change configuration — %1").arg(qs(m_settings.profile));
    question.text = tr("The configuration of %n instance(s) is changed, as the preview shows.", nullptr, count) + QStringLiteral("\n\n") + tr("This is production.");
    question.accept = tr("Change %n instance(s)", nullptr, count);
    question.typeToConfirm = count == 1 ? wishes.front().path : qs(m_settings.profile);
    m_ui.dialogs.confirm(m_dialog, question, [this, wishes, waves] { beginAgreed(wishes, waves); });
}

void ConfigController::beginAgreed(const std::vector<ConfigWish> &wishes, const ConfigWaveWish &waves)
{
    if (m_job || wishes.empty())
        return;
    if (m_dialog)
        m_dialog->setBegun();
    std::vector<Uuid> instances;
    ConfigJob::Order order{m_settings, m_runs.key(), m_runs.name(), m_state.fleet(), {}, {}};
    for (const ConfigWish &wish : wishes) {
        config::ConfigTarget target;
        target.instance = wish.instance;
        target.args = wish.args;
        instances.push_back(wish.instance);
        order.targets.push_back(std::move(target));
    }
    order.policy.canary = wishes[std::min(waves.canary, wishes.size() - 1)].instance;
    order.policy.wave = waves.wave;
    order.policy.pauseSeconds = waves.pauseSeconds;
    order.policy.stopPercent = waves.stopPercent;
    ++m_number;
    const auto told = [this, number = m_number](auto act) {
        QMetaObject::invokeMethod(this, [this, number, act = std::move(act)] {
            if (number == m_number)
                act();
        }, Qt::QueuedConnection);
    };
    m_job = std::make_unique<ConfigJob>(std::move(order), ConfigJob::Told{[this, told](std::size_t at, const config::ConfigTarget &target) {
                                                                              told([this, at, progress = ConfigProgress{target.state, target.error, target.result}] {
                                                                                  if (m_dialog)
                                                                                      m_dialog->setProgress(at, progress);
                                                                              });
                                                                          },
                                                                          [this, told, instances](const std::optional<Error> &why) {
                                                                              told([this, why, instances] {
                                                                                  m_job.reset();
                                                                                  if (m_dialog)
                                                                                      m_dialog->setFinished(why);
                                                                                  Q_EMIT accepted(why ? errorSummary(*why) : tr("The change of configuration has ended."));
                                                                                  Q_EMIT changed(instances);
                                                                                  refresh();
                                                                              });
                                                                          }});
}

} // namespace zandb::console
