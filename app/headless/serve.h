// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/programkinds.h"
#include "app/platform/channelsettings.h"
#include "app/platform/zabbixsettings.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace zandb::headless {

/// One line per event, with its time, to standard error (systemd's journal keeps it).  Thread-safe.
void logLine(const std::string &line);

struct ServeOptions
{
    std::string name;  ///< of the member's row; empty: host name and pid
    std::function<void(const std::string &)> log = logLine;
    workflow::Kinds kinds = programKinds(); ///< the kinds of work it knows
    ChannelsSettings channels{};            ///< how messages about alerts are sent
    ZabbixSettings zabbix{};                ///< who is asked about hosts beside their agents
};

/// The headless mode: holds leases, samples hosts, schedules tasks and executes runs until `stop`.  Errors that only
/// time can mend (the store is away) are waited for; returned are those that cannot be: store.password,
/// store.schema_missing, ....
Result<void> serve(const Settings &settings, const ServeOptions &options, std::stop_token stop);

/// The verb: `zandbctl serve [--name NAME]` and `zandb --headless`.  `args` are the words after the verb; the settings
/// file is `--config FILE` among them, else the default one.  SIGTERM and SIGINT end it cleanly.  Returns the exit
/// status.
int runServe(const std::vector<std::string> &args);

} // namespace zandb::headless
