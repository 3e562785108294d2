// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"
#include "agent/protocol/scripts.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace zandb::agent {

/// Where backups go.  Either `path` (a directory on this host) or `remote` (the agent's own ssh runs
/// `zandb-agent receive --repo NAME` there) is set.
struct RepositoryConfig
{
    std::string name;
    std::filesystem::path path;
    std::int64_t minFreeBytes = 0;     ///< a backup is not begun, and is ended, below this
    std::string remote;                ///< "user@host"; empty: local
    int sshPort = 22;
    std::filesystem::path identity;    ///< private key for the remote end
    std::filesystem::path knownHosts;  ///< pinned keys of the remote end
    std::string remoteName;            ///< the repository's name there; default: name
    std::vector<std::string> acceptFrom; ///< `receive` only: prefixes (host names) that may write here
    int pruneAfterDays = 0;              ///< `receive` only: what a sender's `keep` lets go is removed once it lay here so long; 0: never
};

/// A server outside the standard layout that the administrator named.
struct AdoptedInstance
{
    std::string name;
    std::filesystem::path socket;
    std::filesystem::path dataDirectory;
    std::filesystem::path logDirectory;
    std::filesystem::path myCnf;
    std::vector<std::filesystem::path> optionFiles; ///< others that the server reads, which the helper may also replace
    std::string unit;                      ///< systemd unit, "mariadb.service"; empty: the helper does not start or stop it
};

/// A program that may be ordered by name: nothing from outside says what is run, only what stands for its parameters.
struct ScriptConfig
{
    wire::ScriptEntry entry;
    /// Each becomes one word of the program's command line.  "{name}" stands for a parameter, and {instance}, {socket}, {data_directory}, {log_directory} and
    /// {port} for those of the instance that the script is run for.
    std::vector<std::string> arguments;
    std::vector<std::int64_t> success{0}; ///< exit statuses that are a success
};

/// The names in braces of the text, in order; nothing when a brace is open or what is in braces is no name.
std::optional<std::vector<std::string>> placeholdersOf(std::string_view text);

/// The agent's root-owned configuration, /etc/zandb/agent.toml (commented example: packaging/agent.toml).
struct Config
{
    std::filesystem::path file;
    // [agent]
    std::string host;                      ///< this host's label in paths of backups
    std::filesystem::path base;            ///< standard layout: BASE/my3306/{data,log,run,my.cnf}
    std::filesystem::path stateDirectory;  ///< journal, spool, work directories
    std::filesystem::path socket;          ///< unix socket of `serve`
    std::filesystem::path authorizedKeys;  ///< the file sshd reads; root-owned
    std::string attachPath = "zandb-attach"; ///< what the forced command of new keys calls
    int sampleSeconds = 10;
    // [accounts]: MySQL account names; all log in over the socket without a password
    std::string mariadbAccount = "zandb";
    std::string mysqlWatchAccount = "watch";
    std::string mysqlBackupAccount = "backup";
    // [tools]: directories searched before PATH, by flavour
    std::filesystem::path mariadbTools;
    std::filesystem::path mysqlTools;
    // [limits]
    int nice = 10;
    std::string ionice = "best-effort:7";  ///< "none", "idle", "best-effort:N"
    std::filesystem::path cgroup;          ///< an existing, writable cgroup v2 directory; empty: none
    std::int64_t stagingBytes = 1LL << 30; ///< bound of the local staging file of a slow repository
    std::int64_t spoolBytes = 512LL << 20; ///< bound of journal and work directories
    int maxWorkers = 4;      ///< of Pool::Long (agent/runtime/kind.h)
    int maxShortWorkers = 8; ///< of Pool::Short
    // [helper]: the root-owned zandb-helper, for what the agent's own rights do not reach
    std::filesystem::path helperSocket;    ///< empty: there is none, the agent acts itself
    std::string helperUser = "zandb";      ///< OS user the helper obeys: the agent's
    std::vector<std::string> serverUsers{"mysql"}; ///< OS users the helper may act as: those servers run as
    bool provisioning = false;             ///< the helper also starts and stops servers, makes their directories and fills them
    bool changesOptionFiles = false;       ///< `config = true`: the helper also replaces my.cnf and option_files of instances
    // [provision]: new instances
    bool startsDirectly = false;           ///< `start = "direct"`: the agent starts servers itself; else they are units of systemd
    std::int64_t memoryBytes = 0;          ///< what the buffer pools of all instances may have; 0: four fifths of the host's memory
    // [dispatcher]
    std::optional<std::vector<std::string>> dispatcherKinds; ///< none: every kind that needs no list (ByDispatcher::Yes)
    // [[repository]], [[instance]], [[script]]
    std::vector<RepositoryConfig> repositories;
    std::vector<AdoptedInstance> instances;
    std::vector<ScriptConfig> scripts;

    const RepositoryConfig *repository(std::string_view name) const;
    const ScriptConfig *script(std::string_view name) const;
};

/// Reads and checks the file.  Unknown keys, wrong types, relative paths and duplicate names are errors that name
/// the line.  Errors: config.invalid (path, line, detail), io.failed.
Result<Config> loadConfig(const std::filesystem::path &file);
/// Every mistake of the file, in the order of its lines (what loadConfig reports is the first); empty when there is
/// none.  A file that is not TOML at all has one.
std::vector<Error> checkConfig(const std::filesystem::path &file);

} // namespace zandb::agent
