// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshots/fetching.h"

#include "app/snapshots/snapshotrepository.h"
#include "app/workflow/items.h"

namespace zandb::snapshots {

using store::Session;
using store::value;

Result<void> note(Session &session, const Pending &pending)
{
    Json result = pending.result;
    if (dumpJson(result).size() > 32'768)
        result["missing"] = Json::array({"too_long"});
    const auto done = session.execute("INSERT INTO snapshot_pending (run_id, step, attempt, host_id, instance_id, result) VALUES (?,?,?,?,?,?) ON DUPLICATE KEY UPDATE result=VALUES(result)",
                                      {value(pending.key.runId), value(pending.key.step), value(pending.key.attempt), value(pending.host), value(pending.instance), value(result)});
    return done ? Result<void>() : fail(done.error());
}

Result<std::vector<Pending>> listPending(Session &session, const Uuid &host)
{
    const auto rows = session.query("SELECT run_id, step, attempt, instance_id, result FROM snapshot_pending WHERE host_id=? ORDER BY run_id LIMIT 1000", {value(host)});
    if (!rows)
        return fail(rows.error());
    std::vector<Pending> pending;
    for (const auto &row : *rows) {
        pending.push_back({{row.uuid(0), static_cast<int>(row.integer(1)), static_cast<int>(row.integer(2))}, host, row.uuid(3),
                           decode<wire::SnapshotResult>(row.json(4)).value_or(wire::SnapshotResult{})});
    }
    return pending;
}

Result<bool> fetch(Session &session, remote::AgentPool &pool, const Pending &pending, const std::stop_token &stop)
{
    SnapshotBuilder builder(pending.result);
    bool valid = true;
    const auto ended = workflow::followItems(pool, pending.host, pending.key, 0, [&](std::int64_t, const Json &item) { return valid = builder.add(item); }, stop);
    const bool gone = !ended && (ended.error().is(errors::orderUnknown) || !valid);
    if (!ended && !gone)
        return fail(ended.error());
    auto snapshot = gone ? std::nullopt : builder.take();
    bool stored = false;
    const auto done = session.transaction([&]() -> Result<void> {
        const auto waits = session.execute("DELETE FROM snapshot_pending WHERE run_id=? AND step=? AND attempt=?",
                                           {value(pending.key.runId), value(pending.key.step), value(pending.key.attempt)});
        if (!waits)
            return fail(waits.error());
        stored = snapshot && *waits > 0;
        if (!stored)
            return {};
        if (ended->counts.cutCount > 0)
            snapshot->missing.push_back("tables");
        return store(session, pending.instance, pending.key.runId, *snapshot);
    });
    if (!done)
        return fail(done.error());
    return snapshot.has_value();
}

} // namespace zandb::snapshots
