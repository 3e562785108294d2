// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"
#include "agent/protocol/fleet.h"

/// Messages about new instances.  Methods (role admin):
/// - `provision.check` ProvisionArgs -> ProvisionCheck: whether such an instance can be made; touches nothing.
/// - `provision.source` {"instance"} -> {"checks":[PreflightCheck]}: whether a server of this host can be the primary of a new replica.
/// - `provision.secret` SecretWish -> {"verifier"}: makes the secret of the run's replication account on this host, once, and tells what the primary is to
///   store of it, which lets nobody log in.
///
/// Each step of a run is an order with the same ProvisionArgs, for the new instance's host: `provision_check`, `provision_layout` (directories and
/// my.cnf), `provision_data` (initialised or restored, with the agent's accounts), `provision_start`, `provision_replicate`; `provision_undo` removes what
/// the steps of its run have made.  `provision_source` goes to the primary's host and makes the replication account there; `provision_source_undo` removes it.
namespace zandb::wire {

/// The server that the new one is to replicate.
struct ProvisionSource
{
    std::string instance; ///< its label on its own host
    std::string address;  ///< as the new server reaches it
    int port = 0;
    std::string account;  ///< of this run alone
    std::string from;     ///< the host part of the account
    std::string verifier; ///< what the primary stores of the secret; "": not known yet
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ProvisionSource, instance, address, port, account, from, verifier)
};

struct ProvisionArgs
{
    std::string instance;        ///< "my3310", in the standard layout
    int port = 0;
    std::string flavour;         ///< "mariadb", "mysql"; "": of the template or the backup, else what the host has
    std::int64_t serverId = 0;
    std::int64_t bufferPoolBytes = 0; ///< 0: as the template says
    std::string templateName;    ///< an instance of the host whose my.cnf is followed; "": templateText
    std::string templateText;    ///< a my.cnf with placeholders; "": the built-in one
    std::optional<RestoreArgs> backup;     ///< what it begins with; its target stays empty.  None: an empty server
    std::optional<ProvisionSource> source; ///< needs a backup of it
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ProvisionArgs, instance, port, flavour, serverId, bufferPoolBytes, templateName, templateText, backup, source)
};

struct SecretWish
{
    Uuid run;
    std::string flavour; ///< "mariadb", "mysql"
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SecretWish, run, flavour)
};

struct ProvisionCheck
{
    std::vector<PreflightCheck> checks; ///< `remedy` says what to do about one that is not ok
    std::string flavour;
    std::string version;   ///< of the server's program
    std::string directory;
    std::string myCnf;     ///< as it would be written
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ProvisionCheck, checks, flavour, version, directory, myCnf)
    bool ok() const
    {
        for (const PreflightCheck &check : checks) {
            if (!check.ok)
                return false;
        }
        return true;
    }
};

/// Result of each step: what there is to say of it, by name.
struct ProvisionResult
{
    std::string instance;
    std::string detail;
    std::string version;
    std::string gtid;      ///< of `provision_data` from a backup, and of `provision_replicate`
    bool repeated = false; ///< an earlier attempt had done it
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ProvisionResult, instance, detail, version, gtid, repeated)
};

} // namespace zandb::wire
