// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/feedfile.h"
#include "agent/runtime/itemsfile.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"
#include "agent/workflow/orders.h"

#include <asio/steady_timer.hpp>

#include <deque>

namespace zandb::agent {

/// `orders.items` and `orders.feed` of agent/protocol/workflow.h: what attempts give and take while they run.  Lives on the
/// loop's thread; files are read and written on one of its own.
class StreamMethods
{
public:
    /// Whether this identity may order the kind, and so may send into its attempts.
    using MayOrder = std::function<Result<void>(const ConnectionIdentity &, const std::string &kind)>;
    /// `book` is the order book, or why there is none: then every method fails with that.
    StreamMethods(const Config &config, asio::io_context &io, Result<OrderBook *> book, MayOrder mayOrder);
    ~StreamMethods();
    StreamMethods(const StreamMethods &) = delete;
    StreamMethods &operator=(const StreamMethods &) = delete;
    void addTo(Methods &methods);
    bool isIdle() const { return m_lane.isIdle(); }

private:
    struct Stream;
    struct Feeding;
    void items(const Json &params, const Responder &responder);
    void flow(const std::shared_ptr<Stream> &stream);
    void took(const std::shared_ptr<Stream> &stream, Result<std::vector<std::string>> lines, std::int64_t number, bool wasOpen);
    void endOf(const std::shared_ptr<Stream> &stream);
    Result<void> feed(const ConnectionIdentity &identity, const Json &params, const Responder &responder);
    void tryFeed(const std::shared_ptr<Feeding> &feeding);
    void fed(const std::shared_ptr<Feeding> &feeding, const Result<FeedState> &state);
    void lookAgain();

    const Config &m_config;
    Result<OrderBook *> m_book;
    MayOrder m_mayOrder;
    Lane m_lane;
    asio::steady_timer m_timer;
    bool m_timing = false;
    std::vector<std::shared_ptr<Stream>> m_streams;
    std::vector<std::shared_ptr<Feeding>> m_feedings;
};

} // namespace zandb::agent
