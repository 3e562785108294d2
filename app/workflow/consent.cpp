// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/consent.h"

#include "app/platform/errors.h"
#include "app/workflow/newrun.h"

namespace zandb::workflow {
namespace {

constexpr std::size_t shortLength = 40; // 160 bits: the run may be made by whoever wants it agreed to

} // namespace

std::string consentDigest(const RunDetail &detail, const Fleet &fleet)
{
    const Run &run = detail.run;
    Json steps = Json::array();
    for (const Step &step : detail.steps) {
        Json one{{"step", step.step}, {"kind", step.kind}, {"host", step.hostId}, {"args", step.args}, {"dependsOn", step.dependsOn}};
        if (const Host *host = fleet.host(step.hostId))
            one["sentTo"] = {{"address", host->address}, {"port", host->sshPort}, {"user", host->sshUser}, {"hostKey", host->hostKey}};
        steps.push_back(std::move(one));
    }
    const InstanceRecord *instance = fleet.instance(run.targetId);
    return sha256Hex(dumpJson(Json{{"run", run.id},
                                   {"kind", run.kind},
                                   {"host", run.hostId},
                                   {"target", run.targetId},
                                   {"instance", instance ? instance->instance.name : std::string()},
                                   {"task", run.taskId},
                                   {"keep", run.policies.keep},
                                   {"author", run.author},
                                   {"definition", run.definitionSha256},
                                   {"signer", run.signer},
                                   {"signature", run.signature},
                                   {"steps", steps}}));
}

std::string shortConsent(const RunDetail &detail, const Fleet &fleet)
{
    return consentDigest(detail, fleet).substr(0, shortLength);
}

bool isConsent(const RunDetail &detail, const Fleet &fleet, std::string_view given)
{
    return given.size() >= shortLength && consentDigest(detail, fleet).starts_with(given);
}

std::string hostText(const Step &step, const Fleet &fleet)
{
    const Host *host = fleet.host(step.hostId);
    return host ? host->name + " (" + host->sshUser + '@' + host->address + ':' + std::to_string(host->sshPort) + ')' : step.hostId.toString();
}

std::vector<std::string> argumentLines(const Kinds &kinds, const Run &run, const Step &step, const Fleet &fleet)
{
    std::vector<std::string> lines;
    const wire::Order order = makeOrder(kinds, run, step, step.attempts + 1, {}, fleet);
    for (const auto &[name, value] : order.args.items())
        lines.push_back(name + ": " + dumpJson(value));
    return lines;
}

std::string consentText(const Kinds &kinds, const RunDetail &detail, const Fleet &fleet)
{
    const Run &run = detail.run;
    std::string text = run.kind + " " + fleet.pathOf(run.targetId) + ", requested by " + run.author + " at " + toIso(run.createdAt);
    for (const Step &step : detail.steps) {
        text += "\nstep " + std::to_string(step.step) + ": " + step.kind + " on " + hostText(step, fleet);
        for (const std::string &line : argumentLines(kinds, run, step, fleet))
            text += "\n    " + line;
    }
    return text;
}

Error needsConsent(const Kinds &kinds, const RunDetail &detail, const Fleet &fleet, std::string_view verb)
{
    Json steps = Json::array();
    for (const Step &step : detail.steps)
        steps.push_back({{"kind", step.kind}, {"host", step.hostId}, {"args", makeOrder(kinds, detail.run, step, step.attempts + 1, {}, fleet).args}});
    const std::string digest = shortConsent(detail, fleet);
    return makeError(errors::runNeedsConsent, {{"run", detail.run.id.toString()},
                                               {"author", detail.run.author},
                                               {"kind", detail.run.kind},
                                               {"steps", dumpJson(steps)},
                                               {"digest", digest},
                                               {"command", "zandbctl run " + std::string(verb) + " " + detail.run.id.toString() + " --confirm "
                                                               + digest}});
}

} // namespace zandb::workflow
