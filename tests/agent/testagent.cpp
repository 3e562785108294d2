// SPDX-License-Identifier: GPL-3.0-or-later
// zandb-testagent serve CONFIG GRACE_MS HOUSEKEEPING_MS STALL_MS | work DIR | hang
#include "agent/os/descriptors.h"
#include "agent/os/files.h"
#include "agent/protocol/frame.h"
#include "agent/runtime/work.h"
#include "agent/serve/serve.h"
#include "tests/agent/testkinds.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;

namespace {

/// While this file is there, the system does not answer how much room a disk has, as with a dead network file system.
std::filesystem::path deadDisk;

} // namespace

/// Instead of the C library's.
extern "C" int statvfs(const char *path, struct statvfs *info) noexcept
{
    while (!deadDisk.empty() && ::access(deadDisk.c_str(), F_OK) == 0)
        ::usleep(20'000);
    const FileDescriptor fd(::open(path, O_PATH | O_CLOEXEC));
    return fd ? ::fstatvfs(fd.get(), info) : -1;
}

namespace {

[[noreturn]] void hang()
{
    ::signal(SIGTERM, SIG_IGN);
    for (;;)
        ::pause();
}

/// Comes to the agent as a tool of a worker might, and notes in the file what it is told: "" or the code of the failure.
void knock(const Json &args, const std::filesystem::path &socket)
{
    const FileDescriptor agent(connectToSocket(socket.native()));
    std::string told = "not running";
    if (agent) {
        told = "no answer";
        const std::string frames
            = wire::encodeFrame(wire::FrameKind::Attach, 0,
                                Json{{"user", args.at("user")}, {"role", "admin"}, {"key", args.at("key")}})
              + wire::encodeFrame(wire::FrameKind::Hello, 0, Json(wire::Hello{}));
        (void)!::send(agent.get(), frames.data(), frames.size(), MSG_NOSIGNAL);
        wire::FrameReader reader;
        char buffer[4096];
        for (ssize_t n = 0; (n = ::read(agent.get(), buffer, sizeof buffer)) > 0;) {
            reader.feed({buffer, static_cast<std::size_t>(n)});
            if (const auto frame = reader.next().value()) {
                told = frame->kind == wire::FrameKind::Hello ? "let in" : parseJson(frame->body).value().value("code", std::string("?"));
                break;
            }
        }
    }
    (void)replaceFile(args.at("told").get<std::string>(), told, false);
}

/// "self", "child", "session" (a child that leads its own), "orphan" (whose parent has ended), "daemon" (both), "again" (a
/// child that comes ten times a second, as long as the directory is there where it notes what it is told).
void knockAs(const std::string &who, const Json &args, const std::filesystem::path &socket)
{
    if (who == "self") {
        knock(args, socket);
        return;
    }
    if (::fork() != 0)
        return;
    if (who == "session" || who == "daemon")
        ::setsid();
    if (who == "orphan" || who == "daemon") {
        const pid_t parent = ::getpid();
        if (::fork() != 0)
            ::_exit(0);
        while (::getppid() == parent)
            std::this_thread::sleep_for(1ms);
    }
    do {
        knock(args, socket);
        std::this_thread::sleep_for(100ms);
    } while (who == "again" && std::filesystem::exists(std::filesystem::path(args.at("told").get<std::string>()).parent_path()));
    ::_exit(0);
}

/// {"items": how many to leave, "itemPad": bytes of each, "every": ms between two}
void leaveItems(WorkContext &context, const Json &args)
{
    const std::string pad(args.value("itemPad", std::size_t{0}), 'p');
    const auto items = args.value("items", std::int64_t{0});
    for (std::int64_t i = 1; i <= items; ++i) {
        (void)context.item(Json{{"i", i}, {"pad", pad}});
        std::this_thread::sleep_for(std::chrono::milliseconds{args.value("every", 0)});
    }
}

/// {"feedTo": a file that takes what is fed, a line for each item, "patience": ms, "slow": ms for each item}
Result<std::int64_t> takeFeed(WorkContext &context, const Json &args)
{
    std::ofstream out(args.at("feedTo").get<std::string>(), std::ios::app);
    context.feed().setPatience(std::chrono::milliseconds{args.value("patience", 20'000)});
    for (std::int64_t taken = 0;; ++taken) {
        const auto item = context.feed().next();
        if (!item)
            return fail(item.error());
        if (!*item)
            return taken;
        out << (*item)->value("i", -1) << std::endl;
        std::this_thread::sleep_for(std::chrono::milliseconds{args.value("slow", 0)});
    }
}

/// What the args ask for: {"file": append a line, "child": leave a child that ignores SIGTERM, "ms": take this long,
/// "while": and as long as this file is there, "deaf": ignore the stop, "throw", "fail": a code, "failWhile": the same as long as this file is there, "bytes": size of the
/// answer, "connect": who comes to the agent}.
Result<Json> obey(WorkContext &context)
{
    const Json &args = context.order().args;
    context.log("began");
    if (const std::string file = args.value("file", std::string{}); !file.empty())
        std::ofstream(file, std::ios::app) << ::getpid() << '\n';
    if (args.value("child", false)) {
        if (const pid_t pid = ::fork(); pid == 0)
            hang();
        else
            std::ofstream(context.directory() / "child") << pid << '\n';
    }
    if (const std::string who = args.value("connect", std::string{}); !who.empty())
        knockAs(who, args, context.config().socket);
    leaveItems(context, args);
    if (args.contains("feedTo")) {
        const auto taken = takeFeed(context, args);
        return taken ? Result<Json>(Json{{"taken", *taken}}) : fail(taken.error());
    }
    if (args.value("throw", false))
        throw std::runtime_error("thrown on purpose");
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{args.value("ms", 0)};
    const std::string hold = args.value("while", std::string{});
    wire::Progress progress;
    progress.phase = "copying";
    while (std::chrono::steady_clock::now() < end || (!hold.empty() && ::access(hold.c_str(), F_OK) == 0)) {
        if (context.stopToken().stop_requested() && !args.value("deaf", false))
            return fail(errors::cancelled);
        ++progress.bytesDone;
        context.progress(progress);
        std::this_thread::sleep_for(20ms);
    }
    const std::string failWhile = args.value("failWhile", std::string{});
    if (args.value("fail", false) || (!failWhile.empty() && ::access(failWhile.c_str(), F_OK) == 0))
        return fail(errors::backupBlocked, {{"seconds", "60"}});
    context.log("ended");
    const auto by = context.orderedBy();
    return Json{{"text", std::string(args.value("bytes", std::size_t{2}), 'x')},
                {"bytesDone", progress.bytesDone},
                {"orderedBy", by ? Json(*by) : Json()}};
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    const Kinds kinds = test::testKinds(obey);
    if (words.size() == 2 && words[0] == "work")
        return runWork(words[1], kinds);
    if (words.size() == 5 && words[0] == "serve") {
        auto config = loadConfig(words[1]);
        if (!config)
            return 1;
        deadDisk = config->stateDirectory / "dead-disk";
        ServeOptions options;
        options.config = *config;
        options.orders.kinds = kinds;
        options.tick = 50ms;
        options.orders.cancelGrace = std::chrono::milliseconds{std::atoi(words[2].c_str())};
        options.housekeeping = std::chrono::milliseconds{std::atoi(words[3].c_str())};
        options.keysGrace = 2s;
        options.handshake = 3s;
        options.writeStall = std::chrono::milliseconds{std::atoi(words[4].c_str())};
        return serve(std::move(options));
    }
    return 2;
}
