// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlmethods.h"

#include "agent/batchsql/sqlnames.h"
#include "agent/batchsql/sqlpreview.h"
#include "agent/batchsql/sqlwork.h"
#include "agent/os/log.h"
#include "agent/protocol/errors.h"
#include "agent/runtime/itemsfile.h"
#include "agent/runtime/laneanswer.h"

#include <asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t lanes = 8;                ///< reads at a time; more wait
constexpr std::size_t heldBytes = 512u << 10;   ///< of one read, until the client takes them
constexpr auto takenWithin = 60s;               ///< a client that takes nothing for so long is gone

} // namespace

/// One open `sql.read`: its work runs on a lane, and waits where the client is slower than the server.
struct SqlMethods::Read final : public WorkContext
{
    Read(const Config &config, const ConnectionIdentity &identity, const Json &params, Responder to, std::function<void()> ready)
        : m_config(config), m_by{identity.user, identity.role, identity.key}, m_ready(std::move(ready)), responder(std::move(to))
    {
        m_order.kind = "sql.read";
        m_order.args = params;
    }

    const Config &config() const override { return m_config; }
    const wire::Order &order() const override { return m_order; }
    std::optional<wire::OrderedBy> orderedBy() const override { return m_by; }
    std::filesystem::path directory() const override { return {}; }
    void log(std::string_view) override {}
    void progress(const wire::Progress &) override {}
    FeedReader &feed() override { return m_feed; }
    std::stop_token stopToken() const override { return m_stop.get_token(); }
    void afterSuccess(std::function<void()>) override {}

    bool item(const Json &item) override
    {
        const std::size_t size = dumpJson(item).size();
        if (size > maxItemBytes)
            return false;
        std::unique_lock lock(m_mutex);
        const bool room = m_room.wait_for(lock, takenWithin, [&] { return m_held < heldBytes || m_stop.stop_requested(); });
        if (!room || m_stop.stop_requested()) {
            lock.unlock();
            m_stop.request_stop();
            return false;
        }
        m_held += size;
        m_items.emplace_back(item, size);
        lock.unlock();
        m_ready();
        return true;
    }

    void stop()
    {
        m_stop.request_stop();
        const std::lock_guard lock(m_mutex);
        m_room.notify_all();
    }

    /// Sends what there is credit for; false when some is left.  On the loop's thread.
    bool send()
    {
        const std::lock_guard lock(m_mutex);
        while (!m_items.empty()) {
            if (!responder.item(m_items.front().first))
                return false;
            m_held -= m_items.front().second;
            m_items.pop_front();
            m_room.notify_all();
        }
        return true;
    }

private:
    const Config &m_config;
    wire::Order m_order;
    const wire::OrderedBy m_by;
    const std::function<void()> m_ready;
    std::stop_source m_stop;
    FeedReader m_feed{{}, m_stop.get_token()};
    std::mutex m_mutex;
    std::condition_variable m_room;
    std::deque<std::pair<Json, std::size_t>> m_items;
    std::size_t m_held = 0;

public:
    const Responder responder;
    std::atomic<bool> woken = false;     ///< the loop will look at it
    std::optional<Result<Json>> result;  ///< on the loop's thread
};

SqlMethods::SqlMethods(const Config &config, asio::io_context &io) : m_config(config), m_io(io), m_previews(io), m_names(io)
{
    for (std::size_t i = 0; i < lanes; ++i)
        m_lanes.push_back(std::make_unique<Lane>(io));
}

SqlMethods::~SqlMethods() = default;

bool SqlMethods::isIdle() const
{
    return m_previews.isIdle() && m_names.isIdle() && std::ranges::all_of(m_lanes, [](const auto &lane) { return lane->isIdle(); });
}

void SqlMethods::stop()
{
    for (const auto &read : m_reads)
        read->stop();
}

void SqlMethods::addTo(Methods &methods)
{
    methods["sql.preview"] = {Role::Viewer, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) { preview(identity, params, responder); }};
    methods["sql.names"] = {Role::Viewer, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) { names(identity, params, responder); }};
    methods["sql.read"] = {Role::Viewer, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) { read(identity, params, responder); }};
}

void SqlMethods::preview(const ConnectionIdentity &identity, const Json &params, const Responder &responder)
{
    const auto args = decode<wire::SqlPreviewArgs>(params);
    const auto role = rules::guardRoleFromString(identity.role);
    if (!args || !role) {
        responder.fail(args ? makeError(errors::denied, {{"user", identity.user}, {"role", identity.role}, {"what", "sql.preview"}}) : args.error());
        return;
    }
    answerIn(m_previews, "sql.preview", responder, [config = m_config, args = *args, role = *role]() -> Result<Json> {
        const auto instance = findInstance(config, args.instance);
        if (!instance)
            return fail(instance.error());
        return previewScript(config, *instance, args, role).map([](const wire::SqlPreview &preview) { return Json(preview); });
    });
}

void SqlMethods::names(const ConnectionIdentity &, const Json &params, const Responder &responder)
{
    const auto args = decode<wire::SqlNamesArgs>(params);
    if (!args) {
        responder.fail(args.error());
        return;
    }
    answerIn(m_names, "sql.names", responder, [config = m_config, args = *args]() -> Result<Json> {
        const auto instance = findInstance(config, args.instance);
        if (!instance)
            return fail(instance.error());
        return namesOf(config, *instance, args).map([](const wire::SqlNames &names) { return Json(names); });
    });
}

void SqlMethods::read(const ConnectionIdentity &identity, const Json &params, const Responder &responder)
{
    const auto idle = std::ranges::find_if(m_lanes, [](const auto &one) { return one->isIdle(); });
    Lane &lane = idle != m_lanes.end() ? **idle : *m_lanes[m_next++ % lanes];
    const auto weak = std::make_shared<std::weak_ptr<Read>>();
    const auto wake = [this, weak] {
        // what comes fast wakes the loop once
        if (const auto read = weak->lock(); read && !read->woken.exchange(true))
            asio::post(m_io, [this, read] {
                read->woken = false;
                flow(read);
            });
    };
    const auto read = std::make_shared<Read>(m_config, identity, params, responder, wake);
    *weak = read;
    m_reads.push_back(read);
    logLine("sql.read by " + identity.user);
    responder.onReady([this, weak] {
        if (const auto strong = weak->lock())
            flow(strong);
    });
    responder.onEnd([weak] {
        if (const auto strong = weak->lock())
            strong->stop();
    });
    const bool taken = lane.post([this, read]() -> std::function<void()> {
        Result<Json> result = fail(errors::internal);
        try {
            result = sqlReadWork(*read);
        } catch (const std::exception &e) {
            result = fail(errors::internal, {{"detail", e.what()}});
        }
        return [this, read, result = std::move(result)] {
            read->result = result;
            flow(read);
        };
    });
    if (taken)
        return;
    responder.fail(heldUp("sql.read"));
    std::erase(m_reads, read);
}

void SqlMethods::flow(const std::shared_ptr<Read> &read)
{
    const bool open = read->responder.isOpen();
    if (!open)
        read->stop();
    if (open && !read->send())
        return; // onReady goes on from here
    if (!read->result)
        return;
    if (open)
        read->responder.answer(*read->result);
    std::erase(m_reads, read);
}

} // namespace zandb::agent
