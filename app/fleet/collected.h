// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <map>
#include <span>

/// How what agents collect gets into the store exactly once, whatever it is.  Blocks; uses the session of its caller.
namespace zandb::fleet {

/// Where batches come from, and the lease under which they were received.
struct CollectedFrom
{
    Uuid host;
    std::int64_t token = 0;
    Uuid spool;
    std::string source; ///< "samples", "slowlog/my3306"
};

struct Collected
{
    bool stored = false;         ///< false: the host's lease is no longer ours, and nothing was written
    std::int64_t number = 0;     ///< up to here everything is stored, by whomever: to be acknowledged
    std::int64_t lost = 0;       ///< batches that are missing between those stored before and these
};

/// Stores batches of one source in one transaction together with the number of the last.  `numbers` are those of the batches, ascending; `store` is called with
/// the places in that list of those that are not stored yet, at least one, inside the transaction, and must be repeatable.  Errors: those of
/// Session and of `store`; then nothing was written.
Result<Collected> storeCollected(store::Session &session, const CollectedFrom &from, std::span<const std::int64_t> numbers,
                                 const std::function<Result<void>(std::span<const std::size_t>)> &store);

/// Ids of a host's instances by their names on it.
Result<std::map<std::string, Uuid>> instancesOf(store::Session &session, const Uuid &host);

} // namespace zandb::fleet
