// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/proof.h"

#include "app/workflow/newrun.h"

namespace zandb::backups {

RunDetail makeProof(const Backup &backup, const std::optional<RestoreRequest> &to, const std::string &author)
{
    wire::RestoreArgs order;
    order.backupId = backup.id;
    order.repository = backup.repository;
    order.instance = backup.detail.instance;
    order.host = backup.hostName;
    workflow::ByHand wish;
    wish.kind = to ? "restore" : "verify";
    wish.hostId = to ? to->hostId : backup.hostId;
    wish.targetId = backup.instanceId;
    if (to)
        order.target = to->directory;
    wish.args = order;
    wish.policies.maxRetries = 0;
    wish.policies.source = "as_named";
    wish.author = author;
    return workflow::makeRun(wish);
}

} // namespace zandb::backups
