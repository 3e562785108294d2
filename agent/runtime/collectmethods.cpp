// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/collectmethods.h"

#include "agent/os/log.h"

#include <algorithm>

namespace zandb::agent {
namespace {

/// What one visit to the disk brings: enough to keep a link busy, little enough not to be felt in memory.
constexpr std::size_t bytesPerVisit = 128 * 1024;

} // namespace

/// One open `collected.watch`: how far it was sent each source.
struct CollectMethods::Watcher
{
    explicit Watcher(Responder to) : responder(std::move(to)) {}
    Responder responder;
    std::map<std::string, std::int64_t> sent;
    bool reading = false; ///< the lane looks for more
    bool again = false;   ///< something came meanwhile
};

CollectMethods::CollectMethods(const Config &config, asio::io_context &io) : m_config(config), m_lane(io) {}

CollectMethods::~CollectMethods() = default;

Result<Spool *> CollectMethods::spool()
{
    if (!m_spool) {
        auto opened = Spool::open(m_config.stateDirectory / "collected", {});
        if (!opened)
            return fail(opened.error());
        m_spool = std::move(*opened);
    }
    return m_spool.get();
}

void CollectMethods::addTo(Methods &methods)
{
    // whoever acknowledges makes the agent forget, so this is for those who store
    methods["collected.watch"] = {Role::Admin, true, [this](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                      watch(responder);
                                  }};
    methods["collected.ack"] = {Role::Admin, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
                                    acknowledge(params, responder);
                                }};
}

void CollectMethods::add(std::string source, Spool::Kind kind, std::string payload, Json position,
                         std::function<void(const Result<std::int64_t> &)> done)
{
    const bool taken = m_lane.post([this, source = std::move(source), kind, payload = std::move(payload),
                                    position = std::move(position), done]() -> std::function<void()> {
        const auto open = spool();
        auto appended = open ? (*open)->appendText(source, kind, payload, position) : Result<std::int64_t>(fail(open.error()));
        return [this, done, appended = std::move(appended)] {
            report(appended);
            if (done)
                done(appended);
            for (const auto &watcher : std::vector(m_watchers))
                flush(watcher);
        };
    });
    if (!taken && done)
        done(fail(errors::agentBusy, {{"what", "spool"}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}}));
}

void CollectMethods::position(std::string source, std::function<void(const Result<Json> &)> done)
{
    const bool taken = m_lane.post([this, source = std::move(source), done]() -> std::function<void()> {
        const auto open = spool();
        return [done, position = open ? Result<Json>((*open)->position(source)) : Result<Json>(fail(open.error()))] { done(position); };
    });
    if (!taken)
        done(fail(errors::agentBusy, {{"what", "spool"}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}}));
}

void CollectMethods::report(const Result<std::int64_t> &appended)
{
    const std::string trouble = appended ? std::string() : appended.error().code;
    if (trouble != m_trouble)
        logLine(appended ? "what is collected can be kept again" : "what is collected cannot be kept: " + describe(appended.error()));
    m_trouble = trouble;
}

void CollectMethods::watch(const Responder &responder)
{
    auto watcher = std::make_shared<Watcher>(responder);
    m_watchers.push_back(watcher);
    responder.onReady([this, weak = std::weak_ptr(watcher)] {
        if (const auto ready = weak.lock())
            flush(ready);
    });
    responder.onEnd([this, weak = std::weak_ptr(watcher)] { std::erase(m_watchers, weak.lock()); });
    flush(watcher);
}

void CollectMethods::flush(const std::shared_ptr<Watcher> &watcher)
{
    if (watcher->reading) {
        watcher->again = true;
        return;
    }
    if (!watcher->responder.isOpen() || !watcher->responder.canSendItem())
        return;
    watcher->again = false;
    watcher->reading = m_lane.post([this, watcher, sent = watcher->sent]() mutable -> std::function<void()> {
        std::vector<std::pair<wire::CollectedMark, Json>> batches;
        std::size_t bytes = 0;
        Result<void> read;
        const auto open = spool();
        for (const std::string &source : open ? (*open)->sources() : std::vector<std::string>{}) {
            while (bytes < bytesPerVisit) {
                auto batch = (*open)->next(source, sent[source]);
                if (!batch)
                    read = fail(batch.error());
                if (!batch || !*batch)
                    break;
                sent[source] = (*batch)->number;
                batches.push_back({{(*batch)->source, (*batch)->spool, (*batch)->number}, Json(**batch)});
                bytes += dumpJson(batches.back().second).size();
            }
        }
        if (!open)
            read = fail(open.error());
        return [this, watcher, batches = std::move(batches), read = std::move(read), full = bytes >= bytesPerVisit] {
            watcher->reading = false;
            for (const auto &[mark, body] : batches) {
                if (!watcher->responder.item(body))
                    return; // no credit: onReady goes on from here
                watcher->sent[mark.source] = mark.number;
            }
            if (!read)
                watcher->responder.fail(read.error());
            else if (full || watcher->again)
                flush(watcher);
        };
    });
}

void CollectMethods::acknowledge(const Json &params, const Responder &responder)
{
    const auto marks = decode<std::vector<wire::CollectedMark>>(params.value("acks", Json::array()));
    if (!marks) {
        responder.fail(marks.error());
        return;
    }
    const bool taken = m_lane.post([this, marks = *marks, responder]() -> std::function<void()> {
        const auto open = spool();
        for (const wire::CollectedMark &mark : open ? marks : std::vector<wire::CollectedMark>{})
            (*open)->acknowledge(mark);
        return [responder, done = open ? Result<Json>(Json::object()) : Result<Json>(fail(open.error()))] { responder.answer(done); };
    });
    if (!taken)
        responder.fail(makeError(errors::agentBusy, {{"what", "spool"}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}}));
}

} // namespace zandb::agent
