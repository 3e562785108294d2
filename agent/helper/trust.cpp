// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/trust.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

pid_t parent = 0; ///< whose end is ours too; 0: nobody's

void askForSignal()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(1);
}

} // namespace

tl::unexpected<Error> refused(std::string detail)
{
    return fail(errors::helperRefused, {{"verb", ""}, {"detail", std::move(detail)}});
}

Result<OsUser> osUser(const std::string &name)
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[16384];
    if (::getpwnam_r(name.c_str(), &entry, buffer, sizeof buffer, &found) != 0 || !found)
        return refused("there is no user " + name);
    if (found->pw_uid == 0)
        return refused(name + " is root by another name");
    return OsUser{name, found->pw_uid, found->pw_gid};
}

Result<OsUser> serverUser(const Config &config, const LocalInstance &instance)
{
    struct stat info{};
    if (instance.dataDirectory.empty())
        return refused("the data directory of " + instance.name + " is not known");
    if (::stat(instance.dataDirectory.c_str(), &info) != 0)
        return fail(ioError(instance.dataDirectory, errno));
    for (const std::string &name : config.serverUsers) {
        if (auto user = osUser(name); user && user->uid == info.st_uid)
            return user;
    }
    return refused(instance.dataDirectory.string() + " belongs to uid " + std::to_string(info.st_uid)
                   + ", which is not among helper.server_users");
}

void dieWithParent()
{
    parent = ::getppid();
    askForSignal();
}

Result<void> become(const OsUser &user, std::optional<gid_t> alsoIn)
{
    const auto joinGroups = [&] {
        if (::initgroups(user.name.c_str(), user.gid) != 0)
            return -1;
        if (!alsoIn)
            return 0;
        std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
        if (::getgroups(static_cast<int>(groups.size()), groups.data()) < 0)
            return -1;
        groups.push_back(*alsoIn);
        return ::setgroups(groups.size(), groups.data());
    };
    if (::geteuid() != user.uid
        && (joinGroups() != 0 || ::setresgid(user.gid, user.gid, user.gid) != 0
            || ::setresuid(user.uid, user.uid, user.uid) != 0))
        return refused("cannot become " + user.name + ": " + errnoText(errno));
    if (user.uid != 0 && ::setuid(0) == 0)
        return refused("there is a way back to root");
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // the kernel forgets this whenever the ids change
    if (parent != 0)
        askForSignal();
    return {};
}

Result<fs::path> trustedPath(const fs::path &path, uid_t owner)
{
    std::error_code ec;
    const fs::path real = fs::canonical(path, ec);
    if (ec)
        return fail(ioError(path, ec.value()));
    if (::geteuid() != 0)
        return real;
    for (fs::path at = real;; at = at.parent_path()) {
        struct stat info{};
        if (::lstat(at.c_str(), &info) != 0)
            return fail(ioError(at, errno));
        const bool mayBeOwner = info.st_uid == 0 || (at == real && info.st_uid == owner);
        const bool sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX);
        // a server's own group may write where the server may
        const mode_t others = at == real && info.st_uid == owner && owner != 0 ? S_IWOTH : S_IWGRP | S_IWOTH;
        if (!mayBeOwner || ((info.st_mode & others) && !sticky))
            return refused("others than root may change " + at.string());
        if (at == at.root_path())
            return real;
    }
}

Result<FileDescriptor> openStrictly(const fs::path &directory, uid_t owner)
{
    if (!directory.is_absolute() || directory != directory.lexically_normal())
        return refused(directory.string() + " is not a plain path");
    FileDescriptor at(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    fs::path path = "/";
    for (const fs::path &name : directory.relative_path()) {
        if (name.empty())
            continue; // the slash at the end
        path /= name;
        FileDescriptor next(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        if (!next && (errno == ELOOP || errno == ENOTDIR))
            return refused(path.string() + " is a link or no directory");
        struct stat info{};
        if (!next || ::fstat(next.get(), &info) != 0)
            return fail(ioError(path, errno));
        const bool mayBeOwner = info.st_uid == 0 || (path == directory && info.st_uid == owner);
        const bool othersWrite = (info.st_mode & (S_IWGRP | S_IWOTH)) && !(info.st_mode & S_ISVTX);
        if (::geteuid() == 0 && (!mayBeOwner || othersWrite))
            return refused("others than root may change " + path.string());
        at = std::move(next);
    }
    return at;
}

Result<Config> loadTrustedConfig(const fs::path &file)
{
    const auto real = trustedPath(file);
    if (!real)
        return fail(real.error());
    auto config = loadConfig(*real);
    if (config)
        config->helperSocket.clear();
    return config;
}

} // namespace zandb::agent
