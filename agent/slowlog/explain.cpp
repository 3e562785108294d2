// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/explain.h"

#include "agent/fleet/statementrunner.h"
#include "agent/protocol/explainerrors.h"
#include "agent/rules/explainable.h"

#include <algorithm>
#include <charconv>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Keeps a small result whole.
class Rows final : public StatementSink
{
public:
    void columns(const std::vector<SqlColumn> &columns) override
    {
        for (const SqlColumn &column : columns)
            names.push_back(column.name);
    }
    void row(const std::vector<SqlCell> &row) override
    {
        auto &cells = rows.emplace_back();
        for (const SqlCell &cell : row) {
            cells.push_back(cell.bytes ? std::optional<std::string>(*cell.bytes) : std::nullopt);
            isCut |= cell.isCut();
        }
    }

    std::vector<std::string> names;
    std::vector<std::vector<std::optional<std::string>>> rows;
    bool isCut = false;
};

StatementOptions optionsOf(const wire::ExplainAsk &ask, const ExplainLimits &limits, std::size_t cellBytes)
{
    StatementOptions options;
    options.schema = ask.schema;
    options.readOnly = true;
    options.limits.rows = limits.rows;
    options.limits.bytes = static_cast<std::int64_t>(cellBytes) * 64;
    options.limits.cellBytes = cellBytes;
    options.limits.warnings = 0;
    options.limits.time = limits.time;
    options.limits.lockWait = limits.lockWait;
    return options;
}

std::string detailOf(const Error &error)
{
    const auto detail = error.fields.find("detail");
    return detail == error.fields.end() ? describe(error) : detail->second;
}

Result<void> readPlan(const Config &config, const LocalInstance &instance, const wire::ExplainAsk &ask, const ExplainLimits &limits, const std::stop_token &stop,
                      wire::Explained &answer)
{
    auto runner = StatementRunner::open(config, instance, Account::Explain, optionsOf(ask, limits, limits.planBytes));
    if (!runner)
        return fail(runner.error());
    Rows json;
    const auto done = (*runner)->run("EXPLAIN FORMAT=JSON " + answer.statement, json, stop);
    if (!done)
        answer.planProblem = detailOf(done.error()); // the table's form may be told all the same
    else if (json.isCut)
        answer.planProblem = "too_large";
    else if (!json.rows.empty() && !json.rows.front().empty())
        answer.plan = json.rows.front().front().value_or("");
    if (!done && done.error().errorClass == ErrorClass::Transient)
        return fail(done.error());
    return {};
}

Result<void> readTable(const Config &config, const LocalInstance &instance, const wire::ExplainAsk &ask, const ExplainLimits &limits, const std::stop_token &stop,
                       wire::Explained &answer)
{
    auto runner = StatementRunner::open(config, instance, Account::Explain, optionsOf(ask, limits, limits.cellBytes));
    if (!runner)
        return fail(runner.error());
    Rows table;
    // a server may have another form as its default
    const auto done = (*runner)->run(((*runner)->isMariaDb() ? "EXPLAIN " : "EXPLAIN FORMAT=TRADITIONAL ") + answer.statement, table, stop);
    if (!done)
        return fail(done.error());
    answer.columns = std::move(table.names);
    answer.rows = std::move(table.rows);
    answer.moreRows = done->moreRows;
    return {};
}

std::optional<std::int64_t> number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

/// Looks tables up in information_schema, one after the other.
class TableReader
{
public:
    TableReader(SqlClient &client, const ExplainLimits &limits) : m_client(client), m_limits(limits)
    {
        const bool maria = client.isMariaDb();
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(limits.time).count();
        // the figures as the engine has them now, not those that were kept for a day
        (void)client.query("SET SESSION lock_wait_timeout=" + std::to_string(limits.lockWait.count())
                           + (maria ? ", max_statement_time=" + std::to_string(seconds) : ", max_execution_time=" + std::to_string(seconds * 1000)));
        if (!maria && client.versionNumber() >= 80000)
            (void)client.query("SET SESSION information_schema_stats_expiry=0");
        const bool ignored = maria && client.versionNumber() >= 100600, visible = !maria && client.versionNumber() >= 80013;
        m_indexes = std::string("SELECT INDEX_NAME, NON_UNIQUE, INDEX_TYPE, ") + (visible ? "COALESCE(COLUMN_NAME, EXPRESSION)" : "COLUMN_NAME") + ", SUB_PART, CARDINALITY, "
            + (visible ? "IS_VISIBLE = 'NO'" : ignored ? "IGNORED = 'YES'" : "0") + " FROM information_schema.STATISTICS";
    }

    wire::ExplainedTable read(const std::string &schema, const std::string &name)
    {
        wire::ExplainedTable table;
        table.schema = schema;
        table.name = name;
        table.kind = "unknown";
        const std::string where = " WHERE TABLE_SCHEMA = " + m_client.quote(schema) + " AND TABLE_NAME = " + m_client.quote(name);
        const auto rows = m_client.query("SELECT TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH FROM information_schema.TABLES" + where);
        if (!rows || rows->rows.empty())
            return table;
        const SqlRow &row = rows->rows.front();
        const std::string type = row.at(0).value_or("");
        table.kind = type == "VIEW" ? "view" : type.starts_with("SYSTEM VIEW") ? "system" : "table";
        table.engine = row.at(1).value_or("");
        table.rows = number(row.at(2));
        table.dataBytes = number(row.at(3));
        table.indexBytes = number(row.at(4));
        if (table.kind == "table")
            readIndexes(table, where);
        return table;
    }

private:
    void readIndexes(wire::ExplainedTable &table, const std::string &where)
    {
        const auto rows = m_client.query(m_indexes + where + " ORDER BY INDEX_NAME <> 'PRIMARY', NON_UNIQUE, INDEX_NAME, SEQ_IN_INDEX LIMIT 2000");
        if (!rows)
            return;
        for (const SqlRow &row : rows->rows) {
            const std::string name = row.at(0).value_or("");
            if (table.indexes.empty() || table.indexes.back().name != name) {
                if (table.indexes.size() == m_limits.indexes) {
                    m_dropped = m_dropped == name ? m_dropped : (++table.moreIndexes, name);
                    continue;
                }
                table.indexes.push_back({name, row.at(1) == "0", row.at(6) == "1", row.at(2).value_or(""), {}});
            }
            table.indexes.back().columns.push_back({row.at(3).value_or(""), number(row.at(4)), number(row.at(5))});
        }
    }

    SqlClient &m_client;
    const ExplainLimits &m_limits;
    std::string m_indexes;
    std::string m_dropped;
};

/// What cannot be read of the tables is left out: the plan is worth showing without.
void readTables(const Config &config, const LocalInstance &instance, const std::vector<rules::GuardRead> &reads, const ExplainLimits &limits, const std::stop_token &stop,
                wire::Explained &answer)
{
    const auto until = Clock::now() + limits.time;
    auto client = connectTo(config, instance, Account::Explain, 5s, std::chrono::ceil<std::chrono::seconds>(limits.time) + 5s);
    std::optional<TableReader> reader;
    if (client)
        reader.emplace(**client, limits);
    for (const rules::GuardRead &read : reads) {
        const bool same = !answer.tables.empty() && answer.tables.back().schema == read.schema && answer.tables.back().name == read.table; // they are sorted
        if (!same && (!reader || answer.tables.size() == limits.tables || Clock::now() > until || stop.stop_requested())) {
            ++answer.moreTables;
            continue;
        }
        if (!same)
            answer.tables.push_back(reader->read(read.schema, read.table));
        answer.tables.back().aliases.push_back(read.alias);
    }
}

} // namespace

Result<wire::Explained> explainStatement(const Config &config, const LocalInstance &instance, const wire::ExplainAsk &ask, const ExplainLimits &limits, const std::stop_token &stop)
{
    const auto greeting = greet(instance);
    if (!greeting)
        return fail(greeting.error());
    const bool maria = greeting->isMariaDb();
    rules::GuardContext context;
    context.flavour = maria ? rules::GuardFlavour::MariaDb : rules::GuardFlavour::MySql;
    context.schema = ask.schema;
    rules::Explainable made = rules::explainable(ask.statement, context);
    if (!made.allowed)
        return fail(errors::explainRefused, {{"instance", instance.name}, {"reason", made.reason}, {"detail", made.detail}});
    wire::Explained answer;
    answer.instance = instance.name;
    answer.flavour = maria ? "mariadb" : "mysql";
    answer.version = greeting->version;
    answer.schema = ask.schema;
    answer.statement = std::move(made.text);
    answer.as = rules::toString(made.as);
    answer.at = systemNow();
    if (const auto read = readPlan(config, instance, ask, limits, stop, answer); !read)
        return fail(read.error());
    if (const auto read = readTable(config, instance, ask, limits, stop, answer); !read)
        return fail(read.error());
    readTables(config, instance, made.tables, limits, stop, answer);
    return answer;
}

} // namespace zandb::agent
