// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/verbs.h"

#include "agent/backups/datafiles.h"
#include "agent/backups/mariabackuptool.h"
#include "agent/backups/readpace.h"
#include "agent/backups/tools.h"
#include "agent/fleet/keys.h"
#include "agent/helper/administration.h"
#include "agent/helper/caller.h"
#include "agent/helper/logs.h"
#include "agent/helper/optionfile.h"
#include "agent/helper/scratch.h"
#include "agent/helper/stage.h"
#include "agent/os/process.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// An instance, and whom its server runs as.
struct Target
{
    LocalInstance instance;
    OsUser server;
};

/// trustedPath, and not even the group may change it: the server's group is often the agent's.
Result<fs::path> privatePath(const fs::path &path, const OsUser &server)
{
    auto real = trustedPath(path, server.uid);
    struct stat info{};
    if (real && ::stat(real->c_str(), &info) != 0)
        return fail(ioError(*real, errno));
    if (real && (info.st_mode & S_IWGRP) && !(S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX)))
        return refused("others than root and " + server.name + " may change " + real->string());
    return real;
}

/// The option file says where an instance's files lie, and root acts on what it says: only root and the server's own user
/// may have written it, or made one of the links that lead to it.  Also where there is none: one that was there a moment ago
/// may have been read.
Result<void> checkOptionFile(const LocalInstance &instance, const OsUser &server)
{
    constexpr int maxLinks = 8;
    std::error_code ec;
    fs::path file = instance.myCnf;
    if (file.empty())
        return {};
    for (int links = 0; links < maxLinks; ++links) {
        fs::path directory = file.parent_path();
        while (!fs::exists(directory, ec) && directory.has_relative_path())
            directory = directory.parent_path();
        if (const auto real = privatePath(directory, server); !real)
            return fail(real.error());
        const auto type = fs::symlink_status(file, ec).type();
        if (type == fs::file_type::not_found)
            return {};
        if (type != fs::file_type::symlink)
            return privatePath(file, server).map([](const fs::path &) {});
        file = file.parent_path() / fs::read_symlink(file, ec);
        if (ec)
            return fail(ioError(instance.myCnf, ec.value()));
    }
    return refused(instance.myCnf.string() + " leads through too many links");
}

Result<Target> targetOf(const HelperTask &task)
{
    auto instance = findInstance(task.config, task.request.text("instance"));
    if (!instance)
        return fail(instance.error());
    auto server = serverUser(task.config, *instance);
    if (!server)
        return fail(server.error());
    if (auto trusted = checkOptionFile(*instance, *server); !trusted)
        return fail(trusted.error());
    return Target{std::move(*instance), std::move(*server)};
}

/// What root can read of the option file when the server's user cannot.  Empty when there is nothing to be trusted.
std::string myCnfText(const Target &target)
{
    const FileDescriptor file(::open(target.instance.myCnf.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info{};
    if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1
        || (info.st_uid != ::geteuid() && info.st_uid != target.server.uid))
        return {};
    std::string text(1 << 20, '\0');
    const ssize_t n = ::read(file.get(), text.data(), text.size());
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return text;
}

void joinCgroup(const fs::path &cgroup)
{
    if (cgroup.empty())
        return;
    const FileDescriptor file(::open((cgroup / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    (void)!::write(file.get(), "0", 1); // without it the tool runs as well, only less limited
}

Result<Json> physicalBackup(HelperTask &task)
{
    const auto target = targetOf(task);
    if (!target)
        return fail(target.error());
    const auto tool = findTool(task.config, true, "mariadb-backup");
    if (!tool)
        return fail(tool.error());
    const std::string cnf = myCnfText(*target);
    joinCgroup(task.config.cgroup);
    setPriorities(task.config.nice, ioPriorityNumber(task.config.ionice));
    // root is not needed any more: the files are the server's, and so is the tool
    if (auto became = become(target->server); !became)
        return fail(became.error());
    const Scratch scratch;
    if (scratch.path().empty())
        return fail(ioError("/tmp", errno));

    MariadbBackupCall call;
    call.tool = *tool;
    if (::access(target->instance.myCnf.c_str(), R_OK) == 0) {
        call.myCnf = target->instance.myCnf;
    } else if (!cnf.empty()) {
        call.myCnf = scratch.path() / "my.cnf";
        if (auto written = replaceFile(call.myCnf, cnf, false); !written)
            return fail(written.error());
    }
    call.account = target->server.name; // whom the server lets in by unix_socket
    call.socket = target->instance.socket;
    call.dataDirectory = target->instance.dataDirectory;
    call.target = scratch.path() / "target";
    if (::mkdir(call.target.c_str(), 0700) != 0)
        return fail(ioError(call.target, errno));
    call.slaveInfo = task.request.flag("slave_info");

    Command command;
    command.argv = call.argv();
    command.stdoutFd = task.descriptors.at(0).get();
    command.stderrFd = task.descriptors.at(1).get();
    command.directory = scratch.path();
    command.temporary = scratch.path();
    std::unique_ptr<ReadPace> pace; // it outlives the tool
    auto child = startPaced(command, task.request.number("throttle_bytes"), FileDescriptor(task.descriptors.at(2).release()), pace);
    task.descriptors.clear(); // the tool's end must be the end of its streams
    if (!child)
        return fail(child.error());
    const ExitStatus status = watchFor(task.connection, **child);
    return Json{{"status", status.code}, {"signal", status.signal}};
}

Result<Json> dataFiles(HelperTask &task)
{
    const auto target = targetOf(task);
    if (!target)
        return fail(target.error());
    if (auto became = become(target->server); !became)
        return fail(became.error());
    const auto files = readDataFiles(target->instance.dataDirectory);
    if (!files)
        return fail(files.error());
    const std::string list = encodeDataFiles(*files);
    if (const int number = writeBytes(task.descriptors.at(0).get(), list))
        return fail(ioError("pipe", number));
    task.descriptors.clear();
    return Json::object();
}

Result<Json> check(HelperTask &task)
{
    const auto target = targetOf(task);
    if (!target)
        return fail(target.error());
    const auto tool = findTool(task.config, true, "mariadb-backup");
    return Json{{"owner", target->server.name}, {"account", target->server.name}, {"tool", tool ? tool->string() : ""}};
}

template<class Act>
Result<Json> onStage(HelperTask &task, Act act)
{
    const auto target = targetOf(task);
    if (!target)
        return fail(target.error());
    const auto agent = osUser(task.config.helperUser);
    if (!agent)
        return fail(agent.error());
    const auto id = Uuid::parse(task.request.text("id"));
    if (!id)
        return refused("no id");
    const auto done = act(target->instance, *id, target->server, *agent);
    if (!done)
        return fail(done.error());
    if constexpr (std::is_void_v<typename std::decay_t<decltype(done)>::value_type>)
        return Json::object();
    else
        return Json{{"path", done->string()}};
}

/// The file sshd reads must be nobody's but root's, or whoever owns it gives himself any role.
Result<void> checkKeysFile(const fs::path &file)
{
    if (const auto directory = trustedPath(file.parent_path()); !directory)
        return fail(directory.error());
    struct stat info{};
    if (::lstat(file.c_str(), &info) != 0)
        return errno == ENOENT ? Result<void>{} : fail(ioError(file, errno));
    if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)))
        return refused(file.string() + " must be a file of root's that nobody else may write");
    return {};
}

Result<Json> keysAdd(HelperTask &task)
{
    if (auto good = checkKeysFile(task.config.authorizedKeys); !good)
        return fail(good.error());
    return KeysFile(task.config)
        .add({task.request.text("user"), task.request.text("role"), task.request.text("key"), {}})
        .map([](const wire::KeyLine &added) { return Json(added); });
}

Result<Json> keysRevoke(HelperTask &task)
{
    if (auto good = checkKeysFile(task.config.authorizedKeys); !good)
        return fail(good.error());
    return KeysFile(task.config)
        .revoke(task.request.text("user"), task.request.text("key"))
        .map([](int removed) { return Json{{"removed", removed}}; });
}

Result<Json> onLog(HelperTask &task)
{
    const auto target = targetOf(task);
    const auto agent = osUser(task.config.helperUser);
    if (!target || !agent)
        return fail(target ? agent.error() : target.error());
    const ServerLog log = task.request.text("log") == "slow" ? ServerLog::Slow : ServerLog::Error;
    auto place = findServerLog(task.config, target->instance, target->server, *agent, log);
    if (!place)
        return fail(place.error());
    // root is not needed any more: the file is the server's, and so is the directory, or nothing can be renamed in it
    if (auto became = become(target->server); !became)
        return fail(became.error());
    if (task.request.verb == "log-open") {
        const std::int64_t number = task.request.number("number");
        auto file = openLog(*place, target->server, number);
        if (!file)
            return fail(file.error());
        task.answer = std::move(*file);
        return Json{{"path", (place->path.parent_path() / rotatedName(place->name, number)).string()}};
    }
    if (task.request.verb == "log-remove") {
        const std::int64_t number = task.request.number("number");
        if (auto removed = removeLog(*place, target->server, number); !removed)
            return fail(removed.error());
        return Json{{"path", (place->path.parent_path() / rotatedName(place->name, number)).string()}};
    }
    const std::int64_t to = task.request.number("to");
    if (auto renamed = renameLog(*place, target->server, task.request.number("from"), to); !renamed)
        return fail(renamed.error());
    return Json{{"path", (place->path.parent_path() / rotatedName(place->name, to)).string()}};
}

Result<Json> writeOptionFile(HelperTask &task)
{
    if (!task.config.changesOptionFiles)
        return refused("the configuration does not say config = true in [helper]");
    const auto target = targetOf(task);
    if (!target)
        return fail(target.error());
    const OptionFileChange change{task.request.number("number"), task.request.text("old_sha256"), task.request.number("bytes")};
    const auto file = optionFile(task.config, target->instance, change.number);
    if (!file)
        return fail(file.error());
    const auto content = readContent(task.descriptors.at(0).get(), change.bytes);
    if (!content)
        return fail(content.error());
    return replaceOptionFile(*file, target->server, change, *content).map([&](const std::string &sum) {
        return Json{{"path", file->string()}, {"sha256", sum}};
    });
}

} // namespace

Result<Json> actOn(HelperTask &task)
{
    const std::string &verb = task.request.verb;
    for (const FileDescriptor &descriptor : task.descriptors) {
        struct stat info{};
        // anything else might be a file of the kernel that asks who writes, not who opened
        if (::fstat(descriptor.get(), &info) != 0 || !S_ISFIFO(info.st_mode))
            return refused("a descriptor is not a pipe");
    }
    if (verb == "check")
        return check(task);
    if (verb == "physical-backup")
        return physicalBackup(task);
    if (verb == "data-files")
        return dataFiles(task);
    if (verb == "clone-stage-make")
        return onStage(task, makeStage);
    if (verb == "clone-stage-take")
        return onStage(task, [&](const auto &instance, const Uuid &id, const OsUser &server, const OsUser &agent) {
            return takeStage(instance, id, server, agent, [&] { return isCallerGone(task.connection); });
        });
    if (verb == "clone-stage-remove")
        return onStage(task, removeStage);
    if (verb == "keys-add" || verb == "keys-revoke") {
        if (auto right = checkIsServe(task.caller, task.config, task.bySystemd); !right)
            return fail(right.error());
        return verb == "keys-add" ? keysAdd(task) : keysRevoke(task);
    }
    if (verb == "log-open" || verb == "log-rename" || verb == "log-remove")
        return onLog(task);
    if (verb == "option-file-write")
        return writeOptionFile(task);
    if (!task.config.provisioning)
        return refused("the configuration does not say provisioning = true in [helper]");
    if (verb == "layout")
        return makeLayout(task.config, task.request.text("instance"));
    const auto target = targetOf(task);
    if (!target)
        return fail(target.error());
    if (verb == "service")
        return controlService(task.config, target->instance, task.request.text("action"), task.connection);
    if (verb == "copy-back")
        return copyBack(task.config, target->instance, target->server, task.request.text("restore"), task.connection);
    return refused("not a verb");
}

} // namespace zandb::agent
