// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::test {

/// The kinds of zandb-testagent, all with the same work; it is left empty for those who only order.
inline agent::Kinds testKinds(const agent::WorkFunction &run = {})
{
    using namespace agent;
    Kinds kinds;
    kinds["sample"] = {.run = run, .isIdempotent = true, .leastRole = Role::Operator, .dispatcher = ByDispatcher::Yes, .pool = Pool::Long};
    kinds["backup"] = kinds["sample"];
    kinds["backup"].leavesBackups = true;
    kinds["restore"] = {.run = run, .leastRole = Role::Operator, .pool = Pool::Long};
    kinds["config"] = {.run = run, .pool = Pool::Long};
    kinds["glance"] = {.run = run, .isIdempotent = true, .leastRole = Role::Operator, .dispatcher = ByDispatcher::Listed};
    kinds["glance"].items.count = 20;
    kinds["rebuild"] = {.run = run, .leastRole = Role::Operator, .pool = Pool::Long, .exclusive = true};
    return kinds;
}

} // namespace zandb::test
