// SPDX-License-Identifier: GPL-3.0-or-later
// SELECT 1 on 50 warm hosts: from the call until all answers are there, with its audit row in the store.  To reach: 15 ms, and 0.2 ms of CPU of this
// program a host.
//
// The 50 hosts are 50 links of their own, each with its own session of a real sshd and its own zandb-attach; at their far end is one agent with one
// MariaDB, which does the work of all 50 and so is slower than 50 of them would be.
#include "app/batchsql/sqlread.h"
#include "app/fleet/fleetrepository.h"
#include "app/platform/settings.h"
#include "tests/support/testfleet.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace zandb;
using namespace zandb::test;

namespace {

constexpr int hosts = 50;
constexpr int rounds = 40;

[[noreturn]] void die(const std::string &why)
{
    std::fprintf(stderr, "bench_sqlread: %s\n", why.c_str());
    std::exit(2);
}

double cpuMs()
{
    timespec at{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

} // namespace

int main()
{
    if (const auto reason = TestFleet::unavailable(); !reason.empty())
        die(reason);
    std::string error;
    const auto real = TestFleet::start({}, &error);
    if (!real)
        die(error);
    TestServer &server = *real->host().servers.at(0);
    if (!server.exec({"CREATE ROLE 'explain'", "GRANT SELECT ON *.* TO 'explain'", "GRANT 'explain' TO root@localhost"}))
        die(server.lastError());
    const auto words = real->ctlWords({});
    const auto config = std::ranges::find(words, "--config");
    const auto settings = config == words.end() ? Result<Settings>(fail(errors::internal)) : loadSettings(*std::next(config));
    if (!settings)
        die("no settings");
    store::Session session(settings->store);
    const auto one = fleet::loadFleet(session);
    if (!one || one->hosts.empty())
        die("no fleet");
    Fleet many;
    std::vector<Uuid> instances;
    for (int i = 0; i < hosts; ++i) {
        Host host = one->hosts.front();
        host.id = Uuid::v7();
        host.name = "h" + std::to_string(i);
        InstanceRecord record;
        record.instance.id = Uuid::v7();
        record.instance.hostId = host.id;
        record.instance.name = server.name();
        many.hosts.push_back(host);
        many.instances.push_back(record);
        instances.push_back(record.instance.id);
    }
    remote::AgentPool pool(settings->ssh);
    pool.setHosts(remote::addressesOf(many));
    wire::SqlArgs args;
    args.statements = {"SELECT 1"};
    std::vector<double> took;
    std::vector<double> spent;
    using Clock = std::chrono::steady_clock;
    for (int round = 0; round < rounds + 3; ++round) { // the first ones connect
        const auto begin = Clock::now();
        const double cpu = cpuMs();
        const auto reads = batchsql::readScript(session, pool, many, instances, args);
        if (!reads)
            die(describe(reads.error()));
        for (const auto &read : *reads) {
            if (read.error || read.results.statements().empty() || read.results.statements().front().rows.size() != 1)
                die(read.error ? describe(*read.error) : "no row");
        }
        if (round < 3)
            continue;
        took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        spent.push_back((cpuMs() - cpu) / hosts);
    }
    std::printf("{\"bench\":\"sqlread\",\"hosts\":%d,\"median_ms\":%.1f,\"best_ms\":%.1f,\"cpu_ms_per_host\":%.3f}\n", hosts, median(took), *std::ranges::min_element(took), median(spent));
    return 0;
}
