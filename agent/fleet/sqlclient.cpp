// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"

#include "agent/protocol/errors.h"

#include <mysql.h>
#include <mysql/plugin_auth.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <mutex>

#include <sys/socket.h>

namespace zandb::agent {
namespace {

// errno of the server (mysqld_error.h) and of the client (errmsg.h)
enum : unsigned {
    ServerTooManyConnections = 1040,
    ServerHandshake = 1043,
    ServerDatabaseAccess = 1044,
    ServerAccess = 1045,
    ServerShutdown = 1053,
    ServerKillDenied = 1095, // "You are not owner of thread 7"
    ServerAborting = 1152,
    ServerPacketFirst = 1153,
    ServerPacketLast = 1161,
    ServerTableAccess = 1142,
    ServerColumnAccess = 1143,
    ServerUserConnections = 1203,
    ServerPrivilege = 1227,
    ServerRoutineAccess = 1370,
    ServerOfflineMode = 3032,
    ClientFirst = 2000,
    ClientGone = 2006,
    ClientLost = 2013,
    ClientLostExtended = 2055,
    ClientAuthPlugin = 2059,
    ClientLast = 2999,
    ClientTimeout = 2066,
    ServerKilled = 1927,       // MariaDB: connection was killed
    ServerClientTimeout = 4031 // MySQL: disconnected for inactivity
};

/// "you need (at least one of) the SUPER, REPLICATION CLIENT privilege(s)": the narrowest of them.
std::string rightIn(std::string_view message)
{
    const auto the = message.find(" the ");
    const auto end = message.find(" privilege");
    if (the != message.npos && end != message.npos && end > the + 5) {
        std::string_view rights = message.substr(the + 5, end - the - 5);
        while (rights.starts_with("SUPER, "))
            rights.remove_prefix(7);
        if (const auto comma = rights.find(','); comma != rights.npos)
            rights = rights.substr(0, comma);
        if (const auto alternative = rights.find(" or "); alternative != rights.npos)
            rights = rights.substr(0, alternative);
        return std::string(rights);
    }
    // "SELECT, LOCK TABLES command denied to user ..."
    if (const auto command = message.find(" command denied"); command != message.npos)
        return std::string(message.substr(0, command));
    if (message.starts_with("execute"))
        return "EXECUTE";
    return {};
}

// The accounts are known by the uid behind the socket, so there is nothing to say.  The library's own plugins either
// expect a scramble that auth_socket never sends (native) or are files to be loaded (caching_sha2); this one serves
// every server, and one that wants a password instead asks for another plugin by name.
constexpr char socketPluginName[] = "zandb_socket";

/// st_mysql_client_plugin_AUTHENTICATION of mysql/client_plugin.h, which includes a header Debian does not ship.
struct AuthenticationPlugin
{
    st_mysql_client_plugin header;
    int (*authenticateUser)(MYSQL_PLUGIN_VIO *vio, st_mysql *link);
};

int saysNothing(MYSQL_PLUGIN_VIO *vio, st_mysql *)
{
    return vio->write_packet(vio, reinterpret_cast<const unsigned char *>(""), 0) == 0 ? CR_OK : CR_ERROR;
}

void initialiseLibrary()
{
    // the library's own lazy initialisation is not safe when two threads are first at once
    static std::once_flag once;
    std::call_once(once, [] {
        mysql_library_init(0, nullptr, nullptr);
        static AuthenticationPlugin plugin{};
        plugin.header.type = 2;                   // an authentication plugin
        plugin.header.interface_version = 0x0100; // of this shape
        plugin.header.name = socketPluginName;
        plugin.header.author = "ZanDB";
        plugin.header.desc = "login by the uid of the socket's peer";
        plugin.header.license = "GPL";
        plugin.authenticateUser = saysNothing;
        MYSQL *link = mysql_init(nullptr);
        mysql_client_register_plugin(link, &plugin.header);
        mysql_close(link);
    });
}

} // namespace

std::optional<std::string> SqlResult::value(std::size_t row, std::string_view column) const
{
    if (row >= rows.size())
        return std::nullopt;
    const auto sameName = [&](const std::string &name) {
        return std::ranges::equal(name, column, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    };
    const auto it = std::ranges::find_if(columns, sameName);
    if (it == columns.end())
        return std::nullopt;
    return rows[row][static_cast<std::size_t>(it - columns.begin())];
}

struct SqlClient::Private
{
    MYSQL *link = nullptr;
    std::string instance;
    std::string socket;
    std::string account;

    ~Private()
    {
        if (link)
            mysql_close(link);
    }

    Error down(std::string detail) const
    {
        return makeError(errors::instanceDown, {{"instance", instance}, {"socket", socket}, {"detail", std::move(detail)}});
    }

    Error connectError() const
    {
        const unsigned number = mysql_errno(link);
        const std::string detail = std::to_string(number) + ": " + mysql_error(link);
        const bool notNow = number == ServerTooManyConnections || number == ServerHandshake || number == ServerShutdown
            || number == ServerAborting || number == ServerUserConnections || number == ServerOfflineMode
            || (number >= ServerPacketFirst && number <= ServerPacketLast);
        const bool clientSide = number >= ClientFirst && number <= ClientLast && number != ClientAuthPlugin;
        if (number == 0 || clientSide || notNow)
            return down(detail);
        return makeError(errors::instanceAccess, {{"instance", instance}, {"account", account}, {"detail", detail}});
    }

    Error queryError() const
    {
        const unsigned number = mysql_errno(link);
        const std::string message = mysql_error(link);
        switch (number) {
        case ServerDatabaseAccess:
        case ServerAccess:
        case ServerTableAccess:
        case ServerColumnAccess:
        case ServerPrivilege:
        case ServerRoutineAccess:
        case ServerKillDenied: {
            const std::string right = number != ServerKillDenied ? rightIn(message)
                : mariadb_connection(link)                       ? "CONNECTION ADMIN"
                                                                 : "CONNECTION_ADMIN";
            std::map<std::string, std::string> fields{{"instance", instance}, {"account", account}, {"right", right},
                                                      {"detail", std::to_string(number) + ": " + message}};
            if (!right.empty())
                fields["remedy"] = "GRANT " + right + " ON *.* TO '" + account + "'@'localhost'";
            return makeError(errors::notPermitted, std::move(fields));
        }
        case ClientGone:
        case ClientLost:
        case ClientLostExtended:
        case ClientTimeout:
        case ServerShutdown:
        case ServerKilled:
        case ServerClientTimeout:
            return down(std::to_string(number) + ": " + message);
        default:
            return makeError(errors::sqlFailed, {{"instance", instance}, {"errno", std::to_string(number)}, {"detail", message}});
        }
    }
};

SqlClient::SqlClient(std::unique_ptr<Private> p) : d(std::move(p)) { }

SqlClient::~SqlClient() = default;

Result<std::unique_ptr<SqlClient>> SqlClient::connect(const std::string &instance, const std::filesystem::path &socket,
                                                      const std::string &account, std::chrono::seconds timeout,
                                                      std::chrono::seconds readTimeout, std::size_t maxRow)
{
    initialiseLibrary();
    auto d = std::make_unique<Private>();
    d->instance = instance;
    d->socket = socket.string();
    d->account = account;
    if (d->socket.empty() || d->socket.size() > 107)
        return fail(d->down(d->socket.empty() ? "no socket is known" : "the socket's path is longer than 107 bytes"));
    d->link = mysql_init(nullptr);
    if (!d->link)
        return fail(d->down("out of memory"));

    // all of these only count before connecting
    const unsigned connectSeconds = static_cast<unsigned>(std::max<std::int64_t>(1, timeout.count()));
    const unsigned readSeconds = static_cast<unsigned>(std::max<std::int64_t>(1, readTimeout.count()));
    const unsigned localInfile = 0;
    const my_bool reconnect = 0;
    const unsigned protocol = MYSQL_PROTOCOL_SOCKET;
    mysql_optionsv(d->link, MYSQL_OPT_CONNECT_TIMEOUT, &connectSeconds);
    mysql_optionsv(d->link, MYSQL_OPT_READ_TIMEOUT, &readSeconds);
    mysql_optionsv(d->link, MYSQL_OPT_WRITE_TIMEOUT, &readSeconds);
    mysql_optionsv(d->link, MYSQL_OPT_LOCAL_INFILE, &localInfile);
    mysql_optionsv(d->link, MYSQL_OPT_RECONNECT, &reconnect);
    mysql_optionsv(d->link, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_optionsv(d->link, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    // a backup asks something at its beginning and at its end, and the server's own patience may be far shorter than it takes
    mysql_optionsv(d->link, MYSQL_INIT_COMMAND,
                   "SET time_zone='+00:00', wait_timeout=604800, net_read_timeout=600, net_write_timeout=600");
    const unsigned long packet = maxRow;
    mysql_optionsv(d->link, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
    mysql_optionsv(d->link, MYSQL_DEFAULT_AUTH, socketPluginName);
    mysql_optionsv(d->link, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "zandb-agent");
    if (!mysql_real_connect(d->link, "localhost", account.c_str(), "", nullptr, 0, d->socket.c_str(), 0))
        return fail(d->connectError());
    return std::unique_ptr<SqlClient>(new SqlClient(std::move(d)));
}

Result<SqlResult> SqlClient::query(const std::string &sql)
{
    if (mysql_real_query(d->link, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
        return fail(d->queryError());
    SqlResult answer;
    bool first = true;
    do { // a CALL answers with more than one result; the first is what was asked for
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> owner(mysql_store_result(d->link), &mysql_free_result);
        MYSQL_RES *result = owner.get();
        if (!result) {
            if (mysql_errno(d->link) != 0)
                return fail(d->queryError());
            continue;
        }
        if (first) {
            first = false;
            const unsigned columns = mysql_num_fields(result);
            for (unsigned i = 0; i < columns; ++i) {
                const MYSQL_FIELD *field = mysql_fetch_field_direct(result, i);
                answer.columns.emplace_back(field->name, field->name_length);
            }
            answer.rows.reserve(static_cast<std::size_t>(mysql_num_rows(result)));
            while (const MYSQL_ROW row = mysql_fetch_row(result)) {
                const unsigned long *lengths = mysql_fetch_lengths(result);
                SqlRow &values = answer.rows.emplace_back(columns);
                for (unsigned i = 0; i < columns; ++i) {
                    if (row[i])
                        values[i].emplace(row[i], lengths[i]);
                }
            }
        }
    } while (mysql_next_result(d->link) == 0);
    if (mysql_errno(d->link) != 0)
        return fail(d->queryError());
    return answer;
}

Error SqlClient::lastError() const
{
    return d->queryError();
}

st_mysql *SqlClient::native() const
{
    return d->link;
}

Result<std::optional<std::string>> SqlClient::value(const std::string &sql)
{
    auto result = query(sql);
    if (!result)
        return fail(std::move(result.error()));
    if (result->rows.empty() || result->rows.front().empty())
        return std::optional<std::string>{};
    return std::move(result->rows.front().front());
}

bool SqlClient::isMariaDb() const
{
    return mariadb_connection(d->link) || version().find("MariaDB") != std::string::npos;
}

std::string SqlClient::version() const
{
    const char *text = mysql_get_server_info(d->link);
    return text ? text : "";
}

int SqlClient::versionNumber() const
{
    return static_cast<int>(mysql_get_server_version(d->link));
}

std::uint64_t SqlClient::connectionId() const
{
    return mysql_thread_id(d->link);
}

pid_t SqlClient::serverPid() const
{
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(mysql_get_socket(d->link), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

std::string SqlClient::quote(std::string_view text) const
{
    std::string quoted(text.size() * 2 + 3, '\'');
    const unsigned long size
        = mysql_real_escape_string(d->link, quoted.data() + 1, text.data(), static_cast<unsigned long>(text.size()));
    quoted.resize(size + 1);
    quoted += '\'';
    return quoted;
}

} // namespace zandb::agent
