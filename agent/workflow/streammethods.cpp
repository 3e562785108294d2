// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/workflow/streammethods.h"

#include "agent/protocol/feederrors.h"

#include <algorithm>
#include <limits>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t bytesPerVisit = 64u << 10;
constexpr auto lookInterval = 50ms; ///< the first rows of a query should be seen within 200 ms
constexpr auto feedWait = 20s;

} // namespace

/// One open `orders.items`.
struct StreamMethods::Stream
{
    Stream(Responder to, wire::OrderKey of, std::filesystem::path file, std::int64_t after)
        : responder(std::move(to)), key(of), reader(std::move(file), after)
    {
    }
    Responder responder;
    wire::OrderKey key;
    ItemReader reader;       ///< on the lane while `reading`, else nobody's
    std::deque<Json> ready;  ///< read, not sent
    std::int64_t number = 0; ///< of the last item read
    bool reading = false;
    bool waiting = false;    ///< there was nothing more: the timer looks again
    bool ended = false;      ///< the attempt has, and all it left is read
};

/// One open `orders.feed`.
struct StreamMethods::Feeding
{
    Responder responder;
    wire::OrderKey key;
    FeedPiece piece;
    Clock::time_point until;
    bool writing = false;
};

StreamMethods::StreamMethods(const Config &config, asio::io_context &io, Result<OrderBook *> book, MayOrder mayOrder)
    : m_config(config), m_book(std::move(book)), m_mayOrder(std::move(mayOrder)), m_lane(io), m_timer(io)
{}

StreamMethods::~StreamMethods() = default;

void StreamMethods::addTo(Methods &methods)
{
    methods["orders.items"] = {Role::Operator, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
                                   items(params, responder);
                               }};
    methods["orders.feed"] = {Role::Operator, true, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
                                  if (auto taken = feed(identity, params, responder); !taken)
                                      responder.fail(taken.error());
                              }};
}

void StreamMethods::lookAgain()
{
    if (m_timing)
        return;
    m_timing = true;
    m_timer.expires_after(lookInterval);
    m_timer.async_wait([this](const std::error_code &error) {
        m_timing = false;
        if (error)
            return;
        for (const auto &stream : std::vector(m_streams)) {
            if (stream->waiting)
                flow(stream);
        }
        for (const auto &feeding : std::vector(m_feedings))
            tryFeed(feeding);
    });
}

void StreamMethods::items(const Json &params, const Responder &responder)
{
    const auto key = decode<wire::OrderKey>(params);
    if (!m_book || !key) {
        responder.fail(m_book ? key.error() : m_book.error());
        return;
    }
    const std::int64_t after = params.value("from", std::int64_t{0});
    if ((*m_book)->status(*key).state == "none") {
        responder.fail(makeError(errors::orderUnknown, {{"run_id", key->runId.toString()}}));
        return;
    }
    auto stream = std::make_shared<Stream>(responder, *key, workDirectory(m_config, *key) / "items", std::max<std::int64_t>(0, after));
    m_streams.push_back(stream);
    responder.onReady([this, weak = std::weak_ptr(stream)] {
        if (const auto strong = weak.lock())
            flow(strong);
    });
    responder.onEnd([this, weak = std::weak_ptr(stream)] { std::erase(m_streams, weak.lock()); });
    flow(stream);
}

void StreamMethods::flow(const std::shared_ptr<Stream> &stream)
{
    if (stream->reading || !stream->responder.isOpen())
        return;
    while (!stream->ready.empty()) {
        if (!stream->responder.item(stream->ready.front()))
            return; // no credit: onReady goes on from here
        stream->ready.pop_front();
    }
    if (stream->ended) {
        endOf(stream);
        return;
    }
    stream->waiting = false;
    const bool open = (*m_book)->isOpen(stream->key); // before the file is read: what ended has written all of it
    stream->reading = m_lane.post([this, stream, open]() -> std::function<void()> {
        auto lines = stream->reader.next(bytesPerVisit);
        return [this, stream, open, number = stream->reader.number(), lines = std::move(lines)]() mutable {
            took(stream, std::move(lines), number, open);
        };
    });
    if (!stream->reading) {
        stream->waiting = true;
        lookAgain();
    }
}

void StreamMethods::took(const std::shared_ptr<Stream> &stream, Result<std::vector<std::string>> lines, std::int64_t number, bool wasOpen)
{
    stream->reading = false;
    if (!lines) {
        stream->responder.fail(lines.error());
        return;
    }
    stream->number = number;
    std::int64_t n = number - static_cast<std::int64_t>(lines->size());
    for (const std::string &line : *lines) {
        auto item = parseJson(line, 64);
        Json body{{"n", ++n}, {"item", item ? std::move(*item) : Json()}};
        if (!item)
            body["damaged"] = true; // the host's end may leave what nobody wrote
        stream->ready.push_back(std::move(body));
    }
    stream->ended = lines->empty() && !wasOpen;
    stream->waiting = lines->empty() && wasOpen;
    if (stream->waiting)
        lookAgain();
    else
        flow(stream);
}

void StreamMethods::endOf(const std::shared_ptr<Stream> &stream)
{
    const wire::OrderStatus status = (*m_book)->status(stream->key);
    stream->responder.respond({{"next", stream->number}, {"counts", status.items.value_or(wire::ItemCounts{})}});
}

Result<void> StreamMethods::feed(const ConnectionIdentity &identity, const Json &params, const Responder &responder)
{
    if (!m_book)
        return fail(m_book.error());
    OrderBook &book = **m_book;
    const auto key = decode<wire::OrderKey>(params);
    if (!key)
        return fail(key.error());
    const auto fence = decode<wire::Fence>(params.value("fence", Json::object()));
    if (!fence)
        return fail(fence.error());
    if (const std::string kind = book.kindOf(*key); kind.empty())
        return fail(errors::orderUnknown, {{"run_id", key->runId.toString()}});
    else if (auto may = m_mayOrder(identity, kind); !may)
        return may;
    if (auto right = book.checkFence(*fence); !right)
        return right;
    const auto feeding = std::make_shared<Feeding>(Feeding{responder, *key, {}, Clock::now() + feedWait, false});
    const auto from = integerIn(params.value("from", Json(1)), 1, std::numeric_limits<std::int64_t>::max() / 2);
    if (!from)
        return fail(errors::protocolBadParams, {{"method", "orders.feed"}, {"detail", "items are numbered from 1"}});
    feeding->piece.from = *from;
    feeding->piece.items = params.value("items", std::vector<Json>{});
    feeding->piece.end = params.value("end", false);
    if (const auto why = params.find("abort"); why != params.end() && !why->is_null())
        feeding->piece.abort = why->get<std::string>();
    m_feedings.push_back(feeding);
    responder.onEnd([this, weak = std::weak_ptr(feeding)] { std::erase(m_feedings, weak.lock()); });
    tryFeed(feeding);
    return {};
}

void StreamMethods::tryFeed(const std::shared_ptr<Feeding> &feeding)
{
    if (feeding->writing || !feeding->responder.isOpen())
        return;
    const wire::OrderKey key = feeding->key;
    const std::filesystem::path directory = workDirectory(m_config, key);
    const wire::OrderStatus status = (*m_book)->status(key);
    if (status.state != "started") {
        // what begins clears its directory, so nothing may be put there before
        if (status.state == "accepted" && Clock::now() < feeding->until)
            lookAgain();
        else if (status.state == "accepted")
            fed(feeding, FeedState{0, 0, false});
        else
            feeding->responder.fail(makeError(errors::orderFeedClosed, {{"detail", "the attempt has ended"}}));
        return;
    }
    feeding->writing = m_lane.post([this, feeding, directory]() -> std::function<void()> {
        return [this, feeding, state = appendToFeed(directory, feeding->piece)] { fed(feeding, state); };
    });
    if (!feeding->writing)
        lookAgain();
}

void StreamMethods::fed(const std::shared_ptr<Feeding> &feeding, const Result<FeedState> &state)
{
    feeding->writing = false;
    if (!state) {
        feeding->responder.fail(state.error());
        return;
    }
    const FeedPiece &piece = feeding->piece;
    const bool wantsMore = !piece.items.empty() || piece.end || piece.abort;
    const bool took = state->acknowledged >= piece.from || state->ended;
    if (wantsMore && !took && Clock::now() < feeding->until) {
        lookAgain(); // it is full
        return;
    }
    feeding->responder.respond({{"acknowledged", state->acknowledged}, {"credit", state->credit}, {"ended", state->ended}});
}

} // namespace zandb::agent
