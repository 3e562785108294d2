// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/keycheck.h"

#include "agent/checks/knownkeys.h"
#include "agent/checks/tablefindings.h"
#include "agent/fleet/sqlparts.h"
#include "agent/protocol/time.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <thread>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t mostUsages = 5000;
constexpr std::size_t mostFindings = 5000;
constexpr std::size_t mostUnchecked = 1000;
constexpr int queryInterrupted = 1317, maxExecutionTime = 3024, maxStatementTime = 1969, lockWaitTimeout = 1205;

/// Engines whose MAX() of an indexed column is one step, and whose tables lie on this server.
bool isReadable(const std::string &engine)
{
    constexpr std::array<std::string_view, 5> known{"InnoDB", "MyISAM", "Aria", "ROCKSDB", "TokuDB"};
    return std::ranges::find(known, engine) != known.end();
}

/// MAX() of it is one step down an index.
bool beginsIndex(const SchemaTable &table, const std::string &column)
{
    return std::ranges::any_of(table.indexes, [&](const TableIndex &index) {
        return index.usable && index.method == "BTREE" && !index.parts.empty() && index.parts[0].column == column;
    });
}

/// What AUTO_INCREMENT gives next; 0: it gives nothing here.
KeyValue nextValue(const SchemaTable &table, const IntegerColumn &column)
{
    return column.automatic && table.next ? parseKeyValue(*table.next).value_or(0) : 0;
}

/// One pass over one instance.
class Pass
{
public:
    Pass(const wire::KeyCheckArgs &args, const KeyCheckContext &context, SqlClient &lists, SqlClient &values, KnownKeys &known)
        : m_args(args), m_context(context), m_lists(lists), m_values(values), m_known(known), m_first(known.isEmpty())
    {
    }

    Result<wire::KeyCheckResult> run()
    {
        const auto begun = Clock::now();
        const auto schemas = schemasOfPeople(m_lists);
        if (!schemas)
            return fail(schemas.error());
        for (std::size_t i = 0; i < schemas->size(); ++i) {
            m_context.progress(static_cast<double>(i) / static_cast<double>(schemas->size()));
            if (auto done = checkSchema((*schemas)[i]); !done)
                return fail(done.error());
        }
        if (auto done = addUnusedIndexes(); !done)
            return fail(done.error());
        if (auto done = addPasswords(); !done)
            return fail(done.error());
        std::ranges::sort(m_result.usages, [](const wire::KeyUsage &a, const wire::KeyUsage &b) { return a.ppm > b.ppm; });
        m_result.usages.resize(std::min(m_result.usages.size(), mostUsages));
        m_result.tookMs = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
        return std::move(m_result);
    }

private:
    bool isStopped() const { return m_context.stop.stop_requested(); }

    /// Does something, then rests: three times as long on the first pass, as long later.
    template<class Function>
    auto resting(Function work)
    {
        const auto begun = Clock::now();
        auto result = work();
        m_owed += (Clock::now() - begun) * (m_first ? 3 : 1);
        if (m_owed > 50ms) { // shorter pauses are not worth their switch
            const auto until = Clock::now() + std::min<Clock::duration>(m_owed, 5s);
            while (Clock::now() < until && !isStopped())
                std::this_thread::sleep_for(std::min<Clock::duration>(until - Clock::now(), 100ms));
            m_owed = {};
        }
        return result;
    }

    Result<void> checkSchema(const std::string &schema)
    {
        const auto tables = resting([&] { return readSchemaTables(m_lists, schema); });
        if (!tables)
            return fail(tables.error());
        for (const auto &[name, table] : *tables) {
            if (isStopped())
                return fail(errors::cancelled);
            for (const TableIndex &index : table.indexes) {
                if (index.unique)
                    m_unique.insert(schema + '\0' + name + '\0' + index.name);
            }
            if (auto done = table.sequence ? checkSequence(schema, table) : checkTable(schema, table); !done)
                return done;
        }
        addFindings(findingsOf(schema, *tables));
        return {};
    }

    Result<void> checkTable(const std::string &schema, const SchemaTable &table)
    {
        ++m_result.tables;
        std::vector<const IntegerColumn *> asked; // by MAX()
        for (const IntegerColumn &column : table.integers) {
            const auto type = integerType(column.type);
            const KeyValue next = nextValue(table, column);
            const bool indexed = beginsIndex(table, column.name);
            if (!type || (!indexed && next == 0))
                continue;
            ++m_result.keys;
            const auto limit = largestValue(*type);
            // at its end MySQL's counter says the same before and after the last value was given
            if (next > 0 && (next < limit || !indexed)) {
                note(schema, table, column, next - 1, true);
            } else if (next == 0 && !m_args.full && !m_known.isDue(schema, table.name, column.name, limit, systemNow())) {
                note(schema, table, column, m_known.find(schema, table.name, column.name)->used, false);
            } else if (!isReadable(table.engine)) {
                addUnchecked(schema, table.name, "engine");
            } else {
                asked.push_back(&column);
            }
        }
        return asked.empty() ? Result<void>() : readMaxima(schema, table, asked);
    }

    Result<void> readMaxima(const std::string &schema, const SchemaTable &table, const std::vector<const IntegerColumn *> &columns)
    {
        std::string list;
        for (const IntegerColumn *column : columns)
            list += (list.empty() ? "MAX(" : ", MAX(") + quotedName(column->name) + ')';
        const auto result = resting([&] { return m_values.query("SELECT " + list + " FROM " + quotedName(schema) + '.' + quotedName(table.name)); });
        if (!result) {
            for (const IntegerColumn *column : columns) // the file keeps what was known
                m_known.find(schema, table.name, column->name);
            return notRead(schema, table.name, result.error());
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            // an empty table has no largest value
            const auto value = parseKeyValue(result->rows.empty() ? "0" : result->rows[0][i].value_or("0"));
            const KeyValue next = nextValue(table, *columns[i]);
            note(schema, table, *columns[i], next > 0 ? std::max(value.value_or(0), next - 1) : value.value_or(0), true);
        }
        return {};
    }

    Result<void> notRead(const std::string &schema, const std::string &table, const Error &error)
    {
        if (error.is(errors::instanceDown))
            return fail(error);
        const int number = serverErrno(error);
        addUnchecked(schema, table,
                     number == lockWaitTimeout                                                                          ? "locked"
                         : number == maxStatementTime || number == maxExecutionTime || number == queryInterrupted ? "slow"
                                                                                                                        : "failed");
        return {};
    }

    Result<void> checkSequence(const std::string &schema, const SchemaTable &table)
    {
        ++m_result.keys;
        const auto result = resting([&] {
            return m_values.query("SELECT next_not_cached_value, minimum_value, maximum_value, increment, cycle_option FROM " + quotedName(schema) + '.' + quotedName(table.name));
        });
        if (!result)
            return notRead(schema, table.name, result.error());
        if (result->rows.empty() || result->rows[0][4] == "1") {
            ++m_result.read;
            return {}; // one that begins again never ends
        }
        const auto next = parseKeyValue(result->rows[0][0].value_or("")), least = parseKeyValue(result->rows[0][1].value_or("")),
                   most = parseKeyValue(result->rows[0][2].value_or("")), step = parseKeyValue(result->rows[0][3].value_or(""));
        if (!next || !least || !most || !step)
            return {};
        const bool down = *step < 0;
        IntegerColumn column;
        column.type = "sequence";
        const KeyValue used = down ? -(*next - *step) : *next - std::max<KeyValue>(*step, 1);
        noteValue(schema, table, column, used, down ? -*least : *most, true);
        return {};
    }

    void note(const std::string &schema, const SchemaTable &table, const IntegerColumn &column, KeyValue used, bool readNow)
    {
        noteValue(schema, table, column, used, largestValue(*integerType(column.type)), readNow);
    }

    void noteValue(const std::string &schema, const SchemaTable &table, const IntegerColumn &column, KeyValue used, KeyValue limit, bool readNow)
    {
        const TimePoint now = systemNow();
        TimePoint at = now;
        if (readNow) {
            ++m_result.read;
            m_known.set(schema, table.name, column.name, used, now);
        } else if (const KnownKey *known = m_known.find(schema, table.name, column.name)) {
            at = known->at;
        }
        const std::int64_t ppm = sharePpm(used, limit);
        if (ppm < std::int64_t{m_args.leastPercent} * 10'000)
            return;
        ++m_result.usageCount;
        if (m_result.usages.size() >= 2 * mostUsages) { // only the fullest are kept
            std::ranges::nth_element(m_result.usages, m_result.usages.begin() + mostUsages, [](const auto &a, const auto &b) { return a.ppm > b.ppm; });
            m_result.usages.resize(mostUsages);
        }
        const char *kind = table.sequence ? "sequence" : column.automatic ? "auto_increment" : !column.references.empty() ? "foreign_key" : "key";
        m_result.usages.push_back({schema, table.name, column.name, column.type, kind, column.references, keyValueText(used), keyValueText(limit), ppm, table.rows,
                                   table.bytes, at});
    }

    Result<void> addUnusedIndexes()
    {
        const auto up = m_lists.query("SHOW GLOBAL STATUS LIKE 'Uptime'");
        const auto on = m_lists.value("SELECT @@performance_schema");
        if (!up || !on)
            return fail(up ? on.error() : up.error());
        const long seconds = up->rows.empty() ? 0 : std::atol(up->rows[0][1].value_or("0").c_str());
        if (on->value_or("0") != "1") {
            m_result.notPermitted.emplace_back("unused_indexes.no_performance_schema");
            return {};
        }
        if (seconds < std::int64_t{m_args.unusedAfterDays} * 86'400)
            return {}; // nobody knows yet
        const auto rows = m_lists.query("SELECT w.OBJECT_SCHEMA, w.OBJECT_NAME, w.INDEX_NAME FROM performance_schema.table_io_waits_summary_by_index_usage w "
                                        "WHERE w.INDEX_NAME IS NOT NULL AND w.INDEX_NAME <> 'PRIMARY' AND w.COUNT_STAR = 0 "
                                        "AND w.OBJECT_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema') LIMIT 10000");
        if (!rows && rows.error().is(errors::instanceDown))
            return fail(rows.error());
        if (!rows) {
            m_result.notPermitted.emplace_back("unused_indexes");
            return {};
        }
        std::vector<wire::CheckFinding> findings;
        for (const SqlRow &row : rows->rows) {
            if (!m_unique.contains(row[0].value_or("") + '\0' + row[1].value_or("") + '\0' + row[2].value_or(""))) // one that forbids is used by that
                findings.push_back({"unused_index", row[0].value_or(""), row[1].value_or(""), row[2].value_or(""), {{"days", seconds / 86'400}}});
        }
        addFindings(std::move(findings));
        return {};
    }

    /// Names only; a hash is never read.
    Result<void> addPasswords()
    {
        const auto rows = m_lists.isMariaDb()
            ? m_lists.query("SELECT User, Host FROM mysql.global_priv WHERE COALESCE(JSON_VALUE(Priv, '$.is_role'), 'false') NOT IN ('true', '1') "
                            "AND COALESCE(JSON_VALUE(Priv, '$.account_locked'), 'false') NOT IN ('true', '1') AND JSON_VALUE(Priv, '$.auth_or') IS NULL "
                            "AND JSON_QUERY(Priv, '$.auth_or') IS NULL AND COALESCE(JSON_VALUE(Priv, '$.plugin'), '') IN ('', 'mysql_native_password', 'mysql_old_password') "
                            "AND COALESCE(JSON_VALUE(Priv, '$.authentication_string'), '') = ''")
            : m_lists.query("SELECT User, Host FROM mysql.user WHERE account_locked = 'N' AND authentication_string = '' "
                            "AND plugin IN ('', 'mysql_native_password', 'sha256_password', 'caching_sha2_password')");
        if (!rows && rows.error().is(errors::instanceDown))
            return fail(rows.error());
        if (!rows) {
            m_result.notPermitted.emplace_back("passwords");
            return {};
        }
        std::vector<wire::CheckFinding> findings;
        for (const SqlRow &row : rows->rows)
            findings.push_back({"no_password", {}, {}, row[0].value_or("") + '@' + row[1].value_or(""), Json::object()});
        addFindings(std::move(findings));
        return {};
    }

    void addFindings(std::vector<wire::CheckFinding> findings)
    {
        m_result.findingCount += static_cast<std::int64_t>(findings.size());
        for (wire::CheckFinding &finding : findings) {
            if (m_result.findings.size() < mostFindings)
                m_result.findings.push_back(std::move(finding));
        }
    }

    void addUnchecked(const std::string &schema, const std::string &table, const char *why)
    {
        ++m_result.uncheckedCount;
        if (m_result.unchecked.size() < mostUnchecked)
            m_result.unchecked.push_back({schema, table, why});
    }

    const wire::KeyCheckArgs &m_args;
    const KeyCheckContext &m_context;
    SqlClient &m_lists;
    SqlClient &m_values;
    KnownKeys &m_known;
    const bool m_first;
    Clock::duration m_owed{};
    std::set<std::string> m_unique; ///< schema, table and index with zero bytes between them: unique ones
    wire::KeyCheckResult m_result;
};

/// A session that waits for nobody.
Result<std::unique_ptr<SqlClient>> open(const Config &config, const LocalInstance &instance, std::chrono::seconds limit)
{
    auto client = connectTo(config, instance, Account::Backup, 5s, limit + 10s);
    if (!client)
        return client;
    const std::string settings = (*client)->isMariaDb()
        ? "SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, max_statement_time = " + std::to_string(limit.count())
        : "SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, max_execution_time = " + std::to_string(limit.count() * 1000)
            + ", information_schema_stats_expiry = 0";
    if (auto set = (*client)->query(settings); !set)
        return fail(set.error());
    return client;
}

} // namespace

Result<wire::KeyCheckResult> checkKeys(const Config &config, const wire::KeyCheckArgs &args, const KeyCheckContext &context)
{
    if (args.leastPercent < 0 || args.leastPercent > 100 || args.unusedAfterDays < 0)
        return fail(errors::orderArgs, {{"detail", "leastPercent must be 0 to 100, and unusedAfterDays not negative"}});
    auto instance = findInstance(config, args.instance);
    if (!instance)
        return fail(instance.error());
    auto lists = open(config, *instance, 900s);
    auto values = lists ? open(config, *instance, 2s) : Result<std::unique_ptr<SqlClient>>(fail(lists.error()));
    if (!values)
        return fail(values.error());
    auto known = KnownKeys::load(config.stateDirectory / "checks" / (instance->name + ".keys"));
    auto result = Pass(args, context, **lists, **values, known).run();
    if (!result)
        return result;
    if (auto saved = known.save(); !saved) // the next pass reads everything
        context.log("what was read could not be kept: " + saved.error().code);
    context.log(std::to_string(result->tables) + " tables, " + std::to_string(result->keys) + " keys, " + std::to_string(result->read) + " of them read now");
    return result;
}

} // namespace zandb::agent
