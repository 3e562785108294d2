// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/repository.h"

#include "agent/backups/keep.h"
#include "agent/backups/manifest.h"
#include "agent/os/files.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {
constexpr std::string_view partialPrefix = ".partial-";
constexpr std::string_view expiringPrefix = ".expiring-";
constexpr std::string_view badPrefix = ".bad-";
constexpr std::int64_t writeBackEvery = 16 << 20;

// Held until the end: whoever finds the directory unlocked knows that its owner is gone.  Invalid with errno on failure.
FileDescriptor makeLocked(const fs::path &directory, mode_t mode)
{
    for (int tries = 0; tries < 10; ++tries) {
        if (::mkdir(directory.c_str(), mode) != 0)
            return {};
        FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        struct stat ours{}, there{};
        if (fd && ::flock(fd.get(), LOCK_EX) == 0 && ::fstat(fd.get(), &ours) == 0 && ::stat(directory.c_str(), &there) == 0
            && ours.st_ino == there.st_ino)
            return fd;
        // somebody cleaning up found it in the moment before it was locked, and took it for abandoned
    }
    errno = EBUSY;
    return {};
}

// Gives `from`, a directory, the name `to` unless there is something of that name.  0, or the number of the error.
int renameNoReplace(const fs::path &from, const fs::path &to)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
        return errno;
    // NFS and many FUSE file systems do not know the flag.  Others of our programs wait for this lock; whoever does not could
    // lose an empty directory at most, since a plain rename replaces no other.
    const FileDescriptor parent(::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent || (::flock(parent.get(), LOCK_EX) != 0 && errno != EOPNOTSUPP && errno != ENOLCK))
        return errno;
    struct stat there{};
    if (::lstat(to.c_str(), &there) == 0)
        return EEXIST;
    if (errno != ENOENT)
        return errno;
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

// What nobody holds locked any more.  On a file system that maps users a repository's directories are not `onlyOwn`.
std::vector<std::string> removeAbandoned(const fs::path &parent, std::initializer_list<std::string_view> prefixes, bool onlyOwn)
{
    std::vector<std::string> removed;
    std::error_code ec;
    std::vector<fs::path> found;
    for (fs::directory_iterator it(parent, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); }))
            found.push_back(it->path());
    }
    for (const auto &path : found) {
        const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        struct stat info{};
        if (!fd || ::fstat(fd.get(), &info) != 0 || (onlyOwn && info.st_uid != ::geteuid()))
            continue;
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
            continue;
        fs::remove_all(path, ec);
        if (!ec)
            removed.push_back(path.string());
    }
    return removed;
}

class LocalSink : public BackupSink
{
public:
    LocalSink(RepositoryConfig repository, bool forSender) : m_repository(std::move(repository)), m_forSender(forSender) {}
    ~LocalSink() override { abort(); }

    Result<void> open(const BackupPlace &place, std::int64_t needBytes) override
    {
        if (!isRepositoryName(place.host) || !isRepositoryName(place.instance))
            return fail(errors::ioFailed, {{"path", place.host + "/" + place.instance}, {"detail", "not a usable name"}});
        struct stat info{};
        if (::stat(m_repository.path.c_str(), &info) != 0)
            return fail(ioError(m_repository.path, errno)); // made by the administrator: perhaps it is not mounted
        m_id = place.id;
        m_parent = m_repository.path / place.host / place.instance;
        std::error_code ec;
        fs::create_directories(m_parent, ec);
        if (ec)
            return fail(ioError(m_parent, ec.value()));
        removeStalePartials(m_parent);
        m_final = m_parent / place.directoryName();
        const fs::path partial = m_parent / (std::string(partialPrefix) + place.directoryName());
        if (fs::exists(fs::symlink_status(m_final, ec)))
            return fail(ioError(m_final, EEXIST));
        if (auto room = checkFree(needBytes); !room)
            return room;
        m_directory = makeLocked(partial, 0750);
        if (!m_directory)
            return fail(ioError(partial, errno));
        m_partial = partial;
        return {};
    }

    Result<void> beginFile(const std::string &name, bool secret) override
    {
        if (!isRepositoryName(name))
            return fail(ioError(m_partial / name, EINVAL));
        m_path = m_partial / name;
        m_file = FileDescriptor(::openat(m_directory.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                             secret ? 0600 : 0640));
        if (!m_file)
            return fail(ioError(m_path, errno));
        m_written = m_flushed = 0;
        return {};
    }

    Result<void> write(std::span<const char> bytes) override
    {
        if (const int number = writeBytes(m_file.get(), {bytes.data(), bytes.size()}); number != 0)
            return fail(full(number));
        m_written += static_cast<std::int64_t>(bytes.size());
        if (m_written - m_flushed >= writeBackEvery) {
            // keeps the final fsync short, and the free space known while there is still some
            ::sync_file_range(m_file.get(), m_flushed, m_written - m_flushed, SYNC_FILE_RANGE_WRITE);
            m_flushed = m_written;
            return checkFree(0);
        }
        return {};
    }

    Result<void> endFile(const std::string &, std::int64_t) override
    {
        if (::fsync(m_file.get()) != 0)
            return fail(full(errno));
        m_file.reset();
        return {};
    }

    Result<std::string> commit() override
    {
        if (::fsync(m_directory.get()) != 0)
            return fail(ioError(m_partial, errno));
        if (const int number = renameNoReplace(m_partial, m_final); number != 0)
            return fail(ioError(m_final, number));
        for (fs::path up = m_parent; up.native().size() >= m_repository.path.native().size(); up = up.parent_path()) {
            auto synced = syncDirectory(up);
            if (synced)
                continue;
            // nobody is told of this backup, so it must not be found here either
            if (renameNoReplace(m_final, m_partial) != 0)
                m_partial = m_final;
            return fail(synced.error());
        }
        m_partial.clear();
        m_directory.reset();
        return m_final.string();
    }

    KeepPlan planKeep(const Uuid &taskId, int keep) override
    {
        m_plan = agent::planKeep(m_parent, taskId, keep, m_id, m_forSender ? keepRuleForSenders(m_repository) : KeepRule{});
        return m_plan;
    }
    std::vector<std::string> removeExpired() override { return agent::removeExpired(std::exchange(m_plan, {})); }

    std::vector<std::string> abort() override
    {
        if (m_partial.empty())
            return {};
        m_file.reset();
        std::error_code ec;
        fs::remove_all(m_partial, ec);
        m_directory.reset();
        const fs::path partial = std::exchange(m_partial, {});
        if (ec)
            return {partial.string()};
        return {};
    }

private:
    Error full(int number) const
    {
        Error error = ioError(m_path, number);
        if (error.is(errors::diskFull)) {
            error.fields["path"] = m_repository.path.string();
            error.fields["free"] = std::to_string(freeBytes(m_repository.path).value_or(0));
            error.fields["needed"] = std::to_string(m_repository.minFreeBytes);
        }
        return error;
    }
    Result<void> checkFree(std::int64_t needBytes) const
    {
        return checkRoom(m_repository.path, m_repository.minFreeBytes + needBytes);
    }

    RepositoryConfig m_repository;
    bool m_forSender;
    Uuid m_id;
    KeepPlan m_plan;
    fs::path m_parent;
    fs::path m_partial;
    fs::path m_final;
    fs::path m_path;
    FileDescriptor m_directory;
    FileDescriptor m_file;
    std::int64_t m_written = 0;
    std::int64_t m_flushed = 0;
};

} // namespace

std::string BackupPlace::directoryName() const
{
    const std::string iso = toIso(fromMicros(toMicros(startedAt) / 1000000 * 1000000));
    std::string name;
    for (const char c : iso) {
        if (c != '-' && c != ':')
            name += c;
    }
    return name + '-' + id.toString();
}

bool isRepositoryName(std::string_view name)
{
    return !name.empty() && name.size() <= 100 && name.front() != '.'
           && std::ranges::all_of(name, [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_'
                         || c == '-';
              });
}

std::unique_ptr<BackupSink> localSink(const RepositoryConfig &repository, bool forSender)
{
    return std::make_unique<LocalSink>(repository, forSender);
}

std::vector<std::string> removeStalePartials(const fs::path &instanceDirectory)
{
    return removeAbandoned(instanceDirectory, {partialPrefix, expiringPrefix}, false);
}

FileDescriptor lockScratch(const fs::path &directory)
{
    return makeLocked(directory, 0700);
}

std::vector<std::string> removeStaleScratch(const fs::path &parent)
{
    return removeAbandoned(parent, {""}, true);
}

Result<std::int64_t> freeBytes(const fs::path &path)
{
    fs::path existing = path;
    struct statvfs info{};
    while (::statvfs(existing.c_str(), &info) != 0) {
        if (errno != ENOENT || existing == existing.parent_path())
            return fail(ioError(existing, errno));
        existing = existing.parent_path();
    }
    return static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
}

Result<void> checkRoom(const fs::path &path, std::int64_t bytes)
{
    const auto left = freeBytes(path);
    if (!left)
        return fail(left.error());
    if (*left < bytes)
        return fail(errors::diskFull, {{"path", path.string()}, {"free", std::to_string(*left)}, {"needed", std::to_string(bytes)}});
    return {};
}

Result<fs::path> findBackup(const RepositoryConfig &repository, const std::string &host, const std::string &instance,
                            const Uuid &id)
{
    // every host may call a repository "local": that it is not here says nothing about the backup
    const auto missing = fail(errors::backupNotHere, {{"backup", id.toString()}, {"repository", repository.name}, {"host", host}});
    if (!isRepositoryName(host) || !isRepositoryName(instance))
        return missing;
    const fs::path parent = repository.path / host / instance;
    std::error_code ec;
    const std::string suffix = '-' + id.toString();
    for (fs::directory_iterator it(parent, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with('.') && name.ends_with(suffix))
            return it->path();
    }
    return missing;
}

static fs::path verdictOf(const fs::path &backup)
{
    return backup.parent_path() / (std::string(badPrefix) + backup.filename().string());
}

Result<void> recordVerdict(const fs::path &backup, const std::optional<Error> &bad)
{
    const fs::path file = verdictOf(backup);
    if (bad)
        return replaceFile(file, dumpJson({{"at", systemNow()}, {"error", errorToJson(*bad)}}) + '\n');
    std::error_code ec;
    fs::remove(file, ec);
    return ec ? Result<void>(fail(ioError(file, ec.value()))) : Result<void>{};
}

std::optional<wire::BackupFinding> findingOf(const fs::path &backup, const Uuid &id)
{
    if (!isFoundBad(backup))
        return std::nullopt;
    const auto text = readFile(verdictOf(backup), 1u << 20);
    const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
    wire::BackupFinding finding{id, systemNow(), errorToJson(makeError(errors::backupInvalid, {{"path", backup.string()}, {"detail", "was found bad"}}))};
    if (json && json->is_object()) {
        finding.at = decode<TimePoint>(json->value("at", Json())).value_or(finding.at);
        if (const auto error = json->find("error"); error != json->end() && error->is_object())
            finding.error = *error;
    }
    return finding;
}

bool isFoundBad(const fs::path &backup)
{
    std::error_code ec;
    return fs::exists(fs::symlink_status(verdictOf(backup), ec));
}

} // namespace zandb::agent
