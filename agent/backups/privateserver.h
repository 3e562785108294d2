// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/process.h"
#include "agent/fleet/sqlclient.h"
#include "agent/runtime/config.h"

#include <map>

namespace zandb::agent {

struct PrivateServerOptions
{
    bool mariaDb = true;
    std::filesystem::path dataDirectory;
    std::map<std::string, std::string> settings; ///< a manifest's: page size, data file path, ...
    bool grants = false;            ///< true: accounts count (needed to load events); false: nobody is asked
    std::vector<std::string> more;  ///< further options
    std::filesystem::path errorLog; ///< kept after the end
};

/// A server nobody else can reach: a socket in a directory of mode 0700, no network, no events, no replication, no
/// binlog.  The destructor kills it.
class PrivateServer
{
public:
    /// Errors: tool.missing, restore.failed (step "start", detail: the end of its error log), cancelled.
    static Result<std::unique_ptr<PrivateServer>> start(const Config &config, const PrivateServerOptions &options,
                                                        const std::stop_token &stop);
    ~PrivateServer();
    std::filesystem::path socket() const { return m_run / "s.sock"; }
    std::string account() const { return m_account; }
    /// A statement on it may take a day.
    Result<std::unique_ptr<SqlClient>> connect();
    /// A clean shutdown.  Errors: restore.failed (step "shutdown").
    Result<void> shutdown();
    bool running() { return m_child && !m_child->poll(); }
    /// The end of its error log.
    std::string logEnd() const;
    /// Removes what killed processes of this user left of theirs beside their data.  Returns the directories' names.
    static std::vector<std::string> removeStale();

private:
    PrivateServer() = default;
    std::unique_ptr<Child> m_child;
    std::filesystem::path m_run;
    Fd m_lock; ///< on m_run
    std::filesystem::path m_errorLog;
    std::string m_account;
};

/// An empty data directory of this flavour; this process's user may log in as account().  Errors: tool.missing,
/// restore.failed (step "initialise"), cancelled.
Result<void> initialiseDataDirectory(const Config &config, const PrivateServerOptions &options, const std::stop_token &stop);

/// The last bytes of a log.
std::string logTail(const std::filesystem::path &path, std::size_t bytes = 2000);

} // namespace zandb::agent
