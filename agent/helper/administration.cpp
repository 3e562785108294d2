// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/administration.h"

#include "agent/backups/tools.h"
#include "agent/helper/caller.h"
#include "agent/os/descriptors.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Result<std::string> unitOf(const Config &config, const LocalInstance &instance)
{
    const auto adopted = std::ranges::find(config.instances, instance.name, &AdoptedInstance::name);
    if (adopted != config.instances.end()) {
        if (adopted->unit.empty())
            return refused("name the unit of " + instance.name + ": unit = \"...\" in its [[instance]]");
        return adopted->unit;
    }
    return "mysql@" + std::to_string(portOfName(instance.name)) + ".service";
}

Result<Json> controlService(const Config &config, const LocalInstance &instance, const std::string &action, int connection)
{
    const auto unit = unitOf(config, instance);
    if (!unit)
        return fail(unit.error());
    std::error_code ignored;
    if (!fs::is_directory("/run/systemd/system", ignored))
        return refused("this host does not run systemd, so nobody can " + action + " " + *unit);
    std::vector<std::string> argv{"/usr/bin/systemctl", "--no-ask-password", "--no-pager"};
    if (action == "status")
        argv.insert(argv.end(), {"show", "--property=ActiveState,SubState,MainPID"});
    else
        argv.push_back(action);
    argv.insert(argv.end(), {"--", *unit});
    const CallerStop caller(connection);
    const auto said = capture(argv, 600s, caller.token());
    if (!said)
        return fail(said.error());
    if (!said->status.ok())
        return fail(errors::toolFailed, {{"tool", "systemctl"}, {"status", said->status.text()}, {"detail", said->err}});
    return Json{{"output", said->out.substr(0, 4096)}};
}

Result<Json> makeLayout(const Config &config, const std::string &name)
{
    if (portOfName(name) == 0)
        return refused("instances of the standard layout are called like my3306");
    const auto agent = osUser(config.helperUser);
    const auto server = osUser(config.serverUsers.front());
    if (!agent || !server)
        return fail(agent ? server.error() : agent.error());
    const auto base = trustedPath(config.base);
    if (!base)
        return fail(base.error());
    struct Wanted
    {
        const char *name;
        uid_t uid;
        gid_t gid;
        mode_t mode;
    };
    const fs::path top = *base / name;
    if (::mkdir(top.c_str(), 0755) != 0 && errno != EEXIST)
        return fail(ioError(top, errno));
    if (const auto trusted = trustedPath(top); !trusted)
        return fail(trusted.error());
    const FileDescriptor directory(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory || ::fchmod(directory.get(), 0755) != 0)
        return fail(ioError(top, errno));
    // clients connect to the socket in run, whoever they are
    for (const Wanted &wanted : {Wanted{"data", server->uid, agent->gid, 02750}, Wanted{"log", server->uid, agent->gid, 02770},
                                 Wanted{"run", server->uid, agent->gid, 02755}}) {
        if (::mkdirat(directory.get(), wanted.name, 0700) != 0) {
            if (errno == EEXIST)
                continue;
            return fail(ioError(top / wanted.name, errno));
        }
        const FileDescriptor made(::openat(directory.get(), wanted.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!made || ::fchown(made.get(), wanted.uid, wanted.gid) != 0 || ::fchmod(made.get(), wanted.mode) != 0)
            return fail(ioError(top / wanted.name, errno));
    }
    return Json{{"path", top.string()}};
}

/// Group and modes of the standard layout for everything below, by its owner.
static Result<void> asInLayout(const fs::path &directory, gid_t group)
{
    const auto set = [&](const fs::path &path, mode_t mode) {
        return ::lchown(path.c_str(), static_cast<uid_t>(-1), group) == 0 && ::chmod(path.c_str(), mode) == 0;
    };
    std::error_code ec;
    if (!set(directory, 02750))
        return fail(ioError(directory, errno));
    for (fs::recursive_directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        const auto status = it->symlink_status(ec);
        if (fs::is_directory(status) ? !set(it->path(), 02750) : fs::is_regular_file(status) && !set(it->path(), 0640))
            return fail(ioError(it->path(), errno));
    }
    return ec ? Result<void>(fail(ioError(directory, ec.value()))) : Result<void>{};
}

/// What was unpacked into a directory that was empty before.
static void emptyAgain(const fs::path &directory)
{
    std::error_code ec;
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec))
        entries.push_back(it->path());
    for (const fs::path &entry : entries)
        fs::remove_all(entry, ec);
}

Result<Json> copyBack(const Config &config, const LocalInstance &instance, const OsUser &server, const std::string &restore,
                      int connection)
{
    const auto agent = osUser(config.helperUser);
    if (!agent)
        return fail(agent.error());
    const auto tar = findTool(config, false, "tar");
    if (!tar)
        return fail(tar.error());
    if (const FileDescriptor answers(connectToSocket(instance.socket.native())); answers)
        return refused(instance.name + " runs; stop it first");
    auto pipe = makePipe(1 << 20);
    if (!pipe)
        return fail(pipe.error());
    const fs::path source = config.stateDirectory / "restores" / restore / "data";

    const pid_t reader = ::fork();
    if (reader < 0)
        return fail(ioError("fork", errno));
    if (reader == 0) {
        dieWithParent();
        int status = 1;
        pipe->read.reset();
        if (become(*agent)) {
            Command command;
            command.argv = {tar->string(), "--format=gnu", "-C", source.string(), "-cf", "-", "."};
            command.stdoutFd = pipe->write.get();
            command.stderrFd = STDERR_FILENO;
            if (auto packing = Child::start(command)) {
                pipe->write.reset();
                while (!(*packing)->wait(1h)) { }
                status = (*packing)->poll()->ok() ? 0 : 1;
            }
        }
        ::_exit(status);
    }
    pipe->write.reset();
    bool mayEmpty = false;
    const auto unpack = [&]() -> Result<void> {
        // in the agent's group too, or the kernel would not let the server's user set that group and its bit
        if (auto became = become(server, agent->gid); !became)
            return became;
        std::error_code ec;
        if (!fs::is_empty(instance.dataDirectory, ec) || ec)
            return refused(instance.dataDirectory.string() + " is not an empty directory");
        mayEmpty = true;
        ::umask(027);
        auto err = makePipe();
        if (!err)
            return fail(err.error());
        Command command;
        command.argv = {tar->string(), "-C", instance.dataDirectory.string(), "--no-same-owner", "--no-same-permissions",
                        "-xf", "-"};
        command.stdinFd = pipe->read.get();
        command.stderrFd = err->write.get();
        auto unpacking = Child::start(command);
        if (!unpacking)
            return fail(unpacking.error());
        pipe->read.reset();
        err->write.reset();
        LineReader lines(std::move(err->read));
        const ExitStatus status = watchFor(connection, **unpacking);
        lines.join();
        if (isCallerGone(connection))
            return fail(errors::cancelled);
        if (!status.ok())
            return fail(errors::toolFailed, {{"tool", "tar"}, {"status", status.text()}, {"detail", lines.tail(5)}});
        return asInLayout(instance.dataDirectory, agent->gid);
    };
    const auto done = unpack();
    pipe->read.reset(); // a reader that still writes ends with it
    int status = 0;
    while (::waitpid(reader, &status, 0) < 0 && errno == EINTR) { }
    const bool wasRead = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (mayEmpty && (!done || !wasRead))
        emptyAgain(instance.dataDirectory);
    if (!done)
        return fail(done.error());
    if (!wasRead)
        return fail(errors::toolFailed, {{"tool", "tar"}, {"status", "1"}, {"detail", source.string() + " cannot be read as " + agent->name}});
    return Json::object();
}

} // namespace zandb::agent
