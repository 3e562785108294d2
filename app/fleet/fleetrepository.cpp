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

    const auto states = session.query("SELECT host_id, state, seen_us, checked_us, facts, error FROM host_state");
    if (!states)
        return fail(states.error());
    for (const Row &row : *states) {
        HostState state;
        state.hostId = row.uuid(0);
        state.state = knownWord(row.text(1), {"ok", "unreachable", "refused", "no_agent"});
        state.seenAt = unlessZero(row.time(2));
        state.checkedAt = unlessZero(row.time(3));
        if (!row.isNull(4)) {
            if (auto facts = decode<wire::HostFacts>(row.json(4)))
                state.facts = std::move(*facts);
        }
        state.error = row.optionalError(5);
        fleet.hostStates[state.hostId] = std::move(state);
    }

    const auto instances = session.query(
        "SELECT i.id, i.host_id, i.name, i.port, i.created_us, i.revision, s.state, s.seen_us, s.detail FROM instance i "
        "LEFT JOIN instance_state s ON s.instance_id = i.id ORDER BY i.host_id, i.name");
    if (!instances)
        return fail(instances.error());
    for (const Row &row : *instances) {
        InstanceRecord record;
        record.instance = {row.uuid(0), row.uuid(1), row.text(2), static_cast<int>(row.integer(3)), row.time(4), row.integer(5)};
        record.state = knownWord(row.text(6), {"up", "down", "refused", "gone"});
        record.seenAt = row.isNull(7) ? std::nullopt : unlessZero(row.time(7));
        if (!row.isNull(8)) {
            if (auto detail = decode<wire::InstanceState>(row.json(8)))
                record.detail = std::move(*detail);
        }
        fleet.instances.push_back(std::move(record));
    }
    const auto settings = session.query("SELECT group_id, name, setting FROM group_setting");
    if (!settings)
        return fail(settings.error());
    for (const Row &row : *settings)
        fleet.groupSettings.insert_or_assign({row.uuid(0), row.text(1)}, row.json(2));
    // last, so that no row is younger than the clock its age is counted by
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    fleet.readAt = *now;
    return fleet;
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
        for (const char *sql : {"DELETE FROM series WHERE subject_id IN (SELECT id FROM instance WHERE host_id=?)",
                                "DELETE FROM series WHERE subject_id=?", "DELETE FROM collected WHERE host_id=?",
                                "DELETE FROM instance_state WHERE host_id=?", "DELETE FROM instance WHERE host_id=?",
                                "DELETE FROM host_state WHERE host_id=?"}) {
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
