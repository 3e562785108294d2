// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/workflow/repair.h"

#include "agent/os/files.h"
#include "agent/protocol/workflow.h"
#include "agent/runtime/journal.h"
#include "agent/workflow/orders.h"

#include <map>
#include <set>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;

/// What whole records tell of attempts.
struct Known
{
    std::set<wire::OrderKey> orphans; ///< began, with none of the records that would say so to the order book
    std::vector<std::pair<wire::OrderKey, std::string>> unsure; ///< key and kind of orders of which no record says whether they began
};

Known knownFrom(const std::vector<Json> &records)
{
    std::map<wire::OrderKey, std::string> accepted;
    std::set<wire::OrderKey> closed;
    std::set<wire::OrderKey> begun;
    std::set<wire::OrderKey> told; ///< a record tells the order book so; one of a cancel does not
    for (const Json &record : records) {
        const std::string type = record.value("t", std::string{});
        const auto key = record.contains("key") ? decode<wire::OrderKey>(record["key"]) : Result<wire::OrderKey>(fail(errors::journalDamaged));
        if (!key)
            continue;
        if (type == "accepted")
            accepted.emplace(*key, record.value("kind", std::string{}));
        else if (type == "tombstone")
            closed.insert(*key);
        else if (type == "started" || type == "cancel" || type == "finished")
            begun.insert(*key);
        if (type == "started" || type == "finished")
            told.insert(*key);
    }
    Known known;
    for (const wire::OrderKey &key : begun) {
        if (!accepted.contains(key) && !closed.contains(key))
            known.orphans.insert(key);
    }
    for (const auto &[key, kind] : accepted) {
        if (!told.contains(key) && !closed.contains(key))
            known.unsure.emplace_back(key, kind);
    }
    return known;
}

/// The end of an order that may have begun, in a record that the damage took.
Json interruptedRecord(const wire::OrderKey &key, const Kind &kind)
{
    Error error = makeError(errors::interrupted, {{"detail", "the journal was damaged, and what is left does not say whether the work began"}});
    if (!kind.isIdempotent)
        error.errorClass = ErrorClass::Unknown;
    return {{"t", "finished"}, {"key", key},           {"outcome", "failed"},  {"error", errorToJson(error)}, {"data", nullptr},
            {"progress", wire::Progress{}}, {"startedAt", nullptr}, {"endedAt", systemNow()}, {"logSize", 0}};
}

} // namespace

Result<JournalRepair> repairJournal(const Config &config, const Kinds &kinds)
{
    const auto lock = lockStateDirectory(config);
    if (!lock)
        return fail(lock.error());
    const fs::path file = journalFile(config);
    auto salvage = Journal::salvage(file);
    if (!salvage)
        return fail(salvage.error());
    JournalRepair repair;
    repair.records = salvage->records.size();
    repair.lostBytes = salvage->lostBytes;
    const Known known = knownFrom(salvage->records);
    if (repair.lostBytes == 0 && known.orphans.empty()) {
        repair.wasIntact = true;
        return repair;
    }
    for (const wire::OrderKey &key : known.orphans)
        salvage->records.push_back({{"t", "tombstone"}, {"key", key}, {"at", systemNow()}});
    repair.closed = known.orphans.size();
    for (const auto &[key, kind] : known.unsure) {
        // the order book takes up what a worker noted in its own directory
        std::error_code ignored;
        if (repair.lostBytes == 0 || fs::exists(workDirectory(config, key) / "pid", ignored))
            continue;
        salvage->records.push_back(interruptedRecord(key, kindNamed(kinds, kind)));
        ++repair.interrupted;
    }

    // the new one is whole on disk before the damaged one gives up its name
    const fs::path fresh = file.string() + ".repaired";
    std::error_code error;
    fs::remove(fresh, error);
    auto journal = Journal::open(fresh, [](std::int64_t, const Json &) {});
    if (!journal)
        return fail(journal.error());
    const auto written = journal->rewrite([&](Journal::Rewriter &to) -> Result<void> {
        for (const Json &record : salvage->records) {
            if (const auto added = to.add(record); !added)
                return fail(added.error());
        }
        return {};
    });
    if (!written)
        return fail(written.error());
    repair.saved = file.string() + ".damaged-" + std::to_string(toMicros(systemNow()));
    fs::create_hard_link(file, repair.saved, error);
    if (!error)
        fs::rename(fresh, file, error);
    if (error)
        return fail(ioError(file, error.value()));
    if (auto synced = syncDirectory(file.parent_path()); !synced)
        return fail(synced.error());
    return repair;
}

} // namespace zandb::agent
