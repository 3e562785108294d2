// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/figures.h"

#include "agent/os/files.h"
#include "agent/protocol/errors.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include <sys/statvfs.h>
#include <unistd.h>

namespace zandb::agent {
namespace {

/// Status variables whose sum is a figure, and those that tell it where a server does not have these.
struct StatusFigure
{
    std::string_view figure;
    std::vector<std::string_view> variables;
    std::vector<std::string_view> otherwise = {};
};
const std::vector<StatusFigure> statusFigures{
    {"uptime_s", {"Uptime"}},
    {"connections", {"Threads_connected"}},
    {"threads_running", {"Threads_running"}},
    {"queries", {"Questions"}},
    {"commits", {"Com_commit"}},
    {"rollbacks", {"Com_rollback"}},
    // MariaDB counts rows for all engines together; its writes to temporary tables have a counter of their own
    {"rows_read", {"Innodb_rows_read"}, {"Rows_read"}},
    {"rows_written", {"Innodb_rows_inserted", "Innodb_rows_updated", "Innodb_rows_deleted"}, {"Handler_write", "Handler_update", "Handler_delete"}},
    {"pool_reads", {"Innodb_buffer_pool_read_requests"}},
    {"pool_misses", {"Innodb_buffer_pool_reads"}},
    {"redo_bytes", {"Innodb_os_log_written"}},
    {"data_read_bytes", {"Innodb_data_read"}},
    {"data_written_bytes", {"Innodb_data_written"}},
    {"temporary_tables", {"Created_tmp_tables"}},
    {"temporary_on_disk", {"Created_tmp_disk_tables"}},
    {"slow_queries", {"Slow_queries"}},
    {"statements_timed_out", {"Max_statement_time_exceeded"}, {"Max_execution_time_exceeded"}},
};

std::string statusStatement()
{
    std::string sql;
    for (const auto &[figure, variables, otherwise] : statusFigures) {
        for (const auto &names : {variables, otherwise}) {
            for (const std::string_view variable : names)
                sql += (sql.empty() ? "'" : ", '") + std::string(variable) + '\'';
        }
    }
    sql += ", 'Com_kill'"; // of MariaDB
    return "SHOW GLOBAL STATUS WHERE Variable_name IN (" + sql + ')';
}

std::optional<std::int64_t> numberOf(std::string_view text)
{
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

template<std::size_t N>
class Sheet
{
public:
    explicit Sheet(const std::array<std::string_view, N> &names) : m_names(names), m_figures(N) {}
    std::optional<std::int64_t> &operator[](std::string_view name)
    {
        return m_figures.at(static_cast<std::size_t>(std::ranges::find(m_names, name) - m_names.begin()));
    }
    Figures take() { return std::move(m_figures); }

private:
    const std::array<std::string_view, N> &m_names;
    Figures m_figures;
};

/// What each error has ended, which MySQL counts and MariaDB does not.  None where the account may not read it.
constexpr const char *interrupted = "SELECT SUM_ERROR_RAISED FROM performance_schema.events_errors_summary_global_by_error WHERE ERROR_NUMBER = 1317";

std::optional<std::int64_t> sumOf(const std::vector<std::string_view> &variables, const std::map<std::string, std::int64_t, std::less<>> &status)
{
    std::int64_t sum = 0;
    for (const std::string_view variable : variables) {
        const auto found = status.find(variable);
        if (found == status.end() || __builtin_add_overflow(sum, found->second, &sum))
            return std::nullopt;
    }
    return sum;
}

} // namespace

Result<Figures> askFigures(SqlClient &client, const wire::InstanceState &state)
{
    static const std::string statement = statusStatement();
    const auto rows = client.query(statement);
    if (!rows)
        return fail(rows.error());
    std::map<std::string, std::int64_t, std::less<>> status;
    for (const SqlRow &row : rows->rows) {
        if (row.size() < 2 || !row[0] || !row[1])
            continue;
        if (const auto number = numberOf(*row[1]))
            status[*row[0]] = *number;
    }
    Sheet sheet(wire::instanceFigures);
    for (const auto &[figure, variables, otherwise] : statusFigures) {
        sheet[figure] = sumOf(variables, status);
        if (!sheet[figure] && !otherwise.empty())
            sheet[figure] = sumOf(otherwise, status);
    }
    if (client.isMariaDb()) {
        sheet["statements_killed"] = sumOf({"Com_kill"}, status);
    } else if (const auto ended = client.value(interrupted); ended && *ended) {
        sheet["statements_killed"] = numberOf(**ended);
    } else if (!ended && ended.error().is(errors::instanceDown)) {
        return fail(ended.error());
    }
    for (const wire::ReplicationState &source : state.replication) {
        // a source that cannot tell its lag makes the largest unknown
        if (!source.lagSeconds) {
            sheet["lag_ms"].reset();
            break;
        }
        sheet["lag_ms"] = std::max(sheet["lag_ms"].value_or(0), *source.lagSeconds * 1000);
    }
    struct statvfs disk{};
    if (!state.dataDirectory.empty() && ::statvfs(state.dataDirectory.c_str(), &disk) == 0) {
        sheet["disk_free_bytes"] = static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize);
        sheet["disk_bytes"] = static_cast<std::int64_t>(disk.f_blocks * disk.f_frsize);
    }
    return sheet.take();
}

Figures readHostFigures()
{
    constexpr std::size_t enough = 1u << 20; // /proc/stat grows with the number of interrupts
    Sheet sheet(wire::hostFigures);
    if (const auto text = readFile("/proc/stat", enough)) {
        // "cpu  user nice system idle iowait irq softirq steal guest guest_nice", in clock ticks; guest is part of user
        std::istringstream line(text->substr(0, text->find('\n')));
        std::string name;
        line >> name;
        const std::int64_t tickMs = 1000 / std::max(1L, ::sysconf(_SC_CLK_TCK));
        std::int64_t all = 0;
        std::int64_t idle = 0;
        constexpr int fields = 8;
        int field = 0;
        for (std::int64_t ticks = 0; field < fields && line >> ticks; ++field) {
            all += ticks;
            if (field == 3 || field == 4)
                idle += ticks;
        }
        if (name == "cpu" && field == fields) {
            sheet["cpu_ms"] = all * tickMs;
            sheet["cpu_busy_ms"] = (all - idle) * tickMs;
        }
    }
    if (const auto text = readFile("/proc/meminfo", enough)) {
        std::istringstream lines(*text);
        for (std::string name, rest; lines >> name; std::getline(lines, rest)) {
            std::int64_t kibibytes = 0;
            lines >> kibibytes;
            if (name == "MemTotal:")
                sheet["memory_bytes"] = kibibytes * 1024;
            else if (name == "MemAvailable:")
                sheet["memory_available_bytes"] = kibibytes * 1024;
        }
    }
    return sheet.take();
}

} // namespace zandb::agent
