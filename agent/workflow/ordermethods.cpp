// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/workflow/ordermethods.h"

#include "agent/os/log.h"

#include <algorithm>

namespace zandb::agent {
namespace {

constexpr std::size_t maxResults = 1000;

std::size_t limitOf(const Json &params)
{
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(params.value("limit", std::int64_t{maxResults}), 1, maxResults));
}

Json toJson(const ResultPage &page)
{
    return Json{{"results", page.results}, {"more", page.more}};
}

} // namespace

/// One open `orders.watch`: remembers which orders changed and sends their newest state as credit allows.
class OrderMethods::Watcher
{
public:
    Watcher(OrderBook &book, Responder responder) : m_book(book), m_responder(std::move(responder)) {}
    bool isOpen() const { return m_responder.isOpen(); }
    void add(const wire::OrderKey &key)
    {
        m_dirty.insert(key);
        flush();
    }
    void flush()
    {
        while (!m_dirty.empty() && m_responder.isOpen() && m_responder.canSendItem()) {
            const wire::OrderKey key = *m_dirty.begin();
            if (!m_responder.item(m_book.status(key)))
                return;
            m_dirty.erase(key);
        }
    }

private:
    OrderBook &m_book;
    Responder m_responder;
    std::set<wire::OrderKey> m_dirty;
};

OrderMethods::OrderMethods(const Config &config, const Kinds &kinds, Result<OrderBook *> book, std::function<void()> stirred)
    : m_config(config), m_kinds(kinds), m_book(std::move(book)), m_stirred(std::move(stirred))
{
    if (m_book)
        (*m_book)->onChange([this](const wire::OrderKey &key) { changed(key); });
}

OrderMethods::~OrderMethods()
{
    if (m_book)
        (*m_book)->onChange({});
}

void OrderMethods::addTo(Methods &methods)
{
    const auto add = [&](const char *name, Role least, bool forDispatcher, Call call) {
        methods[name] = {least, forDispatcher,
                         [this, call](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
                             if (!m_book)
                                 responder.fail(m_book.error());
                             else
                                 responder.answer((this->*call)(identity, params));
                         }};
    };
    add("orders.submit", Role::Operator, true, &OrderMethods::submit);
    add("orders.status", Role::Viewer, true, &OrderMethods::status);
    add("orders.cancel", Role::Operator, true, &OrderMethods::cancel);
    add("orders.log", Role::Viewer, true, &OrderMethods::log);
    add("results.pending", Role::Viewer, true, &OrderMethods::pending);
    add("results.ack", Role::Operator, true, &OrderMethods::acknowledge);
    add("results.since", Role::Viewer, true, &OrderMethods::since);
    add("epoch.accept", Role::Admin, false, &OrderMethods::acceptEpoch);
    methods["orders.watch"] = {Role::Viewer, true,
                               [this](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                   if (m_book)
                                       watch(responder);
                                   else
                                       responder.fail(m_book.error());
                               }};
}

Result<void> OrderMethods::mayOrder(const ConnectionIdentity &identity, const std::string &name, bool isVerified) const
{
    const Kind &kind = kindNamed(m_kinds, name);
    const Role role = roleFromString(identity.role);
    const auto notAllowed = [&] { return fail(errors::kindNotAllowed, {{"kind", name.substr(0, 64)}, {"role", identity.role}}); };
    if (role == Role::Dispatcher) {
        const auto &list = m_config.dispatcherKinds;
        if (list ? std::ranges::find(*list, name) == list->end() : kind.dispatcher != ByDispatcher::Yes)
            return notAllowed();
        // the administrator may list more kinds, but those still need a definition signed by a person
        if (kind.dispatcher == ByDispatcher::No && !isVerified)
            return fail(errors::unsignedOrder, {{"kind", name.substr(0, 64)}});
        return {};
    }
    if (!isAtLeast(role, Role::Operator))
        return fail(errors::denied, {{"user", identity.user}, {"role", identity.role}, {"what", "orders.submit"}});
    if (!isAtLeast(role, kind.leastRole))
        return notAllowed();
    return {};
}

Result<Json> OrderMethods::submit(const ConnectionIdentity &identity, const Json &params)
{
    const auto order = decode<wire::Order>(params);
    if (!order)
        return fail(order.error());
    // nothing verifies signatures yet, and one that was made up must not count
    if (auto may = mayOrder(identity, order->kind, false); !may)
        return fail(may.error());
    const auto status = (*m_book)->submit(*order, wire::OrderedBy{identity.user, identity.role, identity.key});
    if (!status)
        return fail(status.error());
    m_stirred();
    return Json(*status);
}

Result<Json> OrderMethods::status(const ConnectionIdentity &, const Json &params)
{
    const auto key = decode<wire::OrderKey>(params);
    if (!key)
        return fail(key.error());
    return Json((*m_book)->status(*key));
}

Result<Json> OrderMethods::cancel(const ConnectionIdentity &identity, const Json &params)
{
    const auto key = decode<wire::OrderKey>(params);
    if (!key)
        return fail(key.error());
    const auto fence = decode<wire::Fence>(params.value("fence", Json::object()));
    if (!fence)
        return fail(fence.error());
    if (const std::string kind = (*m_book)->kindOf(*key); !kind.empty()) {
        if (auto may = mayOrder(identity, kind, true); !may)
            return fail(may.error());
    }
    const auto status = (*m_book)->cancel(*key, *fence);
    if (!status)
        return fail(status.error());
    logLine("order " + key->runId.toString() + '.' + std::to_string(key->step) + '.' + std::to_string(key->attempt)
            + ": cancel by " + identity.user + " (" + identity.role + "), state " + status->state);
    m_stirred();
    return Json(*status);
}

Result<Json> OrderMethods::log(const ConnectionIdentity &, const Json &params)
{
    const auto key = decode<wire::OrderKey>(params);
    if (!key)
        return fail(key.error());
    const auto page = (*m_book)->log(*key, params.value("offset", std::int64_t{0}), params.value("limit", std::int64_t{32768}));
    if (!page)
        return fail(page.error());
    return Json{{"offset", page->offset}, {"bytes", bytesToJson(page->bytes)}, {"size", page->size},
                {"next", page->offset + static_cast<std::int64_t>(page->bytes.size())}};
}

Result<Json> OrderMethods::pending(const ConnectionIdentity &, const Json &params)
{
    return (*m_book)->pending(limitOf(params)).map(toJson);
}

Result<Json> OrderMethods::acknowledge(const ConnectionIdentity &, const Json &params)
{
    const auto keys = decode<std::vector<wire::OrderKey>>(params.at("keys"));
    if (!keys)
        return fail(keys.error());
    return (*m_book)->acknowledge(*keys).map([] { return Json::object(); });
}

Result<Json> OrderMethods::since(const ConnectionIdentity &, const Json &params)
{
    return (*m_book)->since(params.at("at").get<TimePoint>(), limitOf(params)).map(toJson);
}

Result<Json> OrderMethods::acceptEpoch(const ConnectionIdentity &identity, const Json &params)
{
    // a new epoch voids the fences of the old one, so it is kept who said so
    logLine("epoch.accept by " + identity.user);
    return (*m_book)->acceptEpoch(params.at("store_epoch").get<Uuid>()).map([] { return Json::object(); });
}

void OrderMethods::watch(const Responder &responder)
{
    auto watcher = std::make_shared<Watcher>(**m_book, responder);
    m_watchers.push_back(watcher);
    const std::weak_ptr<Watcher> weak = watcher;
    responder.onReady([weak] {
        if (const auto strong = weak.lock())
            strong->flush();
    });
    responder.onEnd([this, weak] {
        std::erase_if(m_watchers, [&](const auto &other) { return other == weak.lock(); });
    });
    for (const wire::OrderKey &key : (*m_book)->openKeys())
        watcher->add(key);
}

void OrderMethods::changed(const wire::OrderKey &key)
{
    const auto watchers = m_watchers; // a watcher may end while it is told
    for (const auto &watcher : watchers)
        watcher->add(key);
}

} // namespace zandb::agent
