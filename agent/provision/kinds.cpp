// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/kinds.h"

#include "agent/provision/replicate.h"
#include "agent/provision/steps.h"

namespace zandb::agent {
namespace {

template<class Run>
Kind step(Run run, Pool pool = Pool::Short)
{
    Kind kind;
    kind.run = [run](WorkContext &context) -> Result<Json> {
        auto args = decode<wire::ProvisionArgs>(context.order().args);
        if (!args)
            return fail(errors::orderArgs, {{"detail", args.error().fields["detail"]}});
        const auto result = run(context, *args);
        return result ? Result<Json>(Json(*result)) : Result<Json>(fail(result.error()));
    };
    kind.isIdempotent = true;
    kind.leastRole = Role::Admin; // who writes a server's option file decides what its user runs
    kind.dispatcher = ByDispatcher::No;
    kind.pool = pool;
    kind.exclusive = true;
    return kind;
}

} // namespace

void addProvisionKinds(Kinds &kinds)
{
    kinds["provision_check"] = step(provisionCheck);
    kinds["provision_layout"] = step(provisionLayout);
    kinds["provision_data"] = step(provisionData, Pool::Long);
    kinds["provision_start"] = step(provisionStart);
    kinds["provision_source"] = step(provisionSource);
    kinds["provision_replicate"] = step(provisionReplicate, Pool::Long);
    kinds["provision_undo"] = step(provisionUndo);
    kinds["provision_source_undo"] = step(provisionSourceUndo);
}

} // namespace zandb::agent
