// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/replication.h"

#include <charconv>

namespace zandb::agent {
namespace {

std::string either(const SqlResult &result, std::size_t row, std::string_view name, std::string_view oldName)
{
    if (auto value = result.value(row, name))
        return std::move(*value);
    return result.value(row, oldName).value_or("");
}

std::optional<std::int64_t> number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (!text || text->empty() || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

} // namespace

Result<std::vector<wire::ReplicationState>> replicationStates(SqlClient &client)
{
    const bool mariaDb = client.isMariaDb();
    const char *sql = mariaDb ? "SHOW ALL SLAVES STATUS" : client.versionNumber() >= 80022 ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
    const auto result = client.query(sql);
    if (!result)
        return fail(result.error());

    std::vector<wire::ReplicationState> states;
    for (std::size_t row = 0; row < result->rows.size(); ++row) {
        const std::string channel = result->value(row, "Channel_Name").value_or("");
        if (channel == "group_replication_applier" || channel == "group_replication_recovery")
            continue;
        wire::ReplicationState state;
        state.sourceHost = either(*result, row, "Source_Host", "Master_Host");
        state.sourcePort = static_cast<int>(number(either(*result, row, "Source_Port", "Master_Port")).value_or(0));
        state.ioRunning = either(*result, row, "Replica_IO_Running", "Slave_IO_Running") == "Yes";
        state.sqlRunning = either(*result, row, "Replica_SQL_Running", "Slave_SQL_Running") == "Yes";
        state.lagSeconds = number(either(*result, row, "Seconds_Behind_Source", "Seconds_Behind_Master"));
        state.gtid = either(*result, row, "Executed_Gtid_Set", "Gtid_Slave_Pos");
        std::erase(state.gtid, '\n'); // MySQL writes a set over several lines
        if (state.gtid.empty()) {
            const std::string file = either(*result, row, "Relay_Source_Log_File", "Relay_Master_Log_File");
            if (!file.empty())
                state.gtid = file + ":" + either(*result, row, "Exec_Source_Log_Pos", "Exec_Master_Log_Pos");
        }
        // what stops the applier matters more than what the receiver complains of
        for (const std::string_view thread : {"SQL", "IO"}) {
            const std::string prefix = "Last_" + std::string(thread);
            const auto code = number(result->value(row, prefix + "_Errno")).value_or(0);
            if (code != 0 && state.errorNumber == 0) {
                state.errorNumber = code;
                state.errorText = result->value(row, prefix + "_Error").value_or("");
            }
        }
        states.push_back(std::move(state));
    }
    return states;
}

Result<int> connectedReplicas(SqlClient &client)
{
    // A host without a port has come through the socket: our own archive of binlogs.  Replicas come through TCP, also those on the same host.
    constexpr std::string_view where = ".processlist WHERE COMMAND IN ('Binlog Dump','Binlog Dump GTID') AND HOST <> 'localhost'";
    // MySQL's information_schema one is deprecated and locks out everybody while it walks the threads
    const bool modern = !client.isMariaDb() && client.versionNumber() >= 80022;
    auto count = client.value("SELECT COUNT(*) FROM " + std::string(modern ? "performance_schema" : "information_schema") + std::string(where));
    if (!count && modern && count.error().code != errors::instanceDown.text)
        count = client.value("SELECT COUNT(*) FROM information_schema" + std::string(where));
    if (!count)
        return fail(count.error());
    return static_cast<int>(number(*count).value_or(0));
}

} // namespace zandb::agent
