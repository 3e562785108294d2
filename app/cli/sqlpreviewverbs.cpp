// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlpreview.h"
#include "app/cli/command.h"
#include "app/cli/sqlscript.h"
#include "app/cli/targets.h"

#include <algorithm>

namespace zandb::cli {
namespace {

std::string joined(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "-" : text;
}

void addRows(Table &table, const std::string &path, const wire::SqlPreview &preview)
{
    for (const wire::SqlPreviewStatement &one : preview.statements) {
        std::int64_t bytes = 0;
        for (const wire::SqlPreviewTable &named : one.tables)
            bytes += named.dataBytes.value_or(0) + named.indexBytes.value_or(0);
        const std::string verdict = !one.allowed ? "deny" : !one.refusal.empty() ? "refused: " + one.refusal : one.needsConfirmation ? "confirm" : "allow";
        std::string notes = !one.allowed ? one.why : !one.refusal.empty() ? one.refusalDetail : one.error;
        if (!one.algorithm.empty())
            notes += (notes.empty() ? "" : "; ") + std::string("algorithm ") + one.algorithm + (one.delaysReplicas ? ", replicas lag for about its duration" : "");
        table.add({path, std::to_string(one.statement), one.statementClass.empty() ? "-" : one.statementClass, verdict, one.estimatedRows ? std::to_string(*one.estimatedRows) : "-",
                   one.access.empty() ? "-" : one.access + (one.key.empty() ? "" : " " + printable(one.key)), one.tables.empty() ? "-" : sizeText(bytes), joined(one.locks), notes.empty() ? "-" : printable(notes)});
    }
}

Result<int> previewScript(Context &context, const Args &args)
{
    const auto judged = judgeScript(args);
    if (!judged)
        return fail(judged.error());
    std::vector<std::string> statements;
    for (const JudgedStatement &one : *judged)
        statements.push_back(one.sql);
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto instances = reachInstances(context, *fleet, args.words());
    if (!instances)
        return fail(instances.error());
    const auto previews = batchsql::previewScript(context.pool(), *fleet, *instances, args.option("schema"), statements);
    Json array = Json::array();
    Table table({"INSTANCE", "#", "CLASS", "VERDICT", "ROWS", "ACCESS", "SIZE", "LOCKS", "NOTES"}, {1, 4, 6});
    bool good = true;
    for (const batchsql::InstancePreview &one : previews) {
        if (!one.preview) {
            good = false;
            array.push_back({{"instance", one.path}, {"error", errorToJson(one.preview.error())}});
            warnLine(one.path + ": " + errorLine(one.preview.error()));
            continue;
        }
        Json json = Json(*one.preview);
        json["instance"] = one.path;
        array.push_back(std::move(json));
        addRows(table, one.path, *one.preview);
        good = good && std::ranges::all_of(one.preview->statements, [](const wire::SqlPreviewStatement &statement) { return statement.allowed && statement.refusal.empty(); });
    }
    context.print(array);
    if (context.json())
        return good ? exitOk : exitFailed;
    table.print();
    for (const batchsql::InstancePreview &one : previews) {
        if (!one.preview)
            continue;
        const wire::SqlPreview &preview = *one.preview;
        printLine(one.path + ": " + preview.role + ", " + printable(preview.version) + (preview.readOnly ? ", read only" : "")
                  + (preview.lagSeconds ? ", " + std::to_string(*preview.lagSeconds) + " s behind" : "") + (preview.replicas > 0 ? ", " + std::to_string(preview.replicas) + " replicas" : ""));
        for (const wire::SqlPreviewBlocker &blocker : preview.blockers)
            printLine("  in the way: session " + std::to_string(blocker.id) + " of " + printable(blocker.user) + ", transaction for " + std::to_string(blocker.seconds) + " s, "
                      + std::to_string(blocker.rowsModified) + " rows changed" + (blocker.object.empty() ? "" : ", holds " + printable(blocker.object)));
    }
    return good ? exitOk : exitFailed;
}

} // namespace

std::vector<Verb> sqlPreviewVerbs()
{
    return {{"sql", "preview", "TARGET... [--sql TEXT | --file FILE] [--encoding E] [--schema S]", "what a script would meet on instances: verdict, rows, sizes, locks, lag, transactions in its way",
             {{"sql", "file", "encoding", "schema"}, {}}, previewScript, 1, 1000}};
}

} // namespace zandb::cli
