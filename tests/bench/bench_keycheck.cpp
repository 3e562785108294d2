// SPDX-License-Identifier: GPL-3.0-or-later
// The check of integer keys on a real MariaDB with many tables, each with two keys: the first pass, which rests three quarters of its time, and that of the next day.
// To reach: 60 s a day for 100,000 tables; what is printed for them is extrapolated from those that were made.
//
//     bench_keycheck [TABLES]
#include "agent/checks/keycheck.h"
#include "tests/support/testserver.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace zandb;

namespace {

constexpr double aimedAt = 100'000;

double seconds(std::chrono::steady_clock::time_point since) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count(); }

} // namespace

int main(int argc, char **argv)
{
    const int tables = argc > 1 ? std::atoi(argv[1]) : 20'000;
    test::ServerOptions options;
    options.binlog = false;
    options.myCnf = {"innodb_flush_log_at_trx_commit = 0", "innodb_flush_method = nosync", "table_definition_cache = 400", "table_open_cache = 400"}; // far fewer than there are tables, as on such a server
    std::string error;
    const auto server = test::TestServer::start(options, &error);
    if (!server || tables <= 0) {
        std::fprintf(stderr, "bench_keycheck: %s\n", error.c_str());
        return 1;
    }
    std::vector<std::string> statements;
    for (int i = 0; i < tables; ++i) {
        const std::string schema = "bench_" + std::to_string(i / 500);
        if (i % 500 == 0)
            statements.push_back("CREATE DATABASE " + schema);
        statements.push_back("CREATE TABLE " + schema + ".t" + std::to_string(i) + " (id INT AUTO_INCREMENT PRIMARY KEY, a INT, KEY (a)) AUTO_INCREMENT=" + std::to_string(1 + i % 7 * 100'000'000));
    }
    if (!server->exec(statements)) {
        std::fprintf(stderr, "bench_keycheck: %s\n", server->lastError().c_str());
        return 1;
    }
    agent::Config config;
    config.base = server->base();
    config.stateDirectory = server->base() / "state";
    config.mariadbAccount = "root";
    std::filesystem::create_directories(config.stateDirectory);
    wire::KeyCheckArgs args;
    args.instance = server->name();
    double took[2] = {};
    std::int64_t read[2] = {}, keys = 0;
    for (int pass = 0; pass < 2; ++pass) {
        const auto begin = std::chrono::steady_clock::now();
        const auto result = agent::checkKeys(config, args, {});
        if (!result) {
            std::fprintf(stderr, "bench_keycheck: %s\n", describe(result.error()).c_str());
            return 1;
        }
        took[pass] = seconds(begin);
        read[pass] = result->read;
        keys = result->keys;
    }
    std::printf("{\"bench\":\"keycheck\",\"tables\":%d,\"keys\":%lld,\"first_s\":%.1f,\"first_read\":%lld,\"daily_s\":%.1f,\"daily_read\":%lld,\"daily_s_of_100000\":%.1f,\"reach_s\":60}\n", tables,
                static_cast<long long>(keys), took[0], static_cast<long long>(read[0]), took[1], static_cast<long long>(read[1]), took[1] * aimedAt / tables);
    return 0;
}
