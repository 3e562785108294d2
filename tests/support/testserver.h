// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zandb::test {

enum class Flavour { MariaDb, MySql };

struct ServerOptions
{
    Flavour flavour = Flavour::MariaDb;
    int port = 0;                      ///< 0: a free one
    std::filesystem::path base = {};   ///< BASE of the layout; empty: a new temporary directory, removed at the end
    bool networking = false;           ///< true: listens on 127.0.0.1:port (replication needs it); false: socket only
    bool binlog = true;                ///< with GTIDs on MySQL
    std::string user = {};             ///< OS user it runs as, with a data directory of mode 0700 (only root may ask); empty: ours
    std::vector<std::string> myCnf = {}; ///< more lines for [mysqld] of its my.cnf
};

/// A real server in the standard layout BASE/myPORT/{data,log,run,my.cnf} that lives as long as this object.
///
/// Started from a copy of a data directory that is initialised once per build folder and user, so it takes about a
/// second.  root@localhost has no password.  Start it from a thread that outlives it: the server is killed when that
/// thread ends, so that a crashed test leaves none behind.
class TestServer
{
public:
    /// Why such a server cannot be started here ("" when it can): for QSKIP.  MySQL comes from the unpacked tree named
    /// by ZANDB_MYSQL_ROOT (its bin.d/mysqld).
    static std::string unavailable(Flavour flavour);
    /// Null on failure, with the reason and the end of the error log in *error.
    static std::unique_ptr<TestServer> start(const ServerOptions &options = {}, std::string *error = nullptr);
    /// Stops it and removes what it made.
    ~TestServer();
    TestServer(const TestServer &) = delete;
    TestServer &operator=(const TestServer &) = delete;

    std::filesystem::path base() const { return m_base; }
    std::filesystem::path directory() const { return m_directory; }
    std::filesystem::path dataDirectory() const { return m_directory / "data"; }
    std::filesystem::path logDirectory() const { return m_directory / "log"; }
    std::filesystem::path socket() const { return m_directory / "run" / "mysqld.sock"; }
    std::filesystem::path myCnf() const { return m_directory / "my.cnf"; }
    std::string name() const { return "my" + std::to_string(m_port); }
    int port() const { return m_port; }
    Flavour flavour() const { return m_options.flavour; }
    pid_t pid() const { return m_pid; } ///< -1 while stopped

    /// SIGTERM and wait (at most 60 s, then SIGKILL).
    void stop();
    /// SIGKILL and wait.
    void kill();
    /// Starts it again on the same directory after stop() or kill(); false with the reason in lastError().
    bool startAgain();
    /// Like a hung server: SIGSTOP and SIGCONT.
    void freeze();
    void thaw();

    /// Runs one statement as root@localhost; false with the server's words in lastError().
    bool exec(const std::string &sql);
    /// The same for each; stops at the first failure.
    bool exec(const std::vector<std::string> &statements);
    bool exec(std::initializer_list<std::string> statements) { return exec(std::vector<std::string>(statements)); }
    /// First column of the first row; nullopt on failure, no row or NULL.
    std::optional<std::string> value(const std::string &sql);
    std::string lastError() const { return m_lastError; }

private:
    TestServer() = default;
    bool giveTo(const std::string &user);
    bool launch();
    bool waitUntilReady();
    bool run(const std::string &sql, std::optional<std::string> *first);
    std::string errorLogTail() const;

    ServerOptions m_options;
    std::filesystem::path m_base;
    std::filesystem::path m_directory;
    bool m_ownsBase = false;
    int m_port = 0;
    pid_t m_pid = -1;
    std::string m_lastError;
};

} // namespace zandb::test
