// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sharding/shardcompare.h"

#include "app/fleet/agentcall.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace zandb::sharding {
namespace {

constexpr std::size_t atOnce = 8;
constexpr std::chrono::seconds patience{30};

Result<ShardTables> tablesOf(remote::AgentPool &pool, const Fleet &fleet, const Shard &shard)
{
    const InstanceRecord *record = shard.instance ? fleet.instance(*shard.instance) : nullptr;
    if (!record || shard.schema.empty())
        return fail(errors::notFound, {{"what", record ? "schema" : "instance"}, {"name", record ? shard.database : shard.owner}});
    wire::SqlNamesArgs args;
    args.instance = record->instance.name;
    args.schema = shard.schema;
    args.only = args.types = true;
    const auto names = fleet::ask<wire::SqlNames>(pool, record->instance.hostId, "sql.names", Json(args), patience);
    if (!names)
        return fail(names.error());
    if (std::ranges::find(names->schemas, shard.schema) == names->schemas.end() && !names->isCut)
        return fail(errors::notFound, {{"what", "schema"}, {"name", shard.schema}});
    ShardTables tables = shardTablesOf(*names, shard.schema);
    if (names->isCut)
        return fail(errors::protocolMalformed, {{"detail", "the schema has too many tables or columns to compare"}});
    tables.place = placeOf(shard);
    tables.number = shard.number;
    return tables;
}

} // namespace

void readShardTables(remote::AgentPool &pool, const Fleet &fleet, const std::vector<Shard> &shards, const std::function<void(const Shard &, Result<ShardTables>)> &told,
                     const std::stop_token &stop)
{
    std::mutex mutex;
    std::size_t next = 0;
    const auto work = [&] {
        while (!stop.stop_requested()) {
            const Shard *shard = nullptr;
            {
                const std::lock_guard lock(mutex);
                if (next >= shards.size())
                    return;
                shard = &shards[next++];
            }
            auto tables = tablesOf(pool, fleet, *shard);
            const std::lock_guard lock(mutex);
            told(*shard, std::move(tables));
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(atOnce, shards.size()); ++i)
        threads.emplace_back(work);
}

} // namespace zandb::sharding
