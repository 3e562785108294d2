// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/stage.h"

#include "agent/backups/clone.h"

#include <cerrno>
#include <functional>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr int maxDepth = 16; ///< schemas are three levels down
constexpr const char *workName = "work"; ///< the server's, then the agent's

struct Place
{
    fs::path path;
    FileDescriptor parent;
    std::string name;
};

Result<Place> placeOf(const LocalInstance &instance, const Uuid &id, const OsUser &server)
{
    const fs::path &data = instance.dataDirectory;
    const fs::path parent = (data.has_filename() ? data : data.parent_path()).parent_path(); // "/x/data/" has no name at its end
    auto opened = openStrictly(parent, server.uid);
    if (!opened)
        return fail(opened.error());
    Place place{{}, std::move(*opened), std::string(cloneStagingPrefix) + id.toString()};
    place.path = parent / place.name;
    return place;
}

/// The directory itself, when the helper has made it: only root makes directories of root's.
Result<FileDescriptor> openStage(const Place &place)
{
    FileDescriptor stage(::openat(place.parent.get(), place.name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    struct stat info{};
    if (!stage && (errno == ELOOP || errno == ENOTDIR))
        return refused(place.path.string() + " is a link or no directory");
    if (!stage || ::fstat(stage.get(), &info) != 0)
        return fail(ioError(place.path, errno));
    if (info.st_uid != ::geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)))
        return refused(place.path.string() + " was not made by the helper");
    return stage;
}

/// Calls back for each name in the directory, what is below first; `isDirectory` was true when it was opened.
/// Returns errno.
using Visit = std::function<int(int directory, const char *name, bool isDirectory)>;
int walk(int directory, int depth, const Visit &visit)
{
    if (depth > maxDepth)
        return ELOOP;
    const int copy = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy >= 0 ? ::fdopendir(copy) : nullptr;
    if (!list) {
        const int number = errno;
        if (copy >= 0)
            ::close(copy);
        return number;
    }
    int failure = 0;
    while (failure == 0) {
        errno = 0;
        const dirent *entry = ::readdir(list);
        if (!entry) {
            failure = errno;
            break;
        }
        const std::string name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        const FileDescriptor below(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        if (below)
            failure = walk(below.get(), depth + 1, visit);
        if (failure == 0)
            failure = visit(directory, name.c_str(), static_cast<bool>(below));
    }
    ::closedir(list);
    return failure;
}

/// Returns errno.
int give(int fd, const OsUser &server, const OsUser &agent)
{
    struct stat info{};
    if (::fstat(fd, &info) != 0)
        return errno;
    // a second name may stand anywhere, in places the agent has no business in
    if (info.st_uid != server.uid || (S_ISREG(info.st_mode) && info.st_nlink != 1))
        return 0;
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return 0;
    return ::fchownat(fd, "", agent.uid, agent.gid, AT_EMPTY_PATH) == 0 ? 0 : errno;
}

} // namespace

Result<fs::path> makeStage(const LocalInstance &instance, const Uuid &id, const OsUser &server, const OsUser &agent)
{
    auto place = placeOf(instance, id, server);
    if (!place)
        return fail(place.error());
    if (::mkdirat(place->parent.get(), place->name.c_str(), 0700) != 0)
        return fail(ioError(place->path, errno));
    const FileDescriptor stage(::openat(place->parent.get(), place->name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    const auto made = [&] {
        struct stat info{};
        if (!stage || ::fstat(stage.get(), &info) != 0 || info.st_uid != ::geteuid() || ::mkdirat(stage.get(), workName, 0700) != 0)
            return false;
        const FileDescriptor work(::openat(stage.get(), workName, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        // the server's, readable by the agent's group so that progress can be seen
        return work && ::fchown(work.get(), server.uid, agent.gid) == 0 && ::fchmod(work.get(), 02750) == 0 && ::fchmod(stage.get(), 0711) == 0;
    };
    if (!made()) {
        const int number = errno;
        if (stage)
            ::unlinkat(stage.get(), workName, AT_REMOVEDIR);
        ::unlinkat(place->parent.get(), place->name.c_str(), AT_REMOVEDIR);
        return fail(ioError(place->path, number));
    }
    return place->path / workName / "data";
}

Result<void> takeStage(const LocalInstance &instance, const Uuid &id, const OsUser &server, const OsUser &agent,
                       const std::function<bool()> &isCancelled)
{
    auto place = placeOf(instance, id, server);
    if (!place)
        return fail(place.error());
    auto stage = openStage(*place);
    if (!stage)
        return fail(stage.error());
    const FileDescriptor work(::openat(stage->get(), workName, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!work)
        return fail(ioError(place->path / workName, errno));
    const int failure = walk(work.get(), 0, [&](int directory, const char *name, bool) {
        if (isCancelled())
            return ECANCELED;
        const FileDescriptor entry(::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
        return entry ? give(entry.get(), server, agent) : errno;
    });
    if (failure == ECANCELED)
        return fail(errors::cancelled);
    if (const int number = failure ? failure : give(work.get(), server, agent))
        return fail(ioError(place->path, number));
    return {};
}

Result<void> removeStage(const LocalInstance &instance, const Uuid &id, const OsUser &server, const OsUser &)
{
    auto place = placeOf(instance, id, server);
    if (!place)
        return fail(place.error());
    struct stat info{};
    if (::fstatat(place->parent.get(), place->name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
        return {};
    auto stage = openStage(*place);
    if (!stage)
        return fail(stage.error());
    int failure = walk(stage->get(), 0, [](int directory, const char *name, bool isDirectory) {
        return ::unlinkat(directory, name, isDirectory ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT ? 0 : errno;
    });
    if (failure == 0 && ::unlinkat(place->parent.get(), place->name.c_str(), AT_REMOVEDIR) != 0)
        failure = errno;
    if (failure != 0)
        return fail(ioError(place->path, failure));
    return {};
}

} // namespace zandb::agent
