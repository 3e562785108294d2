// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runitems.h"

#include "app/cli/execution.h"
#include "app/workflow/items.h"
#include "app/workflow/runrepository.h"

#include <algorithm>
#include <unistd.h>

namespace zandb::cli {

Result<int> showItems(Context &context, const Args &args)
{
    const auto step = args.number("step", 0, 1, 1000);
    const auto attempt = args.number("attempt", 0, 1, 100'000);
    const auto from = args.number("from", 0, 0, std::int64_t{1} << 53);
    if (!step || !attempt || !from)
        return fail(!step ? step.error() : !attempt ? attempt.error() : from.error());
    const auto id = findRunId(context, args.word(0));
    if (!id)
        return fail(id.error());
    const auto detail = workflow::loadRun(context.session(), *id);
    if (!detail)
        return fail(detail.error());
    if (!*detail)
        return fail(errors::notFound, {{"what", "run"}, {"name", args.word(0)}});
    const Attempt *chosen = nullptr;
    for (const Attempt &a : (*detail)->attempts) {
        if ((*step == 0 || a.step == *step) && (*attempt == 0 || a.attempt == *attempt) && (!chosen || a.sentAt >= chosen->sentAt))
            chosen = &a;
    }
    if (!chosen)
        return fail(errors::notFound, {{"what", "attempt"}, {"name", args.word(0)}});
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto host = std::ranges::find(fleet->hosts, chosen->hostId, &Host::id);
    if (host == fleet->hosts.end())
        return fail(errors::notFound, {{"what", "host"}, {"name", chosen->hostId.toString()}});
    context.pool().setHosts({remote::addressOf(*host)});
    const auto end = workflow::followItems(context.pool(), host->id, {*id, chosen->step, chosen->attempt}, *from,
                                           [&](std::int64_t number, const Json &item) {
                                               context.print(Json{{"n", number}, {"item", item}});
                                               if (!context.json())
                                                   printLine(isatty(STDOUT_FILENO) ? printable(dumpJson(item), true) : dumpJson(item));
                                               return outputLost() == 0;
                                           });
    if (!end)
        return end.error().is(errors::cancelled) && outputLost() != 0 ? Result<int>(exitFailed) : fail(end.error());
    if (end->counts.cutCount > 0)
        warnLine(std::to_string(end->counts.cutCount) + " items of " + std::to_string(end->counts.cutBytes)
                 + " bytes are missing: the attempt left more than its kind may.");
    return exitOk;
}

} // namespace zandb::cli
