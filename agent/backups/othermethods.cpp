// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/job.h"
namespace zandb::agent {
Result<MethodResult> backupWithDump(BackupJob &job) { return fail(errors::backupMethod, {{"method", job.args.method}, {"flavour", ""}, {"reason", "this method is not in this version yet"}}); }
Result<MethodResult> backupWithMydumper(BackupJob &job) { return backupWithDump(job); }
Result<MethodResult> backupWithClone(BackupJob &job) { return backupWithDump(job); }
}
