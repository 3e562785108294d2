// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

namespace zandb::agent {

/// Answers a request with what `work` gives, which runs in the lane and may block and throw.  A lane that is held up: agent.busy with `what`.
inline void answerIn(Lane &lane, const char *what, const Responder &responder, std::function<Result<Json>()> work)
{
    const bool taken = lane.post([responder, work = std::move(work)] {
        Result<Json> result = fail(errors::internal);
        try {
            result = work();
        } catch (const std::exception &e) {
            result = fail(errors::internal, {{"detail", e.what()}});
        }
        return [responder, result = std::move(result)] { responder.answer(result); };
    });
    if (!taken)
        responder.fail(makeError(errors::agentBusy, {{"what", what}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}}));
}

} // namespace zandb::agent
