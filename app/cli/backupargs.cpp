// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/backupargs.h"

#include "app/cli/taskparts.h"
#include "app/schedule/targets.h"
#include "models/common/names.h"

#include <algorithm>
#include <array>

namespace zandb::cli {

std::set<std::string> backupOptions()
{
    return {"method", "repository", "level", "threads", "throttle", "long-statement", "long-statement-wait"};
}

std::string backupUsage()
{
    return "[--method auto|physical|logical|mydumper|clone] [--repository NAME] [--level 1-19] [--threads N] [--throttle BYTES/S] "
           "[--long-statement TIME] [--long-statement-wait TIME]";
}

Result<Json> readBackupArgs(const Args &args)
{
    static constexpr std::array<const char *, 5> methods{"auto", "physical", "logical", "mydumper", "clone"};
    Json json = Json::object();
    if (args.has("method")) {
        const std::string method = args.option("method");
        if (std::find(methods.begin(), methods.end(), method) == methods.end())
            return fail(usageError("--method is one of auto, physical, logical, mydumper, clone"));
        json["method"] = method;
    }
    if (args.has("repository")) {
        if (const auto fits = names::checkRepository(args.option("repository")); !fits)
            return fail(fits.error());
        json["repository"] = args.option("repository");
    }
    const auto number = [&](const char *option, const char *name, std::int64_t least, std::int64_t most) -> Result<void> {
        if (!args.has(option))
            return {};
        const auto value = args.number(option, 0, least, most);
        if (!value)
            return fail(value.error());
        json[name] = *value;
        return {};
    };
    for (const auto &[option, name, least, most] :
         {std::tuple{"level", "compressionLevel", std::int64_t{1}, std::int64_t{19}},
          std::tuple{"threads", "compressionThreads", std::int64_t{0}, std::int64_t{16}},
          std::tuple{"throttle", "throttleBytesPerSecond", std::int64_t{0}, std::int64_t{1} << 40}}) {
        if (const auto read = number(option, name, least, most); !read)
            return fail(read.error());
    }
    for (const auto &[option, name] : {std::pair{"long-statement", "longStatementSeconds"}, std::pair{"long-statement-wait", "longStatementWaitSeconds"}}) {
        const auto seconds = args.duration(option);
        if (!seconds)
            return fail(seconds.error());
        if (*seconds)
            json[name] = **seconds;
    }
    return json;
}

Result<void> checkRepository(const Task &task, const Fleet &fleet, bool force)
{
    const std::string name = task.args.value("repository", std::string{});
    std::set<std::string> known, without;
    bool found = false;
    std::set<Uuid> hosts;
    for (const auto &target : schedule::expandTargets(task.selector, task.policies.source, fleet))
        hosts.insert(target.host);
    std::size_t heard = 0;
    for (const Uuid &id : hosts) {
        const auto state = fleet.hostStates.find(id);
        if (state == fleet.hostStates.end() || !state->second.facts)
            continue;
        ++heard;
        const auto &names = state->second.facts->repositories;
        known.insert(names.begin(), names.end());
        if (std::ranges::count(names, name) > 0)
            found = true;
        else if (const Host *host = fleet.host(id))
            without.insert(host->name);
    }
    const bool unheard = hosts.empty() || heard < hosts.size();
    if (found) {
        if (!without.empty())
            warnLine("There is no repository " + printable(name) + " on " + namesText(without) + ": backups of these hosts will fail.");
        return {};
    }
    if (unheard && force)
        return {};
    const std::string what = known.empty() ? std::string() : "; their hosts have: " + namesText(known);
    return fail(usageError("no target of the task is on a host with a repository " + printable(name) + what
                           + (unheard ? "; not all of them have been heard of yet, --force goes on" : "")));
}

} // namespace zandb::cli
