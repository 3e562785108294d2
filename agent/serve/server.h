// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/batchsql/sqlmethods.h"
#include "agent/binlogs/binlogmethods.h"
#include "agent/config/configmethods.h"
#include "agent/consistency/consistencymethods.h"
#include "agent/killer/killermethods.h"
#include "agent/provision/provisionmethods.h"
#include "agent/runtime/chore.h"
#include "agent/runtime/collectmethods.h"
#include "agent/serve/connection.h"
#include "agent/serve/fleetmethods.h"
#include "agent/serve/serve.h"
#include "agent/workflow/ordermethods.h"
#include "agent/workflow/streammethods.h"
#include "agent/sessions/sessionmethods.h"
#include "agent/slowlog/explainmethods.h"
#include "agent/slowlog/slowlogmethods.h"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <set>

namespace zandb::agent {

/// The parts of `serve` and the timers between them.  Used from the thread that calls run().
class Server
{
public:
    explicit Server(ServeOptions options);
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// Takes the state directory's lock and the socket.  Errors: io.failed, config.invalid.
    Result<void> start();
    /// Until stopped by a signal.
    void run();

private:
    Result<void> listen();
    void accept();
    void waitForSignals();
    void stop();
    /// What blocks gets some seconds to come back.  False when it did not.
    bool waitForLanes();
    void stirred();
    void scheduleTick();
    void scheduleHousekeeping();
    void schedulePurge();
    void checkKeys();
    void scheduleReading();
    Result<void> admit(const ConnectionIdentity &identity);
    /// Why whoever is at the other end of this socket is not let in, if so.
    std::optional<Error> refusalOf(int socket) const;
    bool mayHold(const ConnectionIdentity &identity, std::size_t more) const;

    ServeOptions m_options;
    asio::io_context m_io{1};
    FileDescriptor m_lock;
    asio::local::stream_protocol::acceptor m_acceptor{m_io};
    asio::signal_set m_signals{m_io};
    asio::steady_timer m_tick{m_io};
    asio::steady_timer m_housekeeping{m_io};
    asio::steady_timer m_purge{m_io};
    asio::steady_timer m_reading{m_io};
    asio::steady_timer m_acceptAgain{m_io};
    bool m_ticking = false;
    bool m_keeping = false;
    bool m_stopping = false;
    Connection::Clock::time_point m_keysRead; ///< when the file of keys could last be read
    Chore m_cleaner;
    Chore m_reader;
    Result<std::unique_ptr<OrderBook>> m_book;
    std::unique_ptr<OrderMethods> m_orders;
    std::unique_ptr<StreamMethods> m_streams;
    std::unique_ptr<CollectMethods> m_collect;
    std::unique_ptr<FleetMethods> m_fleet;
    std::unique_ptr<KillerMethods> m_killer;
    std::unique_ptr<SessionMethods> m_sessions;
    std::unique_ptr<ConfigMethods> m_config;
    std::unique_ptr<ProvisionMethods> m_provision;
    std::unique_ptr<ExplainMethods> m_explain;
    std::unique_ptr<SlowLogMethods> m_slowlogs;
    std::unique_ptr<BinlogMethods> m_binlogs;
    std::unique_ptr<SqlMethods> m_sql;
    std::unique_ptr<ConsistencyMethods> m_consistency;
    Methods m_methods;
    Connection::Host m_host;
    std::set<std::shared_ptr<Connection>> m_connections;
};

} // namespace zandb::agent
