// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/programkinds.h"

#include "app/backups/kinds.h"
#include "app/batchsql/kinds.h"
#include "app/binlogs/kinds.h"
#include "app/config/kinds.h"
#include "app/checks/kinds.h"
#include "app/provision/kinds.h"
#include "app/rotation/kinds.h"
#include "app/scripts/kinds.h"
#include "app/snapshots/kinds.h"

namespace zandb::headless {

const workflow::Kinds &programKinds()
{
    static const workflow::Kinds all = [] {
        workflow::Kinds kinds;
        workflow::addHostKinds(kinds);
        backups::addBackupKinds(kinds);
        batchsql::addSqlKinds(kinds);
        config::addConfigKinds(kinds);
        rotation::addRotationKinds(kinds);
        checks::addCheckKinds(kinds);
        snapshots::addSnapshotKinds(kinds);
        binlogs::addBinlogKinds(kinds);
        provision::addProvisionKinds(kinds);
        scripts::addScriptKinds(kinds);
        return kinds;
    }();
    return all;
}

} // namespace zandb::headless
