// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/snapshots/snapshot.h"

#include "agent/fleet/tablenames.h"
#include "agent/snapshots/tablesizes.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t tablesPerItem = 2000;
constexpr std::size_t rowsPerRead = 2000;
constexpr std::size_t filesPerPortion = 500;
constexpr std::size_t maxFiles = 2'000'000;
constexpr std::size_t maxText = 4096; ///< of one variable

std::int64_t toNumber(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

Json orNull(const std::optional<std::int64_t> &number) { return number ? Json(*number) : Json(); }
Json flag(const std::optional<std::string> &text) { return text ? Json(*text == "1" || *text == "Y" || *text == "true") : Json(); }

/// Variables that may hold a password in the clear.
bool isSecret(std::string_view name)
{
    return name == "wsrep_sst_auth" || name == "report_password" || name.ends_with("_secret") || name.ends_with("_token");
}

/// Sleeps so that work takes its share of the time only.
class Pace
{
public:
    Pace(int share, std::stop_token stop) : m_share(share), m_stop(std::move(stop)) {}
    /// After a portion of work; false: a stop was asked for.
    bool rest()
    {
        const auto worked = Clock::now() - m_since;
        const auto until = Clock::now() + std::min<Clock::duration>(worked * (100 - m_share) / m_share, 5s);
        while (!m_stop.stop_requested() && Clock::now() < until)
            std::this_thread::sleep_for(std::min<Clock::duration>(until - Clock::now(), 100ms));
        m_since = Clock::now();
        return !m_stop.stop_requested();
    }

private:
    int m_share;
    std::stop_token m_stop;
    Clock::time_point m_since = Clock::now();
};

class Snapshot
{
public:
    Snapshot(const Config &config, const wire::SnapshotArgs &args, const SnapshotContext &context)
        : m_config(config), m_args(args), m_context(context), m_pace(std::clamp(args.share, 1, 100), context.stop) {}

    Result<wire::SnapshotResult> take()
    {
        if (m_args.share < 1 || m_args.share > 100)
            return fail(errors::orderArgs, {{"detail", "share is from 1 to 100"}});
        const auto instance = findInstance(m_config, m_args.instance);
        if (!instance)
            return fail(instance.error());
        m_instance = *instance;
        if (auto connected = connect(); !connected)
            return fail(connected.error());
        m_result.takenAt = systemNow();
        for (const auto step : {&Snapshot::readServer, &Snapshot::readTablespaces, &Snapshot::readFiles, &Snapshot::readStatistics, &Snapshot::readSchemas,
                                &Snapshot::leaveTables, &Snapshot::readAccounts, &Snapshot::measureDirectories}) {
            if (auto done = (this->*step)(); !done)
                return fail(done.error());
            if (!m_pace.rest())
                return fail(errors::cancelled);
        }
        m_facts["missing"] = m_result.missing;
        m_context.item({{"facts", m_facts}});
        return m_result;
    }

private:
    /// The account that may read statistics and accounts; the one that watches has to do where there is none.
    Result<void> connect()
    {
        auto client = connectTo(m_config, m_instance, Account::Backup, 5s, 120s);
        if (!client && !client.error().is(errors::instanceDown))
            client = connectTo(m_config, m_instance, Account::Watch, 5s, 120s);
        if (!client)
            return fail(client.error());
        m_client = std::move(*client);
        m_mariaDb = m_client->isMariaDb();
        const auto set = m_client->query("SET SESSION lock_wait_timeout=1, innodb_lock_wait_timeout=1");
        return set ? Result<void>() : fail(set.error());
    }

    void missing(const std::string &what)
    {
        if (std::ranges::find(m_result.missing, what) == m_result.missing.end())
            m_result.missing.push_back(what);
    }
    /// What cannot be read is named; only a server that is gone ends the snapshot.
    Result<bool> canGoOn(const Result<SqlResult> &answer, const std::string &what)
    {
        if (answer)
            return true;
        if (answer.error().is(errors::instanceDown))
            return fail(answer.error());
        m_context.log(what + " cannot be read: " + answer.error().code + (answer.error().fields.contains("detail") ? ": " + answer.error().fields.at("detail") : ""));
        missing(what);
        return false;
    }

    Result<void> readServer()
    {
        m_result.version = m_client->version();
        m_result.flavour = m_mariaDb ? "mariadb" : "mysql";
        m_facts = {{"version", m_result.version}, {"flavour", m_result.flavour}, {"variables", Json::object()}, {"plugins", Json::array()}, {"accounts", Json()},
                   {"directories", Json::object()}};
        const auto variables = m_client->query("SHOW GLOBAL VARIABLES");
        const auto said = canGoOn(variables, "variables");
        if (!said)
            return fail(said.error());
        for (std::size_t i = 0; *said && i < variables->rows.size(); ++i) {
            const std::string name = variables->rows[i].at(0).value_or(""), text = variables->rows[i].at(1).value_or("");
            m_variables[name] = text;
            m_facts["variables"][name] = isSecret(name) && !text.empty() ? "********" : text.substr(0, maxText);
        }
        const auto plugins = m_client->query("SELECT PLUGIN_NAME, PLUGIN_VERSION, PLUGIN_STATUS FROM information_schema.PLUGINS ORDER BY PLUGIN_NAME");
        const auto listed = canGoOn(plugins, "plugins");
        if (!listed)
            return fail(listed.error());
        for (std::size_t i = 0; *listed && i < plugins->rows.size(); ++i) {
            const SqlRow &row = plugins->rows[i];
            m_facts["plugins"].push_back({row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")});
        }
        return {};
    }

    Result<void> readTablespaces()
    {
        const auto spaces = m_client->query(m_mariaDb ? "SELECT NAME, FILE_SIZE FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME <> 'innodb_temporary'"
                                                      : "SELECT NAME, FILE_SIZE FROM information_schema.INNODB_TABLESPACES WHERE NAME <> 'innodb_temporary'");
        const auto said = canGoOn(spaces, "tablespaces");
        if (!said)
            return fail(said.error());
        m_hasTablespaces = *said;
        for (std::size_t i = 0; *said && i < spaces->rows.size(); ++i) {
            const SqlRow &row = spaces->rows[i];
            TableSize &size = m_sizes[tableOfTablespace(row.at(0).value_or(""))];
            size.engine = "InnoDB";
            addTo(size.file, toNumber(row.at(1)));
        }
        return {};
    }

    fs::path pathOf(const char *variable, const fs::path &fallback = {}) const
    {
        const auto found = m_variables.find(variable);
        if (found == m_variables.end() || found->second.empty())
            return fallback;
        const fs::path path(found->second);
        return (path.is_absolute() ? path : pathOf("datadir", m_instance.dataDirectory) / path).lexically_normal();
    }

    /// Calls `visit` with name and size of each regular file directly in a directory.  False: it cannot be read, or not to its end.
    bool eachFile(const fs::path &directory, const std::function<void(std::string_view, std::int64_t)> &visit, std::vector<std::string> *directories = nullptr)
    {
        DIR *handle = ::opendir(directory.c_str());
        if (!handle)
            return errno == ENOENT;
        bool whole = true;
        while (const dirent *entry = ::readdir(handle)) {
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..")
                continue;
            struct stat info{};
            if (++m_files > maxFiles || (m_files % filesPerPortion == 0 && !m_pace.rest())) {
                whole = false;
                break;
            }
            if (::fstatat(::dirfd(handle), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
                whole = whole && errno == ENOENT; // it went meanwhile
                continue;
            }
            if (S_ISDIR(info.st_mode) && directories)
                directories->emplace_back(name);
            else if (S_ISREG(info.st_mode))
                visit(name, info.st_size);
        }
        ::closedir(handle);
        return whole;
    }

    /// Files of engines that have no tablespaces, and of InnoDB where the server does not say.
    Result<void> readFiles()
    {
        m_data = pathOf("datadir", m_instance.dataDirectory);
        std::vector<std::string> schemas;
        bool whole = eachFile(m_data, [](std::string_view, std::int64_t) {}, &schemas) && ::access(m_data.c_str(), R_OK | X_OK) == 0;
        std::ranges::sort(schemas);
        for (const std::string &directory : schemas) {
            if (directory.starts_with('#'))
                continue;
            const std::string schema = decodeName(directory);
            whole = eachFile(m_data / directory, [&](std::string_view file, std::int64_t bytes) { addTableFile(m_sizes, schema, file, bytes, !m_hasTablespaces); }) && whole;
        }
        if (!whole)
            missing("files");
        return {};
    }

    Result<void> readStatistics()
    {
        const std::int64_t page = std::max<std::int64_t>(toNumber(variable("innodb_page_size")), 1);
        std::string schema, table;
        for (bool more = true; more;) {
            // by the primary key, so that a portion costs what it returns
            const auto rows = m_client->query("SELECT database_name, table_name, n_rows, clustered_index_size, sum_of_other_index_sizes FROM mysql.innodb_table_stats WHERE (database_name = "
                                              + m_client->quote(schema) + " AND table_name > " + m_client->quote(table) + ") OR database_name > " + m_client->quote(schema)
                                              + " ORDER BY database_name, table_name LIMIT " + std::to_string(rowsPerRead));
            const auto said = canGoOn(rows, "statistics");
            if (!said)
                return fail(said.error());
            more = *said && rows->rows.size() == rowsPerRead;
            for (std::size_t i = 0; *said && i < rows->rows.size(); ++i) {
                const SqlRow &row = rows->rows[i];
                schema = row.at(0).value_or("");
                table = row.at(1).value_or("");
                // a table that has been dropped may have left its statistics
                const auto size = m_sizes.find(std::pair(schema, std::string(withoutPartition(table))));
                if (size == m_sizes.end())
                    continue;
                addTo(size->second.rows, toNumber(row.at(2)));
                addTo(size->second.data, toNumber(row.at(3)) * page);
                addTo(size->second.index, toNumber(row.at(4)) * page);
            }
            if (!m_pace.rest())
                return fail(errors::cancelled);
        }
        return {};
    }
    std::optional<std::string> variable(const char *name) const
    {
        const auto found = m_variables.find(name);
        return found == m_variables.end() ? std::nullopt : std::optional(found->second);
    }

    /// Those without a table, too.
    Result<void> readSchemas()
    {
        const auto schemas = m_client->query("SHOW DATABASES");
        const auto said = canGoOn(schemas, "schemas");
        if (!said)
            return fail(said.error());
        for (std::size_t i = 0; *said && i < schemas->rows.size(); ++i) {
            const std::string name = schemas->rows[i].at(0).value_or("");
            if (name != "information_schema" && name != "performance_schema")
                m_sizes[{name, ""}];
        }
        return {};
    }

    Result<void> leaveTables()
    {
        Json piece = Json::array();
        const std::string *schema = nullptr;
        bool whole = true;
        const auto leave = [&] {
            whole = m_context.item({{"tables", std::exchange(piece, Json::array())}}) && whole;
            m_context.progress(m_result.tables);
            return m_pace.rest();
        };
        for (const auto &[name, size] : m_sizes) {
            piece.push_back({name.first, name.second, size.engine, orNull(size.file), orNull(size.data), orNull(size.index), orNull(size.rows)});
            m_result.tables += !name.first.empty() && !name.second.empty();
            m_result.schemas += !name.first.empty() && (!schema || *schema != name.first);
            schema = &name.first;
            m_result.bytes += size.file.value_or(0);
            if (piece.size() == tablesPerItem && !leave())
                return fail(errors::cancelled);
        }
        if (!piece.empty() && !leave())
            return fail(errors::cancelled);
        if (!whole)
            missing("tables");
        return {};
    }

    /// Names and how they log in.  What they log in with is compared on the server and stays there.
    Result<void> readAccounts()
    {
        Result<SqlResult> accounts = m_client->query(
            m_mariaDb ? "SELECT User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), ''), COALESCE(JSON_VALUE(Priv, '$.account_locked'), 0), "
                        "COALESCE(JSON_VALUE(Priv, '$.authentication_string'), '') NOT IN ('', 'invalid'), COALESCE(JSON_VALUE(Priv, '$.is_role'), 0) FROM mysql.global_priv ORDER BY 1, 2"
                      : "SELECT User, Host, plugin, account_locked, COALESCE(authentication_string, '') <> '', NULL FROM mysql.user ORDER BY 1, 2");
        const auto said = canGoOn(accounts, "accounts");
        if (!said)
            return fail(said.error());
        if (!*said)
            return {};
        Json list = Json::array();
        for (const SqlRow &row : accounts->rows) {
            const std::string plugin = row.at(2).value_or("");
            // a socket's text is the name of an OS user and no password
            const bool bySocket = plugin == "unix_socket" || plugin == "auth_socket";
            list.push_back({row.at(0).value_or(""), row.at(1).value_or(""), plugin, flag(row.at(3)), bySocket ? Json(false) : flag(row.at(4)),
                            row.at(5) ? flag(row.at(5)) : Json(false)});
        }
        m_facts["accounts"] = std::move(list);
        return {};
    }

    /// All files below a directory.  None: not readable, or only in part.
    std::optional<std::int64_t> bytesBelow(const fs::path &top, const std::function<bool(std::string_view)> &take = {})
    {
        if (top.empty() || ::access(top.c_str(), R_OK | X_OK) != 0)
            return std::nullopt;
        std::int64_t bytes = 0;
        std::vector<fs::path> open{top};
        while (!open.empty()) {
            const fs::path directory = std::move(open.back());
            open.pop_back();
            std::vector<std::string> below;
            if (!eachFile(directory, [&](std::string_view name, std::int64_t size) { bytes += !take || take(name) ? size : 0; }, take ? nullptr : &below))
                return std::nullopt;
            for (const std::string &name : below)
                open.push_back(directory / name);
        }
        return bytes;
    }

    Result<void> measureDirectories()
    {
        Json &directories = m_facts["directories"];
        const std::string tmp = variable("tmpdir").value_or("");
        const fs::path binlog = pathOf("log_bin_basename");
        const std::string prefix = binlog.filename().string() + '.';
        directories["data"] = orNull(bytesBelow(m_data));
        directories["log"] = orNull(bytesBelow(m_instance.logDirectory));
        directories["tmp"] = orNull(bytesBelow(tmp.substr(0, tmp.find(':'))));
        auto binlogs = binlog.empty() ? std::optional<std::int64_t>(0) : bytesBelow(binlog.parent_path(), [&](std::string_view name) { return name.starts_with(prefix); });
        if (!binlogs) {
            const auto listed = m_client->query("SHOW BINARY LOGS");
            for (std::size_t i = 0; listed && i < listed->rows.size(); ++i)
                addTo(binlogs, toNumber(listed->value(i, "File_size")));
        }
        directories["binlog"] = orNull(binlogs);
        for (const auto &[name, bytes] : directories.items()) {
            if (bytes.is_null())
                missing("directories." + name);
        }
        return {};
    }

    const Config &m_config;
    const wire::SnapshotArgs &m_args;
    const SnapshotContext &m_context;
    Pace m_pace;
    LocalInstance m_instance;
    std::unique_ptr<SqlClient> m_client;
    bool m_mariaDb = false;
    bool m_hasTablespaces = false;
    fs::path m_data;
    std::size_t m_files = 0;
    std::map<std::string, std::string, std::less<>> m_variables;
    TableSizes m_sizes;
    Json m_facts;
    wire::SnapshotResult m_result;
};

} // namespace

Result<wire::SnapshotResult> takeSnapshot(const Config &config, const wire::SnapshotArgs &args, const SnapshotContext &context)
{
    return Snapshot(config, args, context).take();
}

} // namespace zandb::agent
