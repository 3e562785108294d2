// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/kinds.h"

#include "agent/backups/restore.h"

namespace zandb::agent {

namespace {

template<class Args, class Run>
WorkFunction work(Run run)
{
    return [run](WorkContext &context) -> Result<Json> {
        auto args = decode<Args>(context.order().args);
        if (!args)
            return fail(errors::orderArgs, {{"detail", args.error().fields["detail"]}});
        auto result = run(context, *args);
        if (!result)
            return fail(result.error());
        return Json(*result);
    };
}

} // namespace

void addBackupKinds(Kinds &kinds)
{
    kinds["backup"] = {.run = work<wire::BackupArgs>(runBackup),
                       .isIdempotent = true,
                       .leastRole = Role::Operator,
                       .dispatcher = ByDispatcher::Yes,
                       .pool = Pool::Long,
                       .exclusive = true,
                       .leavesBackups = true};
    kinds["verify"] = {.run = work<wire::RestoreArgs>(runVerify),
                       .isIdempotent = true,
                       .leastRole = Role::Operator,
                       .dispatcher = ByDispatcher::Yes,
                       .pool = Pool::Long};
    kinds["restore"] = {.run = work<wire::RestoreArgs>(runRestore), .leastRole = Role::Operator, .pool = Pool::Long};
}

} // namespace zandb::agent
