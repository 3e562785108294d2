// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/kinds.h"

#include "agent/fleet/facts.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

void addHostKinds(Kinds &kinds)
{
    Kind facts;
    facts.run = [](WorkContext &context) -> Result<Json> {
        context.log("reading facts of the host");
        return Json(hostFacts(context.config()));
    };
    facts.isIdempotent = true;
    facts.leastRole = Role::Operator;
    facts.dispatcher = ByDispatcher::Yes;
    kinds["facts"] = std::move(facts);
}

} // namespace zandb::agent
