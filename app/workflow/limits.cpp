// SPDX-License-Identifier: GPL-3.0-or-later
// Limits of concurrency over all programs that send orders: each counts for itself before it begins, and what they would
// begin in the same moment is decided here.  And the locks that keep two runs of one instance apart.
#include "app/workflow/rules.h"
#include "app/workflow/runrows.h"
#include "models/workflow/runid.h"

namespace zandb::workflow {

Result<bool> withinLimits(store::Session &session, const Run &run, const Uuid &host)
{
    using store::value;
    std::set<Uuid> scopes; // sorted, so that two writers wait for each other instead of dying together
    const auto scope = [&](int limit, const std::string &name) {
        if (limit > 0)
            scopes.insert(uuidV5(*Uuid::parse("0e5f9d0a-57c4-5e0f-8f0b-7a616e646203"), name));
    };
    if (run.taskId)
        scope(run.policies.perTask, "task|" + run.taskId->toString());
    scope(run.policies.perHost, "host|" + host.toString());
    if (const auto repository = Tokens::repositoryOf(run); !repository.empty())
        scope(run.policies.perRepository, "repository|" + repository);
    if (scopes.empty())
        return true;
    for (const Uuid &id : scopes) {
        // whoever wrote the row holds it until its commit: then its run counts
        const auto held = session.execute("INSERT INTO resource_lock (instance_id, run_id, kind, fence, taken_us, revision) "
                                          "VALUES (?, NULL, 'limit', 0, " + std::string(store::nowUs) + ", 1) "
                                          "ON DUPLICATE KEY UPDATE taken_us = VALUES(taken_us), revision = revision + 1", {value(id)});
        if (!held)
            return fail(held.error());
    }
    // where each run is at work: its steps may be out on other hosts than its own
    const auto out = session.query("SELECT a.run_id, a.host_id FROM run r JOIN attempt a ON a.run_id = r.id WHERE r.state IN "
                                   + std::string(openStates) + " AND a.ended_us IS NULL");
    if (!out)
        return fail(out.error());
    std::map<Uuid, std::set<Uuid>> hosts;
    for (const store::Row &row : *out)
        hosts[row.uuid(0)].insert(row.uuid(1));
    const auto rows = session.query("SELECT " + runColumns + " FROM run WHERE state IN ('running','unknown') OR (state = 'pending' "
                                    "AND retry_requested = 1 AND EXISTS (SELECT 1 FROM attempt a WHERE a.run_id = run.id AND a.ended_us IS NULL))");
    if (!rows)
        return fail(rows.error());
    Tokens taken;
    for (const store::Row &row : *rows) {
        const Run other = runOf(row);
        if (other.id != run.id || hosts.contains(other.id))
            taken.take(other, hosts[other.id]);
    }
    return taken.free(run, host);
}

Result<bool> lockInstance(store::Session &session, const Run &run)
{
    using store::value;
    const auto rows = session.query("SELECT l.run_id, l.revision, l.fence, r.state FROM resource_lock l LEFT JOIN run r "
                                    "ON r.id = l.run_id WHERE l.instance_id = ?", {value(run.targetId)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty()) {
        const auto inserted = session.execute(
            "INSERT INTO resource_lock (instance_id, run_id, kind, fence, taken_us, revision) VALUES (?,?,?,?,"
                + std::string(store::nowUs) + ",1)", {value(run.targetId), value(run.id), value(run.kind), value(run.fence)});
        if (!inserted)
            return store::isDuplicate(inserted.error()) ? Result<bool>(false) : fail(inserted.error());
        return true;
    }
    const store::Row &row = rows->front();
    const auto holder = row.optionalUuid(0);
    // a run that has ended, or that nobody knows any more, holds nothing
    const bool stale = holder && (row.isNull(3) || isFinal(runStateFromString(row.text(3))));
    if (holder && *holder != run.id && !stale)
        return false;
    const auto matched = session.execute(
        "UPDATE resource_lock SET run_id=?, kind=?, fence=?, taken_us=" + std::string(store::nowUs)
            + ", revision=revision+1 WHERE instance_id=? AND revision=? AND (fence<=? OR run_id IS NULL OR run_id<>?)",
        {value(run.id), value(run.kind), value(run.fence), value(run.targetId), value(row.integer(1)), value(run.fence), value(run.id)});
    if (!matched)
        return fail(matched.error());
    return *matched == 1;
}

} // namespace zandb::workflow
