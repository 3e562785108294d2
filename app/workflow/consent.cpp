// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/consent.h"

#include "app/platform/errors.h"
#include "app/workflow/newrun.h"

namespace zandb::workflow {
namespace {

constexpr std::size_t shortLength = 16;

} // namespace

std::string consentDigest(const RunDetail &detail)
{
    const Run &run = detail.run;
    Json steps = Json::array();
    for (const Step &step : detail.steps)
        steps.push_back({{"step", step.step}, {"kind", step.kind}, {"host", step.hostId}, {"args", step.args}, {"dependsOn", step.dependsOn}});
    return sha256Hex(dumpJson(Json{{"run", run.id},
                                   {"kind", run.kind},
                                   {"host", run.hostId},
                                   {"target", run.targetId},
                                   {"task", run.taskId},
                                   {"keep", run.policies.keep},
                                   {"author", run.author},
                                   {"definition", run.definitionSha256},
                                   {"signer", run.signer},
                                   {"signature", run.signature},
                                   {"steps", steps}}));
}

std::string shortConsent(const RunDetail &detail)
{
    return consentDigest(detail).substr(0, shortLength);
}

bool isConsent(const RunDetail &detail, std::string_view given)
{
    return given.size() >= shortLength && consentDigest(detail).starts_with(given);
}

std::vector<std::string> argumentLines(const Step &step)
{
    if (!step.args.is_object())
        return {dumpJson(step.args)};
    std::vector<std::string> lines;
    for (const auto &[name, value] : step.args.items())
        lines.push_back(name + ": " + dumpJson(value));
    return lines;
}

std::string consentText(const RunDetail &detail, const Fleet &fleet)
{
    const Run &run = detail.run;
    std::string text = run.kind + " " + fleet.pathOf(run.targetId) + ", asked for by " + run.author + " at " + toIso(run.createdAt);
    for (const Step &step : detail.steps) {
        const Host *host = fleet.host(step.hostId);
        text += "\nstep " + std::to_string(step.step) + ": " + step.kind + " on " + (host ? host->name : step.hostId.toString());
        for (const std::string &line : argumentLines(step))
            text += "\n    " + line;
    }
    return text;
}

Error needsConsent(const RunDetail &detail, std::string_view verb)
{
    Json steps = Json::array();
    for (const Step &step : detail.steps)
        steps.push_back({{"kind", step.kind}, {"host", step.hostId}, {"args", step.args}});
    return makeError(errors::runNeedsConsent, {{"run", detail.run.id.toString()},
                                               {"author", detail.run.author},
                                               {"kind", detail.run.kind},
                                               {"steps", dumpJson(steps)},
                                               {"digest", shortConsent(detail)},
                                               {"command", "zandbctl run " + std::string(verb) + " " + detail.run.id.toString() + " --confirm "
                                                               + shortConsent(detail)}});
}

} // namespace zandb::workflow
