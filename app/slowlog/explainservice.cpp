// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/explainservice.h"

#include "app/fleet/agentcall.h"
#include "app/schedule/targets.h"
#include "app/store/audit.h"

#include <algorithm>

namespace zandb::slowlog {

Uuid explainInstance(const Fleet &fleet, const Uuid &seenOn)
{
    Selector selector;
    selector.instances = {seenOn};
    for (const schedule::Target &target : schedule::expandTargets(selector, "replica_else_primary", fleet)) {
        const InstanceRecord *record = fleet.instance(target.instance);
        if (record && schedule::isHealthyReplica(*record, fleet))
            return target.instance;
    }
    return seenOn;
}

const SlowExample *exampleOf(const SlowDigestDetail &detail, const std::optional<Uuid> &instance)
{
    const SlowExample *newest = nullptr;
    for (const SlowExample &example : detail.examples) {
        if ((!instance || example.instance == *instance) && (!newest || example.sample.at > newest->sample.at))
            newest = &example;
    }
    return newest;
}

Json rawParams(const Fleet &fleet, const SlowExample &example)
{
    const InstanceRecord *record = fleet.instance(example.instance);
    return {{"instance", record ? record->instance.name : std::string()}, {"device", example.sample.device}, {"inode", example.sample.inode}, {"offset", example.sample.offset},
            {"length", example.sample.length}};
}

Result<RawEntry> rawEntryOf(const Json &answer)
{
    if (!answer.is_object() || !answer.contains("text"))
        return fail(errors::protocolBadParams, {{"method", "slowlog.raw"}, {"detail", "the answer lacks text"}});
    RawEntry entry;
    auto text = bytesFromJson(answer.at("text"));
    if (!text)
        return fail(text.error());
    entry.text = std::move(*text);
    if (const auto statement = answer.find("statement"); statement != answer.end() && !statement->is_null()) {
        if (auto bytes = bytesFromJson(*statement))
            entry.statement = std::move(*bytes);
    }
    if (const auto schema = answer.find("schema"); schema != answer.end())
        entry.schema = bytesFromJson(*schema).value_or("");
    return entry;
}

Result<void> auditRaw(store::Session &store, const Fleet &fleet, const SlowExample &example, const SlowChecksum &digest)
{
    return store::audit(store, "slow.raw", fleet.pathOf(example.instance), Json{{"digest", checksumText(digest)}, {"at", toIso(example.sample.at)}});
}

Result<void> auditExplain(store::Session &store, const Fleet &fleet, const Uuid &instance, const std::optional<SlowChecksum> &digest)
{
    return store::audit(store, "slow.explain", fleet.pathOf(instance), Json{{"digest", digest ? Json(checksumText(*digest)) : Json()}});
}

namespace {

Result<const InstanceRecord *> recordOf(const Fleet &fleet, const Uuid &instance)
{
    const InstanceRecord *record = fleet.instance(instance);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", instance.toString()}});
    return record;
}

} // namespace

Result<RawEntry> readRaw(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const SlowExample &example, const SlowChecksum &digest)
{
    const auto record = recordOf(fleet, example.instance);
    if (!record)
        return fail(record.error());
    if (const auto audited = auditRaw(store, fleet, example, digest); !audited)
        return fail(audited.error());
    const auto answer = pool.callAndWait((*record)->instance.hostId, "slowlog.raw", rawParams(fleet, example), std::chrono::seconds{20});
    if (!answer)
        return fail(answer.error());
    return rawEntryOf(*answer);
}

Result<wire::Explained> explain(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance, const std::string &schema, const std::string &statement,
                                const std::optional<SlowChecksum> &digest)
{
    const auto record = recordOf(fleet, instance);
    if (!record)
        return fail(record.error());
    if (const auto audited = auditExplain(store, fleet, instance, digest); !audited)
        return fail(audited.error());
    return fleet::ask<wire::Explained>(pool, (*record)->instance.hostId, "slowlog.explain", Json(wire::ExplainAsk{(*record)->instance.name, schema, statement}), explainTimeout);
}

} // namespace zandb::slowlog
