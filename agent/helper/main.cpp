// SPDX-License-Identifier: GPL-3.0-or-later
// The root-owned helper of an agent: a fixed list of acts that need more than the agent's own rights.
#include "agent/helper/helper.h"
#include "agent/os/process.h"
#include "agent/protocol/coredump.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

constexpr const char *help = R"(Usage: zandb-helper answer [--config FILE]
       zandb-helper serve --socket PATH [--config FILE]

Does for the agent of this host what only root may, and nothing else: physical backups of servers whose files are theirs
alone, clones, keys, services, directories.  Obeys the user that [helper] of the configuration names.

  answer    one request on stdin, which is a socket (run by zandb-helper.socket)
  serve     accept connections itself, on hosts without systemd

FILE is /etc/zandb/agent.toml unless given; it must belong to root.
)";

int usage(const char *what)
{
    std::fprintf(stderr, "zandb-helper: %s (see zandb-helper --help)\n", what);
    return 2;
}

} // namespace

int main(int argc, char **argv)
{
    zandb::disableCoreFiles();
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        std::fputs(help, stderr);
        return 2;
    }
    if (words[0] == "--help" || words[0] == "-h") {
        std::fputs(help, stdout);
        return 0;
    }
    if (words[0] == "--version") {
        std::puts("zandb-helper " ZANDB_VERSION);
        return 0;
    }
    std::string config = "/etc/zandb/agent.toml";
    std::string socket;
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string *target = words[i] == "--config" ? &config : words[i] == "--socket" ? &socket : nullptr;
        if (!target || ++i == words.size())
            return usage("unknown or incomplete arguments");
        *target = words[i];
    }
    const bool bySystemd = zandb::agent::isSystemdService();
    // nothing of whoever started it reaches the programs it starts
    const char *journal = std::getenv("JOURNAL_STREAM");
    const std::string stream = journal ? journal : "";
    ::clearenv();
    if (!stream.empty())
        ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    if (words[0] == "serve" && !socket.empty())
        return zandb::agent::serveHelper(socket, config);
    if (words[0] == "answer" && socket.empty())
        return zandb::agent::answerConnection(STDIN_FILENO, config, bySystemd);
    return usage("unknown verb, or serve without --socket");
}
