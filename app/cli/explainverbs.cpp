// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/slowitems.h"
#include "app/slowlog/explainservice.h"
#include "app/slowlog/slowrepository.h"
#include "models/slowlog/explaintext.h"
#include "models/slowlog/orderedjson.h"

#include <algorithm>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

/// A digest with its examples, newest first.
struct Known
{
    Fleet fleet;
    SlowChecksum checksum;
    std::vector<SlowExample> examples;
};

Result<const InstanceRecord *> instanceOf(const Fleet &fleet, const std::string &path)
{
    const InstanceRecord *record = fleet.instanceByPath(path);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
    return record;
}

/// The pool knows the instances' hosts from now on.
void reach(Context &context, const Fleet &fleet, const std::vector<Uuid> &instances)
{
    std::map<Uuid, remote::HostAddress> hosts;
    for (const Uuid &id : instances) {
        const InstanceRecord *record = fleet.instance(id);
        if (const Host *host = record ? fleet.host(record->instance.hostId) : nullptr)
            hosts.emplace(host->id, remote::addressOf(*host));
    }
    std::vector<remote::HostAddress> addresses;
    for (auto &[id, address] : hosts)
        addresses.push_back(std::move(address));
    context.pool().setHosts(addresses);
}

Result<Known> knownOf(Context &context, const std::string &word)
{
    auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto checksum = digestOf(context, word);
    if (!checksum)
        return fail(checksum.error());
    auto detail = slowlog::loadDigest(context.session(), slowlog::askFor(*fleet, {}, fleet->readAt - 1h, fleet->readAt), *checksum);
    if (!detail)
        return fail(detail.error());
    if (!*detail || (*detail)->examples.empty())
        return fail(errors::notFound, {{"what", "example of digest"}, {"name", checksumText(*checksum)}});
    Known known{std::move(*fleet), *checksum, std::move((*detail)->examples)};
    std::ranges::sort(known.examples, std::ranges::greater{}, [](const SlowExample &example) { return example.sample.at; });
    return known;
}

struct Raw
{
    SlowExample example;
    slowlog::RawEntry entry;
};

/// The newest example whose log still has it.
Result<Raw> rawOf(Context &context, const Known &known, const std::optional<Uuid> &instance)
{
    std::vector<Uuid> places;
    for (const SlowExample &example : known.examples)
        places.push_back(example.instance);
    reach(context, known.fleet, places);
    Result<Raw> found = fail(errors::notFound, {{"what", "example of digest"}, {"name", checksumText(known.checksum)}});
    for (const SlowExample &example : known.examples) {
        if (instance && example.instance != *instance)
            continue;
        auto entry = slowlog::readRaw(context.session(), context.pool(), known.fleet, example, known.checksum);
        if (entry)
            return Raw{example, std::move(*entry)};
        found = fail(entry.error());
        if (!entry.error().is(errors::slowlogGone))
            break;
    }
    return found;
}

Result<int> showRaw(Context &context, const Args &args)
{
    const auto known = knownOf(context, args.word(0));
    if (!known)
        return fail(known.error());
    std::optional<Uuid> instance;
    if (args.has("instance")) {
        const auto record = instanceOf(known->fleet, args.option("instance"));
        if (!record)
            return fail(record.error());
        instance = (*record)->instance.id;
    }
    const auto raw = rawOf(context, *known, instance);
    if (!raw)
        return fail(raw.error());
    Json json = sampleJson(raw->example, known->fleet);
    json["text"] = bytesToJson(raw->entry.text);
    json["statement"] = raw->entry.statement ? bytesToJson(*raw->entry.statement) : Json();
    context.print(json);
    if (!context.json())
        printLine(printable(raw->entry.text, true));
    return exitOk;
}

Json explainedJson(const wire::Explained &explained, const std::string &path)
{
    Json json = explained;
    json["instance"] = path;
    json["at"] = timeJson(explained.at);
    json["plan"] = parseJson(withoutRepeatedNames(explained.plan), 200).value_or(Json());
    json["plan_problem"] = explained.planProblem.empty() ? Json() : Json(explained.planProblem);
    json.erase("planProblem");
    const auto plan = planOf(explained.plan, explained.flavour);
    json["tree"] = plan ? planJson(*plan) : Json();
    json["more_rows"] = explained.moreRows;
    json["more_tables"] = explained.moreTables;
    json.erase("moreRows");
    json.erase("moreTables");
    Json used = Json::array();
    for (const auto &[alias, index] : usedIndexes(explained))
        used.push_back({{"table", alias}, {"index", index}});
    json["used_indexes"] = std::move(used);
    Json tables = Json::array();
    for (const wire::ExplainedTable &table : explained.tables) {
        Json one = table;
        one["data_bytes"] = one["dataBytes"];
        one["index_bytes"] = one["indexBytes"];
        one["more_indexes"] = one["moreIndexes"];
        for (const char *name : {"dataBytes", "indexBytes", "moreIndexes"})
            one.erase(name);
        tables.push_back(std::move(one));
    }
    json["tables"] = std::move(tables);
    return json;
}

Result<int> showPlan(Context &context, const Args &args)
{
    const bool typed = args.has("sql");
    if (typed == !args.words().empty() || (typed && !args.has("instance")))
        return fail(usageError("either a digest's CHECKSUM, or --sql TEXT with --instance HOST/INSTANCE"));
    Fleet fleet;
    std::string statement, schema;
    std::optional<SlowChecksum> digest;
    Uuid instance;
    if (typed) {
        auto read = context.fleet();
        if (!read)
            return fail(read.error());
        fleet = std::move(*read);
        statement = args.option("sql");
    } else {
        auto known = knownOf(context, args.word(0));
        if (!known)
            return fail(known.error());
        const auto raw = rawOf(context, *known, std::nullopt);
        if (!raw)
            return fail(raw.error());
        if (!raw->entry.statement)
            return fail(errors::notFound, {{"what", "whole statement of digest"}, {"name", checksumText(known->checksum)}});
        statement = *raw->entry.statement;
        schema = raw->entry.schema.empty() ? raw->example.sample.schema : raw->entry.schema;
        digest = known->checksum;
        instance = slowlog::explainInstance(known->fleet, raw->example.instance);
        fleet = std::move(known->fleet);
    }
    if (args.has("instance")) {
        const auto record = instanceOf(fleet, args.option("instance"));
        if (!record)
            return fail(record.error());
        instance = (*record)->instance.id;
    }
    schema = args.option("schema", schema);
    reach(context, fleet, {instance});
    const auto explained = slowlog::explain(context.session(), context.pool(), fleet, instance, schema, statement, digest);
    if (!explained)
        return fail(explained.error());
    const std::string path = fleet.pathOf(instance);
    context.print(explainedJson(*explained, path));
    if (!context.json())
        printLine(printable(explainText(*explained, QString::fromStdString(path)).toStdString(), true));
    return exitOk;
}

} // namespace

std::vector<Verb> explainVerbs()
{
    return {
        {"slow", "explain", "CHECKSUM | --sql TEXT --instance H/I [--schema S]",
         "the plan of a statement and its tables, from a replica of where it was seen unless --instance says another; of UPDATE, DELETE and INSERT ... SELECT that of the SELECT in it",
         {{"sql", "instance", "schema"}, {}}, showPlan, 0, 1},
        {"slow", "raw", "CHECKSUM [--instance H/I]", "the newest example of a digest as it stands in the log, with its literals", {{"instance"}, {}}, showRaw, 1, 1},
    };
}

} // namespace zandb::cli
