// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/workflow.h"
#include "app/remote/agentpool.h"

#include <functional>
#include <stop_token>

/// What attempts give and take while they run, over links that come and go.  All functions block and are for threads that may.
namespace zandb::workflow {

/// How the items of an attempt ended.
struct ItemsEnd
{
    std::int64_t last = 0; ///< number of the last one
    wire::ItemCounts counts;
};

/// Calls `take` on the calling thread with each item that an attempt left or leaves, in order and once, beginning after number `from`,
/// until the attempt has ended.  A lost link or an agent that restarts is waited for, and the stream goes on after the last item;
/// `take` returns false to end it (`cancelled`).  What `take` is too slow for waits at the agent, not here: at most some
/// megabytes are held.  The pool knows the host.  Errors: cancelled, order.unknown, access.denied, and of the pool's those that
/// are permanent.
Result<ItemsEnd> followItems(remote::AgentPool &pool, const Uuid &host, const wire::OrderKey &key, std::int64_t from,
                             const std::function<bool(std::int64_t number, const Json &item)> &take, const std::stop_token &stop = {});

/// Sends items into a running attempt (`orders.feed`), in order and once each, whatever happens to the link.  For one thread.
/// For example headless reads items of one step by followItems() and sends each to the step on another host.
class FeedSender
{
public:
    FeedSender(remote::AgentPool &pool, Uuid host, wire::OrderKey key, wire::Fence fence);
    /// Asks where the feed stands: what is added next is the item after that.  Only for who goes on with what another began;
    /// before anything is added.  The number of the last item that is there.
    Result<std::int64_t> resume(const std::stop_token &stop = {});
    /// Takes one item; sends when enough of them wait, and then blocks until the agent has room.  Errors: order.feed_closed,
    /// order.fenced, cancelled, and of the pool's those that are permanent.
    Result<void> add(Json item, const std::stop_token &stop = {});
    /// All that was added is at the agent's, and it knows that there are no more.
    Result<void> end(const std::stop_token &stop = {});
    /// Tells the agent that the rest will not come; what was added and not sent is dropped.
    Result<void> abort(const std::string &why, const std::stop_token &stop = {});
    /// The last item that stands on the agent's disk.
    std::int64_t acknowledged() const { return m_acknowledged; }

private:
    Result<void> send(Json params, bool untilEnded, const std::stop_token &stop);

    remote::AgentPool &m_pool;
    const Uuid m_host;
    const wire::OrderKey m_key;
    const wire::Fence m_fence;
    std::vector<Json> m_waiting; ///< from m_acknowledged + 1 on
    std::size_t m_waitingBytes = 0;
    std::int64_t m_acknowledged = 0;
    bool m_known = false; ///< m_acknowledged is what the agent says
};

} // namespace zandb::workflow
