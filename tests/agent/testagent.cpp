// SPDX-License-Identifier: GPL-3.0-or-later
// zandb-testagent serve CONFIG GRACE_MS HOUSEKEEPING_MS STALL_MS | work DIR | hang
#include "agent/runtime/serve.h"
#include "agent/runtime/work.h"

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

[[noreturn]] void hang()
{
    ::signal(SIGTERM, SIG_IGN);
    for (;;)
        ::pause();
}

/// What the args ask for: {"file": append a line, "child": leave a child that ignores SIGTERM, "ms": take this long,
/// "deaf": ignore the stop, "throw", "fail": a code, "bytes": size of the answer}.
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
    if (args.value("throw", false))
        throw std::runtime_error("thrown on purpose");
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{args.value("ms", 0)};
    wire::Progress progress;
    progress.phase = "copying";
    while (std::chrono::steady_clock::now() < end) {
        if (context.stopToken().stop_requested() && !args.value("deaf", false))
            return fail(errors::cancelled);
        ++progress.bytesDone;
        context.progress(progress);
        std::this_thread::sleep_for(20ms);
    }
    if (args.value("fail", false))
        return fail(errors::backupBlocked, {{"seconds", "60"}});
    context.log("ended");
    return Json{{"text", std::string(args.value("bytes", std::size_t{2}), 'x')}, {"bytesDone", progress.bytesDone}};
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    WorkKinds kinds;
    for (const char *kind : {"backup", "sample", "restore", "config"})
        kinds[kind] = obey;
    if (words.size() == 2 && words[0] == "work")
        return runWork(words[1], kinds);
    if (words.size() == 5 && words[0] == "serve") {
        auto config = loadConfig(words[1]);
        if (!config)
            return 1;
        ServeOptions options;
        options.config = *config;
        for (const auto &[kind, function] : kinds)
            options.orders.kinds.insert(kind);
        options.tick = 50ms;
        options.orders.cancelGrace = std::chrono::milliseconds{std::atoi(words[2].c_str())};
        options.housekeeping = std::chrono::milliseconds{std::atoi(words[3].c_str())};
        options.writeStall = std::chrono::milliseconds{std::atoi(words[4].c_str())};
        return serve(std::move(options));
    }
    return 2;
}
