// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sessionscontroller.h"

#include "agent/protocol/printable.h"
#include "app/console/storewatch.h"
#include "app/sessions/sessionservice.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {

using namespace std::chrono_literals;

namespace {

const QString pageName = QStringLiteral("processlist");
const QString instancePage = QStringLiteral("instance");
constexpr int limitOfEach = 500;

} // namespace

SessionsController::SessionsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, AgentCalls &calls, WithKey withKey,
                                       QWidget *window, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_executor(executor), m_state(state), m_calls(calls), m_withKey(std::move(withKey)), m_window(window),
      m_statement(this)
{
    connect(&m_tick, &QTimer::timeout, this, &SessionsController::tick);
    // answers of many instances come close together: one new list for them
    m_rebuild.setSingleShot(true);
    m_rebuild.setInterval(60);
    connect(&m_rebuild, &QTimer::timeout, this, &SessionsController::rebuild);
    connect(&state, &ConsoleState::locationChanged, this, &SessionsController::follow);
    connect(&state, &ConsoleState::fleetChanged, this, &SessionsController::follow);
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_table.refreshTexts();
        if (!m_views.empty())
            m_rebuild.start();
    });
}

std::chrono::milliseconds SessionsController::interval(std::size_t instances)
{
    return std::max<std::chrono::milliseconds>(2s, 20ms * instances);
}

std::vector<Uuid> SessionsController::wanted() const
{
    const Location &at = m_state.location();
    const Scope scope = at.page == instancePage && at.subject ? Scope{Scope::Kind::Instance, at.idOf(instanceSubject).value_or(Uuid{})} : at.scope;
    const Fleet &fleet = *m_state.fleet();
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

void SessionsController::setWatched(const QObject *view, bool on)
{
    if (on)
        m_views.insert(view);
    else
        m_views.erase(view);
    follow();
}

void SessionsController::follow()
{
    if (m_views.empty()) {
        m_tick.stop();
        for (auto &[id, place] : m_places)
            place->latest.stop();
        return;
    }
    auto order = wanted();
    if (order != m_order) {
        const bool another = std::ranges::none_of(order, [&](const Uuid &id) { return m_places.contains(id); });
        std::erase_if(m_places, [&](const auto &entry) { return std::ranges::find(order, entry.first) == order.end(); });
        const Fleet &fleet = *m_state.fleet();
        for (const Uuid &id : order) {
            auto &place = m_places[id];
            if (!place)
                place = std::make_unique<Place>(this);
            const InstanceRecord *record = fleet.instance(id);
            place->host = record ? record->instance.hostId : Uuid{};
            place->name = record ? record->instance.name : std::string();
            place->path = qs(fleet.pathOf(id));
        }
        m_order = std::move(order);
        if (another)
            Q_EMIT asked();
        rebuild();
        m_tick.stop();
    }
    if (!m_tick.isActive())
        begin();
}

void SessionsController::begin()
{
    m_tick.start(interval(m_order.size()));
    if (m_keyReady || m_keyAsked) {
        tick();
        return;
    }
    m_keyAsked = true; // once: who does not want to give the passphrase is not asked again by each look at the page
    m_withKey([this] {
        m_keyReady = true;
        tick();
    });
}

void SessionsController::refresh()
{
    if (m_views.empty())
        return;
    if (!m_keyReady)
        m_keyAsked = false;
    begin();
}

void SessionsController::tick()
{
    if (m_views.empty() || !m_keyAsked)
        return;
    for (auto &[id, place] : m_places) {
        if (place->latest.busy() || place->host.isNull())
            continue;
        m_calls.ask(place->latest, place->host, "sessions.list", Json{{"instance", place->name}, {"idle", m_filter.idle}, {"limit", limitOfEach}},
                    [this, id = id, where = place.get()](const Result<Json> &answer) { take(id, *where, answer); }, 15s);
    }
    m_rebuild.start(); // what nobody answered grows old
}

void SessionsController::take(const Uuid &, Place &place, const Result<Json> &answer)
{
    auto list = answer ? decode<wire::SessionList>(*answer) : Result<wire::SessionList>(fail(answer.error()));
    if (list) {
        place.list = std::move(*list);
        place.error.reset();
        place.answered.start();
    } else if (!list.error().is(errors::cancelled)) {
        place.error = list.error();
    }
    if (!m_rebuild.isActive())
        m_rebuild.start();
}

void SessionsController::rebuild()
{
    std::vector<SessionRow> rows;
    SessionFacts facts;
    facts.instances = static_cast<int>(m_order.size());
    const auto every = interval(m_order.size());
    facts.everySeconds = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(every).count());
    std::set<QString> users;
    int rank = 0;
    for (const Uuid &id : m_order) {
        const Place &place = *m_places.at(id);
        const bool old = place.list && place.answered.passed() > 2 * every + 1s;
        if (place.error)
            facts.troubles.push_back({place.path, errorSummary(*place.error), old});
        else if (old)
            facts.troubles.push_back({place.path, tr("no answer, read %1").arg(ageText(place.answered.passed())), true});
        if (!place.list)
            continue;
        ++facts.answered;
        facts.idle += place.list->idle;
        facts.more += place.list->more;
        for (const std::string &what : place.list->notPermitted)
            facts.notPermitted << place.path + QStringLiteral(": ") + notPermittedText(what);
        auto more = sessionRows(id, place.path, *place.list, rank);
        rank += static_cast<int>(more.size());
        facts.sessions += static_cast<int>(more.size());
        for (SessionRow &row : more) {
            users.insert(qs(row.session.user));
            facts.active += row.part == SessionPart::Active;
            facts.waiting += row.part == SessionPart::Waits || row.part == SessionPart::InCircle;
            facts.heads += row.part == SessionPart::Head;
            row.stale = old || place.error.has_value();
            if (m_filter.accepts(row))
                rows.push_back(std::move(row));
        }
    }
    facts.users = QStringList(users.begin(), users.end());
    const bool known = facts.answered > 0 || !facts.troubles.empty() || m_order.empty();
    m_table.setRows(std::move(rows));
    Q_EMIT factsChanged(facts);
    if (known)
        Q_EMIT loaded();
}

void SessionsController::setFilter(const SessionFilter &filter)
{
    if (filter == m_filter)
        return;
    const bool askAnew = filter.idle != m_filter.idle;
    m_filter = filter;
    Q_EMIT filterChanged(filter);
    rebuild();
    if (askAnew && !m_views.empty()) {
        for (auto &[id, place] : m_places)
            place->latest.stop();
        tick();
    }
}

void SessionsController::readStatement(const Uuid &id)
{
    const SessionRow *row = m_table.row(m_table.rowOf(id));
    if (!row)
        return;
    m_withKey([this, id, instance = row->instance, session = row->session.id, user = row->session.user] {
        ask<std::string>(
            m_executor, m_statement,
            [pool = m_calls.pool(), fleet = m_state.fleet(), instance, session, user](store::Session &store) {
                return sessions::readStatement(store, *pool, *fleet, instance, session, user);
            },
            [this, id](const Result<std::string> &text) {
                if (text)
                    Q_EMIT statementShown(id, qs(printable(*text, true)));
                else
                    m_ui.dialogs.message(m_window, tr("Not shown"), errorText(text.error()));
            });
    });
}

void SessionsController::kill(const std::vector<Uuid> &ids, bool connection)
{
    std::vector<SessionRow> rows;
    for (const Uuid &id : ids) {
        if (const SessionRow *row = m_table.row(m_table.rowOf(id)); row && rows.size() < mostKills)
            rows.push_back(*row);
    }
    if (rows.empty())
        return;
    const int count = static_cast<int>(rows.size());
    Dialogs::Question question;
    question.title = (connection ? tr("Kill connections — %1") : tr("Kill statements — %1")).arg(qs(m_settings.profile));
    QStringList lines;
    std::int64_t changed = 0;
    std::set<QString> paths;
    for (const SessionRow &row : rows) {
        paths.insert(row.path);
        changed += row.session.rowsModified;
        if (lines.size() >= 10)
            continue;
        const QString who = tr("%1, connection %2 of %3@%4").arg(row.path).arg(row.session.id).arg(qs(printable(row.session.user)), qs(printable(row.session.host)));
        const QString statement = qs(printable(row.session.statement)).simplified();
        lines << who + (statement.isEmpty() ? QString() : QStringLiteral(":\n    ") + statement);
    }
    if (count > lines.size())
        lines << tr("and %n more", nullptr, count - static_cast<int>(lines.size()));
    if (connection && changed > 0)
        lines << QString() << tr("%n changed row(s) of open transactions are rolled back.", nullptr, static_cast<int>(std::min<std::int64_t>(changed, 2'000'000'000)));
    if (ids.size() > rows.size())
        lines << tr("No more than %n at once.", nullptr, static_cast<int>(mostKills));
    question.text = (connection ? tr("%n connection(s) end(s):", nullptr, count) : tr("%n statement(s) end(s):", nullptr, count)) + QStringLiteral("\n\n")
        + lines.join(QLatin1Char('\n'));
    question.accept = count > 1 ? (connection ? tr("Kill %n connection(s)", nullptr, count) : tr("Kill %n statement(s)", nullptr, count))
                                : (connection ? tr("Kill the connection") : tr("Kill the statement"));
    if (m_settings.production) {
        question.text += QStringLiteral("\n\n") + tr("This is production.");
        question.typeToConfirm = paths.size() == 1 ? *paths.begin() : qs(m_settings.profile);
    }
    m_ui.dialogs.confirm(m_window, question, [this, rows, connection] { m_withKey([this, rows, connection] { killAgreed(rows, connection); }); });
}

void SessionsController::killAgreed(const std::vector<SessionRow> &rows, bool connection)
{
    using Failures = std::vector<std::pair<QString, Error>>;
    // not through a Latest: a kill that was agreed to is not taken back by the next one
    deliver<Failures>(
        this,
        [&](Answer<Failures> answer) {
            m_executor.post([answer, rows, connection, pool = m_calls.pool(), fleet = m_state.fleet()](store::Session &store) {
                Failures failures;
                for (const SessionRow &row : rows) {
                    if (const auto done = sessions::killSession(store, *pool, *fleet, row.instance, row.session, row.at, connection); !done)
                        failures.emplace_back(row.path + QLatin1Char(' ') + QString::number(row.session.id), done.error());
                }
                answer(std::move(failures));
            });
        },
        [this, rows, connection](const Result<Failures> &result) {
            if (!result) {
                m_ui.dialogs.message(m_window, tr("Not killed"), errorText(result.error()));
                return;
            }
            const int done = static_cast<int>(rows.size() - result->size());
            if (done > 0)
                Q_EMIT accepted(connection ? tr("Killed %n connection(s)", nullptr, done) : tr("Killed %n statement(s)", nullptr, done));
            QStringList texts;
            for (const auto &[who, error] : *result) {
                if (texts.size() < 10)
                    texts << errorText(error, who);
            }
            if (!texts.isEmpty())
                m_ui.dialogs.message(m_window, tr("Not killed"), texts.join(QLatin1Char('\n')));
            tick();
        });
}

} // namespace zandb::console
