// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/config/configservice.h"

#include "app/fleet/agentcall.h"
#include "app/workflow/newrun.h"

namespace zandb::config {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 30s;
constexpr std::size_t mostParts = 100;

} // namespace

Result<wire::ConfigState> readConfig(remote::AgentPool &pool, const Instance &instance, std::vector<std::string> names, bool program)
{
    wire::ConfigWish wish{instance.name, std::move(names), {}, program};
    std::optional<wire::ConfigState> whole;
    for (std::size_t part = 0; part < mostParts; ++part) {
        auto state = fleet::ask<wire::ConfigState>(pool, instance.hostId, "config.read", wish, patience);
        if (!state)
            return fail(state.error());
        const std::string next = state->next;
        if (!whole)
            whole = std::move(*state);
        else
            whole->variables.insert(whole->variables.end(), state->variables.begin(), state->variables.end());
        if (next.empty() || next <= wish.after)
            break;
        wish.after = next;
    }
    whole->next.clear();
    return std::move(*whole);
}

Result<wire::ConfigResult> previewConfig(remote::AgentPool &pool, const Instance &instance, wire::ConfigArgs args)
{
    args.instance = instance.name;
    return fleet::ask<wire::ConfigResult>(pool, instance.hostId, "config.preview", args, patience);
}

wire::ConfigArgs asPreviewed(wire::ConfigArgs args, const wire::ConfigResult &preview)
{
    for (std::size_t i = 0; i < args.changes.size() && i < preview.changes.size(); ++i) {
        const wire::ConfigOutcome &seen = preview.changes[i];
        args.changes[i].expectedMemory = seen.oldMemory;
        if (args.changes[i].where != "memory")
            args.changes[i].expectedDisk = seen.oldDisk.value_or("");
    }
    return args;
}

RunDetail makeConfigRun(const Instance &instance, wire::ConfigArgs args, const std::string &author, TimePoint now)
{
    args.instance = instance.name;
    workflow::ByHand wish;
    wish.kind = "configure";
    wish.hostId = instance.hostId;
    wish.targetId = instance.id;
    wish.args = args;
    wish.policies.maxRetries = 0;
    wish.author = author;
    wish.now = now;
    return workflow::makeRun(wish);
}

} // namespace zandb::config
