// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/commands.h"
#include "agent/backups/receiver.h"

#include <csignal>
#include <cstdio>

#include <unistd.h>

namespace zandb::agent {

int receiveMain(std::span<const std::string> args)
{
    std::string repo, host, file = "/etc/zandb/agent.toml";
    bool usage = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
        std::string *value = args[i] == "--repo" ? &repo : args[i] == "--host" ? &host : args[i] == "--config" ? &file : nullptr;
        if (!value || i + 1 == args.size())
            usage = true;
        else
            *value = args[++i];
    }
    if (usage || repo.empty()) {
        std::fputs("usage: zandb-agent receive --repo NAME [--host HOST] [--config FILE]\n", stderr);
        return 2;
    }
    const auto config = loadConfig(file);
    if (!config) {
        std::fprintf(stderr, "%s\n", describe(config.error()).c_str());
        return 1;
    }
    const RepositoryConfig *repository = config->repository(repo);
    if (!repository || !repository->remote.empty()) {
        std::fprintf(stderr, "no local repository %s in %s\n", repo.c_str(), file.c_str());
        return 1;
    }
    // whoever holds the key could else write as any host that may write here
    if (host.empty() && repository->acceptFrom.size() != 1) {
        std::fprintf(stderr, "give --host HOST in the key's forced command: accept_from of %s names not one host but %zu\n", repo.c_str(),
                     repository->acceptFrom.size());
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN); // the end of stdin says it too, and then the partial directory is removed
    return receiveBackup(STDIN_FILENO, STDOUT_FILENO, *repository, host) ? 0 : 1;
}

} // namespace zandb::agent
