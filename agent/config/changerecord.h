// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/os/files.h"
#include "agent/protocol/config.h"

namespace zandb::agent {

class ServerConfig;

/// One value before and after a change.
struct RecordedValue
{
    std::string name;
    std::optional<std::string> before; ///< of memory always there; of mysqld-auto.cnf none when it does not stand there
    std::optional<std::string> after;  ///< what was asked
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RecordedValue, name, before, after)
};

/// What is written, durably, before a change begins: with it alone everything can be taken back.  It lies in the agent's state directory
/// as long as the change is neither whole nor taken back.
struct ChangeRecord
{
    struct File
    {
        std::string path;
        std::string before;
        std::string after;
    };
    std::string id; ///< of the run
    std::string instance;
    std::string by;
    std::int64_t atUs = 0;
    std::vector<File> files;
    std::vector<RecordedValue> persisted;
    std::vector<RecordedValue> memory;
    std::vector<wire::ConfigOutcome> changes; ///< as they are to be, for people
};

/// The records of this host: STATE/config/.
class ChangeRecords
{
public:
    explicit ChangeRecords(const Config &config) : m_config(config), m_directory(config.stateDirectory / "config") {}
    /// Held by whoever changes or takes back something of this instance.  Errors: io.failed (also when somebody else holds it for `limit`).
    Result<FileDescriptor> lock(const std::string &instance, std::chrono::milliseconds limit) const;
    /// Durable when it returns.  Errors: io.failed, io.disk_full.
    Result<void> write(const ChangeRecord &record) const;
    /// The change is whole, or taken back.  Errors: io.failed.
    Result<void> remove(const ChangeRecord &record) const;
    /// What waits to be taken back, oldest first; unreadable ones are left out and said in *trouble.
    std::vector<ChangeRecord> pending(const std::string &instance = {}, std::string *trouble = nullptr) const;

    /// Takes one back: files first, then what a server has to be asked for.  True: all is as it was before.  A file that somebody else has changed since
    /// is left alone and said in `said`.  Idempotent; may be cut off at any moment and called again.
    Result<void> takeBack(const ChangeRecord &record, std::vector<std::string> &said) const;
    /// Keeps durably that it was taken back after a crash, until somebody has passed that on: for recovered().  Before remove().  Errors: io.failed, io.disk_full.
    Result<void> note(const ChangeRecord &record, std::vector<std::string> said) const;
    /// What was noted and not forgotten yet, by its file.
    std::vector<std::pair<std::filesystem::path, wire::ConfigRecovered>> recovered() const;

private:
    std::filesystem::path pathOf(const ChangeRecord &record) const;
    const Config &m_config;
    std::filesystem::path m_directory;
};

/// Writes one option file by rename with its owner, mode and ACL, through the helper where this user may not.  `before` is what must stand there.
/// Errors: helper.file_changed (something else stands there), those of the helper, io.failed, io.disk_full.
Result<void> writeOptionFile(const Config &config, const LocalInstance &instance, const std::filesystem::path &file, const std::string &before, const std::string &after);

/// SET GLOBAL, PERSIST_ONLY with the value as a literal that the server takes: a number, or a quoted text; none: DEFAULT, or RESET PERSIST.
/// Errors: those of the query.
Result<void> setVariable(SqlClient &client, const char *scope, const std::string &name, const std::optional<std::string> &value);
/// The literals to try, best first.
std::vector<std::string> literalsOf(SqlClient &client, const std::optional<std::string> &value);

/// What is to be taken back on this host; waits for servers that are down, but at most `patience`.  One line for each thing done.
std::vector<std::string> recoverChanges(const Config &config, std::chrono::seconds patience);

} // namespace zandb::agent
