// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/standing.h"

#include "agent/protocol/json.h"

#include <charconv>

namespace zandb::agent {

namespace {

// File and offset, where the applier has executed all that was received: else they are ahead of or behind the commits.
void readSource(SqlClient &client, wire::BackupPosition &position)
{
    const bool modern = client.versionNumber() >= 80022;
    const auto status = client.query(modern ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS");
    if (!status || status->rows.size() != 1) // several sources: no one place
        return;
    const auto text = [&](const char *now, const char *before) { return status->value(0, modern ? now : before).value_or(""); };
    const std::string file = text("Relay_Source_Log_File", "Relay_Master_Log_File");
    const std::string offset = text("Exec_Source_Log_Pos", "Exec_Master_Log_Pos");
    const bool stopped = text("Replica_SQL_Running", "Slave_SQL_Running") == "No";
    const bool idle = text("Replica_SQL_Running_State", "Slave_SQL_Running_State").find("has read all relay log") != std::string::npos;
    if ((!stopped && !idle) || file != text("Source_Log_File", "Master_Log_File")
        || offset != text("Read_Source_Log_Pos", "Read_Master_Log_Pos"))
        return;
    position.sourceFile = file;
    std::from_chars(offset.data(), offset.data() + offset.size(), position.sourceOffset);
}

} // namespace

Result<wire::BackupPosition> mysqlStanding(SqlClient &client, bool replica)
{
    const auto text = client.value("SELECT LOCAL FROM performance_schema.log_status");
    if (!text)
        return fail(text.error());
    const auto json = parseJson(text->value_or(""));
    if (!json || !json->is_object())
        return fail(errors::backupNoPosition, {{"tool", "performance_schema.log_status"}});
    wire::BackupPosition position;
    position.file = json->value("binary_log_file", std::string{});
    position.offset = json->value("binary_log_position", std::int64_t{0});
    position.gtid = json->value("gtid_executed", std::string{});
    std::erase(position.gtid, '\n');
    if (replica) {
        position.sourceGtid = position.gtid;
        readSource(client, position);
    }
    return position;
}

} // namespace zandb::agent
