// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/snapshots/kinds.h"

#include "agent/runtime/work.h"
#include "agent/snapshots/snapshot.h"

namespace zandb::agent {

void addSnapshotKinds(Kinds &kinds)
{
    Kind snapshot;
    snapshot.run = [](WorkContext &context) -> Result<Json> {
        const auto args = decode<wire::SnapshotArgs>(context.order().args);
        if (!args)
            return fail(errors::orderArgs, {{"detail", args.error().fields.at("detail")}});
        const auto taken = takeSnapshot(context.config(), *args,
                                        {[&](const std::string &line) { context.log(line); }, [&](const Json &item) { return context.item(item); },
                                         [&](std::int64_t done) { context.progress({.phase = "copying", .bytesDone = done, .bytesTotal = 0, .unit = "tables",
                                                                                    .percent = {}, .secondsLeft = {}, .at = systemNow()}); },
                                         context.stopToken()});
        return taken ? Result<Json>(Json(*taken)) : Result<Json>(fail(taken.error()));
    };
    snapshot.isIdempotent = true;
    snapshot.leastRole = Role::Operator;
    snapshot.dispatcher = ByDispatcher::Yes;
    kinds["snapshot"] = std::move(snapshot);
}

} // namespace zandb::agent
