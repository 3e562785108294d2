// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/fleetrepository.h"

#include "app/store/audit.h"
#include "app/store/sqltext.h"
#include "models/common/names.h"

namespace zandb::fleet {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

Error nameTaken(const Host &host)
{
    return makeError(errors::alreadyExists, {{"what", "host"}, {"name", host.name}});
}

/// What the audit tells of a host: where it is reached and how it is known, never a secret.
Json auditDetail(const Host &host)
{
    return {{"id", host.id}, {"address", host.address}, {"port", host.sshPort}, {"user", host.sshUser}, {"host_key", host.hostKey}};
}

/// The state words consoles know; anything else in the store is "unknown".
std::string knownWord(const std::string &word, std::initializer_list<std::string_view> words)
{
    for (const std::string_view known : words) {
        if (word == known)
            return word;
    }
    return "unknown";
}

std::optional<TimePoint> unlessZero(TimePoint at)
{
    return toMicros(at) == 0 ? std::nullopt : std::optional(at);
}

/// What hosts said, of all that are in the store; what was written before `since` is taken from the fleet as it stands.
Result<void> readHostStates(Session &session, Fleet &fleet, TimePoint since)
{
    const auto rows = session.query("SELECT s.host_id, s.state, GREATEST(s.seen_us, COALESCE(h.seen_us, 0)), "
                                    "GREATEST(s.checked_us, COALESCE(h.checked_us, 0)), s.checked_us >= ?, "
                                    "IF(s.checked_us >= ?, s.facts, NULL), s.error FROM host_state s LEFT JOIN host_heard h ON h.host_id = s.host_id",
                                    {value(since), value(since)});
    if (!rows)
        return fail(rows.error());
    for (const Row &row : *rows) {
        HostState &state = fleet.hostStates[row.uuid(0)];
        state.hostId = row.uuid(0);
        state.state = knownWord(row.text(1), {"ok", "unreachable", "refused", "no_agent"});
        state.seenAt = unlessZero(row.time(2));
        state.checkedAt = unlessZero(row.time(3));
        if (row.integer(4) != 0) {
            auto facts = row.isNull(5) ? std::nullopt : std::optional(decode<wire::HostFacts>(row.json(5)));
            state.facts = facts && *facts ? std::optional(std::move(**facts)) : std::nullopt;
        }
        state.error = row.optionalError(6);
    }
    return {};
}

/// The same of instances.  A host that has told its instances has said of each that it is still as it was.
Result<void> readInstanceStates(Session &session, Fleet &fleet, TimePoint since)
{
    const auto rows = session.query("SELECT s.instance_id, s.state, IF(s.state = 'gone', s.seen_us, GREATEST(s.seen_us, COALESCE(h.instances_us, 0))), "
                                    "s.seen_us >= ?, IF(s.seen_us >= ?, s.detail, NULL) FROM instance_state s "
                                    "LEFT JOIN host_heard h ON h.host_id = s.host_id", {value(since), value(since)});
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, const Row *> byId;
    for (const Row &row : *rows)
        byId.emplace(row.uuid(0), &row);
    for (InstanceRecord &record : fleet.instances) {
        const auto found = byId.find(record.instance.id);
        if (found == byId.end())
            continue;
        const Row &row = *found->second;
        record.state = knownWord(row.text(1), {"up", "down", "refused", "gone"});
        record.seenAt = unlessZero(row.time(2));
        if (row.integer(3) != 0) {
            auto detail = row.isNull(4) ? std::nullopt : std::optional(decode<wire::InstanceState>(row.json(4)));
            record.detail = detail && *detail ? std::optional(std::move(**detail)) : std::nullopt;
        }
    }
    return {};
}

} // namespace

Result<Fleet> loadFleet(Session &session)
{
    Fleet fleet;
    const auto groups = session.query("SELECT id, parent_id, name, revision FROM fleet_group ORDER BY name, id");
    if (!groups)
        return fail(groups.error());
    for (const Row &row : *groups)
        fleet.groups.push_back({row.uuid(0), row.optionalUuid(1), row.text(2), row.integer(3)});

    const auto hosts = session.query("SELECT id, group_id, name, address, ssh_port, ssh_user, host_key, created_us, revision "
                                     "FROM host ORDER BY name");
    if (!hosts)
        return fail(hosts.error());
    for (const Row &row : *hosts) {
        fleet.hosts.push_back({row.uuid(0), row.optionalUuid(1), row.text(2), row.text(3), static_cast<int>(row.integer(4)),
                               row.text(5), row.text(6), row.time(7), row.integer(8)});
    }

    if (auto read = readHostStates(session, fleet, TimePoint{}); !read)
        return fail(read.error());

    const auto instances = session.query("SELECT id, host_id, name, port, created_us, revision FROM instance ORDER BY host_id, name");
    if (!instances)
        return fail(instances.error());
    for (const Row &row : *instances) {
        InstanceRecord record;
        record.instance = {row.uuid(0), row.uuid(1), row.text(2), static_cast<int>(row.integer(3)), row.time(4), row.integer(5)};
        fleet.instances.push_back(std::move(record));
    }
    if (auto read = readInstanceStates(session, fleet, TimePoint{}); !read)
        return fail(read.error());
    const auto settings = session.query("SELECT group_id, name, setting FROM group_setting");
    if (!settings)
        return fail(settings.error());
    for (const Row &row : *settings)
        fleet.groupSettings.insert_or_assign({row.uuid(0), row.text(1)}, row.json(2));
    const auto labels = session.query("SELECT subject_id, label FROM label ORDER BY subject_id, label");
    if (!labels)
        return fail(labels.error());
    for (const Row &row : *labels)
        fleet.labels[row.uuid(0)].push_back(row.text(1));
    // last, so that no row is younger than the clock its age is counted by
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    fleet.readAt = *now;
    return fleet;
}

Result<void> refreshStates(Session &session, Fleet &fleet)
{
    // rows are written with the store's clock at the beginning of a transaction that may end later
    const TimePoint since = fleet.readAt - std::chrono::minutes{1};
    if (auto read = readHostStates(session, fleet, since); !read)
        return read;
    if (auto read = readInstanceStates(session, fleet, since); !read)
        return read;
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    fleet.readAt = *now;
    return {};
}

Result<void> addHost(Session &session, const Host &host)
{
    for (const auto &fits : {names::checkHost(host.name), names::checkAddress(host.address), names::checkLogin(host.sshUser)}) {
        if (!fits)
            return fits;
    }
    return session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto done = session.execute(
            "INSERT INTO host (id, group_id, name, address, ssh_port, ssh_user, host_key, created_us, revision) "
            "VALUES (?,?,?,?,?,?,?,?,1)",
            {value(host.id), value(host.groupId), value(host.name), value(host.address), value(host.sshPort), value(host.sshUser),
             value(host.hostKey), value(toMicros(host.createdAt) == 0 ? *now : host.createdAt)});
        if (!done)
            return fail(store::isDuplicate(done.error()) ? nameTaken(host) : done.error());
        if (auto audited = store::audit(session, "host.add", host.name, auditDetail(host)); !audited)
            return audited;
        return store::raiseFeed(session, "fleet");
    });
}

Result<void> updateHost(Session &session, const Host &host)
{
    return session.transaction([&]() -> Result<void> {
        const auto matched = session.execute(
            "UPDATE host SET group_id=?, name=?, address=?, ssh_port=?, ssh_user=?, host_key=?, revision=revision+1 "
            "WHERE id=? AND revision=?",
            {value(host.groupId), value(host.name), value(host.address), value(host.sshPort), value(host.sshUser),
             value(host.hostKey), value(host.id), value(host.revision)});
        if (!matched)
            return fail(store::isDuplicate(matched.error()) ? nameTaken(host) : matched.error());
        if (*matched == 0) {
            const auto there = session.query("SELECT 1 FROM host WHERE id=?", {value(host.id)});
            if (!there)
                return fail(there.error());
            if (there->empty())
                return fail(errors::notFound, {{"what", "host"}, {"name", host.name}});
            return fail(errors::storeConflict, {{"what", host.name}});
        }
        if (auto audited = store::audit(session, "host.edit", host.name, auditDetail(host)); !audited)
            return audited;
        return store::raiseFeed(session, "fleet");
    });
}

Result<void> removeHost(Session &session, const Uuid &hostId)
{
    return session.transaction([&]() -> Result<void> {
        const auto named = session.query("SELECT name FROM host WHERE id=?", {value(hostId)});
        if (!named)
            return fail(named.error());
        // the lease's row stays: its token must never begin again
        for (const char *sql : {"DELETE FROM slow_pending WHERE subject_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM slow_span WHERE subject_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM slow_sample WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM slow_source WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM slow_usual WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM slow_finding WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM series WHERE subject_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM killed WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM drift_facts WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM drift_exception WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM config_standard WHERE scope_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM config_change WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM group_setting WHERE group_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM label WHERE subject_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM label WHERE subject_id=?", "DELETE FROM key_usage WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM check_finding WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM check_pass WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM consistency_row WHERE check_id IN (SELECT c.id FROM consistency_check c JOIN instance i ON i.id = c.replica_id WHERE i.host_id=?)",
                                "DELETE FROM consistency_table WHERE check_id IN (SELECT c.id FROM consistency_check c JOIN instance i ON i.id = c.replica_id WHERE i.host_id=?)",
                                "DELETE FROM consistency_check WHERE replica_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM binlog_file WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM binlog_status WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM snapshot_size WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM snapshot_part WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM snapshot WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM snapshot_pending WHERE host_id=?",
                                "DELETE FROM shard WHERE rule_id IS NOT NULL AND instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM kill_set WHERE instance_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM kill_policy WHERE scope_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM series WHERE subject_id=?", "DELETE FROM collected WHERE host_id=?",
                                "DELETE FROM disk_reading WHERE host_id=?", "DELETE FROM zabbix_host WHERE host_id=?", "DELETE FROM instance_state WHERE host_id=?", "DELETE FROM instance WHERE host_id=?",
                                "DELETE FROM host_state WHERE host_id=?", "DELETE FROM host_heard WHERE host_id=?"}) {
            if (auto done = session.execute(sql, {value(hostId)}); !done)
                return fail(done.error());
        }
        const auto removed = session.execute("DELETE FROM host WHERE id=?", {value(hostId)});
        if (!removed)
            return fail(removed.error());
        if (*removed == 0)
            return fail(errors::notFound, {{"what", "host"}, {"name", hostId.toString()}});
        const std::string name = named->empty() ? std::string() : named->front().text(0);
        if (auto audited = store::audit(session, "host.remove", name, {{"id", hostId}}); !audited)
            return audited;
        return store::raiseFeed(session, "fleet");
    });
}

Result<std::optional<Uuid>> ensureGroup(Session &session, std::string_view path)
{
    std::vector<std::string> names;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        if (slash > 0)
            names.emplace_back(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    for (const std::string &name : names) {
        if (const auto fits = names::checkGroup(name); !fits)
            return fail(fits.error());
    }
    std::optional<Uuid> parent;
    /// Walks down as far as groups exist; how many names were found.
    const auto walk = [&]() -> Result<std::size_t> {
        parent.reset();
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto rows = session.query("SELECT id FROM fleet_group WHERE parent_id <=> ? AND name = ? ORDER BY id LIMIT 1",
                                            {value(parent), value(names[i])});
            if (!rows)
                return fail(rows.error());
            if (rows->empty())
                return i;
            parent = rows->front().uuid(0);
        }
        return names.size();
    };
    const auto found = walk();
    if (!found)
        return fail(found.error());
    if (*found == names.size())
        return parent;
    const auto done = session.transaction([&]() -> Result<void> {
        // the feed's row first: two that create the same path take turns, and the second finds it
        if (auto raised = store::raiseFeed(session, "fleet"); !raised)
            return raised;
        const auto known = walk();
        if (!known)
            return fail(known.error());
        for (std::size_t i = *known; i < names.size(); ++i) {
            const Uuid id = Uuid::v7();
            const auto inserted = session.execute("INSERT INTO fleet_group (id, parent_id, name, revision) VALUES (?,?,?,1)",
                                                  {value(id), value(parent), value(names[i])});
            if (!inserted)
                return fail(inserted.error());
            if (auto audited = store::audit(session, "group.add", names[i], {{"id", id}, {"parent", parent ? Json(*parent) : Json()}}); !audited)
                return audited;
            parent = id;
        }
        return {};
    });
    if (!done)
        return fail(done.error());
    return parent;
}

} // namespace zandb::fleet
