// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/config/configwaves.h"

/// How zandbctl changes configurations: `config set`, `config revert` and `drift repair` go the same way.
namespace zandb::cli {

/// What shall be done to one instance, and what became of it.
struct PlannedChange
{
    config::ConfigTarget target;
    std::string path = {};
    std::optional<wire::ConfigResult> preview = {};
    std::optional<Error> refused = {}; ///< why there is no preview
};

inline constexpr std::string_view configChangeUsage = "[--canary HOST/INSTANCE | --no-canary] [--wave N] [--pause D] [--stop-on first|N%] [--preview] [--no-trial] [--yes]";
/// The options of `configChangeUsage` and these.
Args::Spec configChangeSpec(std::set<std::string> options, std::set<std::string> flags);

/// Previews all, and carries them out in waves when the person says --yes and nothing was refused; prints what came of it.  The exit status.
Result<int> changeConfigs(Context &context, const Args &args, const Fleet &fleet, std::vector<PlannedChange> all);

/// The instance's record, and the pool knows its host.  Errors: not_found.
Result<InstanceRecord> reachInstance(Context &context, const Fleet &fleet, const Uuid &id);
std::string orDash(const std::optional<std::string> &text);
Json outcomesJson(const wire::ConfigResult &result);

} // namespace zandb::cli
