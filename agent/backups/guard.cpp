// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/guard.h"

#include "agent/fleet/statementtext.h"
#include "agent/protocol/json.h"
#include "agent/protocol/uuid.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr const char *markerDirectory = "guards";
constexpr auto lookEvery = 200ms;    // while somebody waits for a lock
constexpr auto glanceEvery = 1000ms; // while nobody does
constexpr auto tellAfter = 1000ms;   // what its tool waits for
constexpr auto tellEvery = 5000ms;
// others are let go a little before the limit, so that none of them waits longer than it
constexpr auto margin = 900ms;

/// The guard's killing words: what mariadb-backup says of its own accord, and people hardly.
bool isMariadbBackups(const ServerThread &thread)
{
    return thread.info.starts_with("BACKUP STAGE") || thread.info.starts_with("BACKUP LOCK") || thread.info.starts_with("BACKUP UNLOCK")
           || thread.info.starts_with("FLUSH NO_WRITE_TO_BINLOG");
}

} // namespace

Result<std::unique_ptr<ServerGuard>> ServerGuard::start(const Config &config, const LocalInstance &instance,
                                                        std::string account, GuardLimits limits,
                                                        std::set<std::uint64_t> ownConnections, ToolBy by)
{
    std::unique_ptr<ServerGuard> guard(new ServerGuard);
    auto client = connectTo(config, instance, Account::Backup);
    if (!client)
        return fail(client.error());
    auto life = serverLife(**client);
    if (!life)
        return fail(life.error());
    guard->m_config = config;
    guard->m_instance = instance;
    guard->m_account = std::move(account);
    guard->m_limits = limits;
    guard->m_own = std::move(ownConnections);
    guard->m_by = by;
    guard->m_client = std::move(*client);
    guard->m_watch.emplace(*guard->m_client);
    guard->m_baseline = guard->m_client->connectionId();
    guard->m_life = *life;
    if (auto left = guard->leaveMarker(); !left)
        return fail(left.error());
    guard->m_thread = std::jthread([raw = guard.get()](std::stop_token stop) { raw->run(stop); });
    return guard;
}

ServerGuard::~ServerGuard() { finish(); }

void ServerGuard::onTrip(std::function<void()> action)
{
    std::lock_guard lock(m_mutex);
    m_onTrip = std::move(action);
}

std::optional<Error> ServerGuard::tripped() const
{
    std::lock_guard lock(m_mutex);
    return m_error;
}

void ServerGuard::trip(Error error)
{
    std::lock_guard lock(m_mutex);
    if (m_error)
        return;
    m_error = std::move(error);
    // under the lock: whoever withdraws the action may be sure that it is not running any more
    if (m_onTrip)
        m_onTrip();
}

void ServerGuard::finish()
{
    if (!m_thread.joinable())
        return;
    m_thread.request_stop();
    m_thread.join();
    std::error_code ignored;
    std::filesystem::remove(m_marker, ignored);
}

void ServerGuard::addTool(std::uint64_t connection)
{
    std::lock_guard lock(m_mutex);
    m_tools.insert(connection);
    (void)writeMarker(); // without it the connection's requests end when the server notices that nobody is there
}

// Should this process be killed, somebody else must know which requests were its tool's.
Result<void> ServerGuard::leaveMarker()
{
    const auto directory = m_config.stateDirectory / markerDirectory;
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    m_marker = directory / Uuid::v7().toString();
    m_markerLock = FileDescriptor(::open(m_marker.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!m_markerLock || ::flock(m_markerLock.get(), LOCK_EX) != 0)
        return fail(ioError(m_marker, errno));
    return writeMarker();
}

Result<void> ServerGuard::writeMarker()
{
    Json marker{{"instance", m_instance.name}, {"account", m_account}, {"baseline", m_baseline}, {"server_start_us", m_life.began},
                {"server_pid", m_life.pid}, {"server_process_start", m_life.processStart}};
    if (m_by == ToolBy::Id)
        marker["connections"] = m_tools;
    // it only grows, so that a reader finds it whole but for the moment of writing
    const std::string text = dumpJson(marker);
    if (::pwrite(m_markerLock.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return fail(ioError(m_marker, errno));
    return {};
}

std::vector<std::string> endOrphanedLockRequests(const Config &config)
{
    std::vector<std::string> ended;
    std::error_code ec;
    std::vector<std::filesystem::path> markers;
    for (std::filesystem::directory_iterator it(config.stateDirectory / markerDirectory, ec), end; !ec && it != end; it.increment(ec))
        markers.push_back(it->path());
    std::vector<std::pair<std::filesystem::path, Json>> orphans;
    std::vector<FileDescriptor> locks;
    std::set<std::string> busy; // instances that a living worker backs up: the requests there may be its own
    for (const auto &marker : markers) {
        FileDescriptor lock(::open(marker.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        const bool lives = !lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
        const auto text = readFile(marker, 8192);
        const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
        if (!json || !json->is_object())
            continue; // being written
        if (lives) {
            busy.insert(json->value("instance", std::string{}));
        } else {
            orphans.emplace_back(marker, *json);
            locks.push_back(std::move(lock));
        }
    }
    for (const auto &[marker, json] : orphans) {
        const std::string name = json.value("instance", std::string{});
        const auto instance = busy.contains(name) ? Result<LocalInstance>(fail(errors::instanceUnknown)) : findInstance(config, name);
        const auto client = instance ? connectTo(config, *instance, Account::Backup) : Result<std::unique_ptr<SqlClient>>(fail(instance.error()));
        if (instance && !client && !client.error().is(errors::instanceDown))
            continue; // it may be asked later
        const auto life = client ? serverLife(**client) : Result<ServerLife>(fail(errors::instanceDown));
        const ServerLife marked{json.value("server_start_us", TimePoint{}), json.value("server_pid", pid_t{0}),
                                json.value("server_process_start", std::uint64_t{0}), 0};
        // a server restarted meanwhile has forgotten them, and counts its threads anew
        if (life && !marked.endedBefore(*life)) {
            const auto threads = processList(**client);
            for (const auto &thread : threads ? *threads : std::vector<ServerThread>{}) {
                const bool tools = json.contains("connections")
                                       ? std::ranges::find(json.at("connections"), Json(thread.id)) != json.at("connections").end() && isLocking(thread)
                                       : thread.id > json.value("baseline", std::uint64_t{0}) && isMariadbBackups(thread);
                if (!tools || thread.user != json.value("account", std::string{}) || !thread.state.starts_with("Waiting"))
                    continue;
                if ((*client)->query("KILL " + std::to_string(thread.id)))
                    ended.push_back(name + ": " + withoutLiterals(thread.info));
            }
        }
        std::filesystem::remove(marker, ec);
    }
    return ended;
}

void ServerGuard::run(std::stop_token stop)
{
    while (!stop.stop_requested() && !tripped()) {
        look();
        m_looked = Clock::now();
        // slices, so that its end is not waited for
        const auto until = m_looked + (m_waiting.empty() && m_toolWaiting.empty() ? glanceEvery : lookEvery);
        while (!stop.stop_requested() && Clock::now() < until)
            std::this_thread::sleep_for(50ms);
    }
    if (!tripped())
        look();
    endLeftovers();
}

void ServerGuard::look()
{
    auto threads = m_watch->busy(*m_client, m_account);
    if (!threads && threads.error().is(errors::instanceDown)) {
        // lost: either only this connection, or the server and everything that was read from it
        auto again = connectTo(m_config, m_instance, Account::Backup, 2s);
        const auto life = again ? serverLife(**again) : Result<ServerLife>(fail(errors::internal));
        if (!life || m_life.endedBefore(*life))
            return trip(makeError(errors::backupServerRestarted, {{"instance", m_instance.name}}, threads.error()));
        m_client = std::move(*again);
        m_own.insert(m_client->connectionId());
        return;
    }
    if (!threads)
        return;
    auto error = holdsUp(*threads);
    if (!error)
        error = isBlocked(*threads);
    if (!error)
        return;
    // a server thread that waits for a lock does not notice that its client is gone
    const auto ended = endLockRequests(*threads, false);
    if (!ended && ended.error().is(errors::notPermitted))
        error->cause = std::make_shared<const Error>(ended.error());
    trip(std::move(*error));
}

bool ServerGuard::isTools(const ServerThread &thread) const
{
    if (m_by == ToolBy::Account)
        return thread.user == m_account && thread.id > m_baseline && !m_own.contains(thread.id);
    std::lock_guard lock(m_mutex);
    return m_tools.contains(thread.id);
}

// Since when it waits: as seen before, or at worst since just after the last look.
ServerGuard::Clock::time_point ServerGuard::waitingSince(const ServerThread &thread, const Since &before) const
{
    if (const auto seen = before.find(thread.id); seen != before.end())
        return seen->second;
    const auto now = Clock::now();
    return std::max(m_looked == Clock::time_point{} ? now : m_looked, now - std::chrono::seconds(thread.seconds + 1));
}

// Why the tool must be ended for the sake of others.
std::optional<Error> ServerGuard::holdsUp(const std::vector<ServerThread> &threads)
{
    const bool toolConnected = std::ranges::any_of(threads, [this](const ServerThread &thread) { return isTools(thread); });
    const auto now = Clock::now();
    Since waiting;
    Clock::duration longest{};
    for (const auto &thread : threads) {
        if (!toolConnected || isTools(thread))
            continue;
        bool held = waitsForGlobalLock(thread);
        if (!held && thread.state == "Waiting for table metadata lock") {
            held = std::ranges::any_of(threads, [&](const ServerThread &tool) {
                // a dump that waits itself holds nothing of this table: both wait for somebody else
                const bool reads = isTools(tool) && !tool.state.starts_with("Waiting for");
                const TableName table = reads ? tableDumped(tool.info, tool.schema) : TableName{};
                return !table.table.empty() && namesTable(thread.info, thread.schema, table);
            });
        }
        if (!held)
            continue;
        const auto since = waitingSince(thread, m_waiting);
        waiting[thread.id] = since;
        longest = std::max(longest, now - since);
    }
    m_waiting = std::move(waiting);
    if (m_waiting.empty() || longest < m_limits.holdUp - std::min<std::chrono::milliseconds>(margin, m_limits.holdUp / 4))
        return std::nullopt;
    const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(longest).count();
    return makeError(errors::backupHeldUp, {{"seconds", std::to_string(seconds)}, {"waiting", std::to_string(m_waiting.size())}});
}

// Why the tool must be ended since it gets no further: for locks of the whole server only.
std::optional<Error> ServerGuard::isBlocked(const std::vector<ServerThread> &threads)
{
    Since waiting;
    std::optional<std::uint64_t> waiter, globalWaiter;
    Clock::time_point since = Clock::time_point::max(), globalSince = since;
    for (const auto &thread : threads) {
        if (!isTools(thread) || !waitsForLock(thread))
            continue;
        const auto began = waitingSince(thread, m_toolWaiting);
        waiting[thread.id] = began;
        if (began < since)
            waiter = thread.id;
        since = std::min(since, began);
        if (!waitsForGlobalLock(thread))
            continue;
        if (began < globalSince)
            globalWaiter = thread.id;
        globalSince = std::min(globalSince, began);
    }
    m_toolWaiting = std::move(waiting);
    if (globalWaiter && Clock::now() - globalSince >= m_limits.lockWait)
        return lockErrorOf(*globalWaiter, globalSince, threads);
    tellWaiting(waiter, since, threads);
    return std::nullopt;
}

Error ServerGuard::lockErrorOf(std::uint64_t waiter, Clock::time_point since, const std::vector<ServerThread> &threads)
{
    std::set<std::uint64_t> ours = m_own;
    for (const auto &thread : threads) {
        if (isTools(thread))
            ours.insert(thread.id);
    }
    const bool mariaDb = m_client->isMariaDb();
    return lockError(*m_client, waiter, std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since), ours,
                     {accountName(m_config, Account::Watch, mariaDb), accountName(m_config, Account::Backup, mariaDb)});
}

// For people, while it waits: asked for now and then, since the server's lists of locks are not free.
void ServerGuard::tellWaiting(std::optional<std::uint64_t> waiter, Clock::time_point since, const std::vector<ServerThread> &threads)
{
    std::optional<std::map<std::string, std::string>> told;
    if (waiter && Clock::now() - since >= tellAfter) {
        if (m_waitsForAt != Clock::time_point{} && Clock::now() - m_waitsForAt < tellEvery)
            return;
        m_waitsForAt = Clock::now();
        told = lockErrorOf(*waiter, since, threads).fields;
        told->erase("seconds");
    } else {
        m_waitsForAt = {};
    }
    std::lock_guard lock(m_mutex);
    m_waitsFor = std::move(told);
}

std::optional<std::map<std::string, std::string>> ServerGuard::waitsFor() const
{
    std::lock_guard lock(m_mutex);
    return m_waitsFor;
}

// Returns how many were told to end; the first failure otherwise.
Result<int> ServerGuard::endLockRequests(const std::vector<ServerThread> &threads, bool waitingOnly)
{
    int ended = 0;
    std::optional<Error> refused;
    for (const auto &thread : threads) {
        if (!isTools(thread) || !(m_by == ToolBy::Account ? isMariadbBackups(thread) : isLocking(thread)) || (waitingOnly && !thread.state.starts_with("Waiting")))
            continue;
        auto killed = m_client->query("KILL " + std::to_string(thread.id));
        ++ended;
        if (!killed && !refused)
            refused = std::move(killed.error());
    }
    return refused ? Result<int>(fail(*refused)) : Result<int>(ended);
}

// The tool is gone; its lock request would stay in everybody's way until it is granted to nobody.
void ServerGuard::endLeftovers()
{
    for (int round = 0; round < 20; ++round) {
        const auto threads = m_watch->busy(*m_client, m_account);
        const auto ended = threads ? endLockRequests(*threads, true) : Result<int>(0);
        if (!ended || *ended == 0)
            return;
        std::this_thread::sleep_for(100ms);
    }
}

} // namespace zandb::agent
