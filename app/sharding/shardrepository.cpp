// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sharding/shardrepository.h"

#include "app/store/audit.h"
#include "app/store/sqltext.h"
#include "models/fleet/scope.h"
#include "models/snapshots/snapshotpack.h"

#include <algorithm>

namespace zandb::sharding {

using store::Row;
using store::Rows;
using store::Session;
using store::value;
using store::Value;

namespace {

constexpr std::size_t rowsPerStatement = 1000;
constexpr std::size_t mostUnknownOwners = 100;
const std::string columns = "id, database_name, shard_number, shard_count, instance_id, owner, schema_name, dsn, rule_id, changed_us";

Shard shardOf(const Row &row)
{
    Shard shard;
    shard.id = row.uuid(0);
    shard.database = row.text(1);
    shard.number = row.integer(2);
    shard.count = row.integer(3);
    shard.instance = row.optionalUuid(4);
    shard.owner = row.text(5);
    shard.schema = row.text(6);
    shard.dsn = row.text(7);
    shard.rule = row.optionalUuid(8);
    shard.changedAt = row.time(9);
    return shard;
}

Result<std::vector<Shard>> shardsWhere(Session &session, const std::string &rest, const std::vector<Value> &arguments)
{
    const auto rows = session.query("SELECT " + columns + " FROM shard WHERE " + rest, arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<Shard> shards;
    shards.reserve(rows->size());
    for (const Row &row : *rows)
        shards.push_back(shardOf(row));
    return shards;
}

Result<std::int64_t> versionOf(Session &session)
{
    const auto rows = session.query("SELECT version FROM change_feed WHERE topic = 'shard' AND scope = 0");
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? 0 : rows->front().integer(0);
}

/// A text in LIKE, as it stands.
std::string likeText(const std::string &text)
{
    std::string pattern = "%";
    for (const char c : text)
        pattern += c == '%' || c == '_' || c == '!' ? std::string{'!', c} : std::string(1, c);
    return pattern + '%';
}

/// The schemas of each instance's newest snapshot.
using Schemas = std::map<Uuid, std::set<std::string>>;
Result<Schemas> collectedSchemas(Session &session)
{
    // the lines hold the largest schemas only; who has more is read in full
    constexpr std::int64_t mostLines = mostSchemaLines;
    const auto newest = session.query("SELECT s.instance_id, s.day, s.schema_count FROM snapshot s JOIN (SELECT instance_id, MAX(day) AS newest FROM snapshot GROUP BY instance_id) n "
                                      "ON n.instance_id = s.instance_id AND n.newest = s.day");
    if (!newest)
        return fail(newest.error());
    Schemas schemas;
    for (const Row &row : *newest) {
        const Uuid instance = row.uuid(0);
        auto &names = schemas[instance];
        const bool isCut = row.integer(2) >= mostLines;
        const auto rows = session.query(isCut ? "SELECT content FROM snapshot_part WHERE instance_id = ? AND day = ? AND part > 0 ORDER BY part"
                                              : "SELECT schema_name FROM snapshot_size WHERE instance_id = ? AND day = ? AND table_name = ''",
                                        {value(instance), value(row.integer(1))});
        if (!rows)
            return fail(rows.error());
        bool readable = true;
        for (const Row &one : *rows) {
            if (!isCut) {
                names.insert(one.text(0));
                continue;
            }
            std::vector<SnapshotTable> tables;
            readable = readable && snapshotpack::unpackTables(one.text(0), tables);
            for (const SnapshotTable &table : tables)
                names.insert(table.schema);
        }
        names.erase("");
        if (!readable)
            schemas.erase(instance);
    }
    return schemas;
}

/// What rules find in a fleet.
class Finder
{
public:
    Finder(const Fleet &fleet, const Schemas &schemas) : m_fleet(fleet), m_schemas(schemas) {}

    /// Whether anything is known of an instance; else what stands in the map of it stays.
    bool isKnown(const Uuid &instance) const
    {
        const InstanceRecord *record = m_fleet.instance(instance);
        return !record || (record->detail && m_schemas.contains(instance));
    }

    void find(const ShardRule &rule, std::vector<Shard> &shards, std::set<Uuid> &unseen) const
    {
        const ShardPattern pattern(rule.pattern);
        const auto scope = rule.group ? contentsOf(m_fleet, {Scope::Kind::Group, *rule.group}).instances : std::set<Uuid>{};
        for (const InstanceRecord &record : m_fleet.instances) {
            const Uuid &id = record.instance.id;
            if ((rule.group && !scope.contains(id)) || (record.detail && record.detail->role == "replica"))
                continue;
            const auto schemas = m_schemas.find(id);
            if (schemas == m_schemas.end() || !record.detail) {
                unseen.insert(id);
                continue;
            }
            const Host *host = m_fleet.host(record.instance.hostId);
            for (const std::string &schema : schemas->second) {
                const auto number = pattern.numberOf(schema);
                if (!number)
                    continue;
                Shard shard;
                shard.database = rule.database;
                shard.number = *number;
                shard.count = rule.count;
                shard.instance = id;
                shard.owner = m_fleet.pathOf(id);
                shard.schema = schema;
                shard.dsn = filledDsn(rule.dsn, host ? host->address : std::string(), record.instance.port, record.instance.name, schema, *number);
                shard.rule = rule.id;
                shard.id = shardId(shard);
                shards.push_back(std::move(shard));
            }
        }
    }

private:
    const Fleet &m_fleet;
    const Schemas &m_schemas;
};

Result<void> write(Session &session, const std::vector<ShardChange> &changes)
{
    std::vector<Value> gone;
    std::vector<const Shard *> wanted;
    for (const ShardChange &change : changes) {
        if (change.before && (!change.after || change.after->id != change.before->id))
            gone.push_back(value(change.before->id));
        if (change.after)
            wanted.push_back(&*change.after);
    }
    for (std::size_t i = 0; i < gone.size(); i += rowsPerStatement) {
        const std::size_t end = std::min(gone.size(), i + rowsPerStatement);
        if (auto done = session.execute("DELETE FROM shard WHERE id IN (" + store::marks(end - i) + ')',
                                        {gone.begin() + static_cast<std::ptrdiff_t>(i), gone.begin() + static_cast<std::ptrdiff_t>(end)});
            !done)
            return fail(done.error());
    }
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    for (std::size_t i = 0; i < wanted.size(); i += rowsPerStatement) {
        const std::size_t end = std::min(wanted.size(), i + rowsPerStatement);
        std::vector<Value> arguments;
        for (std::size_t k = i; k < end; ++k) {
            const Shard &s = *wanted[k];
            store::append(arguments, {value(s.id), value(s.database), value(s.number), value(s.count), value(s.instance), value(s.owner), value(s.schema), value(s.dsn), value(s.rule), value(*now),
                                      value(shardSearchText(s))});
        }
        if (auto done = session.execute("REPLACE INTO shard (" + columns + ", search_text) VALUES " + store::markRows(end - i, 11), arguments); !done)
            return fail(done.error());
    }
    return {};
}

Json countsJson(const ShardCounts &counts) { return {{"added", counts.added}, {"changed", counts.changed}, {"removed", counts.removed}}; }

Result<void> writeRule(Session &session, const RuleChange &change, const ShardCounts &counts)
{
    const ShardRule &rule = change.set ? *change.set : *change.removed;
    Json detail{{"pattern", rule.pattern}, {"shards", countsJson(counts)}};
    if (change.set) {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto done = session.execute("REPLACE INTO shard_rule (id, database_name, pattern, group_id, shard_count, dsn, person, changed_us) VALUES (?,?,?,?,?,?,?,?)",
                                          {value(rule.id), value(rule.database), value(rule.pattern), value(rule.group), value(rule.count), value(rule.dsn),
                                           value(store::textFor(session.settings().person, 255)), value(*now)});
        if (!done)
            return fail(done.error());
        detail["count"] = rule.count;
        if (rule.group)
            detail["group"] = *rule.group;
    } else {
        const auto done = session.execute("DELETE FROM shard_rule WHERE id = ?", {value(rule.id)});
        if (!done)
            return fail(done.error());
        detail["removed"] = true;
    }
    return store::audit(session, "shard.rule", rule.database, detail);
}

} // namespace

Result<std::vector<ShardRule>> listRules(Session &session)
{
    const auto rows = session.query("SELECT id, database_name, pattern, group_id, shard_count, dsn, person, changed_us FROM shard_rule ORDER BY database_name, pattern, id");
    if (!rows)
        return fail(rows.error());
    std::vector<ShardRule> rules;
    for (const Row &row : *rows)
        rules.push_back({row.uuid(0), row.text(1), row.text(2), row.optionalUuid(3), row.integer(4), row.text(5), row.text(6), row.time(7)});
    return rules;
}

Result<std::vector<Shard>> listShards(Session &session, const ShardFilter &filter, std::size_t limit)
{
    std::string where = "1 = 1";
    std::vector<Value> arguments;
    if (!filter.database.empty()) {
        where += " AND database_name = ?";
        arguments.push_back(value(filter.database));
    }
    if (filter.instances) {
        where += filter.instances->empty() ? " AND 0 = 1" : " AND instance_id IN (" + store::marks(filter.instances->size()) + ')';
        for (const Uuid &instance : *filter.instances)
            arguments.push_back(value(instance));
    }
    arguments.push_back(value(static_cast<std::int64_t>(limit)));
    return shardsWhere(session, where + " ORDER BY database_name, shard_number, owner, schema_name LIMIT ?", arguments);
}

Result<std::vector<Shard>> findShards(Session &session, std::string_view text, std::size_t limit)
{
    const ShardQuery query = parseShardQuery(text);
    std::vector<Shard> found;
    if (query.words.empty())
        return found;
    const auto add = [&](std::string where, std::vector<Value> arguments, const std::vector<std::string> &words) -> Result<void> {
        for (const std::string &word : words) {
            where += (where.empty() ? "" : " AND ") + std::string("search_text LIKE ? ESCAPE '!'");
            arguments.push_back(value(likeText(word)));
        }
        arguments.push_back(value(static_cast<std::int64_t>(limit)));
        // the inner question is answered from an index alone; with all columns each of the shards would be looked up
        auto more = shardsWhere(session,
                                "id IN (SELECT f.id FROM (SELECT id FROM shard WHERE " + where + " ORDER BY search_text, shard_number LIMIT ?) f) ORDER BY search_text, shard_number", arguments);
        if (!more)
            return fail(more.error());
        std::erase_if(*more, [&](const Shard &shard) { return std::ranges::find(found, shard.id, &Shard::id) != found.end(); });
        found.insert(found.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
        return {};
    };
    if (query.number) {
        if (auto done = add("shard_number = ?", {value(*query.number)}, query.names); !done)
            return fail(done.error());
    }
    if (found.size() < limit) {
        if (auto done = add({}, {}, query.words); !done)
            return fail(done.error());
    }
    if (found.size() > limit)
        found.resize(limit);
    return found;
}

Result<ShardPlan> planRules(Session &session, const Fleet &fleet, const RuleChange &change)
{
    ShardPlan plan;
    plan.rule = change;
    const std::optional<Uuid> only = change.set ? std::optional(change.set->id) : change.removed ? std::optional(change.removed->id) : std::nullopt;
    const auto version = versionOf(session);
    auto rules = version ? listRules(session) : Result<std::vector<ShardRule>>(fail(version.error()));
    const auto schemas = rules ? collectedSchemas(session) : Result<Schemas>(fail(rules.error()));
    auto all = schemas ? shardsWhere(session, "1 = 1", {}) : Result<std::vector<Shard>>(fail(schemas.error()));
    if (!all)
        return fail(all.error());
    plan.version = *version;
    if (only)
        *rules = change.set ? std::vector{*change.set} : std::vector<ShardRule>{};
    const Finder finder(fleet, *schemas);
    std::vector<Shard> have, wanted;
    std::set<Uuid> taken, unseen;
    for (Shard &shard : *all) {
        if (shard.rule && (!only || *shard.rule == *only))
            have.push_back(std::move(shard));
        else
            taken.insert(shard.id); // somebody else's word
    }
    for (const ShardRule &rule : *rules)
        finder.find(rule, wanted, unseen);
    std::erase_if(wanted, [&](const Shard &shard) { return taken.contains(shard.id); });
    if (!change.removed) {
        for (const Shard &shard : have) {
            if (shard.instance && !finder.isKnown(*shard.instance))
                wanted.push_back(shard);
        }
    }
    const auto before = static_cast<std::int64_t>(have.size());
    plan.changes = shardChanges(std::move(have), std::move(wanted));
    plan.counts = countsOf(plan.changes);
    plan.counts.same = before - plan.counts.changed - plan.counts.removed;
    plan.unseen.assign(unseen.begin(), unseen.end());
    return plan;
}

Result<ShardPlan> planImport(Session &session, const Fleet &fleet, std::vector<Shard> shards, bool keepOthers)
{
    ShardPlan plan;
    std::map<std::string, const InstanceRecord *> owners;
    for (const InstanceRecord &record : fleet.instances)
        owners.emplace(fleet.pathOf(record.instance.id), &record);
    std::set<std::string> databases, unknown;
    std::set<Uuid> ids;
    for (Shard &shard : shards) {
        databases.insert(shard.database);
        if (const auto owner = owners.find(shard.owner); owner != owners.end()) {
            shard.instance = owner->second->instance.id;
        } else {
            ++plan.unknownOwnerCount;
            if (unknown.size() < mostUnknownOwners)
                unknown.insert(shard.owner);
        }
        shard.id = shardId(shard);
        ids.insert(shard.id);
    }
    plan.unknownOwners.assign(unknown.begin(), unknown.end());
    const auto version = versionOf(session);
    if (!version)
        return fail(version.error());
    plan.version = *version;
    std::vector<Shard> have;
    for (const std::string &database : databases) {
        auto known = shardsWhere(session, "database_name = ?", {value(database)});
        if (!known)
            return fail(known.error());
        for (Shard &shard : *known) {
            // what a rule found and the import names too is the import's from now on
            if (ids.contains(shard.id) || (!shard.rule && !keepOthers))
                have.push_back(std::move(shard));
        }
    }
    const auto before = static_cast<std::int64_t>(have.size());
    plan.changes = shardChanges(std::move(have), std::move(shards));
    plan.counts = countsOf(plan.changes);
    plan.counts.same = before - plan.counts.changed - plan.counts.removed;
    return plan;
}

Result<void> apply(Session &session, const ShardPlan &plan)
{
    return session.transaction([&]() -> Result<void> {
        // first of all, so that nobody else is between the look and the change
        if (auto raised = store::raiseFeed(session, "shard"); !raised)
            return raised;
        const auto version = versionOf(session);
        if (!version)
            return fail(version.error());
        if (*version != plan.version + 1)
            return fail(errors::storeConflict, {{"what", "sharding map"}});
        if (auto written = write(session, plan.changes); !written)
            return written;
        if (plan.rule.set || plan.rule.removed)
            return writeRule(session, plan.rule, plan.counts);
        std::map<std::string, std::vector<ShardChange>> changes;
        std::map<std::string, ShardCounts> counts;
        bool imported = false;
        for (const ShardChange &change : plan.changes) {
            ShardCounts &one = counts[change.shard().database];
            ++(!change.before ? one.added : !change.after ? one.removed : one.changed);
            imported = imported || !change.shard().rule;
        }
        for (const auto &[database, one] : counts) {
            if (auto audited = store::audit(session, imported ? "shard.import" : "shard.apply", database, countsJson(one)); !audited)
                return audited;
        }
        return {};
    });
}

Result<std::vector<ShardFinding>> audit(Session &session, const Fleet &fleet, const std::string &database)
{
    auto plan = planRules(session, fleet);
    auto schemas = plan ? collectedSchemas(session) : Result<Schemas>(fail(plan.error()));
    auto shards = schemas ? shardsWhere(session, database.empty() ? "1 = 1" : "database_name = ?", database.empty() ? std::vector<Value>{} : std::vector{value(database)})
                          : Result<std::vector<Shard>>(fail(schemas.error()));
    if (!shards)
        return fail(shards.error());
    ShardAudit all;
    all.shards = std::move(*shards);
    for (const InstanceRecord &record : fleet.instances)
        all.instances.insert(record.instance.id);
    all.schemas = std::move(*schemas);
    all.stale = std::move(plan->changes);
    if (!database.empty())
        std::erase_if(all.stale, [&](const ShardChange &change) { return change.shard().database != database; });
    return auditShards(std::move(all));
}

} // namespace zandb::sharding
