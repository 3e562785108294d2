// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runnames.h"

#include "app/headless/programkinds.h"
#include "app/workflow/waits.h"
#include "models/common/text.h"
#include "models/workflow/board.h"

#include "agent/protocol/errors.h"

#include <algorithm>

namespace zandb::console {
namespace {

QString nameOf(const std::map<Uuid, QString> &names, const Uuid &id)
{
    const auto it = names.find(id);
    return it == names.end() ? qs(id.toString()) : it->second;
}

bool isForSpace(const std::optional<Error> &error)
{
    for (const Error *at = error ? &*error : nullptr; at; at = at->cause.get()) {
        if (at->is(errors::diskFull) || at->is(errors::backupStagingFull) || at->is(errors::spoolFull))
            return true;
    }
    return false;
}

} // namespace

RunNames::RunNames(const Fleet &fleet, const std::map<Uuid, QString> &tasks) : m_tasks(tasks)
{
    for (const Host &host : fleet.hosts)
        m_hosts.emplace(host.id, qs(host.name));
    for (const auto &[host, state] : fleet.hostStates) {
        if (state.facts)
            m_disks.emplace(host, state.facts->disks);
    }
    m_targets = m_hosts;
    for (const InstanceRecord &record : fleet.instances)
        m_targets.emplace(record.instance.id, m_hosts[record.instance.hostId] + QLatin1Char('/') + qs(record.instance.name));
}

RunRow RunNames::row(Run run, TimePoint now, std::optional<Microseconds> median) const
{
    RunRow row;
    row.look = lookOf(boardState(run, now, median));
    row.target = target(run.targetId);
    if (const auto host = m_hosts.find(run.hostId); host != m_hosts.end())
        row.host = host->second;
    if (const auto disks = m_disks.find(run.hostId); disks != m_disks.end() && isForSpace(run.error))
        row.disks = disks->second;
    if (run.taskId)
        row.task = nameOf(m_tasks, *run.taskId);
    row.run = std::move(run);
    return row;
}

void RunNames::name(RunRow &row) const
{
    if (const auto host = m_hosts.find(row.run.hostId); host != m_hosts.end())
        row.host = host->second;
    row.target = target(row.run.targetId);
    if (row.task.isEmpty() && row.run.taskId)
        row.task = nameOf(m_tasks, *row.run.taskId);
    if (row.waiting && row.waiting->target)
        row.behind = target(*row.waiting->target);
}

QString RunNames::target(const Uuid &id) const
{
    return nameOf(m_targets, id);
}

Result<void> explainWaiting(store::Session &session, const Fleet &fleet, const RunNames &names, std::vector<RunRow> &rows)
{
    if (std::ranges::none_of(rows, [](const RunRow &row) { return row.run.state == RunState::Pending; }))
        return {};
    const auto facts = workflow::loadWaitingFacts(session, fleet);
    if (!facts)
        return fail(facts.error());
    for (RunRow &row : rows) {
        row.waiting = workflow::whyItWaits(headless::programKinds(), row.run, *facts);
        if (row.waiting)
            names.name(row);
    }
    return {};
}

} // namespace zandb::console
