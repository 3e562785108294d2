// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/diskrepository.h"

#include "app/store/sqltext.h"

namespace zandb::alerts {

using store::value;
using store::Value;

Result<void> keepDiskReadings(store::Session &session, const Fleet &fleet)
{
    std::vector<Value> values;
    std::size_t rows = 0;
    const TimePoint hour = std::chrono::floor<std::chrono::hours>(fleet.readAt);
    for (const auto &[id, state] : fleet.hostStates) {
        if (state.state != "ok" || !state.facts || !fleet.host(id))
            continue;
        for (const wire::Disk &disk : state.facts->disks) {
            store::append(values, {value(id), value(disk.mount.substr(0, 200)), value(hour), value(disk.totalBytes), value(disk.freeBytes)});
            ++rows;
        }
    }
    if (rows == 0)
        return {};
    const auto done = session.execute("INSERT INTO disk_reading (host_id, mount, at_us, total_bytes, free_bytes) VALUES " + store::markRows(rows, 5)
                                          + " ON DUPLICATE KEY UPDATE total_bytes = VALUES(total_bytes), free_bytes = VALUES(free_bytes)",
                                      values);
    return done ? Result<void>() : fail(done.error());
}

Result<std::map<std::pair<Uuid, std::string>, std::vector<DiskReading>>> diskReadings(store::Session &session, TimePoint since)
{
    const auto rows = session.query("SELECT host_id, mount, at_us, free_bytes FROM disk_reading WHERE at_us >= ? ORDER BY host_id, mount, at_us", {value(since)});
    if (!rows)
        return fail(rows.error());
    std::map<std::pair<Uuid, std::string>, std::vector<DiskReading>> found;
    for (const store::Row &row : *rows)
        found[{row.uuid(0), row.text(1)}].push_back({row.time(2), row.integer(3)});
    return found;
}

} // namespace zandb::alerts
