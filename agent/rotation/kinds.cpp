// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rotation/kinds.h"

#include "agent/rotation/rotate.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

void addRotationKinds(Kinds &kinds)
{
    Kind rotate;
    rotate.run = [](WorkContext &context) -> Result<Json> {
        auto args = decode<wire::RotateArgs>(context.order().args);
        if (!args)
            return fail(errors::orderArgs, {{"detail", args.error().fields["detail"]}});
        const auto done = rotateSlowLog(context.config(), *args,
                                        {context.order().key.runId.toString(), [&](const std::string &line) { context.log(line); }, context.stopToken()});
        return done ? Result<Json>(Json(*done)) : Result<Json>(fail(done.error()));
    };
    rotate.isIdempotent = true;
    rotate.leastRole = Role::Operator;
    rotate.dispatcher = ByDispatcher::Yes;
    kinds["rotate"] = std::move(rotate);
}

} // namespace zandb::agent
