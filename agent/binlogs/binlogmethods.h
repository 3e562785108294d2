// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/binlogs/binlogarchive.h"
#include "agent/runtime/collectmethods.h"

#include <asio/steady_timer.hpp>

namespace zandb::agent {

/// `binlogs.*` of agent/protocol/binlogs.h, and the work itself: binlogs are read and archived in a lane of its own, and what changed goes to the spool as
/// the sources "binlogs/INSTANCE".  Which instances are archived stands in STATE/binlogs/archives.json.  Lives on the loop's thread.
class BinlogMethods
{
public:
    BinlogMethods(const Config &config, asio::io_context &io, CollectMethods &collect);
    ~BinlogMethods();
    BinlogMethods(const BinlogMethods &) = delete;
    BinlogMethods &operator=(const BinlogMethods &) = delete;

    void addTo(Methods &methods);
    void start();
    void stop();
    bool isIdle() const { return m_lane.isIdle(); }

private:
    struct Watched;
    void schedule(std::chrono::milliseconds pause);
    void look();
    void looked(std::vector<wire::BinlogReport> reports, bool more);
    void keep(wire::BinlogReport now);
    void archive(const Json &params, const Responder &responder, const std::string &person);

    const Config &m_config;
    CollectMethods &m_collect;
    Lane m_lane;
    asio::steady_timer m_timer;
    std::map<std::string, std::string> m_archives; ///< repository by instance
    std::map<std::string, std::unique_ptr<Watched>> m_watched; ///< touched in m_lane
    struct Told;
    std::map<std::string, std::unique_ptr<Told>> m_told;
    bool m_stopping = false;
};

} // namespace zandb::agent
