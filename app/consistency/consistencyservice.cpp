// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/consistency/consistencyservice.h"

#include "agent/protocol/errors.h"
#include "app/consistency/consistencyrepository.h"
#include "app/fleet/agentcall.h"
#include "app/store/audit.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

namespace zandb::consistency {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto answerTime = 75s; ///< an agent's statements end after 45
constexpr auto noteEvery = 3s;
constexpr std::size_t repairedAtOnce = 20;

/// A call that a stop ends, here and at the agent.
Result<Json> callUntil(remote::AgentPool &pool, const Uuid &host, const std::string &method, Json params, const std::stop_token &stop)
{
    struct Waiting
    {
        std::mutex mutex;
        std::condition_variable_any came;
        std::optional<Result<Json>> answer;
    };
    const auto waiting = std::make_shared<Waiting>();
    const auto call = pool.call(host, method, std::move(params), [waiting](Result<Json> answer) {
        const std::lock_guard lock(waiting->mutex);
        waiting->answer = std::move(answer);
        waiting->came.notify_all();
    }, answerTime);
    std::unique_lock lock(waiting->mutex);
    if (!waiting->came.wait(lock, stop, [&] { return waiting->answer.has_value(); })) {
        lock.unlock();
        pool.cancel(call);
        return fail(errors::cancelled);
    }
    return std::move(*waiting->answer);
}

Result<End> endOf(remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance)
{
    const InstanceRecord *record = fleet.instance(instance);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", instance.toString()}});
    return End{record->instance.name, [&pool, host = record->instance.hostId](const std::string &method, Json params, const std::stop_token &stop) {
        return callUntil(pool, host, method, std::move(params), stop);
    }};
}

} // namespace

Result<std::vector<Pair>> pairsOf(const Fleet &fleet, const Uuid &instance)
{
    std::map<std::pair<std::string, int>, Uuid> byAddress;
    for (const InstanceRecord &record : fleet.instances) {
        const Host *host = fleet.host(record.instance.hostId);
        if (!host || record.state == "gone")
            continue;
        const int port = record.detail && record.detail->port ? record.detail->port : record.instance.port;
        byAddress.try_emplace({host->address, port}, record.instance.id);
        byAddress.try_emplace({host->name, port}, record.instance.id);
        const auto state = fleet.hostStates.find(host->id);
        if (state != fleet.hostStates.end() && state->second.facts && !state->second.facts->hostName.empty())
            byAddress.try_emplace({state->second.facts->hostName, port}, record.instance.id);
    }
    const auto primaryOf = [&](const InstanceRecord &record) -> std::optional<Uuid> {
        if (!record.detail)
            return std::nullopt;
        for (const auto &source : record.detail->replication) {
            const auto found = byAddress.find({source.sourceHost, source.sourcePort});
            if (found != byAddress.end() && found->second != record.instance.id)
                return found->second;
        }
        return std::nullopt;
    };
    const InstanceRecord *record = fleet.instance(instance);
    std::vector<Pair> pairs;
    if (const auto primary = record ? primaryOf(*record) : std::nullopt)
        return std::vector{Pair{*primary, instance}};
    for (const InstanceRecord &other : fleet.instances) {
        if (other.state != "gone" && primaryOf(other) == instance)
            pairs.push_back({instance, other.instance.id});
    }
    if (pairs.empty())
        return fail(errors::consistencyNoPrimary, {{"instance", fleet.pathOf(instance)}});
    return pairs;
}

Result<ConsistencyCheck> runCheck(store::Session &session, remote::AgentPool &pool, const Fleet &fleet, const Pair &pair, const Uuid &id, const CompareOptions &options,
                                  const std::function<void(const CheckProgress &)> &progress, const std::stop_token &stop)
{
    const auto primary = endOf(pool, fleet, pair.primary);
    const auto replica = primary ? endOf(pool, fleet, pair.replica) : primary;
    if (!replica)
        return fail(replica.error());
    ConsistencyCheck check;
    check.id = id;
    check.primary = pair.primary;
    check.replica = pair.replica;
    check.author = session.settings().person;
    if (auto audited = store::audit(session, "consistency.check", fleet.pathOf(pair.replica), Json{{"primary", fleet.pathOf(pair.primary)}, {"check", id.toString()}}); !audited)
        return fail(audited.error());
    if (auto begun = beginCheck(session, check); !begun)
        return fail(begun.error());

    std::stop_source ending;
    const std::stop_callback outer(stop, [&] { ending.request_stop(); });
    std::optional<Error> storeTrouble;
    Clock::time_point noted = Clock::now();
    CompareSink sink;
    sink.progress = [&](const CheckProgress &now) {
        check.progress = now;
        progress(now);
        if (Clock::now() - noted < noteEvery)
            return;
        noted = Clock::now();
        const auto wished = noteProgress(session, id, now, check.sums);
        if (wished && *wished)
            ending.request_stop();
        // a store that is away for a moment ends nothing; what matters is written at the end of each table
    };
    sink.table = [&](const TableVerdict &table, const std::vector<RowDifference> &rows) -> Result<void> {
        check.sums.add(table);
        auto stored = storeTable(session, id, table, rows);
        if (!stored)
            storeTrouble = stored.error();
        return stored;
    };
    const auto sums = compare(*primary, *replica, options, sink, ending.get_token());
    if (sums) {
        check.sums = *sums;
        check.state = sums->state();
    } else {
        check.sums.pausedMs = check.progress.pausedMs;
        check.state = sums.error().is(errors::cancelled) ? "cancelled" : "failed";
        check.error = sums.error();
    }
    check.progress.pause.clear();
    const auto ended = endCheck(session, check);
    if (storeTrouble || !ended)
        return fail(storeTrouble ? *storeTrouble : ended.error());
    auto stored = loadCheck(session, id);
    if (!stored)
        return fail(stored.error());
    return *stored ? Result<ConsistencyCheck>(std::move(**stored)) : Result<ConsistencyCheck>(std::move(check));
}

Result<std::vector<std::string>> repairStatements(remote::AgentPool &pool, const Fleet &fleet, const Uuid &primary, const std::string &schema, const std::string &table,
                                                  const std::vector<wire::ConsistencyKey> &keys)
{
    const InstanceRecord *record = fleet.instance(primary);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", primary.toString()}});
    std::vector<std::string> statements;
    for (std::size_t from = 0; from < keys.size(); from += repairedAtOnce) {
        wire::ConsistencyRowsAsk ask;
        ask.instance = record->instance.name;
        ask.schema = schema;
        ask.table = table;
        ask.keys.assign(keys.begin() + static_cast<std::ptrdiff_t>(from), keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), from + repairedAtOnce)));
        ask.withValues = true;
        const auto rows = fleet::ask<wire::ConsistencyRows>(pool, record->instance.hostId, "consistency.rows", Json(ask), answerTime);
        if (!rows)
            return fail(rows.error());
        for (std::size_t i = 0; i < ask.keys.size(); ++i)
            statements.push_back(rows->why.empty() && i < rows->rows.size() ? repairStatement(schema, table, *rows, i) : std::string());
    }
    return statements;
}

} // namespace zandb::consistency
