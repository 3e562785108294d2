// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the fleet repository that stores what the agents said: many hosts, few statements.
#include "app/fleet/fleetrepository.h"
#include "app/fleet/statechange.h"
#include "app/store/sqltext.h"

#include <algorithm>
#include <set>

namespace zandb::fleet {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

constexpr std::size_t rowsPerStatement = 100;
constexpr std::size_t maxInstancesPerHost = 1000;
constexpr std::size_t maxJsonBytes = 1u << 20;
/// Of one statement's values before they are escaped, which at most doubles them: below the smallest usual max_allowed_packet.
constexpr std::size_t bytesPerStatement = 4u << 20;
const std::string now{store::nowUs};

std::size_t bytesOf(const std::vector<Value> &row)
{
    std::size_t bytes = 0;
    for (const Value &cell : row) {
        if (const auto *text = std::get_if<std::string>(&cell))
            bytes += text->size();
    }
    return bytes;
}

/// Rows of one multi-row statement, sent in portions.
struct Batch
{
    std::string head;
    std::string row;   ///< "(?,?)"
    std::string tail;
    std::vector<std::vector<Value>> values;

    Result<void> send(Session &session) const
    {
        for (std::size_t next = 0; next < values.size();) {
            std::string sql = head;
            std::vector<Value> arguments;
            std::size_t rows = 0;
            for (std::size_t bytes = 0; next < values.size() && rows < rowsPerStatement; ++next, ++rows) {
                bytes += bytesOf(values[next]);
                if (rows > 0 && bytes > bytesPerStatement)
                    break;
                sql += (rows == 0 ? "" : ",") + row;
                arguments.insert(arguments.end(), values[next].begin(), values[next].end());
            }
            if (auto done = session.execute(sql + tail, arguments); !done)
                return fail(done.error());
        }
        return {};
    }
};

/// Runs `sql` with `IN (...)` over portions of ids; `each` gets every row.
Result<void> forIds(Session &session, const std::string &sql, const std::string &tail, const std::vector<Uuid> &ids,
                    const std::function<void(const Row &)> &each)
{
    constexpr std::size_t idsPerStatement = 500;
    for (std::size_t first = 0; first < ids.size(); first += idsPerStatement) {
        const std::size_t last = std::min(ids.size(), first + idsPerStatement);
        std::vector<Value> arguments;
        for (std::size_t i = first; i < last; ++i)
            arguments.push_back(value(ids[i]));
        const auto rows = session.query(sql + " IN (" + store::marks(arguments.size()) + ')' + tail, arguments);
        if (!rows)
            return fail(rows.error());
        for (const Row &row : *rows)
            each(row);
    }
    return {};
}

Value jsonOrNull(const Json &json)
{
    std::string text = dumpJson(json);
    return text.size() > maxJsonBytes ? Value(nullptr) : Value(std::move(text));
}

/// A name that fits the column and cannot be taken for a path; others are left out, whatever an agent says.
bool isUsable(const wire::InstanceState &instance)
{
    return !instance.name.empty() && instance.name.size() <= 64 && store::isUtf8(instance.name)
        && instance.name.find_first_of(std::string_view("/\0\n", 3)) == std::string::npos;
}

struct Known
{
    Uuid id;
    int port = 0;
    std::string state;
    TimePoint writtenAt{};
    std::optional<Json> detail;
    bool reported = false;
};

/// What a host was known by before this round.
struct KnownHost
{
    std::string state;
    std::int64_t fence = 0;
    TimePoint writtenAt{};
    std::optional<Json> facts;
    std::optional<Json> error;
    TimePoint instancesAt{}; ///< when it last told its instances
};

std::optional<Json> jsonOf(const Row &row, std::size_t column)
{
    if (row.isNull(column))
        return std::nullopt;
    auto json = row.json(column);
    return json.is_null() ? std::nullopt : std::optional(std::move(json));
}

/// Whether a row must be written again: what it says has changed, or its figures are old.
bool isDue(Change change, TimePoint writtenAt, TimePoint at)
{
    return change != Change::None || at - writtenAt >= figuresEvery || writtenAt > at;
}

/// Raises `changed` when what was stored is more than figures.
Result<void> storeInstances(Session &session, const std::vector<const HostSample *> &samples, const std::map<Uuid, KnownHost> &before,
                            TimePoint at, bool &changed)
{
    std::vector<Uuid> hosts;
    for (const HostSample *sample : samples) {
        if (sample->instances)
            hosts.push_back(sample->hostId);
    }
    std::map<std::pair<Uuid, std::string>, Known> known;
    auto read = forIds(session, "SELECT i.host_id, i.name, i.id, i.port, s.state, s.seen_us, s.detail FROM instance i LEFT JOIN instance_state s "
                                "ON s.instance_id = i.id WHERE i.host_id", "", hosts, [&](const Row &row) {
        known[{row.uuid(0), row.text(1)}] = {row.uuid(2), static_cast<int>(row.integer(3)), row.text(4),
                                                row.isNull(5) ? TimePoint{} : row.time(5), jsonOf(row, 6), false};
    });
    if (!read)
        return read;

    Batch fresh{"INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES ", "(?,?,?,?," + now + ",1)",
                " ON DUPLICATE KEY UPDATE port = VALUES(port), revision = revision + 1", {}};
    Batch states{"INSERT INTO instance_state (instance_id, host_id, state, seen_us, detail) VALUES ", "(?,?,?," + now + ",?)",
                 " ON DUPLICATE KEY UPDATE state = VALUES(state), seen_us = VALUES(seen_us), detail = COALESCE(VALUES(detail), detail)", {}};
    for (const HostSample *sample : samples) {
        if (!sample->instances)
            continue;
        std::size_t count = 0;
        for (const wire::InstanceState &instance : *sample->instances) {
            if (!isUsable(instance) || ++count > maxInstancesPerHost)
                continue;
            auto [it, isNew] = known.try_emplace({sample->hostId, instance.name});
            Known &entry = it->second;
            if (entry.reported)
                continue; // twice in one answer: the first counts
            entry.reported = true;
            if (isNew)
                entry.id = Uuid::v7();
            if (isNew || entry.port != instance.port) {
                changed = true;
                fresh.values.push_back({value(entry.id), value(sample->hostId), value(instance.name), value(instance.port)});
            }
            const bool word = instance.state == "up" || instance.state == "down" || instance.state == "refused";
            const std::string state = word ? instance.state : "unknown";
            const Json detail(instance);
            const Change change = entry.state != state || !entry.detail ? Change::Facts : changeOf(*entry.detail, detail);
            changed = changed || change == Change::Facts;
            if (isDue(change, entry.writtenAt, at))
                states.values.push_back({value(entry.id), value(sample->hostId), value(state), jsonOrNull(detail)});
        }
    }
    if (auto done = fresh.send(session); !done)
        return done;
    if (auto done = states.send(session); !done)
        return done;

    Batch gone{"INSERT INTO instance_state (instance_id, host_id, state, seen_us, detail) VALUES ", "(?,?,'gone',?,NULL)",
               " ON DUPLICATE KEY UPDATE state = 'gone', seen_us = GREATEST(seen_us, VALUES(seen_us))", {}};
    for (const auto &[key, entry] : known) {
        if (entry.reported || entry.state == "gone")
            continue;
        const auto host = before.find(key.first);
        gone.values.push_back({value(entry.id), value(key.first), value(host == before.end() ? TimePoint{} : host->second.instancesAt)});
        changed = true;
    }
    return gone.send(session);
}

} // namespace

Result<void> storeSamples(Session &session, const std::vector<HostSample> &samples)
{
    if (samples.empty())
        return {};
    // ascending by id, so that two writers wait for each other instead of dying together
    std::map<Uuid, const HostSample *> byHost;
    for (const HostSample &sample : samples)
        byHost[sample.hostId] = &sample;
    std::vector<Uuid> ids;
    for (const auto &[id, sample] : byHost)
        ids.push_back(id);

    return session.transaction([&]() -> Result<void> {
        std::set<Uuid> existing;
        auto read = forIds(session, "SELECT id FROM host WHERE id", "", ids, [&](const Row &row) { existing.insert(row.uuid(0)); });
        if (!read)
            return read;
        std::map<Uuid, KnownHost> known;
        read = forIds(session, "SELECT host_id, fence, state, GREATEST(checked_us, seen_us), facts, error FROM host_state WHERE host_id",
                      " ORDER BY host_id FOR UPDATE", ids, [&](const Row &row) {
            known[row.uuid(0)] = {row.text(2), row.integer(1), row.time(3), jsonOf(row, 4), jsonOf(row, 5), {}};
        });
        if (!read)
            return read;
        read = forIds(session, "SELECT host_id, instances_us FROM host_heard WHERE host_id", "", ids,
                      [&](const Row &row) { known[row.uuid(0)].instancesAt = row.time(1); });
        if (!read)
            return read;
        const auto at = session.now();
        if (!at)
            return fail(at.error());
        bool changed = false;

        Batch states{"INSERT INTO host_state (host_id, state, seen_us, checked_us, facts, error, fence) VALUES ",
                     "(?,?,IF(?," + now + ",0)," + now + ",?,?,?)",
                     " ON DUPLICATE KEY UPDATE state = VALUES(state), seen_us = IF(VALUES(seen_us) > 0, VALUES(seen_us), seen_us), "
                     "checked_us = VALUES(checked_us), facts = COALESCE(VALUES(facts), facts), error = VALUES(error), "
                     "fence = GREATEST(fence, VALUES(fence))", {}};
        Batch heard{"INSERT INTO host_heard (host_id, seen_us, instances_us, checked_us) VALUES ", "(?,?,?,?)",
                    " ON DUPLICATE KEY UPDATE seen_us = IF(VALUES(seen_us) > 0, VALUES(seen_us), seen_us), "
                    "instances_us = IF(VALUES(instances_us) > 0, VALUES(instances_us), instances_us), checked_us = VALUES(checked_us)", {}};
        std::vector<const HostSample *> accepted;
        for (const auto &[id, sample] : byHost) {
            const KnownHost &before = known[id]; // one never heard of has fence 0
            if (!existing.contains(id) || before.fence > sample->fence)
                continue;
            accepted.push_back(sample);
            const bool answered = sample->facts.has_value() || sample->instances.has_value();
            heard.values.push_back({value(id), value(answered ? *at : TimePoint{}), value(sample->instances ? *at : TimePoint{}), value(*at)});
            const std::string state = sample->state.substr(0, 16);
            const auto error = sample->error ? std::optional(errorToJson(*sample->error)) : std::nullopt;
            const auto facts = sample->facts ? std::optional(Json(*sample->facts)) : std::nullopt;
            Change change = state != before.state || error != before.error || sample->fence != before.fence ? Change::Facts : Change::None;
            if (facts && change == Change::None)
                change = before.facts ? changeOf(*before.facts, *facts) : Change::Facts;
            changed = changed || change == Change::Facts;
            if (!isDue(change, before.writtenAt, *at))
                continue;
            states.values.push_back({value(id), value(state), value(answered), facts ? jsonOrNull(*facts) : Value(nullptr),
                                     error ? jsonOrNull(*error) : Value(nullptr), value(sample->fence)});
        }
        if (accepted.empty())
            return {};
        if (auto done = states.send(session); !done)
            return done;
        if (auto done = heard.send(session); !done)
            return done;
        if (auto done = storeInstances(session, accepted, known, *at, changed); !done)
            return done;
        if (changed) {
            if (auto raised = store::raiseFeed(session, "fleet"); !raised)
                return raised;
        }
        return store::raiseFeed(session, "fleet_state");
    });
}

} // namespace zandb::fleet
