// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/receivedids.h"

#include "agent/backups/repository.h"

#include <cerrno>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t maxLedger = 64 << 20;
constexpr std::size_t idLength = 36;

/// The ids of the backups that lie there, hidden ones too: what is being removed must not come back either.
std::set<std::string> idsIn(const fs::path &directory)
{
    std::set<std::string> ids;
    std::error_code ec;
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (name.starts_with(".partial-") || name.size() <= idLength)
            continue;
        if (const auto id = Uuid::parse(name.substr(name.size() - idLength)))
            ids.insert(id->toString());
    }
    return ids;
}

} // namespace

ReceivedIds::ReceivedIds(const RepositoryConfig &repository, const std::string &host, const std::string &instance)
    : m_repository(repository.name), m_directory(repository.path / host / instance),
      m_file(repository.path / ".received" / host / instance)
{
}

Result<std::set<std::string>> ReceivedIds::known() const
{
    std::set<std::string> ids;
    std::error_code ec;
    if (fs::symlink_status(m_file, ec).type() == fs::file_type::not_found)
        return ids;
    const auto text = readFile(m_file, maxLedger);
    if (!text)
        return fail(text.error());
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);)
        ids.insert(line);
    return ids;
}

Result<void> ReceivedIds::refuseUsed(const Uuid &id, const std::set<std::string> &known) const
{
    if (known.contains(id.toString()) || idsIn(m_directory).contains(id.toString()))
        return fail(errors::backupIdUsed, {{"backup", id.toString()}, {"repository", m_repository}});
    return {};
}

Result<void> ReceivedIds::check(const Uuid &id) const
{
    const auto ids = known();
    return ids ? refuseUsed(id, *ids) : fail(ids.error());
}

Result<void> ReceivedIds::claim(const Uuid &id)
{
    std::error_code ec;
    fs::create_directories(m_file.parent_path(), ec);
    if (ec)
        return fail(ioError(m_file.parent_path(), ec.value()));
    m_lock = FileDescriptor(::open(m_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!m_lock || ::flock(m_lock.get(), LOCK_EX) != 0)
        return fail(ioError(m_file, errno));
    const auto ids = known();
    if (!ids)
        return fail(ids.error());
    if (auto unused = refuseUsed(id, *ids); !unused)
        return unused;
    std::string lines;
    // a line that a crash cut off must not swallow the next one
    char last = '\n';
    if (const off_t size = ::lseek(m_lock.get(), 0, SEEK_END); size > 0 && ::pread(m_lock.get(), &last, 1, size - 1) == 1 && last != '\n')
        lines = "\n";
    // those that came before this file was kept; later ones stand in it already
    for (const std::string &there : idsIn(m_directory)) {
        if (!ids->contains(there))
            lines += there + '\n';
    }
    lines += id.toString() + '\n';
    if (const int number = writeBytes(m_lock.get(), lines); number != 0)
        return fail(ioError(m_file, number));
    if (::fsync(m_lock.get()) != 0)
        return fail(ioError(m_file, errno));
    for (fs::path up = m_file.parent_path(); up != m_directory.parent_path().parent_path(); up = up.parent_path()) {
        if (auto synced = syncDirectory(up); !synced)
            return synced;
    }
    return syncDirectory(m_directory.parent_path().parent_path());
}

} // namespace zandb::agent
