// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/commands.h"
#include "agent/backups/kinds.h"
#include "agent/batchsql/commands.h"
#include "agent/batchsql/kinds.h"
#include "agent/binlogs/recovery.h"
#include "agent/checks/kinds.h"
#include "agent/config/commands.h"
#include "agent/config/kinds.h"
#include "agent/fleet/kinds.h"
#include "agent/protocol/coredump.h"
#include "agent/provision/kinds.h"
#include "agent/rotation/kinds.h"
#include "agent/scripts/kinds.h"
#include "agent/serve/checkconfig.h"
#include "agent/serve/commands.h"
#include "agent/slowlog/commands.h"
#include "agent/snapshots/kinds.h"

#include <cstdio>
#include <functional>
#include <map>
#include <vector>

namespace {

using namespace zandb::agent;
using Arguments = std::span<const std::string>;

/// What this agent can be ordered to do; a new kind adds its line here.
Kinds allKinds()
{
    Kinds kinds;
    addHostKinds(kinds);
    addBackupKinds(kinds);
    addSqlKinds(kinds);
    addConfigKinds(kinds);
    addRotationKinds(kinds);
    addCheckKinds(kinds);
    addSnapshotKinds(kinds);
    addBinlogKinds(kinds);
    addProvisionKinds(kinds);
    addScriptKinds(kinds);
    return kinds;
}

/// The verbs; a new one adds its line here and in the help.
const std::map<std::string, std::function<int(Arguments)>> &verbs()
{
    static const std::map<std::string, std::function<int(Arguments)>> all{
        {"serve", [](Arguments args) { return serveMain(args, allKinds()); }},
        {"work", [](Arguments args) { return workMain(args, allKinds()); }},
        {"check-config", checkConfigMain},
        {"facts", factsMain},
        {"check-sql", checkSqlMain},
        {"repair-journal", [](Arguments args) { return repairJournalMain(args, allKinds()); }},
        {"validate-backup", validateBackupMain},
        {"restore", restoreMain},
        {"receive", receiveMain},
        {"clean-remains", [](Arguments args) {
             const int status = cleanRemainsMain(args);
             return status != 0 ? status : recoverConfigMain(args); // which may wait for servers
         }},
        {"check-backups", checkBackupsMain},
        {"digest", digestMain},
    };
    return all;
}

constexpr const char *help = R"(Usage: zandb-agent VERB [ARGUMENT...]

The agent of one database host.

  serve [--config FILE]           answer consoles and headless instances (run by systemd)
  work DIR                        carry out one order (run by serve)
  check-config [--json] [FILE]    read the configuration as serve would and name every mistake
  facts [--json] [--config FILE]  facts of this host and its instances
  check-sql [--jsonl | --script] [--role R] [--flavour F] [--schema S] [FILE...]
                                  whether batch SQL runs these statements, and why not
  repair-journal [--config FILE]  make a damaged journal of orders usable again, with the agent stopped
  digest [OPTION...] [FILE...]    what the statements of slow logs add up to (digest --help)
  validate-backup DIR [--json]    compare a backup's files with its manifest
  restore BACKUP DIR [--json] [--config FILE]
                                  unpack a backup into an empty directory, start a server on it, check its tables
  receive --repo NAME [--host HOST] [--config FILE]
                                  the far end of a remote repository (a key's forced command)
  clean-remains --config FILE     remove what killed workers left behind (run by serve)
  check-backups --config FILE     read in full the backups that keep relies on (run by serve)

  --help, --version

FILE is /etc/zandb/agent.toml unless given.
)";

} // namespace

int main(int argc, char **argv)
{
    zandb::disableCoreFiles();
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        std::fputs(help, stderr);
        return 2;
    }
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        std::fputs(help, stdout);
        return 0;
    }
    if (words[0] == "--version") {
        std::puts("zandb-agent " ZANDB_VERSION);
        return 0;
    }
    const auto verb = verbs().find(words[0]);
    if (verb == verbs().end()) {
        std::fprintf(stderr, "zandb-agent: unknown verb \"%s\" (see zandb-agent --help)\n", words[0].c_str());
        return 2;
    }
    return verb->second(Arguments(words).subspan(1));
}
