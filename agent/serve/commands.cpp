// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/serve/commands.h"

#include "agent/fleet/facts.h"
#include "agent/fleet/watch.h"
#include "agent/protocol/printable.h"
#include "agent/serve/serve.h"
#include "agent/workflow/repair.h"

#include <cstdio>

namespace zandb::agent {
namespace {

int wrongUsage(const std::string &what)
{
    std::fprintf(stderr, "zandb-agent: %s (see zandb-agent --help)\n", what.c_str());
    return 2;
}

/// Reads `--config FILE`, and `--json` where `json` is given.  False after telling what is wrong.
bool readOptions(std::span<const std::string> args, std::string &configFile, bool *json)
{
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i] == "--config" && i + 1 < args.size()) {
            configFile = args[++i];
        } else if (json && args[i] == "--json") {
            *json = true;
        } else {
            wrongUsage(args[i] == "--config" ? "--config needs a file" : "unknown argument \"" + args[i] + '"');
            return false;
        }
    }
    return true;
}

int failed(const Error &error)
{
    std::fprintf(stderr, "zandb-agent: %s\n", printable(describe(error)).c_str());
    return 1;
}

void printFacts(const wire::HostFacts &facts, const std::vector<wire::InstanceState> &instances)
{
    const auto megabytes = [](std::int64_t bytes) { return static_cast<long long>(bytes >> 20); };
    std::printf("host      %s\nsystem    %s, kernel %s, up %lld s\n", printable(facts.hostName).c_str(), printable(facts.os).c_str(),
                printable(facts.kernel).c_str(), static_cast<long long>(facts.uptimeSeconds));
    std::printf("cores     %d, load %.2f\nmemory    %lld MiB, %lld MiB available\n", facts.cores, facts.load1,
                megabytes(facts.memoryBytes), megabytes(facts.memoryAvailableBytes));
    for (const wire::Disk &disk : facts.disks)
        std::printf("disk      %s: %lld MiB free of %lld MiB\n", printable(disk.mount).c_str(), megabytes(disk.freeBytes),
                    megabytes(disk.totalBytes));
    for (const wire::InstanceState &instance : instances) {
        std::printf("instance  %s: %s %s %s, port %d%s%s\n", printable(instance.name).c_str(), printable(instance.state).c_str(),
                    printable(instance.flavour).c_str(), printable(instance.version).c_str(), instance.port,
                    instance.role.empty() ? "" : ", ", printable(instance.role).c_str());
        if (instance.error)
            std::printf("          %s\n", printable(describe(*instance.error)).c_str());
    }
}

} // namespace

int serveMain(std::span<const std::string> args, const Kinds &kinds)
{
    std::string file = defaultConfigFile;
    if (!readOptions(args, file, nullptr))
        return 2;
    auto config = loadConfig(file);
    if (!config)
        return failed(config.error());
    ServeOptions options;
    options.config = std::move(*config);
    options.orders.kinds = kinds;
    options.cleaner = {"/proc/self/exe", "clean-remains", "--config", options.config.file.string()};
    options.reader = {"/proc/self/exe", "check-backups", "--config", options.config.file.string()};
    return serve(std::move(options));
}

int workMain(std::span<const std::string> args, const Kinds &kinds)
{
    if (args.size() != 1 || args[0].starts_with("-"))
        return wrongUsage("work needs one directory");
    return runWork(args[0], kinds);
}

int factsMain(std::span<const std::string> args)
{
    std::string file = defaultConfigFile;
    bool json = false;
    if (!readOptions(args, file, &json))
        return 2;
    const auto config = loadConfig(file);
    if (!config)
        return failed(config.error());
    const wire::HostFacts facts = hostFacts(*config);
    const std::vector<wire::InstanceState> instances = InstanceWatch(*config).sample();
    if (json)
        std::puts(dumpJson({{"host", facts}, {"instances", instances}}).c_str());
    else
        printFacts(facts, instances);
    return 0;
}

int repairJournalMain(std::span<const std::string> args, const Kinds &kinds)
{
    std::string file = defaultConfigFile;
    if (!readOptions(args, file, nullptr))
        return 2;
    const auto config = loadConfig(file);
    if (!config)
        return failed(config.error());
    const auto repair = repairJournal(*config, kinds);
    if (!repair)
        return failed(repair.error());
    if (repair->wasIntact) {
        std::printf("the journal is whole: %zu records\n", repair->records);
        return 0;
    }
    std::printf("kept %zu records; %lld bytes were in none\nattempts that began and whose order is lost, now closed: %zu\n"
                "orders that may have begun, now ended as interrupted: %zu\nthe damaged file is kept as %s\n",
                repair->records, static_cast<long long>(repair->lostBytes), repair->closed, repair->interrupted, repair->saved.c_str());
    return 0;
}

} // namespace zandb::agent
