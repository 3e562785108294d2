// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/taskhistory.h"

namespace zandb {
namespace {

void compare(const std::string &field, const Json &before, const Json &after, std::vector<TaskChange> &changes)
{
    if (before == after)
        return;
    if (!before.is_object() || !after.is_object()) {
        changes.push_back({field, before, after});
        return;
    }
    for (const auto &[key, value] : before.items())
        compare(field + '/' + key, value, after.contains(key) ? after[key] : Json(), changes);
    for (const auto &[key, value] : after.items()) {
        if (!before.contains(key))
            compare(field + '/' + key, Json(), value, changes);
    }
}

/// All of it side by side, however the store has it.
Json flat(const Selector &selector)
{
    return {{"all", selector.all},
            {"groups", selector.groups},
            {"hosts", selector.hosts},
            {"instances", selector.instances},
            {"except", selector.except},
            {"labels", selector.labels},
            {"flavours", selector.flavours},
            {"role", selector.role},
            {"names", selector.names},
            {"core", selector.core ? Json(*selector.core) : Json()}};
}

} // namespace

std::vector<TaskChange> changesBetween(const TaskRevision &before, const TaskRevision &after)
{
    std::vector<TaskChange> changes;
    compare("name", before.name, after.name, changes);
    compare("enabled", before.enabled, after.enabled, changes);
    compare("schedule", before.schedule, after.schedule, changes);
    compare("selector", flat(before.selector), flat(after.selector), changes);
    compare("policies", Json(before.policies), Json(after.policies), changes);
    if (!before.args.is_null() && !after.args.is_null())
        compare("args", before.args, after.args, changes);
    return changes;
}

} // namespace zandb
