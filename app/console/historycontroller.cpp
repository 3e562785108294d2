// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/historycontroller.h"

#include "app/fleet/seriesrepository.h"

#include <algorithm>

namespace zandb::console {
namespace {

/// More than a chart has pixels.
constexpr std::size_t fullBuckets = 1440;
constexpr std::size_t smallBuckets = 300;
constexpr int refreshMs = 30'000; ///< figures come once a minute

} // namespace

HistoryController::HistoryController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_reading(this, [this] { return question(); }, [this](Answer answer) { show(std::move(answer)); })
{
    wantOn({}, {&m_reading}); // figures raise no topic
    connect(&state, &ConsoleState::locationChanged, this, &HistoryController::follow);
    connect(&state, &ConsoleState::fleetChanged, this, &HistoryController::follow);
    connect(&state, &ConsoleState::membersChanged, this, [this] { m_reading.want(); });
    m_clock.setInterval(refreshMs);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_state.location().range.lastHours > 0 && !m_state.away())
            m_reading.want();
    });
    m_clock.start();
}

void HistoryController::inspect(const std::optional<Uuid> &instance)
{
    m_inspected = instance;
    follow();
}

HistoryController::Place HistoryController::place() const
{
    const Location &at = m_state.location();
    if (at.page == instanceSubject)
        return {at.idOf(instanceSubject), true};
    return {at.page == QLatin1String("fleet") ? m_inspected : std::nullopt, false};
}

void HistoryController::follow()
{
    const Place now = place();
    const bool another = std::exchange(m_place, now) != now;
    const bool range = std::exchange(m_range, m_state.location().range) != m_state.location().range;
    m_reading.setActive(now.instance && m_state.fleetKnown());
    if (!another && !range)
        return;
    m_reading.stop(); // what it would bring is of another place
    if (another) {
        Q_EMIT asked();
    } else {
        const auto [from, until] = m_range.at(m_state.now());
        Q_EMIT rangeChanged(from, until);
    }
    m_reading.restart();
}

Reading<HistoryController::Answer>::Job HistoryController::question() const
{
    const auto fleet = m_state.fleet();
    const auto record = std::ranges::find_if(fleet->instances, [&](const InstanceRecord &one) { return one.instance.id == m_place.instance; });
    if (record == fleet->instances.end())
        return {};
    const auto [from, until] = m_range.at(m_state.now());
    return [id = record->instance.id, host = record->instance.hostId, from = from, until = until, full = m_place.full](store::Session &session) -> Result<Answer> {
        auto figures = fleet::loadFigures(session, id, host, from, until, full ? fullBuckets : smallBuckets);
        if (!figures)
            return fail(figures.error());
        return Answer{{id, from, until, std::move(figures->instance), std::move(figures->host), figures->damaged, true}, full};
    };
}

void HistoryController::show(Answer answer)
{
    auto &[history, full] = answer;
    history.collecting = m_state.members().value_or(1) > 0;
    if (full)
        Q_EMIT shown(history);
    else
        Q_EMIT inspected(history);
}

} // namespace zandb::console
