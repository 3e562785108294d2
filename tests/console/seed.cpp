// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/console/seed.h"

#include "app/fleet/fleetrepository.h"
#include "app/store/migrations.h"
#include "app/workflow/runrepository.h"
#include "models/fleet/scope.h"
#include "tests/support/backupend.h"
#include "tests/widgets/sampledata.h"

namespace zandb::test {
namespace {

Result<void> seedFleet(store::Session &session, const Fleet &wanted)
{
    std::vector<fleet::HostSample> samples;
    for (Host host : wanted.hosts) {
        auto group = fleet::ensureGroup(session, groupPath(wanted, *host.groupId).toStdString());
        if (!group)
            return fail(group.error());
        host.groupId = *group;
        if (auto added = fleet::addHost(session, host); !added)
            return added;
        fleet::HostSample sample;
        sample.hostId = host.id;
        const HostState &state = wanted.hostStates.at(host.id);
        sample.state = state.state;
        sample.error = state.error;
        sample.facts = state.facts;
        std::vector<wire::InstanceState> instances;
        for (const InstanceRecord &record : wanted.instances) {
            if (record.instance.hostId == host.id)
                instances.push_back(*record.detail);
        }
        sample.instances = instances;
        sample.fence = 1;
        samples.push_back(std::move(sample));
    }
    return fleet::storeSamples(session, samples);
}

} // namespace

Result<void> seed(store::Session &session, const Fleet &wanted, int nights)
{
    if (auto migrated = store::migrate(session); !migrated)
        return fail(migrated.error());
    if (auto fleet = seedFleet(session, wanted); !fleet)
        return fleet;
    const auto fleet = fleet::loadFleet(session);
    if (!fleet)
        return fail(fleet.error());
    Task task;
    task.id = sample::id(5, 1);
    task.name = "nightly full";
    task.kind = "backup";
    task.selector.all = true;
    task.schedule = Json{{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
    task.author = "maria";
    if (auto added = workflow::addTask(session, task); !added)
        return added;
    if (nights == 0)
        return {};
    const Microseconds shift = fleet->readAt - sample::now();
    const auto rows = sample::runs(*fleet, nights);
    const auto backups = sample::backups(rows);
    for (const RunRow &row : rows) {
        RunDetail detail = sample::detail(row);
        const auto move = [&](auto &at) {
            if constexpr (std::is_same_v<std::decay_t<decltype(at)>, TimePoint>)
                at += shift;
            else if (at)
                *at += shift;
        };
        Run run = detail.run;
        move(run.occurrence);
        move(run.due);
        move(run.createdAt);
        move(run.startedAt);
        move(run.endedAt);
        RunDetail fresh;
        fresh.run = run;
        fresh.run.state = RunState::Pending;
        fresh.run.attempts = 0;
        fresh.run.error.reset();
        fresh.run.progress.reset();
        fresh.run.startedAt.reset();
        fresh.run.endedAt.reset();
        fresh.steps = detail.steps;
        for (Step &step : fresh.steps) {
            step.state = RunState::Pending;
            step.attempts = 0;
            step.startedAt.reset();
            step.endedAt.reset();
        }
        if (auto created = workflow::createRun(session, fresh); !created)
            return fail(created.error());
        const auto stored = workflow::loadRun(session, run.id);
        if (!stored)
            return fail(stored.error());
        Run current = (*stored)->run;
        Step step = (*stored)->steps.front();
        for (Attempt attempt : detail.attempts) {
            move(attempt.sentAt);
            move(attempt.startedAt);
            move(attempt.endedAt);
            if (!run.startedAt || run.state == RunState::Unknown)
                break; // it never ran, or nobody knows
            Attempt begun = attempt;
            begun.state = RunState::Running;
            begun.endedAt.reset();
            begun.error.reset();
            if (auto ok = workflow::beginAttempt(session, current, step, begun); !ok)
                return fail(ok.error());
            const std::string log = "2026-11-22T01:45:00Z mariadb-backup: connecting to the server\n"
                                    "2026-11-22T01:45:01Z mariadb-backup: redo log copying started at LSN 48210331\n"
                                    "2026-11-22T01:45:09Z copied 12.4 GiB, 212 MiB/s\n";
            if (auto ok = workflow::appendLog(session, {run.id, 1, attempt.attempt}, 0, log); !ok)
                return ok;
            if (attempt.state == RunState::Running)
                break;
            test::BackupEnd end;
            end.attempt = attempt;
            if (attempt.state == RunState::Succeeded) {
                for (Backup backup : backups) {
                    if (backup.runId != run.id)
                        continue;
                    move(backup.startedAt);
                    move(backup.endedAt);
                    backup.verifiedAt.reset();
                    end.backup = backup;
                }
            }
            current.state = step.state = attempt.state;
            current.endedAt = step.endedAt = attempt.endedAt;
            current.error = attempt.error;
            if (auto ok = workflow::endAttempt(session, current, step, end.sealed()); !ok)
                return fail(ok.error());
        }
        current.state = run.state;
        current.startedAt = run.startedAt;
        current.endedAt = run.endedAt;
        current.error = run.error;
        current.progress = run.progress;
        current.attempts = run.attempts;
        if (auto ok = workflow::updateRun(session, current); !ok || !*ok)
            return ok ? fail(errors::internal, {{"detail", "updateRun lost a race nobody ran"}}) : fail(ok.error());
    }
    return {};
}

} // namespace zandb::test
