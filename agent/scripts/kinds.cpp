// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/scripts/kinds.h"

#include "agent/os/child.h"
#include "agent/protocol/printable.h"
#include "agent/protocol/scripterrors.h"
#include "agent/runtime/work.h"
#include "agent/scripts/catalogue.h"

#include <algorithm>
#include <atomic>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t mostLines = 20'000; ///< of a script that go into the log
constexpr auto grace = 10s;                ///< between asking a script to end and killing it
constexpr int temporaryFailure = 75;       ///< EX_TEMPFAIL of sysexits.h

/// The host's administrator says who: nothing of the order does.
Result<void> mayRun(const wire::ScriptEntry &entry, const std::optional<wire::OrderedBy> &by)
{
    const Role role = by ? roleFromString(by->role) : Role::None;
    if (role == Role::Dispatcher ? entry.scheduled : isAtLeast(role, roleFromString(entry.role)))
        return {};
    return fail(errors::scriptNotAllowed, {{"script", entry.name}, {"role", by ? by->role : std::string()}});
}

Result<Json> runScript(WorkContext &context)
{
    auto args = decode<wire::ScriptArgs>(context.order().args);
    if (!args)
        return fail(errors::orderArgs, {{"detail", args.error().fields["detail"]}});
    const Config &config = context.config();
    const ScriptConfig *script = config.script(args->script);
    if (!script)
        return fail(errors::scriptUnknown, {{"script", args->script.substr(0, 64)}, {"host", config.host}});
    if (const auto may = mayRun(script->entry, context.orderedBy()); !may)
        return fail(may.error());
    std::optional<LocalInstance> instance;
    if (script->entry.forInstance && !args->instance.empty()) {
        auto found = findInstance(config, args->instance);
        if (!found)
            return fail(found.error());
        instance = std::move(*found);
    }
    auto command = scriptCommand(*script, *args, instance ? &*instance : nullptr);
    if (!command)
        return fail(command.error());
    if (const std::string why = whyUnusable(*script, config.file); !why.empty())
        return fail(errors::scriptUnusable, {{"script", script->entry.name}, {"detail", why}});

    auto out = makePipe(), err = makePipe();
    if (!out || !err)
        return fail(out ? err.error() : out.error());
    Command start;
    start.argv = std::move(*command);
    start.stdoutFd = out->write.get();
    start.stderrFd = err->write.get();
    start.bare = true;
    start.temporary = context.directory();
    const auto begun = std::chrono::steady_clock::now();
    auto child = Child::start(start);
    if (!child)
        return fail(errors::scriptUnusable, {{"script", script->entry.name}, {"detail", child.error().fields["detail"]}});
    out->write.reset();
    err->write.reset();
    context.log("script " + script->entry.name + ": " + (*child)->description());

    std::atomic<std::int64_t> lines = 0;
    const auto tell = [&](const char *stream) {
        return [&context, &lines, stream](std::string_view line) {
            const std::int64_t number = ++lines;
            if (number <= mostLines)
                context.log(std::string(stream) + printable(std::string(line)));
            else if (number == mostLines + 1)
                context.log("more than " + std::to_string(mostLines) + " lines: the others are not kept");
        };
    };
    LineReader said(std::move(out->read), tell("  ")), complained(std::move(err->read), tell("! "));
    const auto limit = std::chrono::seconds(script->entry.timeoutSeconds);
    auto status = (*child)->wait(limit, context.stopToken());
    const bool isStopped = !status && context.stopToken().stop_requested();
    const bool isLate = !status && !isStopped;
    if (!status)
        status = (*child)->end(grace);
    said.join();
    complained.join();

    wire::ScriptResult result;
    result.status = status->code;
    result.lines = lines;
    result.tail = said.tail(20);
    result.tookMs = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
    context.log("script " + script->entry.name + " ended with " + status->text() + " after " + std::to_string(result.tookMs) + " ms");
    const std::string words = complained.last().empty() ? said.tail(3) : complained.tail(3);
    if (isStopped)
        return fail(errors::cancelled);
    if (isLate)
        return fail(errors::scriptTimeout, {{"script", script->entry.name}, {"limit", std::to_string(limit.count()) + " s"}});
    if (std::ranges::find(script->success, result.status) != script->success.end())
        return Json(result);
    if (result.status == temporaryFailure)
        return fail(errors::scriptTemporary, {{"script", script->entry.name}, {"detail", words}});
    return fail(errors::scriptFailed, {{"script", script->entry.name}, {"status", status->text()}, {"detail", words}});
}

} // namespace

void addScriptKinds(Kinds &kinds)
{
    Kind script;
    script.run = runScript;
    script.leastRole = Role::Operator;
    script.dispatcher = ByDispatcher::Yes; // each entry of the catalogue says for itself whether it is scheduled
    script.pool = Pool::Long;
    kinds["script"] = std::move(script);
}

} // namespace zandb::agent
