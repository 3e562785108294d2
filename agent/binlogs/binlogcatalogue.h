// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/binlogs/binlogfacts.h"
#include "agent/fleet/instances.h"

#include <map>

namespace zandb::agent {

/// The binlog files of one server: asked of the server, read on its disk.  What was read of closed files is kept on disk, so each is read once.
/// Blocks; used by one thread at a time.
class BinlogCatalogue
{
public:
    BinlogCatalogue(const Config &config, std::string instance);
    ~BinlogCatalogue();

    struct Look
    {
        bool asked = false;    ///< the server answered
        bool on = false;
        bool mariaDb = false;
        std::string uuid;
        std::int64_t serverId = 0;
        std::string server;
        std::int64_t expireSeconds = 0;
        std::vector<wire::BinlogFile> files; ///< in the server's order
        std::optional<Error> trouble;
        bool more = false;     ///< files are left to read
    };
    /// Asks, and reads at most `bytes` of what is new.
    Look look(std::int64_t bytes);

private:
    struct Known;
    Result<void> ask(Look &look);
    void readFile(Look &look, Known &known, const std::filesystem::path &path, bool isLast, std::int64_t &bytes);
    void load();
    void save();

    const Config &m_config;
    const std::string m_instance;
    std::unique_ptr<SqlClient> m_client;
    std::filesystem::path m_directory; ///< of the files
    struct Listed
    {
        std::string name;
        std::int64_t size = 0;
        bool encrypted = false;
    };
    std::vector<Listed> m_listed;
    std::map<std::string, std::unique_ptr<Known>> m_known; ///< by name
    bool m_changed = false;
};

} // namespace zandb::agent
