// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/binlogs/kinds.h"

#include "agent/protocol/binlogs.h"

namespace zandb::binlogs {
namespace {

/// A recovery proves its backup to the highest level: what was played upon it fitted, and the tables are whole.
Result<workflow::Recorder> record(const workflow::Ended &ended)
{
    if (ended.attempt.state != RunState::Succeeded)
        return workflow::Recorder();
    const auto result = decode<wire::RecoverResult>(ended.status.data);
    const auto args = decode<wire::RecoverArgs>(ended.order.args);
    if (!result || !args)
        return fail(result ? args.error() : result.error());
    if (result->planOnly || args->planOnly || result->level < 4)
        return workflow::Recorder();
    return workflow::Recorder([backup = args->base.backupId, seconds = result->restoreSeconds](store::Session &session, const Attempt &attempt) -> Result<void> {
        const auto at = attempt.endedAt.value_or(systemNow());
        const auto restored = static_cast<std::int64_t>(seconds * 1e6);
        if (auto done = session.execute("UPDATE backup SET level = GREATEST(level, 4), verified_us = ?, restore_us = ? WHERE id = ?",
                                        {store::value(at), store::value(restored), store::value(backup)});
            !done)
            return fail(done.error());
        return store::raiseFeed(session, "backup");
    });
}

} // namespace

void addBinlogKinds(workflow::Kinds &kinds)
{
    kinds["recover"] = {.automaticRetries = 0, .record = record};
}

} // namespace zandb::binlogs
