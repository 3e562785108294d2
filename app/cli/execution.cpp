// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/execution.h"

#include "app/cli/progressline.h"
#include "app/fleet/fleetrepository.h"
#include "app/headless/programkinds.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/newrun.h"
#include "app/workflow/rules.h"
#include "app/workflow/runrepository.h"

#include <cstdio>
#include <thread>
#include <unistd.h>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

/// What is said of a run while it is followed.
std::string progressText(const Run &run)
{
    if (run.state == RunState::Pending && run.nextTry)
        return "waiting, next try at " + timeText(run.nextTry) + (run.error ? " after: " + errorLine(*run.error) : "");
    if (run.state != RunState::Running || !run.progress)
        return std::string(toString(run.state));
    const auto &p = *run.progress;
    std::string text = p.phase;
    if (p.percent) {
        char percent[16];
        std::snprintf(percent, sizeof percent, " %.0f %%", *p.percent);
        text += percent;
    }
    const auto amount = [&](std::int64_t n) { return p.unit == "bytes" ? sizeText(n) : std::to_string(n); };
    if (p.bytesDone > 0)
        text += ", " + amount(p.bytesDone) + (p.bytesTotal > 0 ? " of " + amount(p.bytesTotal) : "") + (p.unit == "bytes" ? "" : ' ' + p.unit);
    if (p.secondsLeft)
        text += ", " + spanText(std::chrono::seconds{*p.secondsLeft}) + " left";
    return text;
}

} // namespace

Result<bool> headlessAlive(Context &context)
{
    return workflow::headlessAlive(context.session());
}

Result<int> sayWhoWatches(Context &context)
{
    if (context.json())
        return exitOk;
    const auto alive = headlessAlive(context);
    if (!alive)
        return fail(alive.error());
    if (!*alive)
        warnLine("Nobody watches the hosts: no headless instance is alive. Start one with \"zandbctl serve\".");
    return exitOk;
}

std::string executorName(const Context &context)
{
    return workflow::executorName(context.settings().person);
}

Result<RunDetail> beginRun(Context &context, RunDetail detail)
{
    const bool isWanted = !detail.run.executor.empty();
    auto begun = workflow::beginByHand(context.session(), headless::programKinds(), std::move(detail), executorName(context));
    if (begun && !isWanted && !begun->run.executor.empty() && !workflow::kindNamed(headless::programKinds(), begun->run.kind).needsPerson)
        warnLine("No headless instance is alive, so this program executes the run itself with your key.");
    return begun;
}

Error refuseWithoutConsent(Context &context, const RunDetail &detail, const std::string &verb)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fleet.error();
    warnLine(printable(workflow::consentText(headless::programKinds(), detail, *fleet), true));
    return workflow::needsConsent(headless::programKinds(), detail, *fleet, verb);
}

Result<RunDetail> followRun(Context &context, const Uuid &id, const std::string &consent, bool adopt)
{
    Result<RunDetail> ended = fail(errors::cancelled);
    {
        ProgressLine progress;
        workflow::FollowOptions options;
        options.kinds = headless::programKinds();
        options.executor = executorName(context);
        options.consent = consent;
        options.adopt = adopt;
        options.pool = [&]() -> remote::AgentPool & { return context.pool(); };
        options.progress = [&](const Run &run) { progress.show(progressText(run)); };
        ended = workflow::followRun(context.session(), id, options);
    }
    if (ended || !ended.error().is(errors::runNeedsConsent))
        return ended;
    const auto detail = workflow::loadRun(context.session(), id);
    if (!detail || !*detail)
        return ended;
    return fail(refuseWithoutConsent(context, **detail, "take-over"));
}

Result<RunDetail> followBegun(Context &context, const RunDetail &begun)
{
    if (begun.run.executor.empty())
        return followRun(context, begun.run.id, {});
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    return followRun(context, begun.run.id, workflow::consentDigest(begun, *fleet));
}

Result<void> sampleHost(Context &context, const Host &host)
{
    context.pool().setHosts({remote::addressOf(host)});
    fleet::HostSample sample;
    sample.hostId = host.id;
    sample.state = "ok";
    std::optional<Error> failed;
    const auto facts = context.pool().callAndWait(host.id, "fleet.facts", Json::object(), 15s);
    if (facts) {
        if (auto decoded = decode<wire::HostFacts>(*facts))
            sample.facts = std::move(*decoded);
        else
            failed = decoded.error();
        const auto instances = context.pool().callAndWait(host.id, "fleet.instances", Json::object(), 15s);
        if (instances) {
            if (auto decoded = decode<std::vector<wire::InstanceState>>(instances->is_object() ? instances->value("instances", Json()) : Json()))
                sample.instances = std::move(*decoded);
            else
                failed = decoded.error();
        } else {
            failed = instances.error();
        }
    } else {
        failed = facts.error();
        sample.state = workflow::hostStateOf(*failed);
    }
    sample.error = failed;
    const auto tokens = workflow::leaseTokens(context.session(), {host.id});
    if (!tokens)
        return fail(tokens.error());
    sample.fence = tokens->at(host.id);
    if (const auto stored = fleet::storeSamples(context.session(), {sample}); !stored)
        return stored;
    return failed ? Result<void>(fail(*failed)) : Result<void>{};
}

Result<Instance> findInstance(Context &context, const std::string &path)
{
    const auto slash = path.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == path.size())
        return fail(usageError("an instance is named HOST/INSTANCE, for example db1/my3306"));
    for (int round = 0; round < 16; ++round) {
        const auto fleet = context.fleet();
        if (!fleet)
            return fail(fleet.error());
        if (const InstanceRecord *record = fleet->instanceByPath(path))
            return record->instance;
        const Host *host = fleet->hostByName(path.substr(0, slash));
        if (!host)
            return fail(errors::notFound, {{"what", "host"}, {"name", path.substr(0, slash)}});
        const auto state = fleet->hostStates.find(host->id);
        const bool known = state != fleet->hostStates.end() && state->second.seenAt;
        if (known || round == 15)
            break;
        const auto alive = headlessAlive(context);
        if (!alive)
            return fail(alive.error());
        if (!*alive) {
            if (const auto sampled = sampleHost(context, *host); !sampled)
                return fail(sampled.error());
            continue;
        }
        // a headless instance is about to sample it for the first time
        std::this_thread::sleep_for(1s);
    }
    return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
}

Result<Uuid> findRunId(Context &context, const std::string &text)
{
    if (const auto id = Uuid::parse(text))
        return *id;
    if (text.size() < 4)
        return fail(usageError("a run is named by its id or by at least 4 characters of its end or beginning"));
    workflow::RunFilter filter;
    filter.limit = 1000;
    const auto runs = workflow::listRuns(context.session(), filter);
    if (!runs)
        return fail(runs.error());
    std::set<Uuid> found;
    for (const Run &run : *runs) {
        const std::string id = run.id.toString();
        if (id.rfind(text, 0) == 0 || (id.size() > text.size() && id.compare(id.size() - text.size(), text.size(), text) == 0))
            found.insert(run.id);
    }
    if (found.size() > 1)
        return fail(usageError("\"" + text + "\" is the id of several runs; give more of it"));
    if (found.empty())
        return fail(errors::notFound, {{"what", "run"}, {"name", text}});
    return *found.begin();
}

} // namespace zandb::cli
