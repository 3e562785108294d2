// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/alerts/gateways.h"
#include "app/store/session.h"

#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace zandb::headless {

/// Sends messages about alerts while this member holds the lease of the store's own host: on a thread of its own, each channel's gateway on another one, so
/// that one that hangs holds up neither schedules nor other channels.  Thread-safe.
class Messenger
{
public:
    Messenger(const Settings &settings, ChannelsSettings channels, std::function<void(const std::string &)> log, std::chrono::milliseconds every = std::chrono::milliseconds{1000});
    ~Messenger();

    void setHeld(bool held);

private:
    struct Sending
    {
        Delivery delivery;
        std::chrono::steady_clock::time_point since;
        std::future<ChannelAnswer> answer;
    };
    void run(std::stop_token stop);
    Result<void> round(store::Session &session);
    Result<void> takeAnswers(store::Session &session);
    Result<void> begin(store::Session &session, const Delivery &delivery);
    /// Secrets of the channel, or why it cannot be used.
    Result<alerts::OpenChannel> open(const Channel &channel) const;
    Result<void> tellFailing(store::Session &session);

    const Settings m_settings;
    const ChannelsSettings m_channelSettings;
    std::function<void(const std::string &)> m_log;
    const std::chrono::milliseconds m_every;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_held = false;
    // of the thread
    std::vector<Channel> m_channels;
    std::vector<AlertRule> m_rules;
    Fleet m_fleet;
    std::string m_seen;                      ///< versions of the feed when these were read
    std::chrono::steady_clock::time_point m_toldFailing{};
    std::map<Uuid, Sending> m_sending;       ///< by channel
    std::stop_source m_stopSending;
    std::jthread m_thread;                   ///< the last: ends first
};

} // namespace zandb::headless
