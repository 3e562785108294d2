// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote/agentpool.h"

#include "app/remote/link.h"

#include <future>

#include <poll.h>

namespace zandb::remote {

HostAddress addressOf(const Host &host)
{
    return {host.id, host.name, host.address, host.sshPort, host.sshUser, host.hostKey};
}

std::vector<HostAddress> addressesOf(const Fleet &fleet)
{
    std::vector<HostAddress> addresses;
    addresses.reserve(fleet.hosts.size());
    for (const Host &host : fleet.hosts)
        addresses.push_back(addressOf(host));
    return addresses;
}

struct AgentPool::Private
{
    Private(SshSettings settings, LinkTimes linkTimes)
        : times(linkTimes), inbox(std::make_shared<Inbox>()), connector(std::move(settings), inbox), thread([this] { work(); })
    {
    }

    void work();
    void setHosts(std::vector<HostAddress> hosts);
    void submit(const Uuid &host, Call call);
    void publish();
    bool pollOnce();

    struct Seen
    {
        LinkState state = LinkState::Idle;
        std::optional<wire::Hello> hello;
    };

    const LinkTimes times;
    const std::shared_ptr<Inbox> inbox;
    Connector connector;
    std::map<Uuid, std::unique_ptr<Link>> links; // pool's thread only
    bool stop = false;                           // pool's thread only
    std::vector<pollfd> entries;                 // of pollOnce(), kept from one to the next
    std::vector<Link *> polled;
    std::atomic<std::uint64_t> lastCall{0};

    mutable std::mutex mutex;
    std::map<Uuid, Seen> seen;

    std::thread thread; // last: everything above exists before it runs
};

void AgentPool::Private::work()
{
    while (!stop) {
        inbox->run(pollOnce());
        const auto now = Clock::now();
        for (const auto &[id, link] : links) {
            if (link->wantsStep() || now >= link->wakeAt())
                link->step();
        }
        publish();
    }
    for (const auto &[id, link] : links)
        link->close(makeError(errors::cancelled));
    links.clear();
    // a call that came in the meantime still gets its answer
    inbox->close();
}

/// True when another thread woke this one.
bool AgentPool::Private::pollOnce()
{
    entries.assign({{inbox->fd(), POLLIN, 0}});
    polled.assign({nullptr});
    auto wake = Clock::time_point::max();
    for (const auto &[id, link] : links) {
        wake = std::min(wake, link->wantsStep() ? Clock::now() : link->wakeAt());
        if (const int fd = link->fd(); fd >= 0) {
            entries.push_back({fd, link->events(), 0});
            polled.push_back(link.get());
        }
    }
    int wait = -1;
    if (wake != Clock::time_point::max()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(wake - Clock::now()).count();
        wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }
    if (inbox->hasJobs())
        wait = 0;
    if (::poll(entries.data(), static_cast<nfds_t>(entries.size()), wait) <= 0)
        return false;
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].revents != 0)
            polled[i]->step();
    }
    return entries[0].revents != 0;
}

void AgentPool::Private::publish()
{
    for (const auto &[id, link] : links) {
        if (!link->changedState())
            continue;
        const std::lock_guard lock(mutex);
        seen[id] = {link->state(), link->hello()};
    }
}

void AgentPool::Private::setHosts(std::vector<HostAddress> hosts)
{
    std::map<Uuid, HostAddress> wanted;
    for (HostAddress &host : hosts) {
        if (const std::string key = normalisedKey(host.hostKey); !key.empty())
            host.hostKey = key;
        wanted[host.id] = std::move(host);
    }
    const auto same = [](const HostAddress &a, const HostAddress &b) {
        return a.name == b.name && a.address == b.address && a.port == b.port && a.user == b.user && a.hostKey == b.hostKey;
    };
    for (auto at = links.begin(); at != links.end();) {
        const auto host = wanted.find(at->first);
        if (host != wanted.end() && same(host->second, at->second->host())) {
            wanted.erase(host);
            ++at;
            continue;
        }
        const std::string name = at->second->host().name;
        const std::unique_ptr<Link> link = std::move(at->second);
        {
            const std::lock_guard lock(mutex);
            seen.erase(at->first);
        }
        at = links.erase(at);
        link->close(makeError(errors::sshLost, {{"host", name}, {"detail", "the host was removed or its address changed"}}));
    }
    for (auto &[id, host] : wanted)
        links.emplace(id, std::make_unique<Link>(connector, std::move(host), times));
}

void AgentPool::Private::submit(const Uuid &host, Call call)
{
    const auto link = links.find(host);
    if (stop)
        call.answer(fail(errors::cancelled));
    else if (link == links.end())
        call.answer(fail(errors::notFound, {{"what", "host"}, {"name", host.toString()}}));
    else
        link->second->submit(std::move(call));
}

AgentPool::AgentPool(SshSettings settings, LinkTimes times) : d(std::make_unique<Private>(std::move(settings), times)) {}

AgentPool::~AgentPool()
{
    d->inbox->post([p = d.get()] { p->stop = true; });
    d->thread.join();
}

void AgentPool::setHosts(std::vector<HostAddress> hosts)
{
    d->inbox->post([p = d.get(), hosts = std::move(hosts)] { p->setHosts(hosts); });
}

std::uint64_t AgentPool::call(const Uuid &host, const std::string &method, Json params, Answer answer,
                              std::chrono::milliseconds timeout, Item item)
{
    Call call;
    call.number = ++d->lastCall;
    call.method = method;
    if (params.is_null())
        params = Json::object();
    call.body = R"({"method":)" + dumpJson(Json(method)) + R"(,"params":)" + dumpJson(params) + '}';
    call.answer = std::move(answer);
    call.stream = static_cast<bool>(item);
    call.item = std::move(item);
    call.timeout = timeout;
    call.deadline = Clock::now() + std::min<std::chrono::milliseconds>(timeout, std::chrono::hours(24 * 365));
    const std::uint64_t number = call.number;
    auto shared = std::make_shared<Call>(std::move(call)); // a std::function must be copyable
    const bool tooLarge = shared->body.size() + 5 > wire::maxFrame;
    const auto submit = [p = d.get(), host, shared, tooLarge] {
        if (tooLarge) {
            shared->answer(fail(errors::protocolTooLarge, {{"bytes", std::to_string(shared->body.size() + 5)},
                                                           {"limit", std::to_string(wire::maxFrame)}}));
        } else {
            p->submit(host, std::move(*shared));
        }
    };
    // an answer that asks again is on the pool's thread, which comes to it by itself
    if (!d->inbox->post(submit, std::this_thread::get_id() != d->thread.get_id()))
        shared->answer(fail(errors::cancelled));
    return number;
}

void AgentPool::cancel(std::uint64_t call)
{
    d->inbox->post([p = d.get(), call] {
        for (const auto &[id, link] : p->links) {
            if (link->cancel(call))
                return;
        }
    });
}

Result<Json> AgentPool::callAndWait(const Uuid &host, const std::string &method, Json params, std::chrono::milliseconds timeout)
{
    if (std::this_thread::get_id() == d->thread.get_id())
        return fail(errors::internal, {{"detail", "callAndWait on the pool's own thread"}});
    std::promise<Result<Json>> promise;
    auto future = promise.get_future();
    call(host, method, std::move(params), [&promise](Result<Json> result) { promise.set_value(std::move(result)); }, timeout);
    return future.get();
}

LinkState AgentPool::state(const Uuid &host) const
{
    const std::lock_guard lock(d->mutex);
    const auto at = d->seen.find(host);
    return at == d->seen.end() ? LinkState::Idle : at->second.state;
}

std::optional<wire::Hello> AgentPool::hello(const Uuid &host) const
{
    const std::lock_guard lock(d->mutex);
    const auto at = d->seen.find(host);
    return at == d->seen.end() ? std::nullopt : at->second.hello;
}

} // namespace zandb::remote
