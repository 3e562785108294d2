// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"
#include "agent/runtime/collectmethods.h"
#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

#include <asio/steady_timer.hpp>

#include <set>

namespace zandb::agent {

/// `config.*` of agent/protocol/config.h, in a lane of its own; and passes on what was taken back after a crash.  Lives on the loop's thread.
class ConfigMethods
{
public:
    ConfigMethods(const Config &config, asio::io_context &io, CollectMethods &collect) : m_config(config), m_collect(collect), m_lane(io), m_timer(io) {}
    ConfigMethods(const ConfigMethods &) = delete;
    ConfigMethods &operator=(const ConfigMethods &) = delete;

    void addTo(Methods &methods);
    void start();
    void stop();
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const { return m_lane.isIdle(); }

private:
    void passOn(std::vector<std::pair<std::filesystem::path, wire::ConfigRecovered>> notes);

    const Config &m_config;
    CollectMethods &m_collect;
    Lane m_lane;
    asio::steady_timer m_timer;
    std::set<std::filesystem::path> m_passing; ///< on their way into the spool
    bool m_stopping = false;
};

} // namespace zandb::agent
