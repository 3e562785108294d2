// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/serve/server.h"

#include "agent/fleet/keys.h"
#include "agent/os/log.h"
#include "agent/os/memory.h"
#include "agent/scripts/catalogue.h"
#include "agent/serve/checkconfig.h"
#include "agent/serve/peer.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t maxConnections = 64;
constexpr std::size_t maxRefused = 16; ///< at a time; beyond them nobody is told why
constexpr auto purgeInterval = 24h;
constexpr auto readInterval = 1h;
constexpr auto lanesTime = 8s; ///< longer than one query of a sample may take

} // namespace

Server::Server(ServeOptions options)
    : m_options(std::move(options)), m_cleaner(m_options.cleaner, "what killed workers left cannot be cleaned up"),
      m_reader(m_options.reader, "backups cannot be read"), m_book(fail(errors::internal)), m_host{m_methods, {}, {}, {}, {}}
{
    m_host.hello.program = "zandb-agent " ZANDB_VERSION;
    m_host.hello.features = {"orders", "fleet", "keys", "backups", "collected", "items", "feed", "killer", "sessions", "slowlog", "explain", "batchsql", "binlogs", "consistency"};
    m_host.hello.host = m_options.config.host;
    m_host.hello.bootId = bootId();
    m_host.admit = [this](const ConnectionIdentity &identity) { return admit(identity); };
    m_host.mayHold = [this](const ConnectionIdentity &identity, std::size_t more) { return mayHold(identity, more); };
    m_host.ended = [this](const std::shared_ptr<Connection> &connection) {
        m_connections.erase(connection);
    };
}

Server::~Server() = default;

Result<void> Server::start()
{
    if (auto owned = checkConfigOwner(m_options.config.file); !owned)
        return owned;
    auto lock = lockStateDirectory(m_options.config);
    if (!lock)
        return fail(lock.error());
    m_lock = std::move(*lock);
    m_book = OrderBook::open(m_options.config, m_options.orders);
    if (!m_book)
        logLine("no orders are taken: " + describe(m_book.error()));
    Result<OrderBook *> book = m_book ? Result<OrderBook *>(m_book->get()) : Result<OrderBook *>(fail(m_book.error()));
    m_orders = std::make_unique<OrderMethods>(m_options.config, m_options.orders.kinds, book, [this] { stirred(); });
    m_streams = std::make_unique<StreamMethods>(m_options.config, m_io, std::move(book), [this](const ConnectionIdentity &identity, const std::string &kind) {
        return m_orders->mayOrder(identity, kind, true); // whoever ordered it was asked for more
    });
    m_collect = std::make_unique<CollectMethods>(m_options.config, m_io);
    m_fleet = std::make_unique<FleetMethods>(m_options.config, m_io, [this] { checkKeys(); }, [this](const wire::SamplesPayload &figures) {
        m_collect->add(std::string(wire::samplesSource), Spool::Kind::Samples, dumpJson(figures));
    });
    m_killer = std::make_unique<KillerMethods>(m_options.config, m_io, *m_collect);
    m_slowlogs = std::make_unique<SlowLogMethods>(m_options.config, m_io, *m_collect);
    m_binlogs = std::make_unique<BinlogMethods>(m_options.config, m_io, *m_collect);
    m_sessions = std::make_unique<SessionMethods>(m_options.config, m_io);
    m_explain = std::make_unique<ExplainMethods>(m_options.config, m_io);
    m_sql = std::make_unique<SqlMethods>(m_options.config, m_io);
    m_consistency = std::make_unique<ConsistencyMethods>(m_options.config, m_io);
    m_orders->addTo(m_methods);
    m_streams->addTo(m_methods);
    m_fleet->addTo(m_methods);
    m_collect->addTo(m_methods);
    m_killer->addTo(m_methods);
    m_slowlogs->addTo(m_methods);
    m_binlogs->addTo(m_methods);
    m_sessions->addTo(m_methods);
    m_config = std::make_unique<ConfigMethods>(m_options.config, m_io, *m_collect);
    m_config->addTo(m_methods);
    m_provision = std::make_unique<ProvisionMethods>(m_options.config, m_io);
    m_provision->addTo(m_methods);
    m_explain->addTo(m_methods);
    m_sql->addTo(m_methods);
    addScriptMethods(m_options.config, m_methods);
    m_consistency->addTo(m_methods);
    return listen();
}

Result<void> Server::listen()
{
    const fs::path path = m_options.config.socket;
    if (path.string().size() >= sizeof(sockaddr_un::sun_path))
        return fail(errors::configInvalid, {{"path", m_options.config.file.string()}, {"line", "0"},
                                            {"detail", "the path of the socket is longer than a socket's may be"}});
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    // the lock says that no other serve of this state is alive, so a socket here is a dead one's
    if (fs::is_socket(path, error))
        fs::remove(path, error);
    const mode_t mask = ::umask(0177);
    m_acceptor.open(asio::local::stream_protocol(), error);
    if (!error)
        m_acceptor.bind(path.string(), error);
    ::umask(mask);
    if (!error)
        m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return fail(errors::ioFailed, {{"path", path.string()}, {"detail", error.message()}});
    ::fcntl(m_acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    return {};
}

void Server::run()
{
    for (const int signal : {SIGTERM, SIGINT, SIGCHLD})
        m_signals.add(signal);
    waitForSignals();
    accept();
    schedulePurge();
    stirred();
    if (m_book) {
        (*m_book)->onWorkerGone([this] { m_cleaner.start(); });
        (*m_book)->onEnded([this](const Kind &kind) {
            if (kind.leavesBackups)
                m_reader.start();
        });
    }
    m_cleaner.start();
    scheduleReading(); // also what other hosts' backups in a repository of this one wait for
    m_fleet->start();
    m_killer->start();
    m_config->start();
    m_slowlogs->start();
    m_binlogs->start();
    ::malloc_trim(0); // reading the journal may have taken much for a moment
    forgetUnusedCode();
    logLine("serving on " + m_options.config.socket.string());
    m_io.run();
    const bool idle = waitForLanes();
    m_connections.clear();
    std::error_code ignored;
    fs::remove(m_options.config.socket, ignored);
    logLine(idle ? "stopped" : "stopped, although a disk or a server has not answered yet");
    if (!idle)
        ::_exit(0); // its thread cannot be ended; everything that must last is on disk already
}

bool Server::waitForLanes()
{
    const auto idle = [this] { return m_fleet->isIdle() && m_killer->isIdle() && m_slowlogs->isIdle() && m_binlogs->isIdle() && m_collect->isIdle() && m_streams->isIdle() && m_sessions->isIdle() && m_config->isIdle() && m_provision->isIdle() && m_explain->isIdle() && m_sql->isIdle() && m_consistency->isIdle(); };
    for (const auto until = std::chrono::steady_clock::now() + lanesTime; !idle();) {
        if (std::chrono::steady_clock::now() > until)
            return false;
        std::this_thread::sleep_for(10ms);
        m_io.restart();
        m_io.poll();
    }
    return true;
}

void Server::accept()
{
    m_acceptor.async_accept([this](const std::error_code &error, Connection::Socket socket) {
        if (m_stopping)
            return;
        if (error) {
            // out of descriptors or memory: it may pass, and the loop must not spin meanwhile
            m_acceptAgain.expires_after(1s);
            m_acceptAgain.async_wait([this](const std::error_code &stopped) {
                if (!stopped)
                    accept();
            });
            return;
        }
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
        if (m_connections.size() < maxConnections + maxRefused) {
            auto refusal = refusalOf(socket.native_handle());
            const auto connection = std::make_shared<Connection>(std::move(socket), m_host, std::move(refusal));
            m_connections.insert(connection);
            connection->start();
            scheduleHousekeeping();
        }
        accept();
    });
}

std::optional<Error> Server::refusalOf(int socket) const
{
    // the book's own view: an attempt that was started is in it before its process runs anything
    const auto workers = m_book ? (*m_book)->workers() : std::vector<ProcessIdentity>{};
    if (auto checked = checkPeer(socket, workers, m_options.config.cgroup); !checked)
        return checked.error();
    const auto served = std::ranges::count_if(m_connections, [](const auto &connection) { return !connection->isRefused(); });
    if (static_cast<std::size_t>(served) >= maxConnections)
        return makeError(errors::agentBusy, {{"what", "connections"}, {"limit", std::to_string(maxConnections)}});
    return std::nullopt;
}

bool Server::mayHold(const ConnectionIdentity &identity, std::size_t more) const
{
    std::size_t held = more;
    for (const auto &connection : m_connections)
        held += connection->identity().key == identity.key ? connection->heldBytes() : 0;
    return held <= Connection::maxHeldOfKey;
}

void Server::waitForSignals()
{
    m_signals.async_wait([this](const std::error_code &error, int signal) {
        if (error)
            return;
        if (signal == SIGCHLD) {
            m_cleaner.reap();
            m_reader.reap();
            if (m_book)
                (*m_book)->tick();
            stirred();
            waitForSignals();
        } else {
            stop();
        }
    });
}

void Server::stop()
{
    m_stopping = true;
    std::error_code ignored;
    m_acceptor.close(ignored);
    for (const auto &connection : std::set(m_connections))
        connection->close();
    m_fleet->stop();
    m_killer->stop();
    m_config->stop();
    m_slowlogs->stop();
    m_binlogs->stop();
    m_explain->stop();
    m_sql->stop();
    m_consistency->stop();
    m_tick.cancel();
    m_housekeeping.cancel();
    m_purge.cancel();
    m_reading.cancel();
    m_reader.end(); // it has hours to go, and what it has read is known
    m_acceptAgain.cancel();
    m_io.stop();
}

void Server::stirred()
{
    if (m_book && (*m_book)->hasOpen() && !m_ticking)
        scheduleTick();
}

void Server::scheduleTick()
{
    m_ticking = true;
    m_tick.expires_after(m_options.tick);
    m_tick.async_wait([this](const std::error_code &error) {
        m_ticking = false;
        if (error)
            return;
        (*m_book)->tick();
        stirred();
    });
}

void Server::scheduleHousekeeping()
{
    if (m_keeping || m_connections.empty())
        return;
    m_keeping = true;
    // often enough that nobody stays much longer than the shortest of the times
    m_housekeeping.expires_after(std::min({m_options.housekeeping, m_options.handshake, m_options.writeStall}));
    m_housekeeping.async_wait([this](const std::error_code &error) {
        m_keeping = false;
        if (error)
            return;
        const auto now = Connection::Clock::now();
        for (const auto &connection : std::set(m_connections)) {
            if (connection->isLate(now - m_options.handshake))
                connection->endWith(makeError(errors::protocolMalformed, {{"detail", "no hello in time"}}));
            else if (connection->isStalled(now - m_options.writeStall))
                connection->close();
        }
        checkKeys();
        scheduleHousekeeping();
    });
}

void Server::schedulePurge()
{
    m_purge.expires_after(purgeInterval);
    m_purge.async_wait([this](const std::error_code &error) {
        if (error)
            return;
        if (m_book) {
            if (auto purged = (*m_book)->purge(); !purged)
                logLine("the journal cannot be compacted: " + describe(purged.error()));
        }
        schedulePurge();
    });
}

void Server::scheduleReading()
{
    m_reader.start();
    m_reading.expires_after(readInterval);
    m_reading.async_wait([this](const std::error_code &error) {
        if (!error)
            scheduleReading();
    });
}

void Server::checkKeys()
{
    for (const auto &connection : std::set(m_connections)) {
        if (!connection->isReady())
            continue;
        const auto admitted = admit(connection->identity());
        // a file that cannot be read just now, for want of a descriptor perhaps, revokes nobody; one that stays so does
        if (!admitted && (admitted.error().is(errors::keyRevoked) || Connection::Clock::now() - m_keysRead >= m_options.keysGrace))
            connection->endWith(admitted.error());
    }
}

Result<void> Server::admit(const ConnectionIdentity &identity)
{
    const auto stands = KeysFile(m_options.config).stands(identity.user, identity.role, identity.key);
    if (!stands)
        return fail(stands.error());
    m_keysRead = Connection::Clock::now();
    if (!*stands)
        return fail(errors::keyRevoked, {{"user", identity.user}});
    return {};
}

int serve(ServeOptions options)
{
    ::signal(SIGPIPE, SIG_IGN);
    keepMemorySmall();
    try {
        Server server(std::move(options));
        if (auto started = server.start(); !started) {
            logLine("cannot serve: " + describe(started.error()));
            return 1;
        }
        server.run();
        return 0;
    } catch (const std::exception &e) {
        logLine(std::string("serve ended: ") + e.what());
        return 1;
    }
}

} // namespace zandb::agent
