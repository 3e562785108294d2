// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/items.h"

#include "agent/protocol/feederrors.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t heldBytes = 4u << 20;  ///< beyond it the stream is ended, and asked for again when there is room
constexpr std::size_t pieceBytes = 48u << 10; ///< of one feed request: usual frames stay below 64 KiB
constexpr auto retryAfter = 500ms;

/// What the pool's thread and the follower share; outlives the follower while a call is open.
struct Mailbox
{
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::pair<std::int64_t, Json>> items;
    std::size_t bytes = 0;
    bool full = false;     ///< later items are dropped
    std::optional<Result<Json>> answer;
};

void pause(const std::stop_token &stop)
{
    for (auto left = retryAfter; left > 0ms && !stop.stop_requested(); left -= 50ms)
        std::this_thread::sleep_for(50ms);
}

std::uint64_t begin(remote::AgentPool &pool, const Uuid &host, const wire::OrderKey &key, std::int64_t from, const std::shared_ptr<Mailbox> &box)
{
    Json params = key;
    params["from"] = from;
    return pool.call(
        host, "orders.items", std::move(params),
        [box](Result<Json> answer) {
            const std::lock_guard lock(box->mutex);
            box->answer = std::move(answer);
            box->changed.notify_all();
        },
        30s,
        [box](const Json &item) {
            const std::lock_guard lock(box->mutex);
            if (box->full)
                return;
            box->bytes += dumpJson(item).size();
            box->items.emplace_back(integerIn(item.value("n", Json()), 1, std::int64_t{1} << 53).value_or(0), item.value("item", Json()));
            box->full = box->bytes > heldBytes;
            box->changed.notify_all();
        });
}

} // namespace

Result<ItemsEnd> followItems(remote::AgentPool &pool, const Uuid &host, const wire::OrderKey &key, std::int64_t from,
                             const std::function<bool(std::int64_t, const Json &)> &take, const std::stop_token &stop)
{
    std::int64_t last = from;
    for (;;) {
        const auto box = std::make_shared<Mailbox>();
        const std::uint64_t call = begin(pool, host, key, last, box);
        std::optional<Result<Json>> answer;
        for (bool over = false; !over;) {
            std::deque<std::pair<std::int64_t, Json>> items;
            {
                std::unique_lock lock(box->mutex);
                box->changed.wait_for(lock, 100ms, [&] { return !box->items.empty() || box->answer; });
                items.swap(box->items);
                box->bytes = 0;
                over = box->full || box->answer;
                if (!box->full)
                    answer = box->answer;
            }
            if (over && !answer)
                pool.cancel(call);
            for (const auto &[number, item] : items) {
                if (number != last + 1) // never in a stream of one attempt; a gap must not pass as the whole
                    return fail(errors::protocolMalformed, {{"detail", "item " + std::to_string(number) + " after " + std::to_string(last)}});
                last = number;
                if (!take(number, item)) {
                    pool.cancel(call);
                    return fail(errors::cancelled);
                }
            }
            if (stop.stop_requested()) {
                pool.cancel(call);
                return fail(errors::cancelled);
            }
        }
        if (answer && *answer) {
            const Json counts = (*answer)->value("counts", Json::object());
            return ItemsEnd{last, decode<wire::ItemCounts>(counts).value_or(wire::ItemCounts{})};
        }
        if (answer && !answer->error().isTransient())
            return fail(answer->error());
        if (answer)
            pause(stop);
    }
}

FeedSender::FeedSender(remote::AgentPool &pool, Uuid host, wire::OrderKey key, wire::Fence fence)
    : m_pool(pool), m_host(host), m_key(key), m_fence(fence)
{}

Result<std::int64_t> FeedSender::resume(const std::stop_token &stop)
{
    if (auto asked = send(Json::object(), false, stop); !asked)
        return fail(asked.error());
    return m_acknowledged;
}

Result<void> FeedSender::add(Json item, const std::stop_token &stop)
{
    m_waitingBytes += dumpJson(item).size();
    m_waiting.push_back(std::move(item));
    return m_waitingBytes < pieceBytes ? Result<void>{} : send(Json::object(), false, stop);
}

Result<void> FeedSender::end(const std::stop_token &stop)
{
    return send({{"end", true}}, true, stop);
}

Result<void> FeedSender::abort(const std::string &why, const std::stop_token &stop)
{
    m_waiting.clear();
    m_waitingBytes = 0;
    m_known = false; // an answer may have been lost, and the abort has to stand right behind what is there
    return send({{"abort", why}}, true, stop);
}

/// Sends what waits, and `params` with the last of it, until all of it is acknowledged.
Result<void> FeedSender::send(Json params, bool untilEnded, const std::stop_token &stop)
{
    for (;;) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        Json request = m_key;
        request["fence"] = m_fence;
        request["items"] = Json::array();
        std::size_t bytes = 0;
        const bool asks = !m_known; // first of all where the feed stands
        if (!asks) {
            for (const Json &item : m_waiting) {
                bytes += dumpJson(item).size();
                if (bytes > pieceBytes && !request["items"].empty())
                    break;
                request["items"].push_back(item);
            }
            if (request["items"].size() == m_waiting.size())
                request.update(params);
        }
        request["from"] = asks ? 1 : m_acknowledged + 1;
        const auto answer = m_pool.callAndWait(m_host, "orders.feed", std::move(request), 40s);
        if (!answer) {
            if (!answer.error().isTransient())
                return fail(answer.error());
            m_known = false; // what was sent may have arrived
            pause(stop);
            continue;
        }
        const auto acknowledged = integerIn(answer->value("acknowledged", Json()), 0, std::int64_t{1} << 53).value_or(-1);
        const std::int64_t taken = acknowledged - m_acknowledged;
        if (m_acknowledged > acknowledged || taken > static_cast<std::int64_t>(m_waiting.size())) {
            // of a sender before this one, whose items this one cannot know
            if (!asks || !m_waiting.empty() || m_acknowledged > acknowledged)
                return fail(errors::orderFeedGap, {{"expected", std::to_string(acknowledged + 1)}, {"number", std::to_string(m_acknowledged + 1)}});
            m_acknowledged = acknowledged;
        } else {
            m_waiting.erase(m_waiting.begin(), m_waiting.begin() + taken);
            m_acknowledged = acknowledged;
        }
        m_known = true;
        m_waitingBytes = 0;
        for (const Json &item : m_waiting)
            m_waitingBytes += dumpJson(item).size();
        const bool ended = answer->value("ended", false);
        if (untilEnded ? ended : m_waiting.empty())
            return {};
    }
}

} // namespace zandb::workflow
