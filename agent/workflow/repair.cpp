// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/workflow/repair.h"

#include "agent/protocol/workflow.h"
#include "agent/runtime/files.h"
#include "agent/workflow/journal.h"
#include "agent/workflow/orders.h"

#include <set>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;

/// Keys of attempts that began, with none of the records that would say so to the order book.
std::set<wire::OrderKey> orphans(const std::vector<Json> &records)
{
    std::set<wire::OrderKey> known;
    std::set<wire::OrderKey> begun;
    for (const Json &record : records) {
        const std::string type = record.value("t", std::string{});
        const auto key = record.contains("key") ? decode<wire::OrderKey>(record["key"]) : Result<wire::OrderKey>(fail(errors::journalDamaged));
        if (!key)
            continue;
        if (type == "accepted" || type == "tombstone")
            known.insert(*key);
        else if (type == "started" || type == "cancel" || type == "finished")
            begun.insert(*key);
    }
    std::erase_if(begun, [&](const wire::OrderKey &key) { return known.contains(key); });
    return begun;
}

} // namespace

Result<JournalRepair> repairJournal(const Config &config)
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
    const auto begun = orphans(salvage->records);
    if (repair.lostBytes == 0 && begun.empty()) {
        repair.wasIntact = true;
        return repair;
    }
    for (const wire::OrderKey &key : begun)
        salvage->records.push_back({{"t", "tombstone"}, {"key", key}, {"at", systemNow()}});
    repair.closed = begun.size();

    // the new one is whole on disk before the damaged one gives up its name
    const fs::path fresh = file.string() + ".repaired";
    std::error_code error;
    fs::remove(fresh, error);
    auto journal = Journal::open(fresh, [](std::int64_t, const Json &) {});
    if (!journal)
        return fail(journal.error());
    if (const auto written = journal->rewrite(salvage->records); !written)
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
