// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlnames.h"

#include <charconv>
#include <map>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t maxSchemas = 1'000;
constexpr std::size_t maxTables = 5'000;
constexpr std::size_t maxColumns = 50'000;
constexpr std::size_t maxBytes = 2u << 20; ///< of columns: the answer is one frame
constexpr auto patience = 10s;
constexpr const char *system = "('mysql', 'information_schema', 'performance_schema', 'sys')";

class Names
{
public:
    Names(const Config &config, const LocalInstance &instance, const wire::SqlNamesArgs &args) : m_config(config), m_instance(instance), m_args(args) {}

    Result<wire::SqlNames> run()
    {
        auto client = open(Account::Explain);
        if (!client)
            return fail(client.error());
        const std::string which = m_args.only ? " AND SCHEMA_NAME = " + (*client)->quote(m_args.schema) : std::string();
        const auto schemas = (*client)->query(std::string("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ") + system + which + " LIMIT " + std::to_string(maxSchemas + 1));
        if (!schemas)
            return fail(schemas.error());
        for (const SqlRow &row : schemas->rows)
            m_names.schemas.push_back(row[0].value_or(""));
        m_names.isCut = m_names.schemas.size() > maxSchemas;
        m_names.schemas.resize(std::min(m_names.schemas.size(), maxSchemas));
        // the schema one works in first: of others there may be too many
        if (!m_args.schema.empty()) {
            if (auto read = readTables(**client, "= " + (*client)->quote(m_args.schema)); !read)
                return fail(read.error());
        }
        if (m_args.types && !m_args.schema.empty()) {
            if (auto read = readTypedColumns(**client); !read)
                return fail(read.error());
        }
        if (m_args.only)
            return std::move(m_names);
        if (auto read = readTables(**client, std::string("NOT IN ") + system + " AND TABLE_SCHEMA <> " + (*client)->quote(m_args.schema)); !read)
            return fail(read.error());
        if ((*client)->isMariaDb()) {
            readInnoDbColumns(); // a list without columns is of use too
        } else if (auto read = readColumns(**client); !read) {
            return fail(read.error());
        }
        return std::move(m_names);
    }

private:
    Result<std::unique_ptr<SqlClient>> open(Account account)
    {
        auto client = connectTo(m_config, m_instance, account, 5s, patience);
        if (!client)
            return client;
        const auto limited = (*client)->query((*client)->isMariaDb() ? "SET SESSION max_statement_time = 3" : "SET SESSION max_execution_time = 3000");
        return limited ? std::move(client) : Result<std::unique_ptr<SqlClient>>(fail(limited.error()));
    }

    /// Only the two names: more, and MariaDB would open each table.
    Result<void> readTables(SqlClient &client, const std::string &schemas)
    {
        const std::size_t room = maxTables - m_names.tables.size();
        const auto rows = client.query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA " + schemas + " LIMIT " + std::to_string(room + 1));
        if (!rows)
            return fail(rows.error());
        for (const SqlRow &row : rows->rows) {
            if (m_names.tables.size() == maxTables) {
                m_names.isCut = true;
                break;
            }
            m_places.emplace(std::pair(row[0].value_or(""), row[1].value_or("")), m_names.tables.size());
            m_names.tables.push_back({row[0].value_or(""), row[1].value_or(""), {}, {}});
        }
        return {};
    }

    void addColumn(const std::string &schema, const std::string &table, const std::string &column, const std::optional<std::string> &type = {})
    {
        const auto place = m_places.find({schema, table});
        if (place == m_places.end() || (!type && m_args.types && schema == m_args.schema))
            return;
        m_bytes += column.size() + 3 + (type ? type->size() + 3 : 0);
        if (m_columns == maxColumns || m_bytes > maxBytes) {
            m_names.isCut = true;
            return;
        }
        ++m_columns;
        m_names.tables[place->second].columns.push_back(column);
        if (type)
            m_names.tables[place->second].types.push_back(*type);
    }

    Result<void> readTypedColumns(SqlClient &client)
    {
        const auto rows = client.query("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = " + client.quote(m_args.schema)
                                       + " ORDER BY TABLE_NAME, ORDINAL_POSITION LIMIT " + std::to_string(maxColumns + 1));
        if (!rows)
            return fail(rows.error());
        for (const SqlRow &row : rows->rows)
            addColumn(m_args.schema, row[0].value_or(""), row[1].value_or(""), row[2].value_or("") + (row[3].value_or("") == "NO" ? " NOT NULL" : ""));
        return {};
    }

    /// From MySQL's dictionary.
    Result<void> readColumns(SqlClient &client)
    {
        const auto read = [&](const std::string &schemas) -> Result<void> {
            const auto rows = client.query("SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA " + schemas + " LIMIT "
                                           + std::to_string(maxColumns - m_columns + 1));
            if (!rows)
                return fail(rows.error());
            for (const SqlRow &row : rows->rows)
                addColumn(row[0].value_or(""), row[1].value_or(""), row[2].value_or(""));
            return {};
        };
        if (!m_args.schema.empty() && !m_args.types) {
            if (auto first = read("= " + client.quote(m_args.schema) + " ORDER BY TABLE_NAME, ORDINAL_POSITION"); !first)
                return first;
        }
        return read(std::string("NOT IN ") + system + " AND TABLE_SCHEMA <> " + client.quote(m_args.schema));
    }

    /// From InnoDB's dictionary, which needs PROCESS.
    void readInnoDbColumns()
    {
        auto client = open(Account::Watch);
        if (!client)
            return;
        const auto rows = (*client)->query("SELECT t.NAME, c.NAME FROM information_schema.INNODB_SYS_TABLES t JOIN information_schema.INNODB_SYS_COLUMNS c ON c.TABLE_ID = t.TABLE_ID"
                                           " WHERE t.NAME NOT LIKE 'mysql/%' AND t.NAME NOT LIKE 'sys/%' LIMIT " + std::to_string(2 * maxColumns));
        if (!rows)
            return;
        std::map<std::pair<std::string, std::string>, std::string> filled; // by table, the first of its partitions
        for (const SqlRow &row : rows->rows) {
            const std::string file = row[0].value_or("");
            const auto slash = file.find('/');
            const auto schema = slash == std::string::npos ? std::nullopt : nameOfFile(std::string_view(file).substr(0, slash));
            const auto table = schema ? nameOfFile(std::string_view(file).substr(slash + 1)) : std::nullopt;
            if (table && filled.emplace(std::pair(*schema, *table), file).first->second == file)
                addColumn(*schema, *table, row[1].value_or(""));
        }
    }

    const Config &m_config;
    const LocalInstance &m_instance;
    const wire::SqlNamesArgs &m_args;
    std::map<std::pair<std::string, std::string>, std::size_t> m_places;
    std::size_t m_columns = 0;
    std::size_t m_bytes = 0; ///< of columns
    wire::SqlNames m_names;
};

void appendUtf8(std::string &out, unsigned code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

} // namespace

std::optional<std::string> nameOfFile(std::string_view file)
{
    file = file.substr(0, file.find('#'));
    std::string name;
    for (std::size_t at = 0; at < file.size();) {
        if (file[at] != '@') {
            name += file[at++];
            continue;
        }
        // letters of some alphabets have codes of two letters, which are not worth a table here
        unsigned code = 0;
        const std::string_view hex = file.substr(at + 1, 4);
        const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
        if (hex.size() != 4 || error != std::errc() || end != hex.data() + 4 || code == 0 || (code >= 0xd800 && code < 0xe000))
            return std::nullopt;
        appendUtf8(name, code);
        at += 5;
    }
    return name.empty() ? std::nullopt : std::optional(name);
}

Result<wire::SqlNames> namesOf(const Config &config, const LocalInstance &instance, const wire::SqlNamesArgs &args)
{
    return Names(config, instance, args).run();
}

} // namespace zandb::agent
