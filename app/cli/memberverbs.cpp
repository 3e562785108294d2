// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/retention.h"

#include <algorithm>

namespace zandb::cli {
namespace {

Result<int> listMembers(Context &context, const Args &)
{
    const auto view = workflow::loadMembers(context.session());
    if (!view)
        return fail(view.error());
    Json array = Json::array();
    Table table({"MEMBER", "ALIVE", "RENEWED", "HOSTS", "PROGRAM", "STARTED"}, {3});
    for (const workflow::Member &member : view->members) {
        const bool alive = view->alive(member.id);
        const auto hosts = std::ranges::count_if(view->leases, [&](const workflow::Lease &lease) {
            return lease.memberId == member.id && lease.hostId != workflow::storeHost; // which is none
        });
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(view->now - member.renewedAt);
        array.push_back(Json{{"id", member.id.toString()},
                             {"name", member.name},
                             {"alive", alive},
                             {"hosts", hosts},
                             {"program", member.program},
                             {"started", timeJson(member.startedAt)},
                             {"renewed", timeJson(member.renewedAt)},
                             {"age_s", age.count()}});
        table.add({member.name, alive ? "yes" : "no", agoText(member.renewedAt, view->now), std::to_string(hosts), member.program, timeText(member.startedAt)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> memberVerbs()
{
    return {
        {"member", "list", "", "headless instances, and how many hosts each has", {}, listMembers},
    };
}

} // namespace zandb::cli
