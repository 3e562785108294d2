// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/optionfile.h"

#include "agent/os/sha256.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// Lines that begin with '!', without spaces at their ends.
std::set<std::string_view> includesOf(std::string_view text)
{
    std::set<std::string_view> found;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        constexpr std::string_view blanks = " \t\r\v\f";
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        if (line.starts_with('!'))
            found.insert(line);
    }
    return found;
}

struct OpenedFile
{
    fs::path path;
    FileDescriptor directory;
    std::string name;
    struct stat info{};
    std::string content;
};

/// Its directory is held open: from here on only what stands there counts.
Result<OpenedFile> openOptionFile(const fs::path &real, const OsUser &server)
{
    auto directory = openStrictly(real.parent_path(), 0);
    if (!directory)
        return fail(directory.error());
    OpenedFile opened{real, std::move(*directory), real.filename(), {}, {}};
    const FileDescriptor old(::openat(opened.directory.get(), opened.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!old)
        return errno == ELOOP ? refused(real.string() + " is a link") : Result<OpenedFile>(fail(ioError(real, errno)));
    if (::fstat(old.get(), &opened.info) != 0)
        return fail(ioError(real, errno));
    if (!S_ISREG(opened.info.st_mode) || opened.info.st_nlink != 1)
        return refused(real.string() + " is no plain file with one name");
    if (opened.info.st_uid != ::geteuid() && opened.info.st_uid != server.uid)
        return refused(real.string() + " belongs neither to root nor to " + server.name);
    auto content = readOpen(old.get(), real, maxOptionFile);
    if (!content)
        return fail(content.error());
    opened.content = std::move(*content);
    return opened;
}

} // namespace

Result<fs::path> optionFile(const Config &config, const LocalInstance &instance, std::int64_t number)
{
    if (number == 0)
        return instance.myCnf.empty() ? Result<fs::path>(refused(instance.name + " has no my.cnf: name it by my_cnf in its [[instance]]")) : instance.myCnf;
    const auto adopted = std::ranges::find(config.instances, instance.name, &AdoptedInstance::name);
    if (adopted == config.instances.end() || number < 0 || number > static_cast<std::int64_t>(adopted->optionFiles.size()))
        return refused("the configuration names no option file " + std::to_string(number) + " of " + instance.name + " (option_files in its [[instance]])");
    return adopted->optionFiles[static_cast<std::size_t>(number - 1)];
}

Result<std::string> readContent(int pipe, std::int64_t bytes)
{
    std::string content;
    char buffer[16 * 1024];
    const auto until = Clock::now() + 10s;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd end{pipe, POLLIN, 0};
        if (left <= 0ms || ::poll(&end, 1, static_cast<int>(left.count())) == 0)
            return refused("the content did not come to its end in time");
        const ssize_t n = ::read(pipe, buffer, sizeof buffer);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return fail(ioError("pipe", errno));
        if (n == 0)
            break;
        content.append(buffer, static_cast<std::size_t>(n));
        if (content.size() > maxOptionFile)
            return refused("the content is longer than " + std::to_string(maxOptionFile) + " bytes");
    }
    if (static_cast<std::int64_t>(content.size()) != bytes)
        return refused("the content is not whole");
    return content;
}

std::string whyNoContent(std::string_view old, std::string_view content)
{
    if (content.find('\0') != content.npos)
        return "the content has a byte 0";
    if (!content.empty() && content.back() != '\n')
        return "the content ends within a line";
    const auto known = includesOf(old);
    for (const std::string_view line : includesOf(content)) {
        if (!known.contains(line))
            return "the content would include another file: " + std::string(line.substr(0, 200));
    }
    return {};
}

Result<std::string> replaceOptionFile(const fs::path &file, const OsUser &server, const OptionFileChange &change, std::string_view content)
{
    std::error_code ec;
    const fs::path real = fs::canonical(file, ec);
    if (ec)
        return fail(ioError(file, ec.value()));
    if (const auto directory = openStrictly(real.parent_path(), 0); !directory) // before a lock is made there
        return fail(directory.error());
    const auto lock = lockFile(real.parent_path() / ('.' + real.filename().string() + ".zandb-lock"), 10s);
    if (!lock)
        return fail(lock.error());
    const auto now = openOptionFile(real, server);
    if (!now)
        return fail(now.error());
    if (Sha256::of(now->content) != change.oldSha256)
        return fail(errors::helperFileChanged, {{"path", now->path.string()}});
    if (const std::string why = whyNoContent(now->content, content); !why.empty())
        return refused(now->path.string() + ": " + why);
    if (auto replaced = replaceKeepingOwner(now->directory.get(), now->path, content, now->info); !replaced)
        return fail(replaced.error());
    return Sha256::of(content);
}

} // namespace zandb::agent
