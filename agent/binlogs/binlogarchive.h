// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/binlogs/binlogcatalogue.h"
#include "agent/os/child.h"

#include <memory>
#include <optional>

namespace zandb::agent {

/// Where the binlogs of an instance are archived: REPOSITORY/HOST/INSTANCE/.binlogs/, with KEY.zst and KEY.json of each closed file, tail/KEY of what a
/// stream left unfinished, and .stream-ID/ of the stream that runs.
std::filesystem::path binlogArchiveDirectory(const RepositoryConfig &repository, const std::string &host, const std::string &instance);
/// Every file of the archive as its own notes say; closed and cut ones.  Notes that cannot be read are left out; whether what they tell of is there, audit() says.
std::vector<wire::BinlogFile> readBinlogArchive(const std::filesystem::path &directory);
/// The uncompressed file of a stream that has not closed it: in tail/ or in a .stream-; empty: there is none.
std::filesystem::path openBinlogOf(const std::filesystem::path &directory, const wire::BinlogFile &file);

/// By which a file is known again: one that was written anew has another.
struct FileStamp
{
    std::int64_t inode = 0;
    std::int64_t modifiedNs = 0;
    std::int64_t size = -1;
    bool operator==(const FileStamp &) const = default;
    static FileStamp of(const std::filesystem::path &path); ///< size -1: it is not there
};
struct StoredReading;

/// Streams the binlogs of one instance into a repository of this host.  The server's own tool receives them as a replica would, under a server id of its
/// own; files are compressed and hashed when the server has closed them.  A restart begins the open file again, and what was there of it is dropped
/// only where it is the begin of the new one.  Blocks; tick() is called every few seconds by one thread.
class BinlogArchive
{
public:
    BinlogArchive(const Config &config, std::string instance, const RepositoryConfig &repository);
    ~BinlogArchive();

    /// Looks after the stream and takes what it has brought.
    void tick(const BinlogCatalogue::Look &server);
    /// Removes files that lie before the oldest backup that is kept, since nothing can be played from them; returns how many.  Nothing while there is no such
    /// backup, or while a repository lies on another host and may hold an older one.
    int prune();
    /// Ends the stream; what it has brought of an open file stays.
    void stop();
    /// Looks whether every file is there in its size, and reads at most `bytes` of what was not read for a day.  What is lost or damaged is said by files(), until it is there
    /// again: a server that still has it is asked for it.
    void audit(const BinlogCatalogue::Look &server, std::int64_t bytes);

    const wire::BinlogArchiveState &state() const { return m_state; }
    /// What is archived: closed files, and the one that is streamed; and what was archived and is "lost" or "damaged".
    std::vector<wire::BinlogFile> files() const;
    /// The server id of the stream of an instance of a host.
    static std::uint32_t streamServerId(const std::string &host, const std::string &instance);

private:
    using Clock = std::chrono::steady_clock;
    struct Staged
    {
        std::string name;
        std::unique_ptr<BinlogReader> reader;
        wire::BinlogFile file;
    };
    Result<void> begin(const BinlogCatalogue::Look &server);
    std::string firstWanted(const BinlogCatalogue::Look &server) const;
    Result<void> take(const BinlogCatalogue::Look &server);
    Result<void> clearRemains(const BinlogCatalogue::Look &server);
    Result<void> finish(const std::filesystem::path &from, wire::BinlogFile file, const char *state);
    Result<void> keepTail(const std::filesystem::path &from, const std::string &key);
    Result<void> settleTails(const BinlogCatalogue::Look &server);
    Result<void> describeFile(const std::filesystem::path &path, const BinlogCatalogue::Look &server, wire::BinlogFile &file) const;
    void childEnded(const ExitStatus &status);
    void wait(const Error &error, const char *state = "waiting");
    void measure(const BinlogCatalogue::Look &server);
    struct Bad
    {
        std::string state; ///< "lost", "damaged"
        std::string detail;
        FileStamp stamp;   ///< of the file whose bytes were read
        bool asked = false; ///< the server was asked for it again
    };
    /// What the sizes of an archived file say; nothing: it is there.
    std::optional<Bad> lookAt(const wire::BinlogFile &file, const Bad *before) const;
    void readOn(std::int64_t bytes);

    const Config &m_config;
    const std::string m_instance;
    const RepositoryConfig m_repository;
    const std::filesystem::path m_directory;
    wire::BinlogArchiveState m_state;
    std::map<std::string, wire::BinlogFile> m_files; ///< closed ones by key
    std::map<std::string, Bad> m_bad;                ///< of them
    std::map<std::string, Clock::time_point> m_readAt; ///< when the bytes of a file were read last
    std::unique_ptr<StoredReading> m_reading;        ///< of the file whose bytes are read just now
    std::unique_ptr<Child> m_child;
    std::unique_ptr<LineReader> m_said;
    std::filesystem::path m_stream; ///< directory of the stream that runs
    std::optional<Staged> m_open;   ///< the file it writes
    Clock::time_point m_notBefore{};
    std::chrono::seconds m_pause{1};
    Clock::time_point m_pruneAt{};
    bool m_cleared = false;
};

} // namespace zandb::agent
