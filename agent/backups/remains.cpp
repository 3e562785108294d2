// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/remains.h"

#include "agent/backups/clone.h"
#include "agent/backups/commands.h"
#include "agent/backups/guard.h"
#include "agent/backups/repository.h"
#include "agent/os/log.h"

namespace zandb::agent {

namespace fs = std::filesystem;

std::vector<std::string> cleanRemains(const Config &config)
{
    std::vector<std::string> done;
    const auto note = [&](const char *what, const std::vector<std::string> &names) {
        for (const auto &name : names)
            done.push_back(what + name);
    };
    // first what keeps others waiting
    note("ended a lock request that a killed backup left: ", endOrphanedLockRequests(config));
    note("removed what a killed clone left: ", cleanCloneRemains(config));
    for (const char *scratch : {"scratch", "verify"})
        note("removed what a killed worker left: ", removeStaleScratch(config.stateDirectory / scratch));
    for (const auto &repository : config.repositories) {
        if (!repository.remote.empty())
            continue;
        std::error_code ec;
        for (fs::directory_iterator host(repository.path, ec), end; !ec && host != end; host.increment(ec)) {
            std::error_code inner;
            for (fs::directory_iterator instance(host->path(), inner); !inner && instance != end; instance.increment(inner))
                note("removed a partial backup: ", removeStalePartials(instance->path()));
        }
    }
    return done;
}

int cleanRemainsMain(std::span<const std::string> args)
{
    if (args.size() != 2 || args[0] != "--config") {
        logLine("usage: zandb-agent clean-remains --config FILE");
        return 2;
    }
    const auto config = loadConfig(args[1]);
    if (!config) {
        logLine(describe(config.error()));
        return 2;
    }
    for (const auto &line : cleanRemains(*config))
        logLine(line);
    return 0;
}

} // namespace zandb::agent
