// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/connection.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include <array>
#include <filesystem>
#include <mutex>

namespace zandb::store {
namespace {

using namespace std::chrono_literals;

constexpr auto connectTimeout = 5s;
/// The read timeout cannot be changed once connected, so a first, short-lived connection finds out whether
/// somebody answers there at all: a server that never speaks is noticed in seconds, and a slow statement still
/// has its time.
constexpr auto handshakeTimeout = 5s;
constexpr auto readMargin = 5s;
constexpr auto unlimited = 24h;
constexpr std::size_t maxResultBytes = 512u << 20;

std::string hostUri(const StoreSettings &settings)
{
    if (!settings.socket.empty())
        return "unix://" + settings.socket.string();
    const bool v6 = settings.host.find(':') != std::string::npos;
    return "tcp://" + (v6 ? '[' + settings.host + ']' : settings.host) + ':' + std::to_string(settings.port);
}

bool isLost(int number)
{
    switch (number) {
    case 1053: // shutdown in progress
    case 1927: // connection was killed
    case 2006:
    case 2013:
    case 2014: // out of sync
    case 2055:
    case 3169: // session was killed
    case 4031: // closed for inactivity
        return true;
    default:
        return false;
    }
}

SqlFailure failureOf(const sql::SQLException &e)
{
    const int number = e.getErrorCode();
    // without a number the exception is the library's own: the link is in no state to be trusted
    return {number, e.what(), isLost(number) || number == 0, false};
}

std::unique_ptr<sql::Connection> connect(const StoreSettings &settings, const std::string &password, std::chrono::seconds readTimeout)
{
    // get_driver_instance() is not thread-safe; connecting is
    static std::mutex mutex;
    sql::Driver *driver = nullptr;
    {
        const std::lock_guard lock(mutex);
        driver = get_driver_instance();
    }
    sql::ConnectOptionsMap options;
    options["hostName"] = sql::SQLString(hostUri(settings));
    options["userName"] = sql::SQLString(settings.user);
    options["password"] = sql::SQLString(password);
    options["OPT_CONNECT_TIMEOUT"] = static_cast<int>(connectTimeout.count());
    options["OPT_READ_TIMEOUT"] = static_cast<int>(readTimeout.count());
    options["OPT_WRITE_TIMEOUT"] = static_cast<int>(readTimeout.count());
    options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
    options["OPT_LOCAL_INFILE"] = 0;
    options["OPT_RECONNECT"] = false;
    options["CLIENT_FOUND_ROWS"] = true;
    options["CLIENT_MULTI_STATEMENTS"] = false;
    if (wantsTls(settings)) {
        // only the three together refuse a server without TLS and one with a strange certificate
        options["sslEnforce"] = true;
        options["sslVerify"] = true;
        options["sslCA"] = sql::SQLString(authorities(settings));
    }
    return std::unique_ptr<sql::Connection>(driver->connect(options));
}

Value columnValue(sql::ResultSet &rows, sql::ResultSetMetaData &meta, unsigned column)
{
    const sql::SQLString text = rows.getString(column);
    if (rows.wasNull())
        return nullptr;
    switch (meta.getColumnType(column)) {
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::BIGINT:
    case sql::DataType::YEAR:
        return std::int64_t{rows.getInt64(column)};
    case sql::DataType::REAL:
    case sql::DataType::DOUBLE:
        return static_cast<double>(rows.getDouble(column));
    default:
        return std::string(text.c_str(), text.length());
    }
}

} // namespace

bool wantsTls(const StoreSettings &settings)
{
    return settings.tls == "required" || (settings.tls != "off" && !isLoopback(settings));
}

std::string authorities(const StoreSettings &settings)
{
    if (!settings.tlsCa.empty())
        return settings.tlsCa.string();
    for (const char *path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}) {
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored))
            return path;
    }
    return {};
}

struct Connection::Private
{
    std::unique_ptr<sql::Connection> link;
    std::unique_ptr<sql::Statement> statement;
    bool mariaDb = false;
    std::int64_t id = 0;
    std::string version;
    std::string cipher;
};

Connection::Connection(std::unique_ptr<Private> data) : d(std::move(data)) {}

Connection::~Connection()
{
    try {
        d->statement.reset();
        d->link.reset();
    } catch (const std::exception &) { // NOLINT(bugprone-empty-catch): nothing is left to be told
    }
}

Result<std::unique_ptr<Connection>> Connection::open(const StoreSettings &settings, const std::string &password,
                                                     std::chrono::seconds statementLimit)
{
    if (wantsTls(settings) && authorities(settings).empty())
        return fail(errors::storeTls, {{"host", settings.host}, {"detail", "tls_ca is not set"}});
    const auto readTimeout = statementLimit.count() > 0 ? statementLimit + readMargin : std::chrono::seconds(unlimited);
    std::unique_ptr<Connection> connection(new Connection(std::make_unique<Private>()));
    Private &p = *connection->d;
    try {
        connect(settings, password, handshakeTimeout)->close();
        p.link = connect(settings, password, readTimeout);
        p.statement.reset(p.link->createStatement());
        // buffered: with TYPE_FORWARD_ONLY an error that comes after the columns (a killed or overlong statement) looks
        // like the end of the rows
        p.statement->setResultSetType(sql::ResultSet::TYPE_SCROLL_INSENSITIVE);
    } catch (const sql::SQLException &e) {
        SqlFailure failure = failureOf(e);
        failure.lost = failure.number == 0 || failure.lost;
        return fail(toError(failure, settings));
    } catch (const std::exception &e) {
        return fail(toError({0, e.what(), true, true}, settings));
    }

    // first of all: does the password's and everything else's way lead through TLS?
    const auto cipher = connection->query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    if (!cipher)
        return fail(toError(cipher.error(), settings));
    p.cipher = cipher->empty() ? std::string() : cipher->front().text(1);
    if (wantsTls(settings) && p.cipher.empty())
        return fail(errors::storeTls, {{"host", settings.host}, {"detail", "the server does not offer TLS"}});

    const auto who = connection->query("SELECT VERSION(), CONNECTION_ID()");
    if (!who)
        return fail(toError(who.error(), settings));
    if (who->empty())
        return fail(toError({0, "the server did not say who it is", true, false}, settings));
    p.version = who->front().text(0);
    p.id = who->front().integer(1);
    p.mariaDb = p.version.find("MariaDB") != std::string::npos;

    const std::string limit = std::to_string(statementLimit.count());
    const std::string lockWait = statementLimit.count() > 0 ? "5" : "60";
    const std::array<std::string, 3> setup{
        "SET NAMES utf8mb4",
        "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
        "NO_ENGINE_SUBSTITUTION', lock_wait_timeout = " + lockWait + ", innodb_lock_wait_timeout = " + lockWait
            + (p.mariaDb ? ", max_statement_time = " + limit : ", max_execution_time = " + limit + "000"),
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    };
    for (const std::string &sql : setup) {
        if (const auto done = connection->execute(sql); !done)
            return fail(toError(done.error(), settings));
    }
    return connection;
}

SqlResult<Rows> Connection::query(const std::string &sql)
{
    try {
        const std::unique_ptr<sql::ResultSet> result(d->statement->executeQuery(sql));
        sql::ResultSetMetaData *meta = result->getMetaData();
        const unsigned count = meta->getColumnCount();
        Rows rows;
        std::size_t bytes = 0;
        while (result->next()) {
            std::vector<Value> columns;
            columns.reserve(count);
            for (unsigned i = 1; i <= count; ++i) {
                columns.push_back(columnValue(*result, *meta, i));
                if (const auto *text = std::get_if<std::string>(&columns.back()))
                    bytes += text->size();
            }
            if (bytes > maxResultBytes) {
                d->statement.reset();
                return tl::unexpected(SqlFailure{0, "the result is larger than 512 MiB", true, false});
            }
            rows.emplace_back(std::move(columns));
        }
        return rows;
    } catch (const sql::SQLException &e) {
        return tl::unexpected(failureOf(e));
    } catch (const std::exception &e) {
        return tl::unexpected(SqlFailure{0, e.what(), true, false});
    }
}

SqlResult<std::int64_t> Connection::execute(const std::string &sql)
{
    try {
        return std::int64_t{d->statement->executeUpdate(sql)};
    } catch (const sql::SQLException &e) {
        return tl::unexpected(failureOf(e));
    } catch (const std::exception &e) {
        return tl::unexpected(SqlFailure{0, e.what(), true, false});
    }
}

bool Connection::ping()
{
    try {
        return d->statement && d->link->isValid();
    } catch (const std::exception &) {
        return false;
    }
}

bool Connection::isMariaDb() const { return d->mariaDb; }
std::int64_t Connection::id() const { return d->id; }
const std::string &Connection::serverVersion() const { return d->version; }
const std::string &Connection::tlsCipher() const { return d->cipher; }

} // namespace zandb::store
