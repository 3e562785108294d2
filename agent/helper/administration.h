// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/helper/trust.h"
#include "agent/protocol/json.h"

/// The helper's verbs that make, stop and fill instances.
namespace zandb::agent {

/// The instance's systemd unit: `mysql@3306.service`, or what [[instance]] names.  Errors: helper.refused (none is named).
Result<std::string> unitOf(const Config &config, const LocalInstance &instance);
/// start, stop, restart, status; answers what systemctl said.  When the caller is gone it is no longer waited for, though
/// systemd goes on with what it was told.  Errors: helper.refused (no systemd here), tool.failed, cancelled.
Result<Json> controlService(const Config &config, const LocalInstance &instance, const std::string &action, int connection);

/// BASE/myPORT/{data,log,run} as the contract wants them; what is there already stays as it is.  BASE/myPORT is root's,
/// so that its my.cnf is nobody else's.  Errors: helper.refused, io.failed.
Result<Json> makeLayout(const Config &config, const std::string &name);

/// Copies STATE/restores/RESTORE/data into the empty data directory of a stopped instance: read as the agent, written as
/// the server, so that neither gets further than it could by itself.  When it fails, or its caller is gone, the directory is
/// empty again.  Errors: helper.refused, io.failed, tool.failed, cancelled.
Result<Json> copyBack(const Config &config, const LocalInstance &instance, const OsUser &server, const std::string &restore,
                      int connection);

} // namespace zandb::agent
