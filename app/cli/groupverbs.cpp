// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/groups.h"
#include "app/fleet/fleetrepository.h"
#include "app/fleet/grouprepository.h"
#include "app/workflow/runrepository.h"
#include "models/common/names.h"

#include <algorithm>

namespace zandb::cli {
namespace {

std::vector<std::string> hostsIn(const Fleet &fleet, const Uuid &group)
{
    std::vector<std::string> names;
    for (const Host &host : fleet.hosts) {
        if (host.groupId == group)
            names.push_back(host.name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string joined(const std::vector<std::string> &names)
{
    std::string all;
    for (const std::string &name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}

Result<int> listGroups(Context &context, const Args &)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    std::vector<std::pair<std::string, Uuid>> groups;
    for (const Group &group : fleet->groups)
        groups.emplace_back(groupPath(*fleet, group.id), group.id);
    std::sort(groups.begin(), groups.end());
    Json array = Json::array();
    Table table({"GROUP", "HOSTS"});
    for (const auto &[path, id] : groups) {
        const auto hosts = hostsIn(*fleet, id);
        array.push_back({{"id", id.toString()}, {"group", path}, {"hosts", hosts}});
        table.add({path, joined(hosts)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> renameGroup(Context &context, const Args &args)
{
    const std::string name = args.word(1);
    if (const auto fits = names::checkGroup(name); !fits)
        return fail(fits.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto group = findGroup(*fleet, args.word(0));
    if (!group)
        return fail(group.error());
    if (const auto renamed = fleet::renameGroup(context.session(), *group, name); !renamed)
        return fail(renamed.error());
    const auto after = context.fleet();
    if (!after)
        return fail(after.error());
    const std::string path = groupPath(*after, group->id);
    context.print(Json{{"id", group->id.toString()}, {"group", path}});
    if (!context.json())
        printLine("The group is called " + path + " now; tasks that name it go on.");
    return exitOk;
}

Result<int> removeGroup(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto group = findGroup(*fleet, args.word(0));
    if (!group)
        return fail(group.error());
    if (const auto hosts = hostsIn(*fleet, group->id); !hosts.empty())
        return fail(usageError("hosts are in " + args.word(0) + " (" + joined(hosts) + "); move them first: zandbctl host edit NAME --group G"));
    if (std::any_of(fleet->groups.begin(), fleet->groups.end(), [&](const Group &one) { return one.parentId == group->id; }))
        return fail(usageError("groups are in " + args.word(0) + "; remove them first"));
    const auto tasks = workflow::loadTasks(context.session());
    if (!tasks)
        return fail(tasks.error());
    // a task for a group that is gone would run for nothing, and nobody would hear of it
    std::vector<std::string> users;
    for (const Task &task : *tasks) {
        if (std::count(task.selector.groups.begin(), task.selector.groups.end(), group->id))
            users.push_back(task.name);
    }
    if (!users.empty())
        return fail(usageError("tasks are for " + args.word(0) + " (" + joined(users) + "); edit or remove them first"));
    if (const auto removed = fleet::removeGroup(context.session(), *group); !removed)
        return fail(removed.error());
    context.print(Json{{"removed", group->id.toString()}});
    if (!context.json())
        printLine("Removed group " + args.word(0) + ".");
    return exitOk;
}

} // namespace

std::vector<Verb> groupVerbs()
{
    return {
        {"group", "list", "", "groups and the hosts in them", {}, listGroups},
        {"group", "rename", "GROUP NAME", "give a group another name (GROUP may be a path like production/shop)", {}, renameGroup, 2, 2},
        {"group", "remove", "GROUP", "remove a group in which nothing is and that no task names", {}, removeGroup, 1, 1},
    };
}

} // namespace zandb::cli
