// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/guard.h"

#include "agent/backups/statementtext.h"
#include "agent/protocol/json.h"
#include "agent/protocol/uuid.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr const char *markerDirectory = "guards";
constexpr auto lookEvery = 200ms;
// others are let go a little before the limit, so that none of them waits longer than it
constexpr auto margin = 900ms;

std::int64_t number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

bool waitsForGlobalLock(const ServerThread &thread)
{
    static constexpr std::array<std::string_view, 5> locks{"global read lock", "commit lock", "backup", "table flush",
                                                           "instance lock"};
    return thread.state.starts_with("Waiting for")
           && std::ranges::any_of(locks, [&](std::string_view lock) { return thread.state.find(lock) != std::string::npos; });
}

bool isLocking(const ServerThread &thread)
{
    return thread.info.starts_with("FLUSH") || thread.info.starts_with("BACKUP") || thread.info.starts_with("LOCK")
           || thread.info.starts_with("UNLOCK");
}

// Not of the server itself.
bool isStatementOfOthers(const ServerThread &thread)
{
    return thread.user != "system user" && thread.user != "event_scheduler" && (thread.command == "Query" || thread.command == "Execute")
           && !thread.info.empty();
}

} // namespace

Result<std::vector<ServerThread>> processList(SqlClient &client)
{
    auto rows = client.query("SHOW FULL PROCESSLIST");
    if (!rows)
        return fail(rows.error());
    std::vector<ServerThread> threads;
    for (std::size_t i = 0; i < rows->rows.size(); ++i) {
        threads.push_back({static_cast<std::uint64_t>(number(rows->value(i, "Id"))), rows->value(i, "User").value_or(""),
                           rows->value(i, "Command").value_or(""), number(rows->value(i, "Time")),
                           rows->value(i, "State").value_or(""), rows->value(i, "Info").value_or(""), rows->value(i, "db").value_or("")});
    }
    return threads;
}

Result<void> waitForLongStatements(SqlClient &client, std::chrono::seconds oldest, std::chrono::seconds limit,
                                   WorkContext &context)
{
    const auto begin = std::chrono::steady_clock::now();
    bool said = false;
    for (;;) {
        auto threads = processList(client);
        if (!threads)
            return fail(threads.error());
        const ServerThread *worst = nullptr;
        for (const auto &thread : *threads) {
            if (thread.id == client.connectionId() || !isStatementOfOthers(thread))
                continue;
            if (thread.seconds >= oldest.count() && (!worst || thread.seconds > worst->seconds))
                worst = &thread;
        }
        if (!worst)
            return {};
        if (std::chrono::steady_clock::now() - begin >= limit)
            return fail(errors::backupBlocked, {{"seconds", std::to_string(worst->seconds)},
                                                {"limit", std::to_string(oldest.count())},
                                                {"statement", withoutLiterals(worst->info)}});
        if (!std::exchange(said, true))
            context.log("waiting: a statement has been running for " + std::to_string(worst->seconds)
                        + " s (limit " + std::to_string(oldest.count()) + " s): " + withoutLiterals(worst->info));
        wire::Progress progress;
        progress.phase = "waiting";
        progress.at = systemNow();
        context.progress(progress);
        for (int i = 0; i < 5; ++i) {
            if (context.stopToken().stop_requested())
                return fail(errors::cancelled);
            std::this_thread::sleep_for(100ms);
        }
    }
}

Result<TimePoint> serverStart(SqlClient &client)
{
    auto row = client.query("SHOW GLOBAL STATUS LIKE 'Uptime'");
    if (!row)
        return fail(row.error());
    const std::int64_t uptime = row->rows.empty() ? 0 : number(row->rows[0].at(1));
    return systemNow() - std::chrono::seconds(uptime);
}

Result<std::unique_ptr<ServerGuard>> ServerGuard::start(const Config &config, const LocalInstance &instance,
                                                        std::string account, GuardLimits limits,
                                                        std::set<std::uint64_t> ownConnections)
{
    std::unique_ptr<ServerGuard> guard(new ServerGuard);
    auto client = connectTo(config, instance, Account::Backup);
    if (!client)
        return fail(client.error());
    auto began = serverStart(**client);
    if (!began)
        return fail(began.error());
    guard->m_config = config;
    guard->m_instance = instance;
    guard->m_account = std::move(account);
    guard->m_limits = limits;
    guard->m_own = std::move(ownConnections);
    guard->m_client = std::move(*client);
    guard->m_baseline = guard->m_client->connectionId();
    guard->m_serverStart = *began;
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

// Should this process be killed, somebody else must know which requests were its tool's.
Result<void> ServerGuard::leaveMarker()
{
    const auto directory = m_config.stateDirectory / markerDirectory;
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    m_marker = directory / Uuid::v7().toString();
    m_markerLock = Fd(::open(m_marker.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    const std::string text = dumpJson({{"instance", m_instance.name}, {"account", m_account}, {"baseline", m_baseline}, {"server_start_us", m_serverStart}});
    if (!m_markerLock || ::flock(m_markerLock.get(), LOCK_EX) != 0)
        return fail(fileError(m_marker, errno));
    if (const int number = writeBytes(m_markerLock.get(), text.data(), text.size()); number != 0)
        return fail(fileError(m_marker, number));
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
    std::vector<Fd> locks;
    std::set<std::string> busy; // instances that a living worker backs up: the requests there may be its own
    for (const auto &marker : markers) {
        Fd lock(::open(marker.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        const bool lives = !lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
        const auto text = readWhole(marker, 8192);
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
        const auto began = client ? serverStart(**client) : Result<TimePoint>(fail(errors::instanceDown));
        // a server restarted meanwhile has forgotten them, and counts its threads anew
        if (began && *began < json.value("server_start_us", TimePoint{}) + 2s) {
            const auto threads = processList(**client);
            for (const auto &thread : threads ? *threads : std::vector<ServerThread>{}) {
                if (thread.user != json.value("account", std::string{}) || thread.id <= json.value("baseline", std::uint64_t{0})
                    || !isLocking(thread) || !thread.state.starts_with("Waiting for"))
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
        std::this_thread::sleep_for(lookEvery);
    }
    if (!tripped())
        look();
    endLeftovers();
}

void ServerGuard::look()
{
    auto threads = processList(*m_client);
    if (!threads && threads.error().is(errors::instanceDown)) {
        // lost: either only this connection, or the server and everything that was read from it
        auto again = connectTo(m_config, m_instance, Account::Backup, 2s);
        const auto began = again ? serverStart(**again) : Result<TimePoint>(fail(errors::internal));
        // uptime counts whole seconds
        if (!began || *began > m_serverStart + 2s)
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
    return thread.user == m_account && thread.id > m_baseline && !m_own.contains(thread.id);
}

// Why the tool must be ended for the sake of others.
std::optional<Error> ServerGuard::holdsUp(const std::vector<ServerThread> &threads)
{
    const bool toolConnected = std::ranges::any_of(threads, [this](const ServerThread &thread) { return isTools(thread); });
    const auto now = std::chrono::steady_clock::now();
    Since waiting;
    std::chrono::steady_clock::duration longest{};
    for (const auto &thread : threads) {
        if (!toolConnected || isTools(thread))
            continue;
        bool held = waitsForGlobalLock(thread);
        if (!held && thread.state == "Waiting for table metadata lock") {
            held = std::ranges::any_of(threads, [&](const ServerThread &tool) {
                const TableName table = isTools(tool) ? tableDumped(tool.info, tool.schema) : TableName{};
                return !table.table.empty() && namesTable(thread.info, thread.schema, table);
            });
        }
        if (!held)
            continue;
        const auto before = m_waiting.find(thread.id);
        const auto since = before == m_waiting.end() ? now : before->second;
        waiting[thread.id] = since;
        longest = std::max(longest, now - since);
    }
    m_waiting = std::move(waiting);
    if (m_waiting.empty() || longest < m_limits.holdUp - std::min<std::chrono::milliseconds>(margin, m_limits.holdUp / 4))
        return std::nullopt;
    const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(longest).count();
    return makeError(errors::backupHeldUp, {{"seconds", std::to_string(seconds)}, {"waiting", std::to_string(m_waiting.size())}});
}

// Why the tool must be ended since it gets no further.
std::optional<Error> ServerGuard::isBlocked(const std::vector<ServerThread> &threads)
{
    const auto now = std::chrono::steady_clock::now();
    Since waiting;
    std::chrono::steady_clock::duration longest{};
    const ServerThread *oldest = nullptr;
    for (const auto &thread : threads) {
        if (isTools(thread) && waitsForGlobalLock(thread)) {
            const auto before = m_toolWaiting.find(thread.id);
            waiting[thread.id] = before == m_toolWaiting.end() ? now : before->second;
            longest = std::max(longest, now - waiting[thread.id]);
        } else if (!isTools(thread) && isStatementOfOthers(thread) && !waitsForGlobalLock(thread)
                   && (!oldest || thread.seconds > oldest->seconds)) {
            oldest = &thread;
        }
    }
    m_toolWaiting = std::move(waiting);
    if (m_toolWaiting.empty() || longest < m_limits.lockWait)
        return std::nullopt;
    return makeError(errors::backupBlocked,
                     {{"seconds", std::to_string(oldest ? oldest->seconds : std::chrono::duration_cast<std::chrono::seconds>(longest).count())},
                      {"limit", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(m_limits.lockWait).count())},
                      {"statement", oldest ? withoutLiterals(oldest->info) : "LOCK TABLES"}});
}

// Returns how many were told to end; the first failure otherwise.
Result<int> ServerGuard::endLockRequests(const std::vector<ServerThread> &threads, bool waitingOnly)
{
    int ended = 0;
    std::optional<Error> refused;
    for (const auto &thread : threads) {
        if (!isTools(thread) || !isLocking(thread) || (waitingOnly && !thread.state.starts_with("Waiting for")))
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
        const auto threads = processList(*m_client);
        const auto ended = threads ? endLockRequests(*threads, true) : Result<int>(0);
        if (!ended || *ended == 0)
            return;
        std::this_thread::sleep_for(100ms);
    }
}

} // namespace zandb::agent
