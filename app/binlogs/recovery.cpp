// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/binlogs/recovery.h"

#include "app/platform/errors.h"
#include "app/workflow/newrun.h"

namespace zandb::binlogs {

using store::value;

Result<PreparedRecovery> prepareRecovery(store::Session &session, const Fleet &fleet, const RecoveryWish &wish)
{
    const InstanceRecord *record = fleet.instance(wish.instance);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", wish.instance.toString()}});
    const auto windows = windowsOf(session, {wish.instance});
    if (!windows)
        return fail(windows.error());
    const WindowOf &of = windows->front();
    if (of.repository.empty())
        return fail(errors::binlogTarget, {{"detail", "the binlogs of " + fleet.pathOf(wish.instance) + " are not archived"}});
    auto route = binlogRoute(of.window, of.backups, wish.target);
    if (!route)
        return fail(route.error());
    // not app/backups: a noun reads what it needs
    const auto rows = session.query("SELECT repository, host_name, sha256, detail, bytes, restore_us FROM backup WHERE id = ?", {value(route->backup)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return fail(errors::notFound, {{"what", "backup"}, {"name", route->backup.toString()}});
    const store::Row &row = rows->front();
    PreparedRecovery prepared;
    wire::RecoverArgs args;
    args.base.backupId = route->backup;
    args.base.repository = row.text(0);
    args.base.host = row.text(1);
    args.base.instance = record->instance.name;
    args.base.sha256 = row.text(2);
    const auto detail = decode<wire::BackupResult>(row.json(3));
    if (detail) {
        args.base.manifestSha256 = detail->manifestSha256;
        args.base.instance = detail->instance.empty() ? args.base.instance : detail->instance;
    }
    args.base.target = wish.directory;
    args.position = route->position;
    args.repository = of.repository;
    args.files = route->files;
    args.target = wish.target;
    args.planOnly = wish.directory.empty();
    for (wire::BinlogFile &file : args.files) { // the host reads these from the files themselves
        file.previousGtids.clear();
        file.endGtids.clear();
    }
    prepared.backupBytes = row.integer(4);
    if (!row.isNull(5))
        prepared.restoreTook = Microseconds{row.integer(5)};
    workflow::ByHand run;
    run.kind = "recover";
    run.hostId = record->instance.hostId;
    run.targetId = wish.instance;
    run.args = args;
    run.policies.maxRetries = 0;
    run.policies.source = "as_named";
    run.author = wish.author;
    prepared.run = workflow::makeRun(run);
    prepared.route = std::move(*route);
    return prepared;
}

} // namespace zandb::binlogs
