// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/provision.h"
#include "agent/provision/mycnftemplate.h"
#include "agent/runtime/config.h"

#include <optional>
#include <stop_token>

namespace zandb::agent {

/// Where the new instance goes and with what.
struct ProvisionPlan
{
    LocalInstance instance;           ///< as it will be found
    bool mariaDb = true;
    std::filesystem::path program;    ///< of the server; empty: none was found
    std::string version;
    std::string myCnf;                ///< "" when the template cannot be used
};

/// Looks at everything that could stand in the way, and touches nothing but `scratch` (made and removed), where the server itself reads the new my.cnf.
/// `run`: the run whose own directory is no clash; "": none.  Names of checks are stable.  Errors: order.args, cancelled.
struct ProvisionSeen
{
    wire::ProvisionCheck check;
    ProvisionPlan plan;
};
Result<ProvisionSeen> checkProvision(const Config &config, const wire::ProvisionArgs &args, const std::string &run, const std::filesystem::path &scratch, const std::stop_token &stop);

/// The checks that are not ok, as one text: "port.listening: ...; memory: ...".
std::string clashesOf(const wire::ProvisionCheck &check);

/// What the directory of a made instance tells of who made it.
struct ProvisionMark
{
    std::string run;
    bool madeDirectory = true;
    std::string stage; ///< "layout", "data"
    std::string gtid;  ///< the position of what it began with
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ProvisionMark, run, madeDirectory, stage, gtid)
};
inline constexpr const char *provisionMarkName = ".zandb-provision.json";
/// None where there is none, or one that is not ours to read.
std::optional<ProvisionMark> readMark(const std::filesystem::path &directory);
Result<void> writeMark(const std::filesystem::path &directory, const ProvisionMark &mark);

} // namespace zandb::agent
