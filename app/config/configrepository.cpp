// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/config/configrepository.h"

#include "app/platform/errors.h"
#include "app/store/sqltext.h"
#include "models/workflow/runid.h"

#include <algorithm>
#include <iterator>

namespace zandb::config {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

constexpr std::size_t maxDiff = 256 << 10;
const std::string columns = "id, run_id, instance_id, at_us, person, outcome, diff";

Result<ConfigRevision> revisionFrom(const Row &row)
{
    auto outcome = decode<wire::ConfigOutcome>(row.json(5));
    if (!outcome)
        return fail(outcome.error());
    return ConfigRevision{row.uuid(0), row.uuid(1), row.uuid(2), row.time(3), row.text(4), std::move(*outcome), row.text(6)};
}

Result<std::vector<ConfigRevision>> revisionsFrom(const std::vector<Row> &rows)
{
    std::vector<ConfigRevision> revisions;
    for (const Row &row : rows) {
        if (auto revision = revisionFrom(row))
            revisions.push_back(std::move(*revision));
    }
    return revisions;
}

} // namespace

std::vector<ConfigRevision> revisionsOf(const Run &run, const wire::ConfigResult &result)
{
    std::vector<ConfigRevision> revisions;
    for (std::size_t i = 0; i < result.changes.size(); ++i) {
        ConfigRevision revision;
        revision.id = uuidV5(run.id, "config|" + std::to_string(i));
        revision.runId = run.id;
        revision.instanceId = run.targetId;
        revision.person = run.author;
        revision.outcome = result.changes[i];
        for (const wire::ConfigEdit &edit : result.edits) {
            // the edits of the file in which this variable stands; those of other variables are not its diff
            if (edit.file == revision.outcome.file && (edit.line == revision.outcome.line || !revision.outcome.newDisk) && revision.outcome.where != "memory")
                revision.diff += edit.diff;
        }
        revision.diff.resize(std::min(revision.diff.size(), maxDiff));
        revisions.push_back(std::move(revision));
    }
    return revisions;
}

Result<void> storeRevisions(Session &session, const std::vector<ConfigRevision> &revisions)
{
    for (const ConfigRevision &revision : revisions) {
        const auto done = session.execute("INSERT INTO config_change (id, run_id, instance_id, at_us, person, name, outcome, diff) VALUES (?,?,?," + std::string(store::nowUs)
                                              + ",?,?,?,?) ON DUPLICATE KEY UPDATE run_id = VALUES(run_id)",
                                          {value(revision.id), value(revision.runId), value(revision.instanceId), value(revision.person.substr(0, 128)),
                                           value(revision.outcome.name.substr(0, 64)), value(Json(revision.outcome)), value(revision.diff)});
        if (!done)
            return fail(done.error());
    }
    return store::raiseFeed(session, "config");
}

Result<fleet::Collected> storeRecovered(Session &session, const fleet::CollectedFrom &from, const std::vector<RecoveredBatch> &batches)
{
    if (batches.empty() || !from.source.starts_with(wire::configSourcePrefix))
        return fleet::Collected{};
    const auto names = fleet::instancesOf(session, from.host);
    if (!names)
        return fail(names.error());
    const auto instance = names->find(from.source.substr(wire::configSourcePrefix.size()));
    if (instance == names->end())
        return fleet::Collected{};
    std::vector<std::int64_t> numbers;
    for (const RecoveredBatch &batch : batches)
        numbers.push_back(batch.number);
    return fleet::storeCollected(session, from, numbers, [&](std::span<const std::size_t> fresh) -> Result<void> {
        std::vector<ConfigRevision> revisions;
        for (const std::size_t place : fresh) {
            const wire::ConfigRecovered &recovered = batches[place].recovered;
            Run run;
            run.id = Uuid::parse(recovered.runId).value_or(Uuid{});
            run.targetId = instance->second;
            run.author = recovered.by;
            wire::ConfigResult result;
            result.changes = recovered.changes;
            for (wire::ConfigOutcome &change : result.changes)
                change.takenBack = true;
            if (!run.id.isNull())
                std::ranges::move(revisionsOf(run, result), std::back_inserter(revisions));
        }
        return storeRevisions(session, revisions);
    });
}

Result<std::vector<ConfigRevision>> loadRevisions(Session &session, const HistoryFilter &filter)
{
    std::string where = "1 = 1";
    std::vector<Value> arguments;
    if (filter.instances) {
        where = filter.instances->empty() ? "0 = 1" : "instance_id IN (" + store::marks(filter.instances->size()) + ')';
        for (const Uuid &instance : *filter.instances)
            arguments.push_back(value(instance));
    }
    if (!filter.name.empty()) {
        where += " AND name = ?";
        arguments.push_back(value(filter.name));
    }
    const auto rows = session.query("SELECT " + columns + " FROM config_change WHERE " + where + " ORDER BY at_us DESC, id LIMIT " + std::to_string(filter.limit), arguments);
    if (!rows)
        return fail(rows.error());
    return revisionsFrom(*rows);
}

Result<ConfigRevision> findRevision(Session &session, const std::string &id)
{
    const auto notFound = [&] { return fail(errors::notFound, {{"what", "change"}, {"name", id}}); };
    std::string plain;
    for (const char c : id) {
        if (c != '-')
            plain += c;
    }
    if (plain.size() < 6 || plain.size() > 32 || plain.find_first_not_of("0123456789abcdefABCDEF") != plain.npos)
        return notFound();
    const auto rows = session.query("SELECT " + columns + " FROM config_change WHERE HEX(id) LIKE ? LIMIT 2", {value(plain + '%')});
    if (!rows)
        return fail(rows.error());
    auto found = revisionsFrom(*rows);
    if (!found)
        return fail(found.error());
    if (found->size() != 1)
        return notFound();
    return std::move(found->front());
}

Result<std::vector<ConfigRevision>> wholeChange(Session &session, const ConfigRevision &revision)
{
    const auto rows = session.query("SELECT " + columns + " FROM config_change WHERE instance_id = ? AND run_id = ? AND name = ? ORDER BY at_us, id",
                                    {value(revision.instanceId), value(revision.runId), value(revision.outcome.name.substr(0, 64))});
    if (!rows)
        return fail(rows.error());
    return revisionsFrom(*rows);
}

} // namespace zandb::config
