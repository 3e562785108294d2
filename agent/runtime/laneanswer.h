// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

namespace zandb::agent {

/// What a request is refused with while something else holds up its lane; `what` names that: "requests", "sessions".
inline Error heldUp(const char *what)
{
    return makeError(errors::agentBusy, {{"what", what}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}});
}

/// Answers a request with what `work` gives, which runs in the lane and may block and throw; then, on the loop's thread, does `then`.  A lane that
/// is held up: agent.busy with `what`.
inline void answerIn(Lane &lane, const char *what, const Responder &responder, std::function<Result<Json>()> work, std::function<void()> then = {})
{
    const bool taken = lane.post([responder, work = std::move(work), then = std::move(then)] {
        Result<Json> result = fail(errors::internal);
        try {
            result = work();
        } catch (const std::exception &e) {
            result = fail(errors::internal, {{"detail", e.what()}});
        }
        return [responder, then, result = std::move(result)] {
            responder.answer(result);
            if (then)
                then();
        };
    });
    if (!taken)
        responder.fail(heldUp(what));
}

} // namespace zandb::agent
