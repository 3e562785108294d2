// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testserver.h"

#include <chrono>
#include <map>

namespace zandb::test {

/// Starts a program without a shell.  It dies with the calling thread.  Output goes to `log` (appended).  -1 on failure.
pid_t startProgram(const std::vector<std::string> &words, const std::filesystem::path &log);
/// SIGNAL and wait until it has gone.
void endProgram(pid_t pid, int signal);
/// Every process whose command line holds all of these words, and its own children.
std::vector<pid_t> processesWith(const std::vector<std::string> &words);

/// Runs a program to its end.
struct Output
{
    int status = -1; ///< exit status; -1: did not start or was killed at the time limit
    std::string out;
    std::string err;
};
Output runProgram(const std::vector<std::string> &words, std::chrono::seconds limit = std::chrono::seconds{120}, const std::string &input = {});

struct FleetOptions
{
    int hosts = 1;
    int instancesPerHost = 1;
    std::string agentToml;    ///< more lines for every agent's configuration
    bool serve = false;       ///< begin with one headless instance
    bool testAgent = false;   ///< zandb-testagent, with the kinds of tests/agent/testkinds.h, is the agent
};

/// A small real fleet on loopback: a MariaDB as metadata store, and per host a sshd with a forced command, an agent
/// with its configuration, and MariaDB instances in the standard layout.  Everything lives in one temporary directory
/// on free ports and dies with this object.  Hosts are named db1, db2, ...  Needs the programs of the build folder.
class TestFleet
{
public:
    /// Why it cannot be started here; "" when it can: for QSKIP.
    static std::string unavailable();
    static std::unique_ptr<TestFleet> start(const FleetOptions &options, std::string *error);
    ~TestFleet();
    TestFleet(const TestFleet &) = delete;

    /// `zandbctl --config ... WORDS` as the person "tester" whose key has the role admin.
    Output ctl(const std::vector<std::string> &words, std::chrono::seconds limit = std::chrono::seconds{120}) const;
    /// Words for startProgram().
    std::vector<std::string> ctlWords(const std::vector<std::string> &words) const;

    /// `zandbctl serve` with the dispatcher's key.
    pid_t startHeadless(const std::string &name = "test");
    void killHeadless(pid_t pid, int signal);
    const std::vector<pid_t> &headless() const { return m_headless; }
    std::string headlessLog(const std::string &name = "test") const;

    struct Host
    {
        std::string name;
        std::filesystem::path directory;
        int sshPort = 0;
        pid_t sshd = -1;
        pid_t agent = -1;
        std::vector<std::unique_ptr<TestServer>> servers;
        std::filesystem::path repository() const { return directory / "backups"; }
        /// "db1/my3306"
        std::string path(std::size_t server = 0) const { return name + "/" + servers.at(server)->name(); }
    };
    Host &host(std::size_t index = 0) { return m_hosts.at(index); }
    /// Ends sshd and all its sessions; no new ones until startSsh().
    void cutSsh(Host &host);
    bool startSsh(Host &host);
    /// SIGKILL for `zandb-agent serve`; workers go on.
    void killAgent(Host &host);
    bool startAgent(Host &host);
    /// Workers (`zandb-agent work`) of a host now, and what they have started (the tool).
    std::vector<pid_t> workers(const Host &host) const;
    std::vector<pid_t> toolsOf(pid_t worker) const;

    TestServer &store() { return *m_store; }
    std::filesystem::path directory() const { return m_directory; }
    /// First column of the first row in the store; "" when there is none.
    std::string storeValue(const std::string &sql);
    std::string describe() const; ///< logs' ends, for a failed test's message

private:
    TestFleet() = default;
    bool prepare(const FleetOptions &options, std::string *error);
    bool prepareHost(Host &host, const FleetOptions &options, std::string *error);
    void writeConfig(const std::string &file, const std::string &identity, const std::string &person) const;

    std::filesystem::path m_directory;
    bool m_testAgent = false;
    std::unique_ptr<TestServer> m_store;
    std::vector<Host> m_hosts;
    std::vector<pid_t> m_headless;
};

} // namespace zandb::test
