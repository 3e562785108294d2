// SPDX-License-Identifier: GPL-3.0-or-later
// Limits of concurrency over all programs that send orders: each counts for itself before it begins, and what they would
// begin in the same moment is decided here.
#include "app/workflow/rules.h"
#include "app/workflow/runrows.h"
#include "models/workflow/runid.h"

namespace zandb::workflow {

Result<bool> withinLimits(store::Session &session, const Run &run)
{
    using store::value;
    std::set<Uuid> scopes; // sorted, so that two writers wait for each other instead of dying together
    const auto scope = [&](int limit, const std::string &name) {
        if (limit > 0)
            scopes.insert(uuidV5(*Uuid::parse("0e5f9d0a-57c4-5e0f-8f0b-7a616e646203"), name));
    };
    if (run.taskId)
        scope(run.policies.perTask, "task|" + run.taskId->toString());
    scope(run.policies.perHost, "host|" + run.hostId.toString());
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
    const auto rows = session.query("SELECT " + runColumns + " FROM run WHERE id <> ? AND (state IN ('running','unknown') OR (state = 'pending' "
                                    "AND retry_requested = 1 AND EXISTS (SELECT 1 FROM attempt a WHERE a.run_id = run.id AND a.ended_us IS NULL)))",
                                    {value(run.id)});
    if (!rows)
        return fail(rows.error());
    Tokens taken;
    for (const store::Row &row : *rows)
        taken.take(runOf(row));
    return taken.free(run);
}

} // namespace zandb::workflow
