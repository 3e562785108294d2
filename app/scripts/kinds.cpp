// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/scripts/kinds.h"

#include "agent/protocol/scripts.h"

#include <set>

namespace zandb::scripts {
namespace {

/// A task's arguments are those of the order and "each": "host" or "instance".
Result<std::vector<workflow::Chosen>> choose(store::Session &, const Task &task, const std::vector<Uuid> &instances, const Fleet &fleet, TimePoint)
{
    const auto each = task.args.find("each");
    const bool isEachHost = each != task.args.end() && *each == "host";
    Json args = task.args;
    args.erase("each");
    std::vector<workflow::Chosen> chosen;
    std::set<Uuid> hosts;
    for (const Uuid &id : instances) {
        const InstanceRecord *record = fleet.instance(id);
        if (!record)
            continue;
        const Uuid &host = record->instance.hostId;
        if (!isEachHost) {
            args["instance"] = record->instance.name;
            chosen.push_back({id, host, args});
        } else if (hosts.insert(host).second) {
            chosen.push_back({host, host, args});
        }
    }
    return chosen;
}

} // namespace

void addScriptKinds(workflow::Kinds &kinds)
{
    // what a script does when it is run again is not known, so a person decides
    kinds["script"] = {.needsPerson = false, .mayBeScheduled = true, .eachInstance = true, .choose = choose};
}

std::set<std::string> taskFields(const std::string &kind)
{
    return kind == "script" ? std::set<std::string>{"script"} : std::set<std::string>{};
}

} // namespace zandb::scripts
