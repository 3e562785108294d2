// SPDX-License-Identifier: GPL-3.0-or-later
// What zandb-agent serve costs while it follows four slow logs at 1,000 entries a second in all with 2,000 live digests, and when it is idle again.
// One server names the log; this program writes the entries, so that the server's own work is not in the way.
//
//     bench_slowfollow [SECONDS]
//
// SECONDS are those under load, 75 unless given: the end of a minute is always among them.  About three minutes in all.
#include "tests/places.h"
#include "tests/support/testserver.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

long pssKiB(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("Pss:"))
            return std::atol(line.c_str() + 4);
    }
    return -1;
}

double cpuSeconds(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(in, text);
    std::size_t at = text.rfind(')');
    for (int field = 2; field < 13 && at != text.npos; ++field)
        at = text.find(' ', at + 1);
    long user = 0, system = 0;
    return at != text.npos && std::sscanf(text.c_str() + at, "%ld %ld", &user, &system) == 2 ? static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK)) : -1;
}

/// One of 500 statements; four followers see each.
std::string entry(int n)
{
    std::string name;
    for (int left = n % 500 + 1; left > 0; left /= 16)
        name += static_cast<char>('g' + left % 16);
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    return "# User@Host: shop[shop] @ app" + std::to_string(n % 5) + " [10.0.0.1]  Id: 5\n# Query_time: 0." + std::to_string(100'000 + n * 7919 % 800'000)
        + "  Lock_time: 0.000100 Rows_sent: 2  Rows_examined: " + std::to_string(n % 977) + "\nSET timestamp=" + std::to_string(now) + ";\nSELECT a, b FROM t_" + name + " JOIN u ON t.id = u.id WHERE a = "
        + std::to_string(n) + " AND b IN (1, 2, 3) AND c LIKE 'some text of " + std::to_string(n) + "%' ORDER BY d DESC LIMIT 20;\n";
}

} // namespace

int main(int argc, char **argv)
{
    const auto length = std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 75);
    constexpr auto idle = 30s;
    std::string error;
    zandb::test::ServerOptions options;
    options.myCnf = {"slow_query_log=1", "long_query_time=1000"};
    const auto server = zandb::test::TestServer::start(options, &error);
    const auto log = server ? server->logDirectory() / "bench-slow.log" : std::filesystem::path();
    if (!server || !server->exec({"CREATE USER zandb@localhost", "SET GLOBAL slow_query_log_file = '" + log.string() + "'"})) {
        std::fprintf(stderr, "%s\n", server ? server->lastError().c_str() : error.c_str());
        return 1;
    }
    const auto root = server->base() / "agent";
    std::filesystem::create_directories(root / "base");
    {
        std::ofstream config(root / "agent.toml");
        config << "[agent]\nhost = \"t\"\nbase = \"" << (root / "base").string() << "\"\nstate_directory = \"" << (root / "state").string() << "\"\nsocket = \"" << (root / "s").string()
               << "\"\nauthorized_keys = \"" << (root / "keys").string() << "\"\n";
        for (int i = 1; i <= 4; ++i)
            config << "[[instance]]\nname = \"i" << i << "\"\nsocket = \"" << server->socket().string() << "\"\ndata_directory = \"" << server->dataDirectory().string() << "\"\nmy_cnf = \""
                   << server->myCnf().string() << "\"\n";
    }
    const std::string agent = ZANDB_BINARY_DIR "/bin/zandb-agent", config = root / "agent.toml";
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::execl(agent.c_str(), agent.c_str(), "serve", "--config", config.c_str(), nullptr);
        ::_exit(127);
    }
    std::this_thread::sleep_for(5s); // it has started and met the server
    const double cpuStarted = cpuSeconds(pid);
    std::this_thread::sleep_for(idle);
    const long before = pssKiB(pid);
    const double cpuBefore = cpuSeconds(pid);
    const auto begun = Clock::now();
    long most = 0, sum = 0, looks = 0;
    int n = 0;
    std::ofstream out(log, std::ios::app | std::ios::binary);
    for (auto tick = begun; Clock::now() - begun < length; tick += 20ms) {
        for (int i = 0; i < 5; ++i) // 250 a second in each of the four
            out << entry(n++);
        out.flush();
        const long pss = pssKiB(pid);
        most = std::max(most, pss);
        sum += pss;
        ++looks;
        std::this_thread::sleep_until(tick + 20ms);
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    const double cpu = cpuSeconds(pid) - cpuBefore;
    // the last minute is given out 10 s behind its end and the reader rests after 10 s more; then nothing comes
    std::this_thread::sleep_until(std::chrono::ceil<std::chrono::minutes>(std::chrono::system_clock::now()) + 30s);
    const long after = pssKiB(pid);
    ::kill(pid, SIGTERM);
    ::waitpid(pid, nullptr, 0);
    std::printf("{\"bench\":\"slowfollow\",\"entries_per_s\":%.0f,\"pss_before_kib\":%ld,\"pss_mean_kib\":%ld,\"pss_most_kib\":%ld,\"pss_idle_again_kib\":%ld,\"core_percent\":%.2f,"
                "\"core_percent_idle\":%.2f}\n",
                n * 4 / seconds, before, sum / std::max(1L, looks), most, after, cpu / seconds * 100, (cpuBefore - cpuStarted) / std::chrono::duration<double>(idle).count() * 100);
    return 0;
}
