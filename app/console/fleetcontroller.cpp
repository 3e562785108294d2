// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/fleetcontroller.h"

#include "app/fleet/fleetrepository.h"
#include "app/workflow/runrepository.h"
#include "models/common/text.h"

namespace zandb::console {

FleetController::FleetController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_reload([this] { load(); }, this)
{
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool all) {
        if (topics.contains(QLatin1String("fleet")) || topics.contains(QLatin1String("task")))
            all ? m_reload.wantNow() : m_reload.want();
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        if (before.scope != m_state.location().scope || before.page != m_state.location().page)
            show();
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_tree.refreshTexts();
        m_hosts.refreshTexts();
        m_instances.refreshTexts();
        show();
    });
    // ages grow and what nobody hears of turns stale, also while the store is away
    m_clock.setInterval(5000);
    connect(&m_clock, &QTimer::timeout, this, &FleetController::show);
    m_clock.start();
}

void FleetController::load()
{
    ask<Facts>(
        m_executor, m_latest,
        [](store::Session &session) -> Result<Facts> {
            auto fleet = fleet::loadFleet(session);
            if (!fleet)
                return fail(fleet.error());
            auto tasks = workflow::loadTasks(session);
            if (!tasks)
                return fail(tasks.error());
            auto zone = session.query("SELECT board_zone FROM store_info WHERE id = 1");
            if (!zone)
                return fail(zone.error());
            Facts facts;
            facts.fleet = std::make_shared<Fleet>(std::move(*fleet));
            for (const Task &task : *tasks)
                facts.tasks.emplace(task.id, qs(task.name));
            facts.zone = zone->empty() ? "UTC" : zone->front().text(0);
            return facts;
        },
        [this](Result<Facts> result) {
            if (!result) {
                m_reload.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reload.finished();
            m_state.setZone(result->zone);
            m_state.setTasks(std::move(result->tasks));
            m_tree.setFleet(*result->fleet);
            m_state.setFleet(std::move(result->fleet));
            show();
            Q_EMIT loaded();
        });
}

void FleetController::show()
{
    const Fleet &fleet = *m_state.fleet();
    const TimePoint now = m_state.now();
    m_tree.setNow(now);
    int answering = 0;
    for (const Host &host : fleet.hosts) {
        if (hostCondition(fleet, host, now).look == Look::Ok)
            ++answering;
    }
    Q_EMIT agentsCounted(answering, static_cast<int>(fleet.hosts.size()));
    if (m_state.location().page != QLatin1String("fleet"))
        return;
    m_hosts.setRows(HostTableModel::rowsOf(fleet, m_state.location().scope, now));
    m_instances.setRows(InstanceTableModel::rowsOf(fleet, m_state.location().scope, now));
}

} // namespace zandb::console
