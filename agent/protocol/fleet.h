// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Messages about hosts and instances.  Methods: `fleet.facts` {} -> HostFacts, `fleet.instances` {} ->
/// {"instances":[InstanceState]}, `fleet.preflight` {"instance"} -> {"checks":[PreflightCheck]},
/// `keys.list` {} -> {"keys":[KeyLine]}, `keys.add` KeyLine -> {}, `keys.revoke` {"user","key"?} -> {"removed":n}
/// (the last two: role admin).
namespace zandb::wire {

struct Disk
{
    std::string mount;
    std::string device;
    std::int64_t totalBytes = 0;
    std::int64_t freeBytes = 0; ///< what an unprivileged process may still use
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Disk, mount, device, totalBytes, freeBytes)
};

/// A repository of the agent's configuration that lies on another host: this one can only write it.
struct RemoteRepository
{
    std::string name;        ///< on this host
    std::string host;        ///< of `remote`, as the configuration spells it: a name or an address
    int sshPort = 22;
    std::string remoteName;  ///< the repository's name there
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RemoteRepository, name, host, sshPort, remoteName)
};

struct HostFacts
{
    std::string hostName;
    std::string agentVersion;
    std::string kernel;          ///< uname release
    std::string os;              ///< PRETTY_NAME of os-release
    int cores = 0;
    std::int64_t memoryBytes = 0;
    std::int64_t memoryAvailableBytes = 0;
    double load1 = 0;
    std::int64_t uptimeSeconds = 0;
    std::string bootId;
    std::vector<Disk> disks;     ///< of instances, agent state and repositories; each file system once
    std::vector<std::string> repositories; ///< names from the agent's configuration, local and remote
    std::vector<RemoteRepository> remoteRepositories; ///< those of them that lie on another host
    TimePoint sampledAt{};
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(HostFacts, hostName, agentVersion, kernel, os, cores, memoryBytes,
                                                memoryAvailableBytes, load1, uptimeSeconds, bootId, disks, repositories, remoteRepositories,
                                                sampledAt)
};

/// What a replica says of one source.
struct ReplicationState
{
    std::string sourceHost;
    int sourcePort = 0;
    bool ioRunning = false;
    bool sqlRunning = false;
    std::optional<std::int64_t> lagSeconds; ///< none: the server cannot tell (never shown as 0)
    std::string gtid;                       ///< executed GTID set or position
    std::int64_t errorNumber = 0;
    std::string errorText;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ReplicationState, sourceHost, sourcePort, ioRunning, sqlRunning, lagSeconds, gtid,
                                                errorNumber, errorText)
};

struct InstanceState
{
    std::string name;        ///< label on its host: "my3306", or the adopted name
    std::string state;       ///< "up", "down", "refused" (a server that does not let the agent in)
    std::string flavour;     ///< "mariadb", "mysql", "" when never seen up
    std::string version;     ///< as the server says: "10.11.19-MariaDB-..."
    int port = 0;
    std::string socket;
    std::string dataDirectory;
    std::string serverUuid;  ///< MySQL's server_uuid; MariaDB: "" (its server_uid is not unique across copies)
    std::int64_t serverId = 0;
    std::optional<std::int64_t> dataBytes; ///< tablespaces' file sizes
    std::optional<std::int64_t> logBytes;  ///< binlogs, redo, undo, relay, error and slow logs
    std::optional<bool> readOnly;
    std::optional<bool> superReadOnly;
    std::string role;        ///< "primary" (has replicas), "replica", "single"
    std::vector<ReplicationState> replication; ///< empty unless a replica
    int replicaCount = 0;    ///< connected replicas
    std::int64_t uptimeSeconds = 0;
    std::vector<std::string> notPermitted; ///< names of figures the agent's account may not read
    std::optional<Error> error;            ///< why it is not "up"
    TimePoint sampledAt{};
};
void to_json(Json &j, const InstanceState &state);
void from_json(const Json &j, InstanceState &state);

/// One right of the agent's account or OS user that some work needs.
struct PreflightCheck
{
    std::string name;    ///< stable: "mariadb.reload", "file.data_readable", "tool.mariadb-backup"
    bool ok = false;
    std::string detail;  ///< what was seen
    std::string remedy;  ///< the statement or command that gives the right, ready to paste
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(PreflightCheck, name, ok, detail, remedy)
};

/// One line of the host's authorized_keys file that is ours.
struct KeyLine
{
    std::string user;
    std::string role;        ///< "viewer", "operator", "admin", "dispatcher"
    std::string publicKey;   ///< "ssh-ed25519 AAAA..." without options and comment
    std::string fingerprint; ///< "SHA256:..."; filled by the agent
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KeyLine, user, role, publicKey, fingerprint)
};

} // namespace zandb::wire
