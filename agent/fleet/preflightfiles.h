// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

namespace zandb::agent {

/// The part of preflight() that needs no login: option file, data and log directories, programs, repositories.
/// `mariaDb` is nullopt when the server does not answer; the data directory then tells the flavour where it can.
void preflightFiles(const Config &config, const LocalInstance &instance, std::optional<bool> mariaDb,
                    const std::string &serverVersion, std::vector<wire::PreflightCheck> &checks);

} // namespace zandb::agent
