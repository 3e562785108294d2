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

void to_json(Json &json, const Selector &selector)
{
    const Json among{{"all", selector.all}, {"groups", selector.groups}, {"hosts", selector.hosts}, {"instances", selector.instances}};
    json = selector.hasConditions() ? Json{{"among", among}} : among;
    json["except"] = selector.except;
    if (!selector.labels.empty())
        json["labels"] = selector.labels;
    if (!selector.flavours.empty())
        json["flavours"] = selector.flavours;
    if (!selector.role.empty())
        json["role"] = selector.role;
    if (!selector.names.empty())
        json["names"] = selector.names;
    if (selector.core)
        json["core"] = *selector.core;
}

void from_json(const Json &json, Selector &selector)
{
    const Json &among = json.contains("among") ? json["among"] : json;
    const Selector fallback;
    selector.all = among.value("all", fallback.all);
    selector.groups = among.value("groups", fallback.groups);
    selector.hosts = among.value("hosts", fallback.hosts);
    selector.instances = among.value("instances", fallback.instances);
    selector.except = json.value("except", fallback.except);
    selector.labels = json.value("labels", fallback.labels);
    selector.flavours = json.value("flavours", fallback.flavours);
    selector.role = json.value("role", fallback.role);
    selector.names = json.value("names", fallback.names);
    selector.core = json.contains("core") ? std::optional(json["core"].get<bool>()) : std::nullopt;
}

} // namespace zandb
