// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"
#include "agent/runtime/spool.h"

#include <memory>
#include <vector>

namespace zandb::agent {

/// `collected.*` of agent/protocol/collected.h: takes batches from the collectors, keeps them in the spool and streams them to whoever
/// stores them.  The spool's disk is touched in a lane of its own, so a slow disk holds up no other request.
/// Lives on the loop's thread.
class CollectMethods
{
public:
    CollectMethods(const Config &config, asio::io_context &io);
    ~CollectMethods();
    CollectMethods(const CollectMethods &) = delete;
    CollectMethods &operator=(const CollectMethods &) = delete;

    void addTo(Methods &methods);
    /// Makes a batch durable and sends it to all watchers.  `done` gets its number on the loop's thread; errors as of Spool::append().
    /// `payload` is JSON.
    void add(std::string source, Spool::Kind kind, std::string payload, Json position = nullptr,
             std::function<void(const Result<std::int64_t> &)> done = {});
    /// The position that came with the newest batch of a source; null when there is none.  `done` is called on the loop's thread.
    void position(std::string source, std::function<void(const Result<Json> &)> done);
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const { return m_lane.isIdle(); }

private:
    struct Watcher;
    void watch(const Responder &responder);
    void acknowledge(const Json &params, const Responder &responder);
    void flush(const std::shared_ptr<Watcher> &watcher);
    void report(const Result<std::int64_t> &appended);
    /// In the lane only.
    Result<Spool *> spool();

    const Config &m_config;
    Lane m_lane;
    std::unique_ptr<Spool> m_spool; ///< touched in the lane only; opened at the first need
    std::vector<std::shared_ptr<Watcher>> m_watchers;
    std::string m_trouble; ///< the error that was logged last, so that it is said once
};

} // namespace zandb::agent
