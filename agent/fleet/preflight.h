// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

namespace zandb::agent {

/// Tests every right and tool that watching and backing up this instance need: the accounts' privileges (as the server
/// grants them, and tried where a harmless statement can try them), files the OS user must read, tools, repositories.
/// Each failed check carries the statement or command that repairs it, ready to paste.
///
/// Names are stable: "server.answers", "login.watch", "login.backup", "login.explain", "login.maint", "mariadb.<right>",
/// "mariadb.explain.<right>" and "mariadb.maint.<right>", or "mysql.<watch|backup|explain|maint>.<right>"; "<flavour>.explain.reads_only", "mysql.watch.killed_by_others",
/// "mysql.backup.clone_plugin",
/// "helper.answers" and on MariaDB "helper.account" where a helper is configured, "file.mycnf_readable", "file.data_readable", "file.logs_readable", "tool.<program>", "repository.<name>".
/// Blocks for up to 5 s per account when the server hangs.  Changes nothing on the server.  Thread-safe.
std::vector<wire::PreflightCheck> preflight(const Config &config, const LocalInstance &instance);

} // namespace zandb::agent
