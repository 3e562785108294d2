// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/regressions.h"

#include "app/alerts/alertrepository.h"
#include "app/fleet/fleetrepository.h"
#include "app/slowlog/slowregression.h"
#include "app/workflow/retention.h"
#include "models/alerts/slowalert.h"

#include <algorithm>
#include <memory>

namespace zandb::headless {

namespace {

/// Raises one for each finding that has none, and clears those whose finding has ended.
Result<void> tell(store::Session &session, const std::vector<SlowFinding> &findings)
{
    const auto known = alerts::list(session);
    if (!known)
        return fail(known.error());
    std::vector<const SlowFinding *> untold;
    for (const SlowFinding &finding : findings) {
        const bool said = std::ranges::any_of(*known, [&](const Alert &alert) { return alert.kind == slowRegressionAlert && alert.subject == finding.id.toString(); });
        if (finding.isRegression() && !said)
            untold.push_back(&finding);
    }
    for (const Alert &alert : *known) {
        const bool holds = std::ranges::any_of(findings, [&](const SlowFinding &finding) { return finding.id.toString() == alert.subject; });
        if (alert.kind != slowRegressionAlert || holds)
            continue;
        if (auto cleared = alerts::clear(session, alert.kind, alert.subject); !cleared)
            return cleared;
    }
    if (untold.empty())
        return {};
    const auto fleet = fleet::loadFleet(session);
    if (!fleet)
        return fail(fleet.error());
    for (const SlowFinding *finding : untold) {
        Json detail = finding->evidence;
        detail.update({{"name", fleet->pathOf(finding->instance)}, {"instance", finding->instance}, {"checksum", checksumText(finding->checksum)}, {"what", finding->kind},
                       {"fingerprint", finding->fingerprint.substr(0, 300)}});
        if (auto raised = alerts::raise(session, slowRegressionAlert, finding->id.toString(), detail); !raised)
            return raised;
    }
    return {};
}

} // namespace

StoreWork::Work findingRegressions(StoreSettings settings)
{
    const auto session = std::make_shared<store::Session>(std::move(settings)); // of the one thread that works
    return [session](std::stop_token stop) -> Result<std::string> {
        session->setStopToken(stop);
        Result<slowlog::Judged> done = slowlog::Judged{};
        do {
            done = slowlog::judgePieces(*session, workflow::storeHost);
        } while (done && done->more && !stop.stop_requested());
        auto findings = done ? slowlog::loadFindings(*session, {}) : Result<std::vector<SlowFinding>>(fail(done.error()));
        const auto told = findings ? tell(*session, *findings) : Result<void>(fail(findings.error()));
        if (told || told.error().is(errors::cancelled))
            return std::string();
        session->close();
        return fail(makeError(errors::internal, {{"detail", "slow statements could not be judged"}}, told.error()));
    };
}

} // namespace zandb::headless
