// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/kinds.h"

#include "agent/config/change.h"
#include "agent/config/driftwork.h"
#include "agent/runtime/work.h"

namespace zandb::agent {
namespace {

Result<Json> configWork(WorkContext &context)
{
    auto args = decode<wire::ConfigArgs>(context.order().args);
    if (!args)
        return fail(args.error());
    const auto by = context.orderedBy();
    const Role role = by ? roleFromString(by->role) : Role::None;
    if (!isAtLeast(role, Role::Operator))
        return fail(errors::denied, {{"user", by ? by->user : ""}, {"role", by ? by->role : ""}, {"what", "config"}});
    auto instance = findInstance(context.config(), args->instance);
    if (!instance)
        return fail(instance.error());
    ConfigAct::Options options;
    options.role = role;
    options.by = by->user;
    options.runId = context.order().key.runId.toString();
    options.log = [&](const std::string &line) { context.log(line); };
    options.stop = context.stopToken();
    const auto done = ConfigAct(context.config(), std::move(*instance), std::move(*args), std::move(options)).run();
    return done ? Result<Json>(Json(*done)) : Result<Json>(fail(done.error()));
}

} // namespace

void addConfigKinds(Kinds &kinds)
{
    Kind config;
    config.run = configWork;
    config.isIdempotent = false; // an interrupted one is taken back
    config.leastRole = Role::Operator;
    config.dispatcher = ByDispatcher::No;
    config.pool = Pool::Short;
    config.exclusive = true;
    kinds["configure"] = std::move(config);

    Kind drift;
    drift.run = driftWork;
    drift.isIdempotent = true;
    drift.leastRole = Role::Viewer;
    drift.dispatcher = ByDispatcher::Yes;
    kinds["drift"] = std::move(drift);
}

} // namespace zandb::agent
