// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/kinds.h"

#include "agent/checks/keycheck.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

void addCheckKinds(Kinds &kinds)
{
    Kind check;
    check.run = [](WorkContext &context) -> Result<Json> {
        auto args = decode<wire::KeyCheckArgs>(context.order().args);
        if (!args)
            return fail(errors::orderArgs, {{"detail", args.error().fields["detail"]}});
        KeyCheckContext with;
        with.log = [&](const std::string &line) { context.log(line); };
        with.progress = [&](double share) {
            wire::Progress progress;
            progress.phase = "running";
            progress.percent = share * 100;
            context.progress(progress);
        };
        with.stop = context.stopToken();
        const auto done = checkKeys(context.config(), *args, with);
        return done ? Result<Json>(Json(*done)) : Result<Json>(fail(done.error()));
    };
    check.isIdempotent = true;
    check.leastRole = Role::Operator;
    check.dispatcher = ByDispatcher::Yes;
    check.pool = Pool::Long;
    kinds["keycheck"] = std::move(check);
}

} // namespace zandb::agent
