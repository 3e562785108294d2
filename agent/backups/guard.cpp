// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/guard.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

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

// the table a dump reads just now: the last quoted name of its statement
std::string_view tableRead(const ServerThread &thread)
{
    const std::string_view info = thread.info;
    if (!info.starts_with("SELECT"))
        return {};
    const auto end = info.rfind('`');
    if (end == std::string_view::npos || end == 0)
        return {};
    const auto begin = info.rfind('`', end - 1);
    return begin == std::string_view::npos ? std::string_view{} : info.substr(begin + 1, end - begin - 1);
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
                           rows->value(i, "State").value_or(""), rows->value(i, "Info").value_or("")});
    }
    return threads;
}

std::string withoutLiterals(std::string_view statement)
{
    std::string out;
    for (std::size_t i = 0; i < statement.size() && out.size() < 200; ++i) {
        const char c = statement[i];
        if (c == '\'' || c == '"') {
            for (++i; i < statement.size() && statement[i] != c; ++i) {
                if (statement[i] == '\\')
                    ++i;
            }
            out += '?';
        } else if (c >= '0' && c <= '9' && (out.empty() || !(std::isalnum(static_cast<unsigned char>(out.back())) || out.back() == '_' || out.back() == '?'))) {
            while (i + 1 < statement.size() && std::isalnum(static_cast<unsigned char>(statement[i + 1])))
                ++i;
            out += '?';
        } else {
            out += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
        }
    }
    return out;
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
            if (thread.id == client.connectionId() || thread.user == "system user" || thread.user == "event_scheduler"
                || (thread.command != "Query" && thread.command != "Execute") || thread.info.empty())
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
                                                        std::string account, std::chrono::milliseconds holdUp,
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
    guard->m_holdUp = holdUp;
    guard->m_own = std::move(ownConnections);
    guard->m_client = std::move(*client);
    guard->m_baseline = guard->m_client->connectionId();
    guard->m_serverStart = *began;
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
}

void ServerGuard::run(std::stop_token stop)
{
    while (!stop.stop_requested() && !tripped()) {
        look();
        std::this_thread::sleep_for(lookEvery);
    }
    if (!tripped())
        look();
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
    const auto isTools = [&](const ServerThread &thread) {
        return thread.user == m_account && thread.id > m_baseline && !m_own.contains(thread.id);
    };
    const bool toolConnected = std::ranges::any_of(*threads, isTools);
    const auto now = std::chrono::steady_clock::now();
    std::map<std::uint64_t, std::chrono::steady_clock::time_point> waiting;
    std::chrono::steady_clock::duration longest{};
    for (const auto &thread : *threads) {
        if (!toolConnected || isTools(thread))
            continue;
        bool held = waitsForGlobalLock(thread);
        if (!held && thread.state == "Waiting for table metadata lock") {
            held = std::ranges::any_of(*threads, [&](const ServerThread &tool) {
                const auto table = isTools(tool) ? tableRead(tool) : std::string_view{};
                return !table.empty() && thread.info.find(table) != std::string::npos;
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
    if (m_waiting.empty() || longest < m_holdUp - std::min<std::chrono::milliseconds>(margin, m_holdUp / 4))
        return;
    // a server thread that waits for a lock does not notice that its client is gone
    const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(longest).count();
    Error error = makeError(errors::backupHeldUp, {{"seconds", std::to_string(seconds)}, {"waiting", std::to_string(m_waiting.size())}});
    for (const auto &thread : *threads) {
        if (!isTools(thread) || !isLocking(thread))
            continue;
        auto killed = m_client->query("KILL " + std::to_string(thread.id));
        if (!killed && killed.error().is(errors::notPermitted))
            error = makeError(errors::backupHeldUp, error.fields, std::move(killed.error()));
    }
    trip(std::move(error));
}

} // namespace zandb::agent
