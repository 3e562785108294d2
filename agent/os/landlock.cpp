// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/landlock.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zandb::agent {

namespace {

// linux/landlock.h of the oldest system we build on ends with version 2, so the constants are our own.
namespace right {
[[maybe_unused]] constexpr std::uint64_t execute = 1 << 0, writeFile = 1 << 1, readFile = 1 << 2, readDirectory = 1 << 3, removeDirectory = 1 << 4,
                        removeFile = 1 << 5, makeCharacterDevice = 1 << 6, makeDirectory = 1 << 7, makeFile = 1 << 8,
                        makeSocket = 1 << 9, makeFifo = 1 << 10, makeBlockDevice = 1 << 11, makeSymlink = 1 << 12,
                        refer = 1 << 13,      // version 2: to rename and link between directories
                        truncate = 1 << 14,   // version 3
                        deviceIoctl = 1 << 15; // version 5
} // namespace right
constexpr std::uint64_t bindTcp = 1 << 0, connectTcp = 1 << 1;          // version 4
constexpr std::uint64_t scopeAbstractSocket = 1 << 0, scopeSignal = 1 << 1; // version 6

constexpr unsigned askVersion = 1;
constexpr int pathBeneath = 1;
constexpr int newestKnown = 6;

struct RulesetAttributes
{
    std::uint64_t files;
    std::uint64_t network;
    std::uint64_t scoped;
};

struct [[gnu::packed]] PathBeneathAttributes
{
    std::uint64_t allowed;
    std::int32_t parent;
};

std::atomic<int> versionLimit = newestKnown;

RulesetAttributes handledBy(int version)
{
    RulesetAttributes handled{(1 << 14) - 1, 0, 0};
    if (version >= 3)
        handled.files |= right::truncate;
    if (version >= 4)
        handled.network = bindTcp | connectTcp;
    if (version >= 5)
        handled.files |= right::deviceIoctl;
    if (version >= 6)
        handled.scoped = scopeAbstractSocket | scopeSignal;
    return handled;
}

Result<void> allow(int ruleset, const std::filesystem::path &path, std::uint64_t rights, bool mustExist)
{
    const FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat info{};
    if (!place || ::fstat(place.get(), &info) != 0)
        return mustExist ? Result<void>(fail(ioError(path, errno))) : Result<void>{};
    if (!S_ISDIR(info.st_mode)) // the kernel refuses rights that only a directory can have
        rights &= right::execute | right::writeFile | right::readFile | right::truncate | right::deviceIoctl;
    const PathBeneathAttributes rule{rights, place.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset, pathBeneath, &rule, 0u) != 0)
        return fail(ioError(path, errno));
    return {};
}

} // namespace

int landlockVersion()
{
    static const long ofKernel = ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, askVersion);
    const int version = std::min(static_cast<int>(std::max(ofKernel, 0L)), versionLimit.load());
    return version >= 2 ? version : 0;
}

void limitLandlock(int version) { versionLimit = version; }

Result<FileDescriptor> makeRuleset(const Confinement &confinement)
{
    const int version = landlockVersion();
    if (version == 0)
        return FileDescriptor();
    // what an older kernel does not know is zero and does not disturb it
    const RulesetAttributes handled = handledBy(version);
    FileDescriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0u)));
    if (!ruleset)
        return fail(ioError("landlock", errno));
    const std::uint64_t reading = right::execute | right::readFile | right::readDirectory;
    const std::uint64_t never = right::execute | right::makeCharacterDevice | right::makeBlockDevice | right::makeFifo
                                | right::makeSymlink | right::deviceIoctl;
    for (const auto &path : confinement.readable) {
        if (auto done = allow(ruleset.get(), path, reading, false); !done)
            return fail(done.error());
    }
    for (const auto &path : confinement.writable) {
        if (auto done = allow(ruleset.get(), path, handled.files & ~never, true); !done)
            return fail(done.error());
    }
    return ruleset;
}

bool enterRuleset(int ruleset) noexcept
{
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(SYS_landlock_restrict_self, ruleset, 0u) == 0;
}

} // namespace zandb::agent
