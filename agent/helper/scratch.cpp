// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "zandb-helper-";
constexpr time_t lockingTime = 60; ///< seconds within which a new one is surely locked

FileDescriptor openDirectory(const fs::path &path)
{
    return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

/// /tmp is everybody's: only directories of our own user count, and what they hold can be only ours to remove.
void removeStale()
{
    std::error_code ec;
    std::vector<fs::path> found;
    for (fs::directory_iterator it("/tmp", ec), end; !ec && it != end; it.increment(ec)) {
        if (it->path().filename().native().starts_with(prefix))
            found.push_back(it->path());
    }
    for (const fs::path &path : found) {
        const FileDescriptor directory = openDirectory(path);
        struct stat info{};
        if (directory && ::fstat(directory.get(), &info) == 0 && info.st_uid == ::geteuid()
            && info.st_mtime < ::time(nullptr) - lockingTime && ::flock(directory.get(), LOCK_EX | LOCK_NB) == 0)
            fs::remove_all(path, ec);
    }
}

} // namespace

Scratch::Scratch()
{
    removeStale();
    std::string path = "/tmp/" + std::string(prefix) + "XXXXXX";
    if (!::mkdtemp(path.data()))
        return;
    m_lock = openDirectory(path);
    if (m_lock && ::flock(m_lock.get(), LOCK_EX | LOCK_NB) == 0) {
        m_path = path;
        return;
    }
    const int number = errno;
    ::rmdir(path.c_str());
    errno = number;
}

Scratch::~Scratch()
{
    std::error_code ignored;
    if (!m_path.empty())
        fs::remove_all(m_path, ignored);
}

} // namespace zandb::agent
