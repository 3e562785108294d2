// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/driftwork.h"

#include "agent/config/changerecord.h"
#include "agent/config/serverconfig.h"
#include "agent/os/sha256.h"
#include "agent/runtime/work.h"

namespace zandb::agent {
namespace {

constexpr std::size_t maxProgram = 1u << 30;

} // namespace

std::string programSha256(pid_t server)
{
    if (server <= 0)
        return {};
    const auto bytes = readFile("/proc/" + std::to_string(server) + "/exe", maxProgram);
    return bytes ? Sha256::of(*bytes) : std::string();
}

Result<Json> driftWork(WorkContext &context)
{
    const auto args = decode<wire::ConfigWish>(context.order().args);
    if (!args)
        return fail(args.error());
    const auto instance = findInstance(context.config(), args->instance);
    if (!instance)
        return fail(instance.error());
    auto server = ServerConfig::open(context.config(), *instance);
    if (!server)
        return fail(server.error());
    auto state = server->state({});
    if (!state)
        return fail(state.error());
    for (wire::ConfigVariable &variable : state->variables) {
        variable.lines.clear(); // what differs is told by values; who wants the lines asks config.read
        variable.least.clear();
        variable.most.clear();
        variable.standard.reset();
        variable.dynamic.clear();
    }
    state->programSha256 = programSha256(server->client().serverPid());
    state->pending = static_cast<std::int64_t>(ChangeRecords(context.config()).pending(instance->name).size());
    return Json(*state);
}

} // namespace zandb::agent
