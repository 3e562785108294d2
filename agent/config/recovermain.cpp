// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/changerecord.h"
#include "agent/config/commands.h"
#include "agent/os/log.h"

namespace zandb::agent {

int recoverConfigMain(std::span<const std::string> args)
{
    if (args.size() != 2 || args[0] != "--config")
        return 2;
    const auto config = loadConfig(args[1]);
    if (!config) {
        logLine(describe(config.error()));
        return 2;
    }
    for (const std::string &line : recoverChanges(*config, std::chrono::minutes(10)))
        logLine("config: " + line);
    return 0;
}

} // namespace zandb::agent
