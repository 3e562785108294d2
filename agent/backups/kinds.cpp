// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/kinds.h"

#include "agent/backups/restore.h"

namespace zandb::agent {

namespace {

template<class Args, class Run>
WorkFunction kind(Run run)
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

void addBackupKinds(WorkKinds &kinds)
{
    kinds["backup"] = kind<wire::BackupArgs>(runBackup);
    kinds["restore"] = kind<wire::RestoreArgs>(runRestore);
    kinds["verify"] = kind<wire::RestoreArgs>(runVerify);
}

} // namespace zandb::agent
