// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/session.h"

#include "app/store/connection.h"
#include "app/store/migrations.h"
#include "app/store/sqltext.h"

#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

namespace zandb::store {
namespace {

using namespace std::chrono_literals;

constexpr int maxTries = 5;

/// Before a statement or transaction is repeated: of two that got in each other's way one comes first the next time.
void pause(int tries)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(5, 40 * tries)(random)));
}

/// While it lives, a stop request ends the statement that runs on connection `id`.  The request's own thread (perhaps
/// the GUI's) only starts another one, which sends KILL QUERY until the statement is over: a first KILL may come
/// before the server has begun.
class Killer
{
public:
    Killer(const std::stop_token &stop, const StoreSettings &settings, std::int64_t id)
        : m_settings(settings), m_id(id), m_callback(stop, [this] { start(); })
    {
    }
    ~Killer()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_over = true;
        }
        m_wake.notify_all();
        if (m_thread.joinable())
            m_thread.join();
    }
    Killer(const Killer &) = delete;

private:
    void start()
    {
        const std::lock_guard lock(m_mutex);
        if (!m_over)
            m_thread = std::thread([this] { work(); });
    }
    void work()
    {
        std::unique_ptr<Connection> connection;
        std::unique_lock lock(m_mutex);
        while (!m_over) {
            lock.unlock();
            if (!connection) {
                if (const auto password = passwordOf(m_settings)) {
                    if (auto opened = Connection::open(m_settings, *password, 5s))
                        connection = std::move(*opened);
                }
            }
            if (connection && !connection->execute("KILL QUERY " + std::to_string(m_id)) && !connection->ping())
                connection.reset();
            lock.lock();
            m_wake.wait_for(lock, 100ms, [this] { return m_over; });
        }
    }

    const StoreSettings &m_settings; // read by both threads, written by none while a statement runs
    const std::int64_t m_id;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_over = false;
    std::thread m_thread;
    std::stop_callback<std::function<void()>> m_callback; // last: may call start() while this is being built
};

} // namespace

Result<std::string> passwordOf(const StoreSettings &settings)
{
    auto secret = readSecret(settings.passwordFile, "store-password");
    if (secret && secret->empty())
        return settings.password;
    return secret;
}

struct Session::Private
{
    explicit Private(StoreSettings s) : settings(std::move(s)) {}

    StoreSettings settings;
    std::unique_ptr<Connection> connection;
    std::chrono::seconds statementLimit{60};
    bool inTransaction = false;
    bool connectionLost = false;      ///< inside the transaction that runs
    int lastNumber = 0;               ///< errno of the last failed statement
    std::stop_token stop;

    Result<void> ensureOpen(bool withSchema = true);
    Result<void> selectSchema();
    void drop() { connection.reset(); }

    /// One statement on the open connection, killed when a stop is requested.
    template<class T>
    Result<T> attempt(SqlResult<T> (Connection::*call)(const std::string &), const std::string &sql, bool stoppable = true);
    /// Opens, runs, and repeats what may be repeated.
    template<class T>
    Result<T> run(SqlResult<T> (Connection::*call)(const std::string &), const std::string &sql, bool reading);
    Error cancelled() const { return makeError(errors::cancelled); }
};

Result<void> Session::Private::selectSchema()
{
    const auto used = connection->execute("USE " + identifier(settings.schema));
    if (used)
        return {};
    return fail(toError(used.error(), settings));
}

Result<void> Session::Private::ensureOpen(bool withSchema)
{
    if (connection)
        return {};
    if (stop.stop_requested())
        return fail(cancelled());
    const auto password = passwordOf(settings);
    if (!password)
        return fail(password.error());
    auto opened = Connection::open(settings, *password, statementLimit);
    if (!opened)
        return fail(opened.error());
    connection = std::move(*opened);
    // rights may come by roles, which are not always active after login
    if (!connection->isMariaDb()) {
        (void)connection->execute("SET ROLE ALL");
    } else {
        const auto roles = connection->query(
            "SELECT role_name FROM information_schema.applicable_roles WHERE CURRENT_ROLE() IS NULL AND role_name IN "
            "('zandb_admin','zandb_dispatcher','zandb_operator','zandb_viewer') ORDER BY role_name = 'zandb_admin' DESC, "
            "role_name = 'zandb_dispatcher' DESC, role_name = 'zandb_operator' DESC");
        if (roles && !roles->empty())
            (void)connection->execute("SET ROLE " + identifier(roles->front().text(0)));
    }
    if (!withSchema)
        return {};
    auto selected = selectSchema();
    if (!selected)
        drop();
    return selected;
}

template<class T>
Result<T> Session::Private::attempt(SqlResult<T> (Connection::*call)(const std::string &), const std::string &sql, bool stoppable)
{
    SqlResult<T> answer;
    {
        std::optional<Killer> killer;
        if (stoppable && stop.stop_possible())
            killer.emplace(stop, settings, connection->id());
        answer = (connection.get()->*call)(sql);
    }
    lastNumber = 0;
    if (stoppable && stop.stop_requested()) {
        // a late KILL may still be waiting on this connection for the next statement
        drop();
        connectionLost = true;
        // rows may be cut short without an error (SLEEP); a write that came through is done, whoever asked to stop
        if (!answer || std::is_same_v<T, Rows>)
            return fail(cancelled());
    }
    if (answer)
        return std::move(*answer);
    lastNumber = answer.error().number;
    if (answer.error().lost) {
        drop();
        connectionLost = true;
    }
    return fail(toError(answer.error(), settings));
}

template<class T>
Result<T> Session::Private::run(SqlResult<T> (Connection::*call)(const std::string &), const std::string &sql, bool reading)
{
    if (inTransaction) {
        if (stop.stop_requested())
            return fail(cancelled());
        if (connectionLost || !connection)
            return fail(errors::storeUnreachable, {{"host", settings.host}, {"port", std::to_string(settings.port)},
                                                   {"detail", "the connection was lost in this transaction"}});
        return attempt(call, sql);
    }
    // a write is not sent on a link that may be dead: nobody could say afterwards whether it was done
    if (connection && !reading && !connection->ping())
        drop();
    for (int tries = 1;; ++tries) {
        if (stop.stop_requested())
            return fail(cancelled());
        const bool fresh = !connection;
        if (auto open = ensureOpen(); !open)
            return fail(open.error());
        connectionLost = false;
        auto answer = attempt(call, sql);
        if (answer || stop.stop_requested())
            return answer;
        if (connectionLost && reading && !fresh && tries == 1)
            continue;
        if (!isRetryable(lastNumber) || tries == maxTries)
            return answer;
        pause(tries);
    }
}

Session::Session(StoreSettings settings) : d(std::make_unique<Private>(std::move(settings))) {}
Session::~Session() = default;

Result<Rows> Session::query(std::string_view sql, const std::vector<Value> &arguments)
{
    const auto text = substitute(sql, arguments);
    if (!text)
        return fail(text.error());
    return d->run(&Connection::query, *text, true);
}

Result<std::int64_t> Session::execute(std::string_view sql, const std::vector<Value> &arguments)
{
    const auto text = substitute(sql, arguments);
    if (!text)
        return fail(text.error());
    return d->run(&Connection::execute, *text, false);
}

Result<void> Session::transaction(const std::function<Result<void>()> &body)
{
    if (d->inTransaction) // a part of the transaction that is open already
        return body();

    for (int tries = 1;; ++tries) {
        // opening a transaction changes nothing, so it may be repeated like a SELECT
        if (auto begun = d->run(&Connection::execute, "START TRANSACTION", true); !begun)
            return fail(begun.error());
        d->inTransaction = true;
        d->connectionLost = false;
        int number = 0;
        Result<void> done;
        try {
            done = body();
        } catch (const std::exception &e) {
            done = fail(errors::internal, {{"detail", e.what()}});
        }
        if (done && d->stop.stop_requested())
            done = fail(d->cancelled());
        if (done) {
            const auto committed = d->connection ? d->attempt(&Connection::execute, "COMMIT", false)
                                                 : Result<std::int64_t>(fail(errors::storeUnreachable));
            number = d->lastNumber;
            if (!committed) {
                done = fail(committed.error());
                if (d->connectionLost)
                    done.error().fields["commit"] = "unknown";
            }
        } else {
            // what the body made of the failure does not matter: the server's number does
            const bool retryable = done.error().is(errors::storeSql);
            number = retryable ? std::atoi(done.error().fields["errno"].c_str()) : 0;
        }
        if (!done && d->connection)
            (void)d->attempt(&Connection::execute, "ROLLBACK", false);
        d->inTransaction = false;
        if (done || !isRetryable(number) || tries == maxTries || d->stop.stop_requested())
            return done;
        pause(tries);
    }
}

Result<TimePoint> Session::now()
{
    const auto rows = query("SELECT " + std::string(nowUs));
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return fail(errors::storeSql, {{"errno", "0"}, {"detail", "the server told no time"}});
    return rows->front().time(0);
}

Result<void> Session::checkSchema()
{
    const auto rows = query("SELECT (SELECT MAX(version) FROM schema_migration), (SELECT min_program FROM store_info WHERE id = 1)");
    if (!rows) {
        if (rows.error().is(errors::storeSql) && d->lastNumber == 1146)
            return fail(errors::storeSchemaMissing, {{"schema", d->settings.schema}});
        return fail(rows.error());
    }
    const Row row = rows->empty() ? Row({}) : rows->front();
    if (row.isNull(0) || row.isNull(1))
        return fail(errors::storeSchemaMissing, {{"schema", d->settings.schema}});
    if (row.integer(1) > programVersion())
        return fail(errors::storeSchemaTooNew, {{"min_program", row.text(1)}, {"mine", std::to_string(programVersion())}});
    if (row.integer(0) < programVersion())
        return fail(errors::storeSchemaTooOld, {{"version", row.text(0)}, {"needed", std::to_string(programVersion())}});
    return {};
}

void Session::setStopToken(std::stop_token token)
{
    d->stop = std::move(token);
}

void Session::close()
{
    d->drop();
}

void Session::setStatementLimit(std::chrono::seconds limit)
{
    d->statementLimit = limit;
    d->drop();
}

Result<bool> Session::createSchema()
{
    d->drop();
    if (auto open = d->ensureOpen(false); !open)
        return fail(open.error());
    auto selected = d->selectSchema();
    const bool missing = !selected && selected.error().is(errors::storeSchemaMissing);
    // without any right on it MySQL answers "denied" whether the schema exists or not
    if (missing || (!selected && selected.error().is(errors::storeDenied))) {
        auto made = d->attempt(&Connection::execute,
                               "CREATE DATABASE IF NOT EXISTS " + identifier(d->settings.schema)
                                   + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        if (!made)
            return fail(made.error());
        selected = d->selectSchema();
    }
    if (!selected) {
        d->drop();
        return fail(selected.error());
    }
    return missing;
}

Result<Session::Server> Session::server()
{
    if (auto open = d->ensureOpen(); !open)
        return fail(open.error());
    return Server{d->connection->serverVersion(), d->connection->isMariaDb(), d->connection->tlsCipher()};
}

const StoreSettings &Session::settings() const
{
    return d->settings;
}

bool isDuplicate(const Error &error)
{
    const auto number = error.fields.find("errno");
    return error.is(errors::storeSql) && number != error.fields.end() && number->second == "1062";
}

Result<void> raiseFeed(Session &session, std::string_view topic, int scope)
{
    const auto done = session.execute("INSERT INTO change_feed (topic, scope, version) VALUES (?,?,1) "
                                      "ON DUPLICATE KEY UPDATE version = version + 1", {value(topic), value(scope)});
    if (!done)
        return fail(done.error());
    return {};
}

} // namespace zandb::store
