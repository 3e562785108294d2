// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

#include <memory>
#include <vector>

namespace zandb::agent {

/// `sql.preview`, `sql.names` and `sql.read` of agent/protocol/batchsql.h, each in lanes of its own: a server that does not answer holds up nothing else, and a long read no
/// preview.  Every read stands in the agent's log with who asked for it.  Lives on the loop's thread.
class SqlMethods
{
public:
    SqlMethods(const Config &config, asio::io_context &io);
    ~SqlMethods();
    SqlMethods(const SqlMethods &) = delete;
    SqlMethods &operator=(const SqlMethods &) = delete;

    void addTo(Methods &methods);
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const;
    /// All reads are to end soon.
    void stop();

private:
    struct Read;
    void preview(const ConnectionIdentity &identity, const Json &params, const Responder &responder);
    void names(const ConnectionIdentity &identity, const Json &params, const Responder &responder);
    void read(const ConnectionIdentity &identity, const Json &params, const Responder &responder);
    void flow(const std::shared_ptr<Read> &read);

    const Config &m_config;
    asio::io_context &m_io;
    Lane m_previews;
    Lane m_names;
    std::vector<std::unique_ptr<Lane>> m_lanes; ///< of reads
    std::size_t m_next = 0;                     ///< lane that takes the next one when none is idle
    std::vector<std::shared_ptr<Read>> m_reads;
};

} // namespace zandb::agent
