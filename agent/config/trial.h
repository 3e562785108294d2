// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/config/optionfiles.h"
#include "agent/runtime/config.h"

#include <stop_token>

namespace zandb::agent {

/// What a trial has shown.
struct TrialResult
{
    std::vector<std::string> unproven; ///< options it ran without or with another value, and "data": it had data of its own
};

/// The words of a command line that say what the option files say, for a private server: without paths, ports, ids, plugins, keys and what belongs to the
/// real data, with sizes of memory of at most 128 MiB.  What was left out or changed goes to `unproven`.
std::vector<std::string> trialOptions(const OptionFiles &files, std::vector<std::string> &unproven);

/// Starts this flavour's own server, private and with new data in `scratch` (made and removed), with the options of these files: first MySQL's
/// --validate-config, then a start.  Errors: config.trial_failed with the server's words, tool.missing, those of a private server that have nothing to do
/// with its options, cancelled.
Result<TrialResult> tryOptions(const Config &config, const std::string &instance, const OptionFiles &files, bool mariaDb, const std::filesystem::path &scratch,
                               const std::stop_token &stop);

} // namespace zandb::agent
