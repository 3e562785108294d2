// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/os/child.h"
#include "agent/runtime/config.h"

#include <map>

namespace zandb::agent {

struct PrivateServerOptions
{
    bool mariaDb = true;
    std::filesystem::path dataDirectory;
    std::filesystem::path scratch;  ///< holds the data directory; nothing is written elsewhere
    std::filesystem::path run;      ///< in scratch: socket, pid, temporary files; made for the server, gone with it
    std::map<std::string, std::string> settings; ///< a manifest's: page size, data file path, ...
    bool grants = false;            ///< true: accounts count (needed to load events); false: nobody is asked
    std::vector<std::string> more;  ///< further options
    std::filesystem::path errorLog; ///< in scratch; kept after the end
};

/// A server nobody else can reach: a socket in a directory of mode 0700, no network, no events, no replication, no
/// binlog.  Whatever its data or its statements say, it opens nothing outside of its scratch directory: every path is an
/// option of ours, and where the kernel has Landlock it sees to that too.  The destructor kills it.
class PrivateServer
{
public:
    /// Errors: tool.missing, those of blame() (step "start"), restore.hindered (step "settings"), io.failed, cancelled.
    static Result<std::unique_ptr<PrivateServer>> start(const Config &config, const PrivateServerOptions &options,
                                                        const std::stop_token &stop);
    ~PrivateServer();
    std::string account() const { return m_account; }
    /// A client program for it, in the directory where the socket is called socketName.
    Command client(std::vector<std::string> argv) const;
    static constexpr const char *socketName = "s.sock";
    /// A statement on it may take a day.  As `user`; "": as account().
    Result<std::unique_ptr<SqlClient>> connect(const std::string &user = {});
    /// A clean shutdown.  Errors: those of blame() (step "shutdown").
    Result<void> shutdown();
    bool running() { return !m_child->poll(); }
    /// Whether a failure of its clients comes from its own end: then what that says of its data (blame), else nothing.  Waits
    /// a moment, since clients notice its end first.
    std::optional<Error> ended(const char *step);
    /// What the failure of a statement about `what` says of its data: its own end counts first (ended), then blameStatement.
    Error blameFor(const char *step, const std::string &what, const Error &error);

private:
    explicit PrivateServer(const Config &config) : m_config(config) {}
    const Config &m_config;
    std::unique_ptr<Child> m_child;
    PrivateServerOptions m_options;
    FileDescriptor m_run;
    std::string m_account;
};

/// An empty data directory of this flavour; this process's user may log in as account().  Errors: tool.missing,
/// tool.failed, tool.killed, restore.hindered (step "settings"), cancelled.
Result<void> initialiseDataDirectory(const Config &config, const PrivateServerOptions &options, const std::stop_token &stop);

/// The last bytes of a log.
std::string logTail(const std::filesystem::path &path, std::size_t bytes = 2000);

} // namespace zandb::agent
