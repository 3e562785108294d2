// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/consistency/chunks.h"

#include "agent/consistency/keyedtable.h"
#include "agent/consistency/rowdigest.h"
#include "agent/fleet/replication.h"
#include "agent/fleet/sqlparts.h"

#include <mysql.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

#include <sys/socket.h>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t maxTables = 20'000;       ///< one answer is one frame
constexpr std::size_t maxKeys = 500;
constexpr std::size_t maxListBytes = 3u << 19;  ///< of keys and digests in one answer, 1.5 MiB
constexpr std::size_t maxValueBytes = 64u << 10; ///< of one row's values as JSON
constexpr std::int64_t maxRows = 5'000'000;
constexpr std::int64_t maxBytes = 256LL << 20;  ///< of values in one chunk
constexpr std::size_t maxRow = 256u << 20;

std::int64_t number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

/// One connection for one question.
class Reader
{
public:
    static Result<std::unique_ptr<Reader>> open(const Config &config, const std::string &name, std::stop_token stop)
    {
        const auto instance = findInstance(config, name);
        if (!instance)
            return fail(instance.error());
        auto client = connectTo(config, *instance, Account::Backup, 5s, 60s, maxRow);
        if (!client)
            return fail(client.error());
        std::unique_ptr<Reader> reader(new Reader(name, std::move(*client), std::move(stop)));
        // character_set_results NULL: bytes come as they are stored
        const std::string pinned = "SET SESSION autocommit = 1, sql_mode = '', lock_wait_timeout = 3, character_set_results = NULL, ";
        for (const std::string &sql : {pinned + (reader->m_client->isMariaDb() ? "max_statement_time = 45" : "max_execution_time = 45000"),
                                       std::string("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY")}) {
            if (auto set = reader->query(sql); !set)
                return fail(set.error());
        }
        return reader;
    }

    SqlClient &client() { return *m_client; }
    bool isStopped() const { return m_stop.stop_requested(); }

    Result<SqlResult> query(const std::string &sql)
    {
        auto result = m_client->query(sql);
        return result || !isStopped() ? std::move(result) : Result<SqlResult>(fail(errors::cancelled));
    }

    using TakeRow = std::function<bool(char **row, const unsigned long *lengths)>;
    /// Gives away each row as it comes; false from `take` ends it.  The connection is of no use then.
    Result<void> stream(const std::string &sql, const TakeRow &take)
    {
        MYSQL *link = m_client->native();
        if (mysql_real_query(link, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
            return fail(isStopped() ? makeError(errors::cancelled) : m_client->lastError());
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_use_result(link), &mysql_free_result);
        if (!result)
            return fail(isStopped() ? makeError(errors::cancelled) : m_client->lastError());
        while (const MYSQL_ROW row = mysql_fetch_row(result.get())) {
            if (!take(row, mysql_fetch_lengths(result.get()))) {
                hangUp(); // freeing the result would read the rest of it
                return {};
            }
        }
        if (isStopped())
            return fail(errors::cancelled);
        if (mysql_errno(link) != 0)
            return fail(m_client->lastError());
        return {};
    }

    /// Waits for the position, and says how the server does.
    Result<wire::ConsistencyState> before(const wire::ConsistencyMoment &moment)
    {
        wire::ConsistencyState state;
        if (!moment.position.empty()) {
            const auto reached = wait(moment.position, std::chrono::milliseconds(std::clamp(moment.waitMs, 0, 10'000)));
            if (!reached)
                return fail(reached.error());
            state.reached = *reached;
        }
        const auto running = query("SHOW GLOBAL STATUS LIKE 'Threads_running'");
        if (!running)
            return fail(running.error());
        if (!running->rows.empty())
            state.threadsRunning = static_cast<int>(std::min<std::int64_t>(number(running->rows[0][1]), 1'000'000));
        const auto sources = replicationStates(*m_client);
        if (!sources)
            return fail(isStopped() ? makeError(errors::cancelled) : sources.error());
        state.isReplica = !sources->empty();
        state.lagSeconds = sources->empty() ? std::nullopt : std::optional<std::int64_t>(0);
        for (const wire::ReplicationState &source : *sources) {
            state.replicates = state.replicates && source.ioRunning && source.sqlRunning;
            state.lagSeconds = state.lagSeconds && source.lagSeconds ? std::optional(std::max(*state.lagSeconds, *source.lagSeconds)) : std::nullopt;
            if (state.trouble.empty() && source.errorNumber != 0)
                state.trouble = std::to_string(source.errorNumber) + ": " + source.errorText.substr(0, 1000);
        }
        return state;
    }

    Result<void> after(const wire::ConsistencyMoment &moment, wire::ConsistencyState &state)
    {
        if (!moment.wantsPosition)
            return {};
        auto position = readPosition();
        if (!position)
            return fail(position.error());
        state.position = std::move(*position);
        return {};
    }

private:
    Reader(std::string name, std::unique_ptr<SqlClient> client, std::stop_token stop)
        : m_name(std::move(name)), m_client(std::move(client)), m_stop(std::move(stop)), m_onStop(m_stop, [this] { hangUp(); })
    {
    }

    void hangUp() { ::shutdown(static_cast<int>(mysql_get_socket(m_client->native())), SHUT_RDWR); }

    Result<std::string> readPosition()
    {
        if (m_client->isMariaDb()) {
            const auto read = query("SELECT @@GLOBAL.gtid_binlog_pos, @@GLOBAL.log_bin");
            if (!read)
                return fail(read.error());
            if (number(read->rows.at(0)[1]) == 0)
                return fail(errors::consistencyNoPosition, {{"instance", m_name}});
            return "gtid:" + read->rows[0][0].value_or("");
        }
        const auto read = query("SELECT @@GLOBAL.gtid_executed, @@GLOBAL.log_bin, @@GLOBAL.gtid_mode");
        if (!read)
            return fail(read.error());
        if (number(read->rows.at(0)[1]) == 0)
            return fail(errors::consistencyNoPosition, {{"instance", m_name}});
        if (read->rows[0][2] == "ON") {
            std::string set = read->rows[0][0].value_or("");
            std::erase(set, '\n');
            return "gtid:" + set;
        }
        const auto file = query(m_client->versionNumber() >= 80200 ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
        if (!file)
            return fail(file.error());
        if (file->rows.empty())
            return fail(errors::consistencyNoPosition, {{"instance", m_name}});
        return "file:" + file->value(0, "File").value_or("") + ':' + file->value(0, "Position").value_or("");
    }

    /// The function that waits, without its time.
    Result<std::string> waitFunction(const std::string &position) const
    {
        if (position.starts_with("gtid:")) {
            const std::string set = m_client->quote(position.substr(5));
            return m_client->isMariaDb() ? "MASTER_GTID_WAIT(" + set : "WAIT_FOR_EXECUTED_GTID_SET(" + set;
        }
        const auto colon = position.rfind(':');
        if (!position.starts_with("file:") || colon < 5 || colon + 1 == position.size() || position.find_first_not_of("0123456789", colon + 1) != position.npos)
            return fail(errors::orderArgs, {{"detail", "no position: " + position.substr(0, 100)}});
        const bool modern = !m_client->isMariaDb() && m_client->versionNumber() >= 80026;
        return std::string(modern ? "SOURCE_POS_WAIT(" : "MASTER_POS_WAIT(") + m_client->quote(position.substr(5, colon - 5)) + ", " + position.substr(colon + 1);
    }

    Result<bool> wait(const std::string &position, std::chrono::milliseconds limit)
    {
        const auto function = waitFunction(position);
        if (!function)
            return fail(function.error());
        const auto until = Clock::now() + limit;
        do {
            // a wait that nobody ends looks up once a second, whether its asker has gone
            const auto slice = std::clamp<std::chrono::milliseconds>(std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()), 1ms, 1000ms);
            // versions differ in whether parts of a second count; none takes 0 for a moment
            const std::string seconds = slice < 1000ms && m_client->isMariaDb() && position.starts_with("gtid:") ? "0.1" : "1";
            const auto result = query("SELECT " + *function + ", " + seconds + ')');
            if (!result)
                return fail(result.error());
            if (result->rows.empty() || !result->rows[0][0])
                return false; // the applier does not run
            if (number(result->rows[0][0]) >= 0 && !(position.starts_with("gtid:") && number(result->rows[0][0]) != 0))
                return true;
        } while (Clock::now() < until);
        return false;
    }

    const std::string m_name;
    const std::unique_ptr<SqlClient> m_client;
    const std::stop_token m_stop;
    const std::stop_callback<std::function<void()>> m_onStop;
};

wire::ConsistencyKey keyOf(const KeyedTable &table, char **row, const unsigned long *lengths)
{
    wire::ConsistencyKey key;
    for (const std::size_t part : table.key)
        key.push_back(row[part] ? bytesToJson({row[part], lengths[part]}) : Json());
    return key;
}

std::string nameOfKey(const wire::ConsistencyKey &key)
{
    return dumpJson(Json(key));
}

/// Waits for the moment that was asked for and reads how the table is defined; what is known goes into the answer.  An empty table where the moment was not
/// reached: answer.state tells.
template<class Ask, class Answer>
Result<KeyedTable> openTable(Reader &reader, const Ask &ask, Answer &answer)
{
    auto state = reader.before(ask.moment);
    if (!state)
        return fail(state.error());
    answer.state = std::move(*state);
    if (!answer.state.reached)
        return KeyedTable();
    auto table = readKeyedTable(reader.client(), ask.schema, ask.table);
    if (!table)
        return table;
    answer.why = table->why;
    answer.definition = table->definition();
    answer.key = table->keyNames();
    return table;
}

} // namespace

Result<wire::ConsistencyTables> consistencyTables(const Config &config, const wire::ConsistencyTablesAsk &ask, const std::stop_token &stop)
{
    auto reader = Reader::open(config, ask.instance, stop);
    if (!reader)
        return fail(reader.error());
    std::string where = "TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_SCHEMA ";
    if (ask.schemas.empty()) {
        where += "NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')";
    } else {
        std::string list;
        for (const std::string &schema : ask.schemas)
            list += (list.empty() ? "" : ", ") + (*reader)->client().quote(schema);
        where += "IN (" + list + ')';
    }
    const auto rows = (*reader)->query("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES WHERE " + where
                                       + " ORDER BY TABLE_SCHEMA, TABLE_NAME LIMIT " + std::to_string(maxTables + 1));
    if (!rows)
        return fail(rows.error());
    wire::ConsistencyTables answer;
    answer.flavour = (*reader)->client().isMariaDb() ? "mariadb" : "mysql";
    for (const SqlRow &row : rows->rows) {
        if (answer.tables.size() == maxTables) {
            answer.isCut = true;
            break;
        }
        answer.tables.push_back({row[0].value_or(""), row[1].value_or(""), number(row[2])});
    }
    return answer;
}

Result<wire::ConsistencyState> consistencyState(const Config &config, const wire::ConsistencyStateAsk &ask, const std::stop_token &stop)
{
    auto reader = Reader::open(config, ask.instance, stop);
    if (!reader)
        return fail(reader.error());
    auto state = (*reader)->before(ask.moment);
    if (!state)
        return state;
    if (auto told = (*reader)->after(ask.moment, *state); !told)
        return fail(told.error());
    return state;
}

Result<wire::ConsistencyChunk> consistencyChunk(const Config &config, const wire::ConsistencyChunkAsk &ask, const std::stop_token &stop)
{
    if (ask.limit < 1 || ask.limit > maxRows)
        return fail(errors::orderArgs, {{"detail", "limit must be 1 to 5000000"}});
    auto reader = Reader::open(config, ask.instance, stop);
    if (!reader)
        return fail(reader.error());
    wire::ConsistencyChunk answer;
    const auto table = openTable(**reader, ask, answer);
    if (!table)
        return fail(table.error());
    if (!answer.state.reached)
        return answer;
    if (!answer.why.empty())
        return answer;
    const auto sql = chunkQuery(*table, ask.after, ask.upTo, ask.limit);
    if (!sql)
        return fail(sql.error());

    RowDigest row;
    ChunkDigest all;
    const std::size_t columns = table->columns.size();
    std::size_t listed = 0;
    bool isCut = false;
    std::string lastKey;                            // the bytes of the last row's key, one part after the other
    std::vector<std::size_t> parts(table->key.size());
    const auto begun = Clock::now();
    const auto done = (*reader)->stream(*sql, [&](char **values, const unsigned long *lengths) {
        row.clear();
        for (std::size_t i = 0; i < columns; ++i) {
            if (values[i]) {
                row.add({values[i], lengths[i]});
                answer.bytes += static_cast<std::int64_t>(lengths[i]);
            } else {
                row.addNull();
            }
        }
        const Digest128 digest = row.digest();
        all.add(digest);
        ++answer.rows;
        lastKey.clear();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::size_t part = table->key[i];
            parts[i] = lengths[part];
            lastKey.append(values[part] ? values[part] : "", parts[i]);
        }
        if (ask.withRows) {
            answer.list.push_back({keyOf(*table, values, lengths), digestText(digest), {}, {}});
            listed += 80 + lastKey.size() * 2;
        }
        isCut = listed > maxListBytes || answer.bytes > maxBytes;
        return !isCut && !(answer.rows % 256 == 0 && (*reader)->isStopped());
    });
    if (!done)
        return fail(done.error());
    if (stop.stop_requested())
        return fail(errors::cancelled);
    answer.tookMs = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
    answer.atEnd = !isCut && answer.rows < ask.limit;
    answer.digest = digestText(all.digest());
    std::size_t from = 0;
    for (std::size_t i = 0; answer.rows > 0 && i < parts.size(); from += parts[i], ++i)
        answer.last.push_back(bytesToJson(std::string_view(lastKey).substr(from, parts[i])));
    if (isCut && ask.moment.wantsPosition) { // its connection has gone
        reader = Reader::open(config, ask.instance, stop);
        if (!reader)
            return fail(reader.error());
    }
    if (auto told = (*reader)->after(ask.moment, answer.state); !told)
        return fail(told.error());
    return answer;
}

Result<wire::ConsistencyRows> consistencyRows(const Config &config, const wire::ConsistencyRowsAsk &ask, const std::stop_token &stop)
{
    if (ask.keys.empty() || ask.keys.size() > maxKeys)
        return fail(errors::orderArgs, {{"detail", "1 to 500 keys"}});
    auto reader = Reader::open(config, ask.instance, stop);
    if (!reader)
        return fail(reader.error());
    wire::ConsistencyRows answer;
    const auto table = openTable(**reader, ask, answer);
    if (!table)
        return fail(table.error());
    if (!answer.state.reached)
        return answer;
    for (const KeyedColumn &column : table->columns) {
        answer.columns.push_back(column.name);
        answer.kinds.push_back(literalKind(column));
        if (!column.generated)
            answer.written.push_back(column.name);
    }
    if (!answer.why.empty())
        return answer;
    const auto sql = rowsQuery(*table, ask.keys);
    if (!sql)
        return fail(sql.error());
    std::map<std::string, std::size_t> places;
    for (const wire::ConsistencyKey &key : ask.keys) {
        places.emplace(nameOfKey(key), answer.rows.size());
        answer.rows.push_back({key, {}, {}, {}});
    }
    RowDigest all, one;
    const auto done = (*reader)->stream(*sql, [&](char **values, const unsigned long *lengths) {
        const auto place = places.find(nameOfKey(keyOf(*table, values, lengths)));
        if (place == places.end())
            return !(*reader)->isStopped(); // the same by the collation, and not by its bytes
        wire::ConsistencyRow &row = answer.rows[place->second];
        all.clear();
        std::size_t size = 0;
        for (std::size_t i = 0; i < table->columns.size(); ++i) {
            one.clear();
            if (values[i]) {
                all.add({values[i], lengths[i]});
                one.add({values[i], lengths[i]});
                size += lengths[i];
            } else {
                all.addNull();
                one.addNull();
            }
            row.columns.push_back(digestText(one.digest()).substr(0, 16));
        }
        row.digest = digestText(all.digest());
        if (ask.withValues && size <= maxValueBytes) {
            for (std::size_t i = 0; i < table->columns.size(); ++i)
                row.values.push_back(values[i] ? bytesToJson({values[i], lengths[i]}) : Json());
        }
        return !(*reader)->isStopped();
    });
    if (!done)
        return fail(done.error());
    if (stop.stop_requested())
        return fail(errors::cancelled);
    if (auto told = (*reader)->after(ask.moment, answer.state); !told)
        return fail(told.error());
    return answer;
}

} // namespace zandb::agent
