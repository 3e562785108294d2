// SPDX-License-Identifier: GPL-3.0-or-later
// A physical backup of a real MariaDB against `mariadb-backup --stream | zstd | tee >(sha256sum) > file` with the same
// settings, in interleaved pairs.  CPU is user and system time of all processes, children included.  Prints one JSON
// line.  usage: bench_backup [MEGABYTES [PAIRS [LEVEL [THREADS]]]]
#include "agent/backups/kinds.h"
#include "tests/support/testserver.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

namespace {

class QuietContext : public WorkContext
{
public:
    QuietContext(const Config &config, fs::path directory) : m_config(config), m_directory(std::move(directory))
    {
        fs::create_directories(m_directory);
    }
    const Config &config() const override { return m_config; }
    const wire::Order &order() const override { return m_order; }
    std::optional<wire::OrderedBy> orderedBy() const override { return {}; }
    fs::path directory() const override { return m_directory; }
    void log(std::string_view line) override
    {
        std::lock_guard lock(m_mutex);
        m_log += std::string(line) + '\n';
    }
    void progress(const wire::Progress &) override {}
    std::stop_token stopToken() const override { return {}; }
    void afterSuccess(std::function<void()>) override {}
    bool item(const Json &) override { return false; }
    FeedReader &feed() override { return m_feed; }
    const std::string &logText() const { return m_log; }

private:
    const Config &m_config;
    const fs::path m_directory;
    const wire::Order m_order;
    std::mutex m_mutex;
    std::string m_log;
    FeedReader m_feed{m_directory, {}};
};

struct Cost
{
    double wall = 0;
    double cpu = 0;
    bool good = false;
};

double seconds(const timeval &time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

// Runs `body` in a child and adds up everything that it and its descendants used, orphans included.
template<class Body>
Cost measure(Body body)
{
    const auto begin = std::chrono::steady_clock::now();
    const pid_t pid = ::fork();
    if (pid == 0)
        ::_exit(body());
    Cost cost;
    for (;;) {
        int status = 0;
        rusage usage{};
        const pid_t ended = ::wait4(-1, &status, 0, &usage);
        if (ended < 0 && errno == EINTR)
            continue;
        if (ended < 0)
            break;
        cost.cpu += seconds(usage.ru_utime) + seconds(usage.ru_stime);
        if (ended == pid)
            cost.good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    cost.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return cost;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// The server is killed when the thread that started it ends, and a child of ours must not wait for it: it runs in a
// process of its own that hands its place over.
struct Served
{
    pid_t pid = -1;
    std::string base, name, socket, data;
};

Served serve(long megabytes)
{
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0)
        std::exit(1);
    Served served;
    const pid_t parent = ::getpid();
    // twice, so that its own time is nobody's
    served.pid = ::fork();
    if (served.pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent)
            ::_exit(1);
        ::close(ready[0]);
        std::string error;
        test::ServerOptions options;
        options.myCnf = {"innodb-buffer-pool-size=512M", "innodb-flush-log-at-trx-commit=0", "innodb-log-file-size=256M"};
        auto server = test::TestServer::start(options, &error);
        if (!server) {
            std::fprintf(stderr, "%s\n", error.c_str());
            ::_exit(1);
        }
        // text that compresses about as rows of a shop do
        bool good = server->exec(std::vector<std::string>{"CREATE DATABASE bench", "CREATE TABLE bench.t (id INT PRIMARY KEY AUTO_INCREMENT, at DATETIME, name "
                                                           "VARCHAR(80), note TEXT) ENGINE=InnoDB"});
        for (long made = 0; good && made < megabytes; made += 16)
            good = server->exec("INSERT INTO bench.t (at, name, note) SELECT '2026-01-01' + INTERVAL seq SECOND, CONCAT('customer ', "
                                "FLOOR(RAND() * 100000)), CONCAT_WS(' ', MD5(RAND()), 'order of', FLOOR(RAND() * 1000), 'pieces, to be "
                                "delivered to the usual address, paid by card', SHA1(RAND())) FROM bench.seq_1_to_75000");
        if (!good)
            std::fprintf(stderr, "%s\n", server->lastError().c_str());
        const std::string text = server->base().string() + '\n' + server->name() + '\n' + server->socket().string() + '\n'
                                 + server->dataDirectory().string() + '\n';
        if (!good || ::write(ready[1], text.data(), text.size()) < 0)
            ::_exit(1);
        sigset_t wanted;
        sigemptyset(&wanted);
        sigaddset(&wanted, SIGTERM);
        sigprocmask(SIG_BLOCK, &wanted, nullptr);
        int number = 0;
        sigwait(&wanted, &number);
        server.reset();
        ::_exit(0);
    }
    ::close(ready[1]);
    FILE *in = ::fdopen(ready[0], "r");
    char line[4096];
    for (std::string *field : {&served.base, &served.name, &served.socket, &served.data}) {
        if (!std::fgets(line, sizeof line, in))
            return {};
        *field = line;
        field->pop_back();
    }
    return served;
}

} // namespace

int main(int argc, char **argv)
{
    const long megabytes = argc > 1 ? std::atol(argv[1]) : 1024;
    const int pairs = argc > 2 ? std::atoi(argv[2]) : 7;
    const int level = argc > 3 ? std::atoi(argv[3]) : 3;
    const int threads = argc > 4 ? std::atoi(argv[4]) : 1;

    const Served served = serve(megabytes);
    if (served.base.empty())
        return 1;
    const fs::path work = fs::path(served.base) / "bench";
    fs::create_directories(work / "repository");
    Config config;
    config.host = "bench";
    config.base = served.base;
    config.stateDirectory = work / "state";
    config.mariadbAccount = "root";
    RepositoryConfig local;
    local.name = "local";
    local.path = work / "repository";
    config.repositories = {local};

    // a runner between us and the work, so that the server's process is not among those waited for
    const auto paired = [&](auto body) {
        int result[2];
        if (::pipe2(result, O_CLOEXEC) != 0)
            std::exit(1);
        const pid_t runner = ::fork();
        if (runner == 0) {
            ::prctl(PR_SET_CHILD_SUBREAPER, 1);
            const Cost cost = measure(body);
            (void)!::write(result[1], &cost, sizeof cost);
            ::_exit(0);
        }
        ::close(result[1]);
        Cost cost;
        (void)!::read(result[0], &cost, sizeof cost);
        ::close(result[0]);
        ::waitpid(runner, nullptr, 0);
        return cost;
    };
    const auto ours = [&] {
        QuietContext context(config, work / "work");
        wire::BackupArgs args;
        args.instance = served.name;
        args.method = "physical";
        args.compressionLevel = level;
        args.compressionThreads = threads;
        args.backupId = Uuid::v7();
        const auto done = runBackup(context, args);
        if (!done)
            std::fprintf(stderr, "%s\n%s", describe(done.error()).c_str(), context.logText().c_str());
        return done ? 0 : 1;
    };
    const std::string pipeline = "set -o pipefail; mariadb-backup --no-defaults --backup --stream=xbstream --user=root --socket='" + served.socket
                                 + "' --datadir='" + served.data + "' --target-dir='" + (work / "target").string() + "' 2>'"
                                 + (work / "stderr").string() + "' | zstd -q -" + std::to_string(level) + " -T" + std::to_string(threads)
                                 + " | tee >(sha256sum > '" + (work / "sum").string() + "') > '" + (work / "shell.zst").string() + "'";
    const auto shell = [&] {
        ::execlp("bash", "bash", "-c", pipeline.c_str(), nullptr);
        return 127;
    };
    std::vector<double> cpu, wall, ourCpu, ourWall, shellCpu, shellWall;
    bool good = true;
    for (int i = 0; i < pairs && good; ++i) {
        // who goes first changes, since the first one warms the cache
        Cost a, b;
        if (i % 2) {
            b = paired(shell);
            a = paired(ours);
        } else {
            a = paired(ours);
            b = paired(shell);
        }
        good = a.good && b.good;
        std::fprintf(stderr, "pair %d: ours %.2f s cpu %.2f s, shell %.2f s cpu %.2f s\n", i + 1, a.wall, a.cpu, b.wall, b.cpu);
        cpu.push_back(a.cpu / b.cpu);
        wall.push_back(a.wall / b.wall);
        ourCpu.push_back(a.cpu);
        ourWall.push_back(a.wall);
        shellCpu.push_back(b.cpu);
        shellWall.push_back(b.wall);
        std::error_code ec;
        fs::remove_all(local.path / "bench", ec);
        fs::remove(work / "shell.zst", ec);
    }
    if (good)
        std::printf("{\"bench\":\"backup\",\"megabytes\":%ld,\"pairs\":%d,\"level\":%d,\"threads\":%d,\"cpu_ratio\":%.3f,\"wall_ratio\":%.3f,"
                    "\"cpu_s\":%.2f,\"wall_s\":%.2f,\"shell_cpu_s\":%.2f,\"shell_wall_s\":%.2f}\n",
                    megabytes, pairs, level, threads, median(cpu), median(wall), median(ourCpu), median(ourWall), median(shellCpu),
                    median(shellWall));
    std::error_code ec;
    fs::remove_all(work, ec);
    ::kill(served.pid, SIGTERM);
    ::waitpid(served.pid, nullptr, 0);
    return good ? 0 : 1;
}
