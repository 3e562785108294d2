// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/collectmethods.h"
#include "agent/slowlog/follower.h"

#include <asio/steady_timer.hpp>

namespace zandb::agent {

/// `slowlog.*` of agent/protocol/slowlog.h, and the collection itself: the slow logs of all instances are followed, and their digests go to the spool
/// as the sources "slowlog/INSTANCE".  Servers are asked in one lane and files read in another.  Lives on the loop's thread.
class SlowLogMethods
{
public:
    SlowLogMethods(const Config &config, asio::io_context &io, CollectMethods &collect);
    ~SlowLogMethods();
    SlowLogMethods(const SlowLogMethods &) = delete;
    SlowLogMethods &operator=(const SlowLogMethods &) = delete;

    void addTo(Methods &methods);
    void start();
    void stop();
    bool isIdle() const { return m_ask.isIdle() && m_read.isIdle(); }

private:
    struct Followed;
    struct Read;
    void ask();
    void asked(const std::vector<struct SlowSourceAnswer> &answers);
    void schedule(std::chrono::milliseconds pause);
    void read();
    void wasRead(std::vector<Read> all);
    void keep(const std::shared_ptr<Followed> &followed, std::shared_ptr<std::vector<SlowLogFollower::Batch>> batches, std::size_t next);
    void tell(Followed &followed, const SlowLogFollower::Step &step);
    void raw(const Json &params, const Responder &responder, const std::string &person);

    const Config &m_config;
    CollectMethods &m_collect;
    Lane m_ask;
    Lane m_read;
    asio::steady_timer m_askTimer;
    asio::steady_timer m_timer;
    std::map<std::string, std::shared_ptr<Followed>> m_followed; ///< by instance
    bool m_reading = false;
    bool m_stopping = false;
};

} // namespace zandb::agent
