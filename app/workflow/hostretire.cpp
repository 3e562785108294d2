// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/hostretire.h"

#include "app/fleet/fleetrepository.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "app/workflow/runrepository.h"

#include <algorithm>
#include <set>

namespace zandb::workflow {

Result<HostDependents> dependentsOf(store::Session &session, const Fleet &fleet, const Uuid &host)
{
    HostDependents found;
    std::set<Uuid> own;
    for (const InstanceRecord &record : fleet.instances) {
        if (record.instance.hostId != host)
            continue;
        own.insert(record.instance.id);
        if (record.state != "gone")
            found.instances.push_back(fleet.pathOf(record.instance.id));
    }
    const auto tasks = loadTasks(session);
    if (!tasks)
        return fail(tasks.error());
    for (const Task &task : *tasks) {
        if (task.unreadable)
            continue;
        const auto isOwn = [&](const Uuid &id) { return own.contains(id); };
        if (std::ranges::find(task.selector.hosts, host) != task.selector.hosts.end() || std::ranges::any_of(task.selector.instances, isOwn))
            found.named.push_back(task.name);
        const auto targets = schedule::expandTargets(task.selector, task.policies.source, fleet);
        if (std::ranges::any_of(targets, [&](const schedule::Target &target) { return target.host == host; }))
            found.tasks.push_back(task.name);
    }
    for (const auto &set : schedule::replicationSets(fleet)) {
        const bool primaryHere = std::ranges::any_of(set, [&](const Uuid &id) {
            const InstanceRecord *record = fleet.instance(id);
            return own.contains(id) && record->detail && record->detail->replication.empty();
        });
        for (const Uuid &id : set) {
            if (primaryHere && !own.contains(id))
                found.replicas.push_back(fleet.pathOf(id));
        }
    }
    const auto open = openRuns(session, {host});
    if (!open)
        return fail(open.error());
    for (const RunDetail &detail : *open)
        found.openRuns.push_back(detail.run.id);
    return found;
}

Result<int> retireHost(store::Session &session, const Host &host, const std::string &person, bool force)
{
    // without its host an open run would stay open for ever
    const auto open = openRuns(session, {host.id});
    if (!open)
        return fail(open.error());
    if (!open->empty() && !force) {
        constexpr std::size_t shown = 5;
        std::string runs;
        for (std::size_t i = 0; i < std::min(open->size(), shown); ++i) {
            const Run &run = (*open)[i].run;
            runs += (i == 0 ? "" : ", ") + run.id.toString() + " (" + run.kind + ' ' + std::string(toString(run.state)) + ')';
        }
        return fail(errors::hostOpenRuns, {{"host", host.name},
                                           {"count", std::to_string(open->size())},
                                           {"runs", runs + (open->size() > shown ? ", ..." : "")}});
    }
    for (const RunDetail &detail : *open) {
        const auto done = giveUp(session, detail.run.id, person, true);
        if (!done && !done.error().is(errors::runNotUnknown)) // it has ended meanwhile
            return fail(done.error());
    }
    if (const auto removed = fleet::removeHost(session, host.id); !removed)
        return fail(removed.error());
    // those that were made between the look and now; later ones see that the host is gone
    const auto late = endRunsWithoutHost(session);
    if (!late)
        return fail(late.error());
    return static_cast<int>(open->size()) + *late;
}

} // namespace zandb::workflow
