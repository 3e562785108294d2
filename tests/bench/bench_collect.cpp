// SPDX-License-Identifier: GPL-3.0-or-later
// What it costs a headless instance to take 1,000 batches of samples a second from 1,000 simulated instances and to store them: CPU of this process (links, decoding,
// storing) and how late another thread's short query comes meanwhile.  50 links of 20 instances each, so that the sshd of the bench is bearable.  To reach: 10 % of a core,
// and the same lag as without.
#include "app/fleet/fleetrepository.h"
#include "app/headless/collecting.h"
#include "app/store/migrations.h"
#include "tests/places.h"
#include "tests/remote/sshd.h"
#include "tests/support/testserver.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <sys/resource.h>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

constexpr int links = 50;
constexpr int perLink = 20;
constexpr auto measured = 60s;

[[noreturn]] void die(const std::string &why)
{
    std::fprintf(stderr, "bench_collect: %s\n", why.c_str());
    std::exit(1);
}

template<class T>
T must(Result<T> result)
{
    if (!result)
        die(describe(result.error()));
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

double cpuSeconds()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval &t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// As schedules do: a short query each 100 ms on a session of its own.  How late the 95th of 100 was answered, in milliseconds.
double lag(const StoreSettings &settings, std::chrono::seconds length)
{
    store::Session session(settings);
    std::vector<double> late;
    const auto begin = std::chrono::steady_clock::now();
    for (auto due = begin; due < begin + length; due += 100ms) {
        std::this_thread::sleep_until(due);
        must(session.query("SELECT id, next_due_us FROM task"));
        late.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - due).count());
    }
    std::ranges::sort(late);
    return late[late.size() * 95 / 100];
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    std::string error;
    const auto server = test::TestServer::start({}, &error);
    if (!server)
        die("no server: " + error);
    StoreSettings settings;
    settings.socket = server->socket();
    settings.user = "root";
    settings.tls = "off";
    KeyRing keys;
    if (!keys.valid())
        die(keys.problem().toStdString());
    Sshd sshd(keys, QStringLiteral(ZANDB_BINARY_DIR "/tests/testagent --samples %1").arg(perLink), {QStringLiteral("host")});
    if (!sshd.start())
        die("no sshd: " + sshd.log().toStdString());

    store::Session session(settings);
    must(store::migrate(session));
    std::map<Uuid, std::int64_t> tokens;
    std::vector<fleet::HostSample> samples;
    std::vector<remote::HostAddress> addresses;
    for (int link = 0; link < links; ++link) {
        Host host;
        host.id = Uuid::v7();
        host.name = "db" + std::to_string(link);
        host.address = "127.0.0.1";
        must(fleet::addHost(session, host));
        must(session.execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,7,1)", {store::value(host.id), store::value(Uuid::v7())}));
        tokens[host.id] = 7;
        fleet::HostSample sample;
        sample.hostId = host.id;
        sample.state = "ok";
        sample.fence = 7;
        sample.instances.emplace();
        for (int i = 0; i < perLink; ++i) {
            wire::InstanceState state;
            state.name = "my" + std::to_string(i);
            state.state = "up";
            sample.instances->push_back(state);
        }
        samples.push_back(std::move(sample));
        addresses.push_back({host.id, host.name, "127.0.0.1", sshd.port(), currentUser(), keys.publicKey(QStringLiteral("host"))});
    }
    must(fleet::storeSamples(session, samples));
    remote::AgentPool pool({keys.path(QStringLiteral("user")).toStdString(), {}});
    pool.setHosts(addresses);

    const double lagBefore = lag(settings, 10s);
    // 20 instances of a link fill what is kept of one host three times as fast as one minute would
    headless::Collecting collecting(settings, pool, [](const std::string &line) { std::fprintf(stderr, "%s\n", line.c_str()); }, {.gather = 15s});
    collecting.setHosts(tokens);
    const auto stored = [&] { return must(session.query("SELECT COALESCE(SUM(number), 0) FROM collected")).front().integer(0); };
    const auto until = std::chrono::steady_clock::now() + 180s;
    while (must(session.query("SELECT COUNT(*) FROM collected")).front().integer(0) < links) {
        if (std::chrono::steady_clock::now() > until)
            die("not all hosts have been stored within three minutes");
        std::this_thread::sleep_for(500ms);
    }
    const auto numberBefore = stored();
    const auto begin = std::chrono::steady_clock::now();
    const double cpuBefore = cpuSeconds();
    const double lagDuring = lag(settings, measured);
    const double cpu = cpuSeconds() - cpuBefore;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("{\"bench\":\"collect\",\"instances\":%d,\"links\":%d,\"batches_a_second\":%.0f,\"cpu_percent\":%.1f,\"reach_cpu_percent\":10,\"lag_ms\":%.1f,"
                "\"lag_without_ms\":%.1f}\n",
                links * perLink, links, static_cast<double>(stored() - numberBefore) / seconds, 100 * cpu / seconds, lagDuring, lagBefore);
    return 0;
}
