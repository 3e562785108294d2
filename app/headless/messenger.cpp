// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/messenger.h"

#include "app/alerts/alertrepository.h"
#include "app/alerts/channelrepository.h"
#include "app/alerts/outbox.h"
#include "app/fleet/fleetrepository.h"
#include "app/platform/channelerrors.h"
#include "app/platform/sealing.h"
#include "app/store/changefeed.h"

#include <algorithm>

namespace zandb::headless {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

Messenger::Messenger(const Settings &settings, ChannelsSettings channels, std::function<void(const std::string &)> log, std::chrono::milliseconds every)
    : m_settings(settings), m_channelSettings(std::move(channels)), m_log(std::move(log)), m_every(every), m_thread([this](std::stop_token stop) { run(stop); })
{
}

Messenger::~Messenger()
{
    m_stopSending.request_stop();
    m_thread.request_stop();
    m_wake.notify_all();
}

void Messenger::setHeld(bool held)
{
    const std::lock_guard lock(m_mutex);
    if (held == m_held)
        return;
    m_held = held;
    m_wake.notify_all();
}

void Messenger::run(std::stop_token stop)
{
    store::Session session(m_settings.store);
    session.setStatementLimit(30s);
    session.setStopToken(stop);
    std::string told;
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_held; }))
                break;
        }
        const auto done = round(session);
        const std::string trouble = done ? std::string() : describe(done.error());
        if (!trouble.empty() && trouble != told && !stop.stop_requested())
            m_log("messages wait: " + trouble);
        told = trouble;
        if (!done)
            session.close();
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, done ? m_every : std::max(m_every, 5'000ms), [] { return false; });
    }
    for (auto &[channel, sending] : m_sending)
        sending.answer.wait(); // each ends soon: they were told to
}

Result<void> Messenger::round(store::Session &session)
{
    const auto feed = store::loadFeed(session);
    if (!feed)
        return fail(feed.error());
    std::string seen;
    for (const auto &[key, version] : *feed) {
        if (key.first == "fleet")
            seen += std::to_string(version) + ' ';
    }
    auto channels = alerts::loadChannels(session);
    auto rules = channels ? alerts::loadRules(session) : fail(channels.error());
    if (!rules)
        return fail(rules.error());
    m_channels = std::move(*channels);
    m_rules = std::move(*rules);
    if (seen != m_seen || m_seen.empty()) {
        auto fleet = fleet::loadFleet(session);
        if (!fleet)
            return fail(fleet.error());
        m_fleet = std::move(*fleet);
        m_seen = seen;
    }
    if (auto taken = takeAnswers(session); !taken)
        return taken;
    for (int found = 1; found > 0;) {
        const auto routed = alerts::routeMessages(session, m_channels, m_rules, m_fleet);
        if (!routed)
            return fail(routed.error());
        found = *routed;
    }
    if (auto gathered = alerts::gatherDeliveries(session, m_channels, m_fleet, m_settings.profile); !gathered)
        return gathered;
    const auto due = alerts::dueDeliveries(session);
    if (!due)
        return fail(due.error());
    for (const Delivery &delivery : *due) {
        if (m_sending.contains(delivery.channelId))
            continue;
        if (auto begun = begin(session, delivery); !begun)
            return begun;
    }
    return tellFailing(session);
}

Result<void> Messenger::takeAnswers(store::Session &session)
{
    for (auto it = m_sending.begin(); it != m_sending.end();) {
        Sending &sending = it->second;
        if (sending.answer.wait_for(0s) != std::future_status::ready) {
            ++it;
            continue;
        }
        const ChannelAnswer answer = sending.answer.get();
        const Delivery delivery = sending.delivery;
        const auto took = std::chrono::duration_cast<Microseconds>(Steady::now() - sending.since);
        it = m_sending.erase(it);
        if (answer.error && answer.error->is(errors::cancelled))
            continue;
        m_log("channel " + delivery.channel + ": " + (answer.error ? describe(*answer.error) : "sent: " + delivery.title));
        if (auto recorded = alerts::recordTry(session, delivery, answer, took); !recorded)
            return recorded; // told once more, as at-least-once allows
    }
    return {};
}

Result<alerts::OpenChannel> Messenger::open(const Channel &channel) const
{
    alerts::OpenChannel open{channel, {}};
    if (const auto problem = problemOf(channel))
        return fail(errors::channelInvalid, {{"channel", channel.name}, {"detail", *problem}});
    for (const std::string_view secret : channelKind(channel.kind)->secrets) {
        if (!channel.sealed.contains(std::string(secret)))
            return fail(errors::channelInvalid, {{"channel", channel.name}, {"detail", "its secret \"" + std::string(secret) + "\" is not set"}});
    }
    if (channel.sealed.empty())
        return open;
    const auto key = readSecret(m_channelSettings.keyFile, "channel-key");
    if (!key)
        return fail(key.error());
    if (key->empty())
        return fail(errors::channelKeyMissing, {{"detail", "this headless instance has no credential channel-key"}});
    for (const auto &[name, box] : channel.sealed) {
        auto secret = sealing::unseal(box, *key);
        if (!secret)
            return fail(secret.error());
        open.secrets.emplace(name, std::move(*secret));
    }
    return open;
}

Result<void> Messenger::begin(store::Session &session, const Delivery &delivery)
{
    const auto channel = std::ranges::find(m_channels, delivery.channelId, &Channel::id);
    auto opened = channel == m_channels.end() ? fail(errors::notFound, {{"what", "channel"}, {"name", delivery.channel}}) : open(*channel);
    if (!opened)
        return alerts::recordTry(session, delivery, {opened.error(), 0, {}, {}}, Microseconds{0});
    const auto messages = alerts::messagesOf(session, delivery.id);
    const auto now = messages ? session.now() : fail(messages.error());
    if (!now)
        return fail(now.error());
    Sending sending{delivery, Steady::now(), {}};
    sending.answer = std::async(std::launch::async, [opened = std::move(*opened), delivery, digest = digestOf(*messages, m_fleet, m_settings.profile), at = *now,
                                                     settings = m_channelSettings, stop = m_stopSending.get_token()] {
        return alerts::sendTo(opened, delivery, digest, at, settings, stop);
    });
    m_sending.emplace(delivery.channelId, std::move(sending));
    return {};
}

Result<void> Messenger::tellFailing(store::Session &session)
{
    if (m_toldFailing != Steady::time_point{} && Steady::now() - m_toldFailing < 30s)
        return {};
    m_toldFailing = Steady::now();
    const auto open = alerts::loadDeliveries(session, {.state = "open"});
    if (!open)
        return fail(open.error());
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    const auto known = alerts::list(session);
    if (!known)
        return fail(known.error());
    std::map<std::string, Json> failing;
    for (const Delivery &delivery : *open) {
        if (delivery.error && *now - delivery.createdAt > alerts::failingAfter)
            failing[delivery.channelId.toString()] = {{"name", delivery.channel}, {"error", errorToJson(*delivery.error)}};
    }
    for (const Alert &alert : *known) {
        if (alert.kind != channelFailingAlert)
            continue;
        if (failing.erase(alert.subject) > 0)
            continue;
        if (auto cleared = alerts::clear(session, alert.kind, alert.subject); !cleared)
            return cleared;
    }
    for (const auto &[subject, detail] : failing) {
        if (auto raised = alerts::raise(session, channelFailingAlert, subject, detail); !raised)
            return raised;
    }
    return {};
}

} // namespace zandb::headless
