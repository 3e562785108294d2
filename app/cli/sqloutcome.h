// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlrun.h"
#include "app/cli/args.h"
#include "app/cli/command.h"

/// What scripts left on instances, as zandbctl prints it.
namespace zandb::cli {

/// What became of the script on one instance.
struct OnInstance
{
    std::string path;
    std::optional<Uuid> planId;
    std::optional<Uuid> runId;
    std::string state = "not_run";
    std::optional<Error> error;
    batchsql::SqlResults results;
};

/// All of it as it was asked for; whether all succeeded.
bool printOutcomes(Context &context, const Args &args, const std::vector<OnInstance> &all, std::size_t statements);
/// Drives a plan that this process owns, and prints what it left.  The exit status.
Result<int> driveAndPrint(Context &context, const Args &args, const Uuid &plan);

} // namespace zandb::cli
