// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Messages about orders: one engine for all work.  Methods:
/// - `orders.submit` Order -> OrderStatus.  The same (run_id, step, attempt) again gets the same answer and starts
///   nothing; the same key with other content is order.conflict.
/// - `orders.status` OrderKey -> OrderStatus (state "none" when never heard of).
/// - `orders.cancel` {OrderKey..., "fence"} -> OrderStatus; before its order it leaves a tombstone.
/// - `orders.log` {OrderKey..., "offset", "limit"} -> {"offset","bytes"(text or b64),"size"}.
/// - `orders.items` {OrderKey..., "from"?} -> stream of {"n","item"}: what the attempt left or leaves piece by piece, after the
///   item `from` (0: all), while it works and after it ended; then {"next","counts":ItemCounts}.  Role operator, since they
///   may be rows of tables.
/// - `orders.feed` {OrderKey..., "fence", "from", "items":[...], "end"?, "abort"?} -> {"acknowledged","credit","ended"}: items for
///   a running attempt, numbered from 1, `from` is the first one's.  What is acknowledged is never to be sent again; the answer
///   waits up to 20 s for room for at least one item.  `end` says that these are the last, `abort` (why) that the rest will not come.
/// - `orders.watch` {} -> stream of OrderStatus, one whenever state or progress of an order changed (progress at
///   most twice a second per order), beginning with all open ones.
/// - `results.pending` {"limit"} -> {"results":[OrderStatus]}: finished and not yet acknowledged, oldest first.
/// - `results.ack` {"keys":[OrderKey]} -> {}: the store has committed these.
/// - `results.since` {"at"} -> {"results":[OrderStatus]}: also acknowledged ones (kept 7 days), each with its order: a store that was
///   restored from its own backup learns so of what it has lost.
/// - `epoch.accept` {"store_epoch"} -> {} (role admin).
namespace zandb::wire {

struct Fence
{
    Uuid storeEpoch;
    Uuid host;               ///< the host's id in the store
    std::int64_t token = 0;  ///< of the host's lease; only grows within an epoch
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Fence, storeEpoch, host, token)
};

struct OrderKey
{
    Uuid runId;
    int step = 1;    ///< from 1
    int attempt = 1; ///< from 1
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(OrderKey, runId, step, attempt)
    auto operator<=>(const OrderKey &) const = default;
};

struct Order
{
    OrderKey key;
    Fence fence;
    std::string kind;          ///< "backup", "verify", "restore", ...
    Json args;                 ///< of the kind's own type, e.g. BackupArgs
    std::string argsSha256;    ///< lower-case hex of SHA-256 over dumpJson(args)
    std::int64_t ttlSeconds = 600; ///< refused when it could not start within this time of being received
    std::string author;
    std::string definitionSha256;
    std::string signer;        ///< empty: unsigned (kinds that need a person are then refused to dispatchers)
    std::string signature;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Order, key, fence, kind, args, argsSha256, ttlSeconds, author, definitionSha256,
                                                signer, signature)
};

/// Who ordered, as the forced command of the key said.  The order's `author` may be somebody else: a dispatcher sends what a
/// person has written.
struct OrderedBy
{
    std::string user;
    std::string role;        ///< "operator", "admin", "dispatcher"
    std::string key;         ///< fingerprint "SHA256:..."; empty when the forced command named none
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(OrderedBy, user, role, key)
    auto operator<=>(const OrderedBy &) const = default;
};

struct Progress
{
    std::string phase;              ///< stable word: "waiting", "copying", "packing", "checking", "preparing", "starting"
    std::int64_t bytesDone = 0;     ///< in `unit`s; the names are older than the unit
    std::int64_t bytesTotal = 0;    ///< an estimate; 0 when unknown
    std::string unit = "bytes";     ///< stable word: "bytes", "tables"
    std::optional<double> percent;
    std::optional<std::int64_t> secondsLeft;
    TimePoint at{};
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Progress, phase, bytesDone, bytesTotal, unit, percent, secondsLeft, at)
};

/// The items of an attempt.
struct ItemCounts
{
    std::int64_t count = 0;
    std::int64_t bytes = 0;
    std::int64_t cutCount = 0; ///< beyond what its kind may leave, or than the disk took: they are nowhere
    std::int64_t cutBytes = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ItemCounts, count, bytes, cutCount, cutBytes)
};

struct OrderStatus
{
    OrderKey key;
    std::string kind;
    std::string state;       ///< "none", "accepted", "started", "finished", "tombstone"
    Progress progress;
    TimePoint acceptedAt{};
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::string outcome;     ///< when finished: "succeeded", "failed", "cancelled"
    std::optional<Error> error; ///< when failed or cancelled
    Json data;               ///< when finished: of the kind's own type, e.g. BackupResult
    std::int64_t dataCutBytes = 0; ///< of `data`, which was too large: long texts and lists in it were cut
    std::optional<ItemCounts> items; ///< when finished: of `orders.items`; none: it left none
    std::int64_t logSize = 0;
    std::optional<OrderedBy> orderedBy; ///< of the first to send it; none: an agent that did not keep it accepted the order
    std::optional<Order> order; ///< in answers of `results.since` only: what was ordered
};
void to_json(Json &j, const OrderStatus &status);
void from_json(const Json &j, OrderStatus &status);

} // namespace zandb::wire
