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
    // the path of the group that says a setting; null: nobody does
    const auto sayer = [&](const GroupSetting &setting) {
        return !setting.from ? Json() : setting.from->isNull() ? Json("") : Json(groupPath(*fleet, *setting.from));
    };
    const auto settingsOf = [&](const std::optional<Uuid> &group) {
        Json settings = Json::object();
        for (const GroupSettingKind &kind : groupSettingKinds()) {
            if (kind.wholeFleet && group)
                continue;
            const auto setting = groupSetting(*fleet, group, kind.name);
            settings[std::string(kind.name)] = {{"value", setting.value}, {"from", sayer(setting)}};
        }
        return settings;
    };
    const auto ageText = [&](const std::optional<Uuid> &group) {
        const auto age = groupSetting(*fleet, group, backupAgeDays);
        const std::string days = dumpJson(age.value) + (age.value == Json(1) ? " day" : " days");
        if (age.from && age.from == group.value_or(Uuid{}))
            return days;
        return days + (!age.from ? " (default)" : age.from->isNull() ? " (the whole fleet's)" : " (" + groupPath(*fleet, *age.from) + "'s)");
    };
    Json array = Json::array();
    Table table({"GROUP", "BACKUP AGE", "HOSTS"});
    // its settings hold where no group says otherwise
    std::vector<std::string> inNone;
    for (const Host &host : fleet->hosts) {
        if (!host.groupId)
            inNone.push_back(host.name);
    }
    std::sort(inNone.begin(), inNone.end());
    array.push_back({{"id", nullptr}, {"group", ""}, {"hosts", inNone}, {"settings", settingsOf(std::nullopt)}});
    table.add({"(the whole fleet)", ageText(std::nullopt), joined(inNone)});
    for (const auto &[path, id] : groups) {
        const auto hosts = hostsIn(*fleet, id);
        array.push_back({{"id", id.toString()}, {"group", path}, {"hosts", hosts}, {"settings", settingsOf(id)}});
        table.add({path, ageText(id), joined(hosts)});
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

Result<int> setOfGroup(Context &context, const Args &args)
{
    const bool whole = args.flag("all");
    std::string known;
    for (const GroupSettingKind &kind : groupSettingKinds())
        known += (known.empty() ? "" : ", ") + std::string(kind.name);
    const bool core = args.flag("core") || args.flag("no-core");
    if (args.words().size() != (whole ? 2u : 3u) - (core ? 2u : 0u) || (args.flag("core") && args.flag("no-core")))
        return fail(usageError("zandbctl group set (GROUP | --all) SETTING (N | inherit); settings are " + known));
    const std::string name = core ? std::string(coreMark) : args.word(whole ? 0 : 1);
    const std::string text = core ? (args.flag("core") ? "1" : "0") : args.word(whole ? 1 : 2);
    const GroupSettingKind *kind = groupSettingKind(name);
    if (!kind)
        return fail(usageError("there is no setting " + printable(name) + "; known are " + known));
    if (kind->wholeFleet && !whole)
        return fail(usageError(name + " is said for the whole fleet: zandbctl group set --all " + name + " N"));
    std::optional<Json> setting;
    if (text != "inherit") {
        const auto number = parseJson(text);
        if (!number || !isGroupSetting(name, *number))
            return fail(usageError(name + " is a whole number from " + std::to_string(kind->least) + " to " + std::to_string(kind->most)
                                   + ", or inherit"));
        setting = *number;
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    Uuid id;
    if (!whole) {
        const auto group = findGroup(*fleet, args.word(0));
        if (!group)
            return fail(group.error());
        id = group->id;
    }
    if (const auto set = fleet::setGroupSetting(context.session(), id, name, setting, context.settings().person); !set)
        return fail(set.error());
    const auto after = context.fleet();
    if (!after)
        return fail(after.error());
    const auto holds = groupSetting(*after, whole ? std::nullopt : std::optional(id), name);
    context.print(Json{{"group", whole ? "" : groupPath(*after, id)}, {"setting", name}, {"value", holds.value}});
    if (!context.json() && !kind->wholeFleet && name != backupAgeDays)
        printLine(name + " is " + dumpJson(holds.value) + " now" + (whole ? " for the whole fleet." : " for " + groupPath(*after, id) + "."));
    else if (!context.json() && name != backupAgeDays)
        printLine(name + " is " + dumpJson(holds.value) + " now; the headless instance removes what is older, once an hour.");
    else if (!context.json())
        printLine((whole ? "The whole fleet" : groupPath(*after, id)) + ": an instance is listed after " + dumpJson(holds.value)
                  + (holds.value == Json(1) ? " day" : " days") + " without a good backup.");
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
        {"group", "list", "", "groups, what is set for them, and the hosts in them", {}, listGroups},
        {"group", "set", "(GROUP | --all) (SETTING (N | inherit) | --core | --no-core)",
         "a setting: backup-age-days of a group; --core: its backups are proved each day; with --all also keep-runs-days and the others of group list --json",
         {{}, {"all", "core", "no-core"}}, setOfGroup, 0, 3},
        {"group", "rename", "GROUP NAME", "give a group another name (GROUP may be a path like production/shop)", {}, renameGroup, 2, 2},
        {"group", "remove", "GROUP", "remove a group in which nothing is and that no task names", {}, removeGroup, 1, 1},
    };
}

} // namespace zandb::cli
