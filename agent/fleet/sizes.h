// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

namespace zandb::agent {

struct InstanceSizes
{
    /// Tablespaces as the server counts them (information_schema.tables hides what one may not select), and files of
    /// other engines where the data directory can be read.
    std::optional<std::int64_t> dataBytes;
    /// Binlogs, redo, undo, relay logs and everything in the log directory.
    std::optional<std::int64_t> logBytes;
    /// What is missing in them: "data_bytes", "data_bytes.non_innodb", "log_bytes", "log_bytes.binlogs",
    /// "log_bytes.redo", "log_bytes.relay".
    std::vector<std::string> notPermitted;
};

/// Measures one instance.  Costs grow with the number of tables and log files.  Errors: instance.down.
Result<InstanceSizes> measureSizes(SqlClient &client, const LocalInstance &instance);

} // namespace zandb::agent
