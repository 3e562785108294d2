// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/methods.h"
#include "agent/workflow/orders.h"

namespace zandb::agent {

/// `orders.*`, `results.*` and `epoch.accept` of agent/protocol/workflow.h, with their rules of who may do what.
/// Lives on the loop's thread, as long as the methods are called.
class OrderMethods
{
public:
    /// `book` is the order book, or why there is none: then every method fails with that.  `stirred` is called after
    /// anything that may have started a worker.
    /// `kinds` and `config` outlive this object.
    OrderMethods(const Config &config, const Kinds &kinds, Result<OrderBook *> book, std::function<void()> stirred);
    ~OrderMethods();
    OrderMethods(const OrderMethods &) = delete;
    OrderMethods &operator=(const OrderMethods &) = delete;
    void addTo(Methods &methods);

    /// Whether this identity may order (or cancel) the kind.  Errors: access.denied, access.kind_not_allowed,
    /// access.unsigned.  `isVerified`: a person's signature under the definition was verified.
    Result<void> mayOrder(const ConnectionIdentity &identity, const std::string &kind, bool isVerified) const;

private:
    class Watcher;
    using Call = Result<Json> (OrderMethods::*)(const ConnectionIdentity &, const Json &);
    Result<Json> submit(const ConnectionIdentity &identity, const Json &params);
    Result<Json> status(const ConnectionIdentity &identity, const Json &params);
    Result<Json> cancel(const ConnectionIdentity &identity, const Json &params);
    Result<Json> log(const ConnectionIdentity &identity, const Json &params);
    Result<Json> pending(const ConnectionIdentity &identity, const Json &params);
    Result<Json> acknowledge(const ConnectionIdentity &identity, const Json &params);
    Result<Json> since(const ConnectionIdentity &identity, const Json &params);
    Result<Json> acceptEpoch(const ConnectionIdentity &identity, const Json &params);
    void watch(const Responder &responder);
    void changed(const wire::OrderKey &key);

    const Config &m_config;
    const Kinds &m_kinds;
    Result<OrderBook *> m_book;
    std::function<void()> m_stirred;
    std::vector<std::shared_ptr<Watcher>> m_watchers;
};

} // namespace zandb::agent
