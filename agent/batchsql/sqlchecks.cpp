// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlchecks.h"

#include "agent/batchsql/accountchecks.h"
#include "agent/fleet/replication.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace zandb::agent {
namespace {

using rules::GuardAssignment;

/// Of all memory of the host for the buffer pool of one instance; the budget over all instances comes with the configuration pages.
constexpr double memoryShare = 0.8;

struct Range
{
    std::string_view name;
    double least;
    double most;
};

/// Values beyond which nobody would go on purpose; what a server itself refuses is not here.
constexpr Range ranges[] = {
    {"max_connections", 10, 100'000},
    {"max_user_connections", 0, 100'000},
    {"wait_timeout", 1, 31'536'000},
    {"interactive_timeout", 1, 31'536'000},
    {"connect_timeout", 2, 3'600},
    {"net_read_timeout", 1, 86'400},
    {"net_write_timeout", 1, 86'400},
    {"lock_wait_timeout", 1, 31'536'000},
    {"innodb_lock_wait_timeout", 1, 3'600},
    {"max_allowed_packet", 1 << 20, 1 << 30},
    {"tmp_table_size", 1 << 16, 16e9},
    {"max_heap_table_size", 1 << 16, 16e9},
    {"sort_buffer_size", 32'768, 256e6},
    {"join_buffer_size", 128, 256e6},
    {"read_buffer_size", 8'192, 256e6},
    {"read_rnd_buffer_size", 1, 256e6},
    {"innodb_buffer_pool_size", 5 << 20, 1e15},
    {"innodb_redo_log_capacity", 8 << 20, 512e9},
    {"max_binlog_size", 1 << 20, 1 << 30},
    {"table_open_cache", 64, 524'288},
    {"table_definition_cache", 256, 524'288},
    {"replica_parallel_workers", 0, 256},
    {"slave_parallel_workers", 0, 256},
    {"slave_parallel_threads", 0, 256},
    {"long_query_time", 0, 86'400},
    {"min_examined_row_limit", 0, 1e15},
    {"log_slow_rate_limit", 1, 100'000},
    {"max_connect_errors", 1, 1e18},
    {"thread_cache_size", 0, 16'384},
    {"binlog_cache_size", 4'096, 1 << 30},
    {"innodb_io_capacity", 100, 1e6},
    {"innodb_io_capacity_max", 100, 2e6},
    {"innodb_max_dirty_pages_pct", 10, 99.99},
    {"innodb_old_blocks_time", 0, 600'000},
    {"innodb_online_alter_log_max_size", 64 << 10, 64e9},
    {"innodb_stats_persistent_sample_pages", 1, 10'000},
    {"innodb_thread_concurrency", 0, 1'000},
    {"max_execution_time", 0, 86'400'000},
    {"max_statement_time", 0, 86'400},
    {"replica_net_timeout", 5, 3'600},
    {"slave_net_timeout", 5, 3'600},
    {"sync_binlog", 0, 10'000},
    {"innodb_flush_log_at_trx_commit", 0, 3},
};

/// Of a literal as it is written; nothing for words.
std::optional<double> numberOf(std::string text)
{
    if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"'))
        text = text.substr(1, text.size() - 2);
    char *end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0' ? std::optional(value) : std::nullopt;
}

/// Without a fraction, as people read sizes and counts.
std::string shownNumber(double value)
{
    return std::to_string(static_cast<std::int64_t>(value));
}

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> list)
{
    return std::ranges::find(list, word) != list.end();
}

} // namespace

Result<SqlClient *> SqlChecks::client()
{
    if (!m_client) {
        auto connected = connectTo(m_config, m_instance, Account::Backup); // it sees triggers and all sessions
        if (!connected)
            return fail(connected.error());
        m_client = std::move(*connected);
    }
    return m_client.get();
}

Result<Refusal> SqlChecks::refusal(const rules::Verdict &verdict)
{
    const auto &subject = verdict.subject;
    if (subject.purges)
        return Refusal{"no_catalogue"};
    for (const auto &assignment : subject.assignments) {
        if (auto refused = checkVariable(assignment); !refused || *refused)
            return refused;
    }
    if (subject.thread != 0)
        return checkKill(subject.thread);
    if (subject.resetsReplica)
        return checkReset();
    if (!isOneOf(std::string_view(&verdict.statementClass, 1), {"X", "D", "H", "A"}))
        return Refusal{};
    if (auto refused = checkReplica(); !refused || *refused)
        return refused;
    const auto link = client();
    if (!link)
        return fail(link.error());
    switch (verdict.statementClass) {
    case 'D':
    case 'H':
        return checkTables(subject.tables);
    case 'X':
        return checkIndexes(subject);
    case 'A':
        return checkAccounts(**link, m_config, subject);
    default:
        return Refusal{};
    }
}

Result<Refusal> SqlChecks::checkReplica()
{
    const auto link = client();
    if (!link)
        return fail(link.error());
    const auto sources = replicationStates(**link);
    if (!sources)
        return fail(sources.error());
    return Refusal{sources->empty() ? "" : "replica"};
}

Result<Refusal> SqlChecks::checkTables(const std::vector<rules::GuardTable> &tables)
{
    const auto link = client();
    if (!link)
        return fail(link.error());
    for (const auto &table : tables) {
        const std::string schema = (*link)->quote(table.schema), name = (*link)->quote(table.table);
        const std::array<std::pair<const char *, std::string>, 3> questions{{
            {"not_base_table", "SELECT 1 - COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA=" + schema + " AND TABLE_NAME=" + name + " AND TABLE_TYPE='BASE TABLE'"},
            {"triggers", "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA=" + schema + " AND EVENT_OBJECT_TABLE=" + name},
            {"cascades", "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE UNIQUE_CONSTRAINT_SCHEMA=" + schema + " AND REFERENCED_TABLE_NAME=" + name
                             + " AND (DELETE_RULE IN ('CASCADE','SET NULL','SET DEFAULT') OR UPDATE_RULE IN ('CASCADE','SET NULL','SET DEFAULT'))"},
        }};
        for (const auto &[refused, question] : questions) {
            const auto count = (*link)->value(question);
            if (!count)
                return fail(count.error());
            if (*count != "0")
                return Refusal{refused, table.schema + '.' + table.table};
        }
    }
    return Refusal{};
}

Result<Refusal> SqlChecks::checkKill(std::uint64_t thread)
{
    const auto link = client();
    if (!link)
        return fail(link.error());
    const auto found = (*link)->query("SELECT USER, COMMAND FROM information_schema.PROCESSLIST WHERE ID=" + std::to_string(thread));
    if (!found)
        return fail(found.error());
    if (found->rows.empty())
        return Refusal{}; // the server says so
    const std::string user = found->value(0, "USER").value_or(""), command = found->value(0, "COMMAND").value_or("");
    bool own = isOneOf(user, {"system user", "event_scheduler", "unauthenticated user"}) || command.starts_with("Binlog Dump")
        || isOneOf(command, {"Daemon", "Slave_IO", "Slave_SQL", "Slave_worker", "Replica_IO", "Replica_SQL"});
    for (const Account account : {Account::Watch, Account::Backup, Account::Explain, Account::Maint})
        own = own || user == accountName(m_config, account, (*link)->isMariaDb());
    return Refusal{own ? "protected_session" : ""};
}

Result<Refusal> SqlChecks::checkVariable(const GuardAssignment &assignment)
{
    if (isOneOf(assignment.name, {"binlog_expire_logs_seconds", "expire_logs_days"}))
        return Refusal{"no_catalogue"};
    const auto value = numberOf(assignment.value);
    if (assignment.scope == GuardAssignment::Scope::Reset || !value)
        return Refusal{};
    const auto range = std::ranges::find(ranges, assignment.name, &Range::name);
    if (range != std::end(ranges) && (*value < range->least || *value > range->most))
        return Refusal{"range", assignment.name + " from " + shownNumber(range->least) + " to " + shownNumber(range->most)};
    if (assignment.name == "innodb_buffer_pool_size")
        return checkMemory(*value);
    if (isOneOf(assignment.name, {"sync_binlog", "innodb_flush_log_at_trx_commit"}))
        return checkDurability(assignment, *value);
    if (assignment.name != "max_connections")
        return Refusal{};
    const auto link = client();
    if (!link)
        return fail(link.error());
    const auto used = (*link)->query("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
    if (!used)
        return fail(used.error());
    const double connected = used->rows.empty() ? 0 : std::atof(used->value(0, "Value").value_or("0").c_str());
    return *value < connected ? Refusal{"range", "max_connections below the " + shownNumber(connected) + " that are in use"} : Refusal{};
}

Result<Refusal> SqlChecks::checkDurability(const GuardAssignment &assignment, double value)
{
    if (value == 1 || isAccepted("durability"))
        return Refusal{};
    const auto link = client();
    if (!link)
        return fail(link.error());
    const auto now = (*link)->value("SELECT @@global." + assignment.name); // on list V
    if (!now)
        return fail(now.error());
    if (*now != "1")
        return Refusal{};
    auto replica = checkReplica();
    if (!replica || *replica)
        return replica ? Result<Refusal>(Refusal{}) : replica;
    return Refusal{"durability", assignment.name + " = 1 keeps each commit over a crash; this instance is no replica"};
}

/// The budget is for all instances of the host together.
Result<Refusal> SqlChecks::checkMemory(double value)
{
    double others = 0;
    for (const LocalInstance &other : findInstances(m_config)) {
        if (other.name == m_instance.name)
            continue;
        const auto link = connectTo(m_config, other, Account::Watch);
        const auto size = link ? (*link)->value("SELECT @@global.innodb_buffer_pool_size") : Result<std::optional<std::string>>(fail(link.error()));
        others += size && *size ? std::atof((*size)->c_str()) : 0; // one that is down uses none now
    }
    const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    if (value + others <= memory * memoryShare)
        return Refusal{};
    return Refusal{"range", shownNumber(value) + " and " + shownNumber(others) + " of the other instances are more than 80 % of the host's " + shownNumber(memory) + " bytes"};
}

Result<Refusal> SqlChecks::checkSize(const rules::GuardTable &table, const char *name)
{
    if (isAccepted(name))
        return Refusal{};
    const auto link = client();
    if (!link)
        return fail(link.error());
    const auto size = (*link)->value("SELECT COALESCE(DATA_LENGTH, 0) + COALESCE(INDEX_LENGTH, 0) FROM information_schema.TABLES WHERE TABLE_SCHEMA=" + (*link)->quote(table.schema)
                                     + " AND TABLE_NAME=" + (*link)->quote(table.table));
    if (!size)
        return fail(size.error());
    const double bytes = *size ? std::atof((*size)->c_str()) : 0;
    return bytes > static_cast<double>(largeTable) ? Refusal{name, table.schema + '.' + table.table + " has " + shownNumber(bytes) + " bytes"} : Refusal{};
}

Result<Refusal> SqlChecks::checkCopying(const rules::GuardTable &table)
{
    return checkSize(table, "copies_table");
}

Result<Refusal> SqlChecks::checkIndexes(const rules::GuardSubject &subject)
{
    const rules::GuardTable &table = subject.tables.front();
    if (subject.copies) {
        if (auto refused = checkSize(table, "copies_table"); !refused || *refused)
            return refused;
    }
    if (subject.excludes) {
        if (auto refused = checkSize(table, "locks_table"); !refused || *refused)
            return refused;
    }
    const auto link = client();
    if (!link)
        return fail(link.error());
    const std::string schema = (*link)->quote(table.schema), name = (*link)->quote(table.table);
    for (const std::string &index : subject.indexes) {
        const auto rows = (*link)->query("SELECT NON_UNIQUE, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=" + schema + " AND TABLE_NAME=" + name
                                         + " AND INDEX_NAME=" + (*link)->quote(index) + " AND SEQ_IN_INDEX=1");
        if (!rows)
            return fail(rows.error());
        if (rows->rows.empty())
            continue; // the server says so
        if (rows->value(0, "NON_UNIQUE") == "0" && !isAccepted("unique_index"))
            return Refusal{"unique_index", index + " keeps its values unique"};
        const std::string column = (*link)->quote(rows->value(0, "COLUMN_NAME").value_or(""));
        const auto keys = (*link)->value("SELECT COUNT(*) FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL AND ((TABLE_SCHEMA=" + schema + " AND TABLE_NAME="
                                         + name + " AND COLUMN_NAME=" + column + ") OR (REFERENCED_TABLE_SCHEMA=" + schema + " AND REFERENCED_TABLE_NAME=" + name
                                         + " AND REFERENCED_COLUMN_NAME=" + column + "))");
        if (!keys)
            return fail(keys.error());
        if (*keys != "0" && !isAccepted("foreign_key_index"))
            return Refusal{"foreign_key_index", index + " begins with a column of a foreign key"};
    }
    return Refusal{};
}

Result<Refusal> SqlChecks::checkReset()
{
    const auto link = client();
    if (!link)
        return fail(link.error());
    const bool maria = (*link)->isMariaDb();
    auto rows = (*link)->query(maria ? "SHOW ALL SLAVES STATUS" : (*link)->versionNumber() >= 80'400 ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS");
    if (!rows)
        return fail(rows.error());
    for (std::size_t i = 0; i < rows->rows.size(); ++i) {
        const std::string gtid = rows->value(i, maria ? "Using_Gtid" : "Auto_Position").value_or("");
        if (gtid.empty() || gtid == "No" || gtid == "0")
            return Refusal{"no_gtid"};
    }
    return Refusal{};
}

} // namespace zandb::agent
