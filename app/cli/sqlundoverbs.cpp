// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/kinds.h"
#include "app/batchsql/sqlrun.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/workflow/items.h"
#include "app/workflow/runrepository.h"

namespace zandb::cli {
namespace {

/// The rows that the last attempt of a run told of.
Result<std::vector<wire::SqlUndoRow>> rowsOf(Context &context, const Fleet &fleet, const RunDetail &run)
{
    std::vector<wire::SqlUndoRow> rows;
    const Host *host = run.steps.empty() ? nullptr : fleet.host(run.steps.back().hostId);
    if (run.attempts.empty() || !host)
        return rows;
    context.pool().setHosts({remote::addressOf(*host)});
    const Attempt &last = run.attempts.back();
    const auto items = workflow::followItems(context.pool(), host->id, {run.run.id, last.step, last.attempt}, 0, [&](std::int64_t, const Json &item) {
        if (auto row = decode<wire::SqlUndoRow>(item))
            rows.push_back(std::move(*row));
        return true;
    });
    return items ? Result<std::vector<wire::SqlUndoRow>>(std::move(rows)) : fail(items.error());
}

Result<int> undoScript(Context &context, const Args &args)
{
    const auto id = findRunId(context, args.words().front());
    if (!id)
        return fail(id.error());
    const auto detail = workflow::loadRun(context.session(), *id);
    if (!detail)
        return fail(detail.error());
    if (!*detail || !batchsql::isScript((*detail)->run))
        return fail(!*detail ? makeError(errors::notFound, {{"what", "run"}, {"name", args.words().front()}}) : usageError("only runs of the kind sql can be undone"));
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *record = fleet->instance((*detail)->run.targetId);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", (*detail)->run.targetId.toString()}});
    wire::SqlUndoArgs order;
    order.runId = *id;
    order.preview = args.flag("preview");
    order.confirmed = args.flag("confirmed");
    if (!order.preview && !order.confirmed)
        return fail(usageError("undo changes rows and needs --confirmed; --preview shows what it would do"));
    const auto begun = beginRun(context, batchsql::makeUndoRun(record->instance, order, context.settings().person, fleet->readAt));
    if (!begun)
        return fail(begun.error());
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    auto rows = rowsOf(context, *fleet, *ended);
    if (!rows)
        return fail(rows.error());
    for (wire::SqlUndoRow &row : *rows) {
        if (order.preview && row.outcome == "restored")
            row.outcome = "restorable"; // nothing has been put back
    }
    if (context.json()) {
        context.print({{"instance", fleet->pathOf(record->instance.id)}, {"run_id", idJson(ended->run.id)}, {"undone_run_id", idJson(*id)}, {"preview", order.preview},
                       {"state", toString(ended->run.state)}, {"error", errorsJson(ended->run.error)}, {"rows", *rows}});
    } else {
        Table table({"STATEMENT", "TABLE", "KEY", "OUTCOME", "SQL"}, {0});
        for (const wire::SqlUndoRow &row : *rows)
            table.add({std::to_string(row.statement), printable(row.table), printable(row.key), row.outcome + (row.detail.empty() ? "" : ": " + printable(row.detail)), printable(row.sql)});
        table.print();
    }
    if (ended->run.error)
        warnLine(errorLine(*ended->run.error));
    return ended->run.state == RunState::Succeeded ? exitOk : exitFailed;
}

} // namespace

std::vector<Verb> sqlUndoVerbs()
{
    return {{"sql", "undo", "RUN [--preview] [--confirmed]", "put back the rows that a script's bounded UPDATE and DELETE have changed, where nobody has changed them since",
             {{}, {"preview", "confirmed"}}, undoScript, 1, 1}};
}

} // namespace zandb::cli
