// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlchecks.h"

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
    switch (verdict.statementClass) {
    case 'D':
    case 'H':
        return checkTables(subject.tables);
    case 'A':
        for (const std::string &privilege : subject.privileges) {
            if (isOneOf(privilege, {"RELOAD", "REPLICATION SLAVE", "EVENT", "TRIGGER"}))
                return Refusal{"second_person"};
        }
        return Refusal{"accounts_unchecked"};
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
        return Refusal{"range"};
    if (assignment.name == "innodb_buffer_pool_size") {
        const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
        return Refusal{*value > memory * memoryShare ? "range" : ""};
    }
    if (assignment.name != "max_connections")
        return Refusal{};
    const auto link = client();
    if (!link)
        return fail(link.error());
    const auto used = (*link)->query("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
    if (!used)
        return fail(used.error());
    const double connected = used->rows.empty() ? 0 : std::atof(used->value(0, "Value").value_or("0").c_str());
    return Refusal{*value < connected ? "range" : ""};
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
