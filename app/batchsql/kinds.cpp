// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/kinds.h"

namespace zandb::batchsql {
namespace {

/// The instance's name, which may have changed since the row was written.
void nameInstance(const Run &run, const Step &, int, const Fleet &fleet, Json &args)
{
    if (const InstanceRecord *record = fleet.instance(run.targetId))
        args["instance"] = record->instance.name;
}

} // namespace

void addSqlKinds(workflow::Kinds &kinds)
{
    kinds["sql"] = {.automaticRetries = 0, .makeArgs = nameInstance};
    kinds["sql_undo"] = {.automaticRetries = 0, .makeArgs = nameInstance};
}

bool isScript(const Run &run)
{
    return run.kind == "sql";
}

} // namespace zandb::batchsql
