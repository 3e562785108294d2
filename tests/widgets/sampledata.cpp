// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/sampledata.h"

#include "models/common/text.h"

namespace zandb::sample {
namespace {

using namespace std::chrono;

constexpr std::int64_t gib = 1024LL * 1024 * 1024;

} // namespace

TimePoint now()
{
    return *fromIso("2026-11-22T08:30:00Z");
}

Uuid id(int kind, int number)
{
    Uuid uuid;
    uuid.bytes[0] = 0x01;
    uuid.bytes[1] = static_cast<std::uint8_t>(kind);
    uuid.bytes[6] = 0x70;
    uuid.bytes[8] = 0x80;
    for (int at = 0; at < 4; ++at)
        uuid.bytes[static_cast<std::size_t>(15 - at)] = static_cast<std::uint8_t>(number >> (8 * at));
    return uuid;
}

Fleet fleet()
{
    Fleet fleet;
    fleet.readAt = now();
    fleet.groups = {{id(1, 1), std::nullopt, "production", 1}, {id(1, 2), id(1, 1), "shop", 1}, {id(1, 3), std::nullopt, "staging", 1}};
    const auto host = [&](int number, const char *name, Uuid group, const char *state, seconds seen, double freeShare) {
        Host h;
        h.id = id(2, number);
        h.groupId = group;
        h.name = name;
        h.address = "10.20.0." + std::to_string(10 + number);
        h.sshPort = 22;
        h.hostKey = "ssh-ed25519 AAAA";
        h.revision = 1;
        fleet.hosts.push_back(h);
        HostState s;
        s.hostId = h.id;
        s.state = state;
        s.seenAt = now() - seen;
        s.checkedAt = now() - seconds{3};
        wire::HostFacts facts;
        facts.hostName = name;
        facts.agentVersion = "0.1.0";
        facts.kernel = "6.1.0-30-amd64";
        facts.os = "Debian GNU/Linux 12 (bookworm)";
        facts.cores = 16;
        facts.memoryBytes = 64 * gib;
        facts.memoryAvailableBytes = 18 * gib;
        facts.load1 = 2.31;
        facts.uptimeSeconds = 41 * 86400 + 3600 * 5;
        facts.disks = {{"/", "/dev/vda1", 40 * gib, 21 * gib},
                       {"/data", "/dev/vdb", 900 * gib, static_cast<std::int64_t>(900.0 * static_cast<double>(gib) * freeShare)}};
        facts.repositories = {"local", "vault"};
        facts.sampledAt = *s.seenAt;
        s.facts = facts;
        if (s.state == "unreachable")
            s.error = Error{"ssh.unreachable", ErrorClass::Transient, {{"host", name}, {"address", h.address + ":22"}, {"detail", "connection timed out"}}, nullptr};
        fleet.hostStates[h.id] = s;
    };
    host(1, "db1", id(1, 2), "ok", seconds{4}, 0.41);
    host(2, "db2", id(1, 2), "ok", seconds{6}, 0.09);
    host(3, "db3", id(1, 2), "unreachable", seconds{11 * 60}, 0.35);
    host(4, "db4", id(1, 3), "ok", seconds{2}, 0.62);
    host(5, "db10", id(1, 3), "ok", seconds{70}, 0.55);
    int number = 0;
    const auto instance = [&](int onHost, int port, const char *flavour, const char *version, const char *role, const char *state,
                              std::optional<std::int64_t> lag, bool sqlRunning = true) {
        InstanceRecord record;
        record.instance = {id(3, ++number), id(2, onHost), "my" + std::to_string(port), port, now() - hours{24 * 100}, 1};
        record.state = state;
        record.seenAt = fleet.hostStates[id(2, onHost)].seenAt;
        wire::InstanceState detail;
        detail.name = record.instance.name;
        detail.state = state;
        detail.flavour = flavour;
        detail.version = version;
        detail.port = port;
        detail.dataDirectory = "/srv/db/" + record.instance.name + "/data";
        detail.dataBytes = (120LL + number * 37) * gib;
        detail.logBytes = (6LL + number) * gib;
        detail.readOnly = std::string_view(role) == "replica";
        detail.role = role;
        detail.replicaCount = std::string_view(role) == "primary" ? 2 : 0;
        detail.uptimeSeconds = 86400 * 12 + number * 1000;
        detail.sampledAt = *record.seenAt;
        if (lag) {
            wire::ReplicationState source{"db1", 3306, true, sqlRunning, lag, "0-1-1048576", 0, ""};
            if (!sqlRunning) {
                source.lagSeconds.reset();
                source.errorNumber = 1062;
                source.errorText = "Could not execute Write_rows_v1 event on table shop.orders; Duplicate entry '881' for key 'PRIMARY'";
            }
            detail.replication.push_back(source);
        }
        if (std::string_view(state) == "down")
            detail.error = Error{"instance.down", ErrorClass::Transient, {{"instance", record.instance.name}, {"socket", "/srv/db/run/mysqld.sock"}, {"detail", "connection refused"}}, nullptr};
        record.detail = detail;
        fleet.instances.push_back(record);
    };
    instance(1, 3306, "mariadb", "10.11.9-MariaDB-log", "primary", "up", std::nullopt);
    instance(1, 3307, "mysql", "9.7.4", "single", "up", std::nullopt);
    instance(2, 3306, "mariadb", "10.11.9-MariaDB-log", "replica", "up", 0);
    instance(2, 3307, "mariadb", "10.11.9-MariaDB", "replica", "up", 340);
    instance(3, 3306, "mariadb", "10.11.9-MariaDB", "replica", "up", 1);
    instance(4, 3306, "mysql", "8.4.6", "single", "down", std::nullopt);
    instance(4, 3307, "mysql", "8.4.6", "replica", "up", 0, false);
    instance(5, 3306, "mariadb", "10.6.20-MariaDB", "single", "up", std::nullopt);
    return fleet;
}

Fleet badNight()
{
    const Fleet small = fleet();
    Fleet big;
    big.readAt = small.readAt;
    big.groups = {{id(1, 1), std::nullopt, "production", 1}, {id(1, 2), id(1, 1), "payments", 1}, {id(1, 3), id(1, 1), "shop", 1},
                  {id(1, 4), std::nullopt, "staging", 1}, {id(1, 5), std::nullopt, "reporting and analytics", 1}};
    constexpr int hosts = 120;
    constexpr int instances = 230;
    const char *sites[] = {"db", "orders-db", "stock", "payments-primary-database.frankfurt.example-company.internal-"};
    for (int at = 0; at < hosts; ++at) {
        Host host = small.hosts[static_cast<std::size_t>(at) % small.hosts.size()];
        HostState state = small.hostStates.at(host.id);
        host.id = id(2, 1000 + at);
        host.groupId = big.groups[static_cast<std::size_t>(at) % 4 + 1].id;
        host.name = sites[at % 12 == 0 ? 3 : at % 3] + std::to_string(at + 1);
        host.address = "10.20." + std::to_string(at / 200) + '.' + std::to_string(10 + at % 200);
        state.hostId = host.id;
        if (at % 17 != 2) { // most of them answer
            const HostState &good = small.hostStates.at(small.hosts.front().id);
            state.state = good.state;
            state.seenAt = good.seenAt;
            state.facts = good.facts;
            state.error.reset();
        }
        big.hosts.push_back(host);
        big.hostStates[host.id] = state;
    }
    for (int at = 0; at < instances; ++at) {
        const bool quiet = at % 19 != 5;
        InstanceRecord record = small.instances[quiet ? static_cast<std::size_t>(at) % 3 : static_cast<std::size_t>(at) % small.instances.size()];
        const int port = 3306 + at / hosts;
        record.instance.id = id(3, 1000 + at);
        record.instance.hostId = id(2, 1000 + at % hosts);
        record.instance.port = port;
        record.instance.name = "my" + std::to_string(port);
        record.detail->name = record.instance.name;
        record.detail->port = port;
        record.detail->dataBytes = (20LL + at % 90 * 7) * gib;
        big.instances.push_back(record);
    }
    return big;
}

std::vector<RunRow> runs(const Fleet &fleet, int nights)
{
    std::vector<RunRow> rows;
    int number = 0;
    for (int night = 0; night < nights; ++night) {
        const TimePoint evening = now() - hours{24 * night + 7};
        for (std::size_t at = 0; at < fleet.instances.size(); ++at) {
            const Instance &instance = fleet.instances[at].instance;
            RunRow row;
            Run &run = row.run;
            run.id = id(4, ++number);
            run.taskId = id(5, 1);
            const bool many = fleet.instances.size() > 20; // the night has room for all of them
            run.occurrence = run.due = evening + minutes{(many ? 1 : 15) * static_cast<int>(at)};
            run.kind = "backup";
            run.hostId = instance.hostId;
            run.targetId = instance.id;
            run.author = "maria";
            run.attempts = 1;
            run.revision = 5;
            run.createdAt = run.due;
            run.startedAt = run.due + seconds{7};
            run.endedAt = *run.startedAt + minutes{25 + 11 * static_cast<int>(many ? at % 9 : at)} + seconds{number % 60};
            run.state = RunState::Succeeded;
            if (night == 0) {
                switch (many ? at % 31 : at) { // some of each of many
                case 1:
                    run.state = RunState::Failed;
                    run.attempts = 4;
                    run.endedAt = *run.startedAt + minutes{2};
                    run.error = Error{"backup.coverage", ErrorClass::Permanent, {{"missing", "shop.orders, shop.order_line"}, {"extra", ""}}, nullptr};
                    break;
                case 3:
                    run.state = RunState::Running;
                    run.endedAt.reset();
                    run.startedAt = now() - minutes{41};
                    run.progress = wire::Progress{"copying", 163 * gib, 268 * gib, "bytes", 61.4, 1545, now() - seconds{1}};
                    break;
                case 4:
                    run.state = RunState::Unknown;
                    run.endedAt.reset();
                    run.error = Error{"ssh.unreachable", ErrorClass::Transient, {{"host", "db3"}, {"address", "10.20.0.13:22"}, {"detail", "connection timed out"}}, nullptr};
                    break;
                case 5:
                    run.state = RunState::Pending;
                    run.startedAt.reset();
                    run.endedAt.reset();
                    run.due = now() - minutes{40};
                    run.error = Error{"instance.down", ErrorClass::Transient, {{"instance", "my3306"}, {"socket", "/srv/db/run/mysqld.sock"}, {"detail", "connection refused"}}, nullptr};
                    break;
                case 6:
                    run.state = RunState::Skipped;
                    run.startedAt.reset();
                    run.endedAt = run.due;
                    break;
                default:
                    break;
                }
            } else if (night == 2 && at == 2) {
                run.state = RunState::Cancelled;
                run.endedAt = *run.startedAt + minutes{9};
            } else if (night == 3 && at == 0) {
                run.state = RunState::Missed;
                run.startedAt.reset();
                run.endedAt = run.due;
            }
            row.host = qs(fleet.host(instance.hostId)->name);
            row.target = qs(fleet.pathOf(instance.id));
            row.task = QStringLiteral("nightly full");
            row.look = lookOf(boardState(run, now(), minutes{40}));
            rows.push_back(row);
        }
    }
    return rows;
}

std::vector<Backup> backups(const std::vector<RunRow> &runs)
{
    std::vector<Backup> backups;
    int number = 0;
    for (const RunRow &row : runs) {
        ++number;
        if (row.run.state != RunState::Succeeded)
            continue;
        Backup backup;
        backup.id = id(6, number);
        backup.runId = row.run.id;
        backup.instanceId = row.run.targetId;
        backup.hostId = row.run.hostId;
        backup.taskId = row.run.taskId;
        backup.method = number % 3 == 1 ? "mysqldump" : "mariadb-backup";
        backup.repository = "vault";
        backup.path = "/backup/" + row.target.toStdString() + "/20261122T013000Z";
        backup.bytes = (100LL + number % 8 * 37) * gib;
        backup.storedBytes = backup.bytes / 4 + number * gib / 10;
        backup.duration = *row.run.endedAt - *row.run.startedAt;
        backup.sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        backup.position.file = "binlog.000182";
        backup.position.offset = 73401922;
        backup.position.gtid = "0-1-1048576";
        backup.detail.tableCount = 214;
        backup.detail.serverVersion = "10.11.9-MariaDB-log";
        backup.level = number % 4 == 0 ? 2 : 0;
        backup.startedAt = *row.run.startedAt;
        backup.endedAt = *row.run.endedAt;
        if (backup.level == 2)
            backup.verifiedAt = backup.endedAt + hours{2};
        backups.push_back(backup);
    }
    return backups;
}

RunDetail detail(const RunRow &row)
{
    RunDetail detail;
    detail.run = row.run;
    Step step;
    step.runId = row.run.id;
    step.name = row.run.kind;
    step.kind = row.run.kind;
    step.hostId = row.run.hostId;
    step.state = row.run.state;
    step.attempts = row.run.attempts;
    step.startedAt = row.run.startedAt;
    step.endedAt = row.run.endedAt;
    detail.steps.push_back(step);
    for (int number = 1; number <= row.run.attempts; ++number) {
        Attempt attempt;
        attempt.runId = row.run.id;
        attempt.attempt = number;
        attempt.hostId = row.run.hostId;
        const bool last = number == row.run.attempts;
        attempt.state = last ? row.run.state : RunState::Failed;
        attempt.sentAt = row.run.startedAt.value_or(row.run.due) - minutes{10 * (row.run.attempts - number)};
        attempt.startedAt = attempt.sentAt;
        if (!last || row.run.endedAt)
            attempt.endedAt = *attempt.startedAt + minutes{2};
        if (attempt.state == RunState::Failed)
            attempt.error = row.run.error;
        detail.attempts.push_back(attempt);
    }
    return detail;
}

} // namespace zandb::sample
