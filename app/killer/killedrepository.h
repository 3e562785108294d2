// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/fleet/collected.h"
#include "models/killer/killed.h"

/// Killed statements in the store.  Every function blocks and uses the session of its caller.
namespace zandb::killer {

/// Which of them; what is empty or not there lets everything through.
struct KilledFilter
{
    std::optional<std::vector<Uuid>> instances; ///< none: all
    TimePoint from{};
    TimePoint to{};               ///< not included
    std::string checksum;
    std::string policy;
    std::string outcome;          ///< "killed", "dry_run"; "other": all but these two
};
/// Newest first.
Result<std::vector<Killed>> listKilled(store::Session &session, const KilledFilter &filter, std::size_t limit);
/// Those killed most often first, then those that would have been.
Result<std::vector<KilledDigest>> topKilled(store::Session &session, const KilledFilter &filter, std::size_t limit);
/// One digest, as topKilled() would have it; none when nothing of it was noted.  `instances` none: all.
Result<std::optional<KilledDigest>> killedOf(store::Session &session, const Uuid &digest, const std::optional<std::vector<Uuid>> &instances, TimePoint from, TimePoint to);
/// All steps from `from`, also those in which nothing was killed; at most 2,000.
Result<std::vector<KilledStep>> killedOverTime(store::Session &session, const KilledFilter &filter, std::chrono::seconds step);

/// How many statements of each instance were killed since then; those without are absent.
Result<std::map<Uuid, std::int64_t>> killedSince(store::Session &session, TimePoint from);

/// What a policy would have killed, by what was seen of statements that any policy's dry run or kill noted.
struct KillPreview
{
    std::vector<Killed> statements; ///< newest first, at most the limit
    std::int64_t matching = 0;      ///< all of them
    std::int64_t looked = 0;        ///< records that were looked at
};
/// Of the filter's records; `policy` and `outcome` of the filter do not count.  A record is as long as it was when it was noted: a policy with a longer time
/// than those that noted them sees fewer than it would have killed.
Result<KillPreview> previewPolicy(store::Session &session, const wire::KillPolicy &policy, const KilledFilter &filter, std::size_t limit);

/// A batch of a source "kills/INSTANCE" as it came.
struct KilledBatch
{
    std::int64_t number = 0;
    std::vector<wire::KillRecord> records;
};
/// Stores batches of one source exactly once.  Nothing is stored while the store does not know the instance.
Result<fleet::Collected> storeKilled(store::Session &session, const fleet::CollectedFrom &from, const std::vector<KilledBatch> &batches);
/// Inside the caller's transaction: writes records of one instance; a later one of the same id replaces the earlier.  Raises `killed`.
Result<void> writeKilled(store::Session &session, const Uuid &instance, const std::vector<wire::KillRecord> &records);

} // namespace zandb::killer
