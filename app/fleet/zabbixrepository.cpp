// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/zabbixrepository.h"

#include "app/store/audit.h"
#include "app/store/sqltext.h"

namespace zandb::fleet {
namespace {

using store::Row;
using store::Session;
using store::value;

constexpr std::string_view columns = "z.host_id, z.name, z.address, z.chosen, z.requested_us, z.asked_us, z.state, z.matches, z.facts, z.error";

ZabbixRecord recordOf(const Row &row)
{
    ZabbixRecord record;
    record.hostId = row.uuid(0);
    record.name = row.text(1);
    record.address = row.text(2);
    record.chosen = row.text(3);
    record.requestedAt = row.time(4);
    record.askedAt = row.time(5);
    record.state = row.text(6);
    if (auto matches = decode<std::vector<ZabbixHost>>(row.json(7)))
        record.matches = std::move(*matches);
    if (!row.isNull(8)) {
        if (auto facts = decode<ZabbixFacts>(row.json(8)))
            record.facts = std::move(*facts);
    }
    record.error = row.optionalError(9);
    return record;
}

Result<std::vector<ZabbixRecord>> read(Session &session, const std::string &where, const std::vector<store::Value> &arguments)
{
    const auto rows = session.query("SELECT " + std::string(columns) + " FROM zabbix_host z " + where, arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<ZabbixRecord> records;
    for (const Row &row : *rows)
        records.push_back(recordOf(row));
    return records;
}

} // namespace

Result<std::map<Uuid, ZabbixRecord>> loadZabbix(Session &session)
{
    auto all = read(session, "", {});
    if (!all)
        return fail(all.error());
    std::map<Uuid, ZabbixRecord> records;
    for (ZabbixRecord &record : *all)
        records.emplace(record.hostId, std::move(record));
    return records;
}

Result<std::optional<ZabbixRecord>> findZabbix(Session &session, const Uuid &hostId)
{
    auto found = read(session, "WHERE z.host_id = ?", {value(hostId)});
    if (!found)
        return fail(found.error());
    return found->empty() ? std::optional<ZabbixRecord>() : std::optional(std::move(found->front()));
}

Result<void> requestZabbix(Session &session, const Uuid &hostId, const std::string &name, const std::string &address, const std::optional<std::string> &chosen)
{
    return session.transaction([&]() -> Result<void> {
        // a request right after an answer must be later than it
        const auto done = session.execute("INSERT INTO zabbix_host (host_id, name, address, chosen, requested_us, asked_us, state, matches) VALUES (?,?,?,?," + std::string(store::nowUs)
                                              + ",0,'','[]') ON DUPLICATE KEY UPDATE name = VALUES(name), address = VALUES(address), requested_us = GREATEST(VALUES(requested_us), asked_us + 1)"
                                              + (chosen ? ", chosen = VALUES(chosen)" : ""),
                                          {value(hostId), value(store::textFor(name, 255)), value(store::textFor(address, 255)), value(store::textFor(chosen.value_or(""), 20))});
        if (!done)
            return fail(done.error());
        if (chosen) {
            if (auto audited = store::audit(session, "host.zabbix", name, {{"id", hostId}, {"chosen", *chosen}}); !audited)
                return audited;
        }
        return store::raiseFeed(session, "zabbix");
    });
}

Result<std::vector<ZabbixRecord>> waitingZabbix(Session &session, int limit)
{
    return read(session, "WHERE z.requested_us > z.asked_us ORDER BY z.requested_us LIMIT " + std::to_string(limit), {});
}

Result<std::vector<ZabbixRecord>> staleZabbix(Session &session, TimePoint before, TimePoint failedBefore, int limit)
{
    const auto rows = session.query("SELECT h.id, h.name, h.address FROM host h LEFT JOIN zabbix_host z ON z.host_id = h.id "
                                    "WHERE z.host_id IS NULL OR z.asked_us < ? OR (z.state = 'failed' AND z.asked_us < ?) ORDER BY z.asked_us LIMIT " + std::to_string(limit),
                                    {value(before), value(failedBefore)});
    if (!rows)
        return fail(rows.error());
    std::vector<ZabbixRecord> stale;
    for (const Row &row : *rows) {
        auto known = findZabbix(session, row.uuid(0));
        if (!known)
            return fail(known.error());
        ZabbixRecord record = known->value_or(ZabbixRecord{});
        record.hostId = row.uuid(0);
        record.name = row.text(1);
        record.address = row.text(2);
        stale.push_back(std::move(record));
    }
    return stale;
}

Result<void> storeZabbix(Session &session, const ZabbixRecord &record)
{
    return session.transaction([&]() -> Result<void> {
        const auto facts = record.facts ? value(Json(*record.facts)) : store::Value(nullptr);
        const auto error = record.error ? value(errorToJson(*record.error)) : store::Value(nullptr);
        // a request that came while Zabbix was asked is one more question
        const auto done = session.execute(
            "INSERT INTO zabbix_host (host_id, name, address, chosen, requested_us, asked_us, state, matches, facts, error) VALUES (?,?,?,?,?,GREATEST(?," + std::string(store::nowUs)
                + "),?,?,?,?) ON DUPLICATE KEY UPDATE asked_us = IF(requested_us > VALUES(requested_us), requested_us - 1, VALUES(asked_us)), "
                  "name = VALUES(name), address = VALUES(address), state = VALUES(state), matches = VALUES(matches), facts = VALUES(facts), error = VALUES(error)",
            {value(record.hostId), value(store::textFor(record.name, 255)), value(store::textFor(record.address, 255)), value(record.chosen), value(record.requestedAt), value(record.requestedAt),
             value(record.state), value(Json(record.matches)), facts, error});
        if (!done)
            return fail(done.error());
        return store::raiseFeed(session, "zabbix");
    });
}

Result<void> removeStrayZabbix(Session &session, TimePoint before)
{
    const auto done = session.execute("DELETE FROM zabbix_host WHERE requested_us < ? AND host_id NOT IN (SELECT id FROM host)", {value(before)});
    return done ? Result<void>{} : fail(done.error());
}

} // namespace zandb::fleet
