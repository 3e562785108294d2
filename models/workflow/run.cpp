// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/run.h"

#include <array>
#include <utility>

namespace zandb {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 8> words{{
    {RunState::Pending, "pending"},
    {RunState::Running, "running"},
    {RunState::Succeeded, "succeeded"},
    {RunState::Failed, "failed"},
    {RunState::Cancelled, "cancelled"},
    {RunState::Skipped, "skipped"},
    {RunState::Missed, "missed"},
    {RunState::Unknown, "unknown"},
}};

} // namespace

std::string_view toString(RunState state)
{
    for (const auto &[value, word] : words) {
        if (value == state)
            return word;
    }
    return "unknown";
}

RunState runStateFromString(std::string_view text)
{
    for (const auto &[value, word] : words) {
        if (word == text)
            return value;
    }
    return RunState::Unknown;
}

bool isFinal(RunState state)
{
    return state != RunState::Pending && state != RunState::Running && state != RunState::Unknown;
}

} // namespace zandb
