// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "app/remote/agentpool.h"
#include "models/fleet/fleet.h"

/// What a script would meet on instances, asked of their agents with the caller's own key.
namespace zandb::batchsql {

/// The agent's method; for callers that ask it themselves and do not block (the console's AgentCalls).
inline constexpr const char *previewMethod = "sql.preview";
/// Its params.
Json previewParams(const Instance &instance, const std::string &schema, const std::vector<std::string> &statements);
/// Its answer.  Errors: those of the call, protocol.malformed.
Result<wire::SqlPreview> previewAnswer(Result<Json> answer);

/// What one instance answered.
struct InstancePreview
{
    Uuid instance;
    std::string path; ///< "db1/my3306"
    Result<wire::SqlPreview> preview;
};

/// Asks all instances at once and waits for all; blocks.  Their hosts must be in the pool's set.
std::vector<InstancePreview> previewScript(remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, const std::string &schema,
                                           const std::vector<std::string> &statements, std::chrono::milliseconds timeout = std::chrono::seconds{30});
/// Why an instance would refuse the script as it stands: sql.refused.  Nothing: it may run, or that is known only when it runs, as behind a statement that changes
/// what the server holds.
std::optional<Error> refusalOf(const InstancePreview &seen, const wire::SqlArgs &order);

} // namespace zandb::batchsql
