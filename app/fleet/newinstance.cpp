// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/newinstance.h"

namespace zandb::fleet {

using store::value;

Result<Uuid> ensureInstance(store::Session &session, const Uuid &hostId, const std::string &name, int port, const Uuid &id)
{
    Uuid found = id;
    const auto done = session.transaction([&]() -> Result<void> {
        // the host's agent may have told of it meanwhile: then its row counts
        const auto made = session.execute("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,?,?," + std::string(store::nowUs)
                                              + ",1) ON DUPLICATE KEY UPDATE port = VALUES(port), revision = revision + 1",
                                          {value(id), value(hostId), value(name), value(port)});
        if (!made)
            return fail(made.error());
        const auto rows = session.query("SELECT id FROM instance WHERE host_id = ? AND name = ?", {value(hostId), value(name)});
        if (!rows)
            return fail(rows.error());
        if (!rows->empty())
            found = rows->front().uuid(0);
        return store::raiseFeed(session, "fleet");
    });
    return done ? Result<Uuid>(found) : Result<Uuid>(fail(done.error()));
}

Result<void> forgetInstance(store::Session &session, const Uuid &instanceId)
{
    for (const char *sql : {"DELETE FROM instance_state WHERE instance_id = ?", "DELETE FROM instance WHERE id = ?"}) {
        if (const auto gone = session.execute(sql, {value(instanceId)}); !gone)
            return fail(gone.error());
    }
    return store::raiseFeed(session, "fleet");
}

} // namespace zandb::fleet
