// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

/// How runs come into being, and how their orders are made.  Pure but for random ids.
namespace zandb::workflow {

/// Lower-case hex of SHA-256.
std::string sha256Hex(std::string_view bytes);
/// What a task's signature would stand over: kind, args, selector, schedule and policies in canonical JSON.
std::string definitionSha256(const Task &task);

/// One step runs started by hand, with a random id.  `now` is the store's clock.
struct ByHand
{
    std::string kind;
    Uuid hostId;
    Uuid targetId;
    Json args = Json::object();
    Policies policies;
    std::string author;
    std::string executor;   ///< "": the host's lease holder
    TimePoint now{};
};
RunDetail makeRun(const ByHand &wish);
/// A task's run of one occurrence on one target; its id is derived.
RunDetail makeTaskRun(const Task &task, TimePoint occurrence, TimePoint startAt, const Uuid &host, const Uuid &target);

/// The order of an attempt, whose arguments its kind completes.  The same attempt always makes the same order.
wire::Order makeOrder(const Kinds &kinds, const Run &run, const Step &step, int attempt, const wire::Fence &fence, const Fleet &fleet);
/// Longer results of agents are not stored.
inline constexpr std::size_t maxResultBytes = 1u << 20;

} // namespace zandb::workflow
