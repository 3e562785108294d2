// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/fleetcontroller.h"

#include "app/alerts/alertrepository.h"
#include "app/backups/coveragereading.h"
#include "app/fleet/fleetrepository.h"
#include "app/fleet/zabbixrepository.h"
#include "app/killer/killedrepository.h"
#include "app/schedule/decide.h"
#include "app/slowlog/slowrepository.h"
#include "app/workflow/runrepository.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {
namespace {

/// Tasks that cannot be read are known to the window also while no headless instance is there to raise an alert.
void addUnreadable(std::vector<Alert> &alerts, const std::vector<Task> &tasks)
{
    for (const Task &task : tasks) {
        const std::optional<Error> wrong = schedule::whyUnreadable(task);
        const std::string subject = task.id.toString();
        const bool told = std::ranges::any_of(alerts, [&](const Alert &a) { return a.kind == taskUnreadableAlert && a.subject == subject; });
        if (!task.enabled || !wrong || told)
            continue;
        const auto field = [&](const char *name) { return wrong->fields.contains(name) ? wrong->fields.at(name) : std::string{}; };
        Alert alert; // of no row, so there is nothing to acknowledge: its count is 0
        alert.kind = taskUnreadableAlert;
        alert.subject = subject;
        alert.detail = Json{{"name", task.name}, {"field", field("field")}, {"detail", field("detail")}};
        alert.raisedAt = task.editedAt;
        alerts.push_back(std::move(alert));
    }
}

} // namespace

FleetController::FleetController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent),
      m_reading(this, [this] { return question(); }, [this](Facts facts) { take(std::move(facts)); },
                [this](const Error &error) {
                    m_coverageWanted = true;
                    Q_EMIT failed(error);
                }),
      m_states(this, [this] { return statesQuestion(); }, [this](States states) { takeStates(std::move(states)); }),
      m_zabbixReading(this,
                      [] {
                          return [](store::Session &session) -> Result<ZabbixOf> {
                              auto records = fleet::loadZabbix(session);
                              if (!records)
                                  return fail(records.error());
                              ZabbixOf all;
                              for (auto &[host, record] : *records)
                                  all.emplace(host, std::make_shared<const ZabbixRecord>(std::move(record)));
                              return all;
                          };
                      },
                      [this](ZabbixOf all) {
                          m_zabbix = std::move(all);
                          show();
                      }),
      m_latestCounts(this)
{
    // the tree shows it on every page
    m_reading.setActive(true);
    m_states.setActive(true);
    m_zabbixReading.setActive(true);
    wantOn({QStringLiteral("zabbix")}, {&m_zabbixReading});
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool) {
        const auto has = [&](const char *topic) { return topics.contains(QLatin1String(topic)); };
        m_coverageWanted = m_coverageWanted || has("backup") || has("task");
        if (has("fleet_state") && !has("fleet") && !has("task") && !has("backup") && !has("alert"))
            m_states.want();
    });
    wantOn({QStringLiteral("fleet"), QStringLiteral("task"), QStringLiteral("backup"), QStringLiteral("alert")}, {&m_reading});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        if (before.scope != m_state.location().scope || before.page != m_state.location().page || before.subject != m_state.location().subject)
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

Result<FleetController::Facts> FleetController::read(store::Session &session, bool withCoverage)
{
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
    for (const Task &task : *tasks) {
        facts.tasks.emplace(task.id, qs(task.name));
        facts.enabledTasks += task.enabled;
    }
    auto alerts = alerts::list(session);
    if (!alerts)
        return fail(alerts.error());
    facts.alerts = std::move(*alerts);
    addUnreadable(facts.alerts, *tasks);
    facts.withCoverage = withCoverage;
    if (withCoverage) {
        // a catalogue that cannot be read is the Backups page's trouble; the tree goes on without it
        if (auto coverage = backups::loadCoverage(session, *facts.fleet, *tasks))
            facts.coverage = std::make_shared<std::vector<Coverage>>(std::move(*coverage));
    }
    facts.zone = zone->empty() ? "UTC" : zone->front().text(0);
    return facts;
}

Reading<FleetController::Facts>::Job FleetController::question()
{
    // hosts are heard of every few seconds, which changes little of how instances are backed up
    const bool withCoverage = m_coverageWanted || !m_coverageRead.isStarted() || m_coverageRead.passed() > std::chrono::seconds{30};
    m_coverageWanted = false;
    return [withCoverage](store::Session &session) { return read(session, withCoverage); };
}

void FleetController::take(Facts facts)
{
    m_state.setZone(facts.zone);
    m_state.setTasks(std::move(facts.tasks));
    m_tree.setFleet(*facts.fleet);
    if (facts.coverage) {
        m_coverageRead.start();
        m_state.setCoverage(std::move(facts.coverage));
    } else if (facts.withCoverage) {
        m_coverageWanted = true;
    }
    m_state.setAlerts(std::move(facts.alerts), facts.enabledTasks);
    m_state.setFleet(std::move(facts.fleet));
    show();
    Q_EMIT loaded();
}

Reading<FleetController::States>::Job FleetController::statesQuestion() const
{
    if (!m_state.fleetKnown())
        return {};
    return [known = m_state.fleet()](store::Session &session) -> Result<States> {
        auto fleet = std::make_shared<Fleet>(*known);
        if (auto read = fleet::refreshStates(session, *fleet); !read)
            return fail(read.error());
        return States{known, std::move(fleet)};
    };
}

void FleetController::takeStates(States states)
{
    if (m_state.fleet() != states.known) // read as a whole meanwhile
        return;
    m_tree.setFleet(*states.fleet);
    m_state.setFleetStates(std::move(states.fleet));
    show();
}

/// Slow and killed statements of the last day, by the sums of whole hours.  Where they cannot be read the table goes on without them.
void FleetController::loadCounts()
{
    m_countsRead.start();
    ask<StatementCountsOf>(
        m_executor, m_latestCounts,
        [](store::Session &session) -> Result<StatementCountsOf> {
            const auto now = session.now();
            if (!now)
                return fail(now.error());
            const auto slow = slowlog::countsSince(session, *now - std::chrono::hours{24});
            if (!slow)
                return fail(slow.error());
            const auto killed = killer::killedSince(session, *now - std::chrono::hours{24});
            if (!killed)
                return fail(killed.error());
            StatementCountsOf counts;
            for (const auto &[id, totals] : *slow)
                counts[id].slow = totals.events;
            for (const auto &[id, count] : *killed)
                counts[id].killed = count;
            return counts;
        },
        [this](Result<StatementCountsOf> result) {
            if (!result)
                return;
            m_counts = std::move(*result);
            show();
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
    if (m_state.fleetKnown()) // before, 0 of 0 would look like an answer
        Q_EMIT agentsCounted(answering, static_cast<int>(fleet.hosts.size()));
    if (const auto id = m_state.location().idOf(instanceSubject); id && m_state.fleetKnown()) {
        const auto rows = InstanceTableModel::rowsOf(fleet, {Scope::Kind::Instance, *id}, now, backupAges(now));
        if (rows.size() == 1)
            Q_EMIT instanceShown(rows.front());
        else
            Q_EMIT instanceGone();
    }
    if (m_state.location().page != QLatin1String("fleet"))
        return;
    if (m_state.fleetKnown() && !m_latestCounts.busy() && (!m_countsRead.isStarted() || m_countsRead.passed() > std::chrono::seconds{60}))
        loadCounts();
    auto hosts = HostTableModel::rowsOf(fleet, m_state.location().scope, now);
    for (HostRow &row : hosts) {
        if (const auto zabbix = m_zabbix.find(row.host.id); zabbix != m_zabbix.end())
            row.zabbix = zabbix->second;
    }
    m_hosts.setRows(std::move(hosts));
    m_instances.setRows(InstanceTableModel::rowsOf(fleet, m_state.location().scope, now, backupAges(now), m_counts ? &*m_counts : nullptr));
}

BackupAges FleetController::backupAges(TimePoint now) const
{
    BackupAges ages;
    for (const Coverage &one : *m_state.coverage()) {
        const bool other = one.backedUpBy && *one.backedUpBy != one.instance;
        ages[one.instance] = {one.lastGood, one.isTooOld(now), other ? qs(m_state.fleet()->pathOf(*one.backedUpBy)) : QString()};
    }
    return ages;
}

} // namespace zandb::console
