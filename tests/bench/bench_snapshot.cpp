// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots of 100,000 simulated tables: packing, unpacking and comparing two days, in one thread; with --server also a snapshot of a real server with that
// many tables.  Prints one line of JSON.
#include "agent/snapshots/snapshot.h"
#include "models/snapshots/snapshotdiff.h"
#include "models/snapshots/snapshotpack.h"
#include "tests/support/testserver.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <unistd.h>

using namespace zandb;
using Clock = std::chrono::steady_clock;

namespace {

double milliseconds(Clock::time_point since) { return std::chrono::duration<double, std::milli>(Clock::now() - since).count(); }

Snapshot simulated(int tables)
{
    Snapshot snapshot;
    snapshot.version = "10.11.19-MariaDB";
    std::mt19937_64 random(7);
    for (int i = 0; i < tables; ++i) {
        const auto pages = static_cast<std::int64_t>(6 + random() % 1000 * (random() % 20 == 0 ? 500 : 1));
        char name[64];
        std::snprintf(name, sizeof name, "%s_%05d", i % 3 ? "order_items" : "customer_addresses", i);
        snapshot.tables.push_back({"tenant_" + std::to_string(10'000 + i / 200), name, "InnoDB", pages * 16384, pages * 12000 / 16384 * 16384, pages * 3000 / 16384 * 16384,
                                   static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(pages) * 90))});
    }
    std::ranges::sort(snapshot.tables, [](const SnapshotTable &a, const SnapshotTable &b) { return std::tie(a.schema, a.table) < std::tie(b.schema, b.table); });
    for (int i = 0; i < 700; ++i)
        snapshot.variables["variable_" + std::to_string(i)] = std::to_string(i * i);
    return snapshot;
}

/// CPU of the server's process in milliseconds.
double cpuOf(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    text.erase(0, text.rfind(')') + 2);
    unsigned long user = 0, system = 0;
    std::sscanf(text.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return static_cast<double>(user + system) * 1000.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Json realServer(test::Flavour flavour, int tables)
{
    std::string error;
    const auto server = test::TestServer::start({.flavour = flavour, .binlog = false, .myCnf = {"innodb_flush_log_at_trx_commit=0", "sync_binlog=0"}}, &error);
    if (!server)
        return error;
    const bool mariaDb = flavour == test::Flavour::MariaDb;
    std::vector<std::string> statements;
    if (!mariaDb)
        statements = {"CREATE USER backup@localhost IDENTIFIED WITH auth_socket AS 'root'", "GRANT PROCESS, REPLICATION CLIENT, SELECT ON *.* TO backup@localhost"};
    for (int i = 0; i < tables; ++i) {
        if (i % 500 == 0)
            statements.push_back("CREATE DATABASE bench_" + std::to_string(i / 500));
        statements.push_back("CREATE TABLE bench_" + std::to_string(i / 500) + ".t" + std::to_string(i) + " (id INT PRIMARY KEY, a INT, KEY (a)) STATS_PERSISTENT=1");
    }
    if (!server->exec(statements))
        return server->lastError();
    agent::Config config;
    config.base = server->base();
    config.mariadbAccount = "root";
    wire::SnapshotArgs args;
    args.instance = server->name();
    args.share = 100;
    agent::SnapshotContext context;
    context.item = [](const Json &) { return true; };
    Json result{{"tables", tables}};
    for (const char *round : {"first_ms", "second_ms"}) {
        const double cpu = cpuOf(server->pid());
        const auto since = Clock::now();
        const auto taken = agent::takeSnapshot(config, args, context);
        if (!taken)
            return describe(taken.error());
        result[round] = milliseconds(since);
        result["server_cpu_ms"] = cpuOf(server->pid()) - cpu;
        result["seen"] = taken->tables;
    }
    return result;
}

} // namespace

int main(int argc, char **argv)
{
    const int tables = 100'000;
    const Snapshot before = simulated(tables);
    Snapshot after = before;
    for (std::size_t i = 0; i < after.tables.size(); i += 7)
        after.tables[i].file = *after.tables[i].file + 1'048'576;
    auto since = Clock::now();
    const auto parts = snapshotpack::pack(before);
    const double packMs = milliseconds(since);
    if (!parts)
        return 1;
    std::size_t bytes = 0;
    for (const std::string &part : *parts)
        bytes += part.size();
    since = Clock::now();
    const auto again = snapshotpack::unpack(*parts);
    const double unpackMs = milliseconds(since);
    since = Clock::now();
    const SnapshotDiff diff = diffOf(before, after);
    const double diffMs = milliseconds(since);
    since = Clock::now();
    const auto lines = linesOf(before);
    const double linesMs = milliseconds(since);
    Json json{{"bench", "snapshot"}, {"tables", tables}, {"packed_bytes", bytes}, {"pack_ms", packMs}, {"unpack_ms", unpackMs}, {"diff_ms", diffMs}, {"changed", diff.tables.size()},
              {"lines_ms", linesMs}, {"lines", lines.size()}, {"same", again && again->tables == before.tables}};
    if (argc > 2 && std::strcmp(argv[1], "--server") == 0) {
        json["mariadb"] = realServer(test::Flavour::MariaDb, std::atoi(argv[2]));
        json["mysql"] = test::TestServer::unavailable(test::Flavour::MySql).empty() ? realServer(test::Flavour::MySql, std::atoi(argv[2])) : Json();
    }
    std::puts(dumpJson(json).c_str());
    return 0;
}
