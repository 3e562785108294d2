// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/groups.h"

#include "app/cli/args.h"

#include <algorithm>

namespace zandb::cli {

std::string groupPath(const Fleet &fleet, const std::optional<Uuid> &id)
{
    std::string path;
    std::optional<Uuid> at = id;
    // rows that name each other as parents must not keep us here
    for (std::size_t depth = 0; at && depth <= fleet.groups.size(); ++depth) {
        const auto group = std::find_if(fleet.groups.begin(), fleet.groups.end(), [&](const Group &one) { return one.id == *at; });
        if (group == fleet.groups.end())
            break;
        path = path.empty() ? group->name : group->name + "/" + path;
        at = group->parentId;
    }
    return path;
}

Result<Group> findGroup(const Fleet &fleet, std::string_view path)
{
    const Group *found = nullptr;
    for (const std::string &name : splitList(path, '/')) {
        const std::optional<Uuid> parent = found ? std::optional(found->id) : std::nullopt;
        const auto next = std::find_if(fleet.groups.begin(), fleet.groups.end(),
                                       [&](const Group &one) { return one.parentId == parent && one.name == name; });
        if (next == fleet.groups.end())
            return fail(errors::notFound, {{"what", "group"}, {"name", std::string(path)}});
        found = &*next;
    }
    if (!found)
        return fail(errors::notFound, {{"what", "group"}, {"name", std::string(path)}});
    return *found;
}

} // namespace zandb::cli
