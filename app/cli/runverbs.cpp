// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/runitems.h"
#include "app/headless/programkinds.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/unrunrepository.h"
#include "app/workflow/waits.h"
#include "models/workflow/runtext.h"
#include "models/workflow/waitingline.h"

#include <algorithm>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

Result<std::map<Uuid, std::string>> taskNames(Context &context)
{
    const auto tasks = workflow::loadTasks(context.session());
    if (!tasks)
        return fail(tasks.error());
    std::map<Uuid, std::string> names;
    for (const Task &task : *tasks)
        names[task.id] = task.name;
    return names;
}

std::string nameOf(const std::map<Uuid, std::string> &names, const std::optional<Uuid> &task)
{
    const auto found = task ? names.find(*task) : names.end();
    return found == names.end() ? std::string{} : found->second;
}

/// Where skipped or missed ones are asked for: what was due and made no run, as in the window.
Result<void> addUnrun(Context &context, const Fleet &fleet, const workflow::RunFilter &filter, std::vector<RunRow> &rows)
{
    const auto asked = [&](RunState state) { return std::ranges::find(filter.states, state) != filter.states.end(); };
    if (!asked(RunState::Skipped) && !asked(RunState::Missed))
        return {};
    auto unrun = workflow::loadUnrun(context.session(), fleet, filter.from.value_or(fleet.readAt - workflow::boardHorizon), TimePoint::max(), fleet.readAt, filter.kind);
    if (!unrun)
        return fail(unrun.error());
    std::erase_if(*unrun, [&](const Unrun &row) { return filter.taskId && row.taskId != *filter.taskId; });
    const auto among = [](const std::vector<Uuid> &ids, const Uuid &id) { return ids.empty() || std::ranges::find(ids, id) != ids.end(); };
    auto more = rowsOf(*unrun, [&](const Unrun::Target &target) { return among(filter.hosts, target.host) && among(filter.instances, target.instance); },
                       static_cast<std::size_t>(filter.limit));
    std::erase_if(more, [&](const RunRow &row) { return !asked(row.run.state); });
    std::ranges::move(more, std::back_inserter(rows));
    std::ranges::stable_sort(rows, [](const RunRow &a, const RunRow &b) { return a.run.due > b.run.due; });
    return {};
}

Result<int> listRuns(Context &context, const Args &args)
{
    workflow::RunFilter filter;
    const auto limit = args.number("limit", 200, 1, 100'000);
    if (!limit)
        return fail(limit.error());
    filter.limit = static_cast<int>(*limit) + 1; // one more tells whether there are more
    for (const std::string &word : args.list("state")) {
        const RunState state = runStateFromString(word);
        if (toString(state) != word)
            return fail(usageError("--state is one of pending, running, succeeded, failed, cancelled, skipped, missed, unknown; not " + word));
        filter.states.push_back(state);
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto names = taskNames(context);
    if (!names)
        return fail(names.error());
    for (const std::string &name : args.list("host")) {
        const Host *host = fleet->hostByName(name);
        if (!host)
            return fail(errors::notFound, {{"what", "host"}, {"name", name}});
        filter.hosts.push_back(host->id);
    }
    for (const std::string &path : args.list("instance")) {
        const InstanceRecord *record = fleet->instanceByPath(path);
        if (!record)
            return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
        filter.instances.push_back(record->instance.id);
    }
    if (args.has("task")) {
        const auto found = std::find_if(names->begin(), names->end(), [&](const auto &one) { return one.second == args.option("task"); });
        if (found == names->end())
            return fail(errors::notFound, {{"what", "task"}, {"name", args.option("task")}});
        filter.taskId = found->first;
    }
    filter.kind = args.option("kind");
    const auto since = args.duration("since");
    if (!since)
        return fail(since.error());
    if (*since)
        filter.from = fleet->readAt - std::chrono::seconds{**since};
    auto runs = workflow::listRuns(context.session(), filter);
    if (!runs)
        return fail(runs.error());
    std::vector<RunRow> rows;
    for (Run &run : *runs)
        rows.emplace_back().run = std::move(run);
    if (const auto added = addUnrun(context, *fleet, filter, rows); !added)
        return fail(added.error());
    cutTo(rows, static_cast<std::size_t>(*limit), "runs");
    Json array = Json::array();
    Table table({"DUE", "STATE", "KIND", "TARGET", "TASK", "TRIES", "TOOK", "RUN", "WHY"}, {5, 6});
    for (const RunRow &row : rows) {
        const Run &run = row.run;
        const std::string task = nameOf(*names, run.taskId);
        Json json = runJson(run, *fleet, task);
        if (!row.exists) {
            json["run_id"] = nullptr;
            json["occurrences"] = row.count;
        }
        array.push_back(json);
        const std::string state = std::string(toString(run.state)) + (row.count > 1 ? " x " + std::to_string(row.count) : "");
        table.add({timeText(run.due), state, run.kind, json.value("target", std::string{}), task.empty() ? "-" : task,
                   std::to_string(run.attempts),
                   run.startedAt && run.endedAt ? spanText(std::chrono::duration_cast<std::chrono::seconds>(*run.endedAt - *run.startedAt)) : "-",
                   row.exists ? run.id.toString() : "-", run.error ? run.error->code : ""});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

/// English for people; --json has the stable word.
std::string waitingLine(const Waiting &waiting, const Fleet &fleet)
{
    const std::string until = timeText(waiting.until), of = waiting.target ? fleet.pathOf(*waiting.target) : std::string();
    const std::string behind = waiting.behind ? " (run " + waiting.behind->toString() + " of " + of + ")" : std::string();
    switch (waiting.why) {
    case Waiting::Why::Executor:
        return "for the program of the person who started it";
    case Waiting::Why::Time:
        return "until " + until;
    case Waiting::Why::HostAway:
        return "for its host, which does not answer";
    case Waiting::Why::Lease:
        return "for a headless instance: none serves its host";
    case Waiting::Why::Window:
        return "for its window, which opens " + until;
    case Waiting::Why::Retry:
        return "after a failure, until " + until;
    case Waiting::Why::Overlap:
        return "until an earlier run of its task on the instance has ended" + behind;
    case Waiting::Why::Lock:
        return "for another run that works on the instance" + behind;
    case Waiting::Why::TaskLimit:
        return "for its turn among the runs of its task" + behind;
    case Waiting::Why::HostLimit:
        return "for its turn among the runs on its host" + behind;
    case Waiting::Why::RepositoryLimit:
        return "for its turn among the runs into its repository" + behind;
    }
    return {};
}

/// Whom a running attempt waits for, as its log says; empty: it does not wait.
Result<std::string> waitsFor(Context &context, const RunDetail &detail)
{
    if (detail.run.state != RunState::Running || !detail.run.progress || detail.run.progress->phase != "waiting")
        return std::string();
    const auto attempt = std::find_if(detail.attempts.rbegin(), detail.attempts.rend(), [](const Attempt &one) { return one.state == RunState::Running; });
    if (attempt == detail.attempts.rend())
        return std::string();
    const auto log = workflow::loadLog(context.session(), {detail.run.id, attempt->step, attempt->attempt});
    if (!log)
        return fail(log.error());
    return lastWaiting(log->bytes);
}

Result<int> printRun(Context &context, const RunDetail &detail)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto names = taskNames(context);
    if (!names)
        return fail(names.error());
    const std::string task = nameOf(*names, detail.run.taskId);
    const Run &run = detail.run;
    std::optional<Waiting> waiting;
    if (run.state == RunState::Pending) {
        const auto facts = workflow::loadWaitingFacts(context.session(), *fleet);
        if (!facts)
            return fail(facts.error());
        waiting = workflow::whyItWaits(headless::programKinds(), run, *facts);
    }
    const auto whom = waitsFor(context, detail);
    if (!whom)
        return fail(whom.error());
    Json json = runDetailJson(detail, *fleet, task);
    if (!json["progress"].is_null())
        json["progress"]["waits_for"] = whom->empty() ? Json() : Json(*whom);
    json["waiting"] = !waiting ? Json()
                               : Json{{"why", toString(waiting->why)},
                                      {"until", timeJson(waiting->until)},
                                      {"behind_run", idJson(waiting->behind)},
                                      {"behind", waiting->target ? Json(fleet->pathOf(*waiting->target)) : Json()}};
    context.print(json);
    if (context.json())
        return exitOk;
    Table table({"run", run.id.toString()});
    table.add({"task", task.empty() ? "by hand, " + run.author : task});
    table.add({"author", run.author});
    table.add({"kind", run.kind});
    table.add({"target", runJson(run, *fleet, task).value("target", std::string{})});
    table.add({"state", std::string(toString(run.state)) + (run.cancelRequested && !isFinal(run.state) ? " (cancel requested)" : "")});
    table.add({"due", timeText(run.due)});
    table.add({"started", timeText(run.startedAt)});
    table.add({"ended", timeText(run.endedAt)});
    if (run.nextTry)
        table.add({"next try", timeText(run.nextTry)});
    if (waiting)
        table.add({"waits", waitingLine(*waiting, *fleet)});
    if (run.state == RunState::Running && run.progress && !run.progress->phase.empty()) {
        const auto percent = run.progress->percent ? ", " + std::to_string(static_cast<int>(*run.progress->percent)) + " %" : std::string();
        table.add({"progress", run.progress->phase + percent});
    }
    if (!whom->empty())
        table.add({"waits", *whom});
    if (!run.executor.empty())
        table.add({"executor", run.executor});
    table.print();
    if (run.error)
        printLine(errorLine(toldError(*run.error, run)));
    for (const Step &step : detail.steps) {
        printLine("step " + std::to_string(step.step) + " " + step.name + ": " + std::string(toString(step.state)));
        for (const Attempt &a : detail.attempts) {
            if (a.step == step.step)
                printLine("  attempt " + std::to_string(a.attempt) + " " + std::string(toString(a.state)) + ", sent " + timeText(a.sentAt)
                          + ", ended " + timeText(a.endedAt)
                          + (a.orderedBy ? ", ordered by " + printable(a.orderedBy->user + " (" + a.orderedBy->role + ")") : "")
                          + (a.error ? ": " + errorLine(toldError(*a.error, run)) : ""));
        }
    }
    return exitOk;
}

Result<RunDetail> detailOf(Context &context, const Args &args)
{
    const auto id = findRunId(context, args.word(0));
    if (!id)
        return fail(id.error());
    auto detail = workflow::loadRun(context.session(), *id);
    if (!detail)
        return fail(detail.error());
    if (!*detail)
        return fail(errors::notFound, {{"what", "run"}, {"name", args.word(0)}});
    return std::move(**detail);
}

Result<int> showRun(Context &context, const Args &args)
{
    const auto detail = detailOf(context, args);
    if (!detail)
        return fail(detail.error());
    return printRun(context, *detail);
}

Result<int> waitRun(Context &context, const Args &args)
{
    const auto id = findRunId(context, args.word(0));
    if (!id)
        return fail(id.error());
    const auto alive = headlessAlive(context);
    if (!alive)
        return fail(alive.error());
    const auto ended = followRun(context, *id, {}, !*alive);
    if (!ended)
        return fail(ended.error());
    const auto printed = printRun(context, *ended);
    return printed ? Result<int>(ended->run.state == RunState::Succeeded ? exitOk : exitFailed) : printed;
}

/// Without the characters that were cut in two: at the front by the store, which keeps the newest bytes, and at the end
/// while more is to come.  Returns how many bytes of the front were left out.
std::size_t trimToCharacters(std::string &bytes, bool frontCut, bool moreToCome)
{
    const auto continues = [](char c) { return (c & 0xC0) == 0x80; };
    std::size_t front = 0;
    while (frontCut && front < 3 && front < bytes.size() && continues(bytes[front]))
        ++front;
    bytes.erase(0, front);
    if (!moreToCome)
        return front;
    std::size_t tail = 1;
    while (tail < 4 && tail < bytes.size() && continues(bytes[bytes.size() - tail]))
        ++tail;
    const auto first = bytes.empty() ? 0U : static_cast<unsigned char>(bytes[bytes.size() - std::min(tail, bytes.size())]);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (length > tail && tail <= bytes.size())
        bytes.resize(bytes.size() - tail);
    return front;
}

/// One piece of a log.  `key` is empty when nothing was sent to a host yet.
void printPiece(const Context &context, const std::optional<wire::OrderKey> &key, std::int64_t offset, const std::string &bytes)
{
    if (context.json())
        context.print(Json{{"step", key ? Json(key->step) : Json()},
                           {"attempt", key ? Json(key->attempt) : Json()},
                           {"offset", offset},
                           {"text", bytesToJson(bytes)}});
    else
        printBytes(isatty(STDOUT_FILENO) ? printable(bytes, true) : bytes);
}

Result<int> showLog(Context &context, const Args &args)
{
    const auto step = args.number("step", 0, 1, 1000);
    const auto attempt = args.number("attempt", 0, 1, 100'000);
    if (!step || !attempt)
        return fail(step ? attempt.error() : step.error());
    const auto id = findRunId(context, args.word(0));
    if (!id)
        return fail(id.error());
    std::optional<wire::OrderKey> key;
    std::int64_t shown = 0;
    int quietAfterEnd = 0;
    bool said = false;
    // with --json there is always an object, also of a log that holds nothing
    const auto done = [&]() -> Result<int> {
        if (!said && context.json())
            printPiece(context, key, shown, {});
        return exitOk;
    };
    for (;;) {
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
        if (chosen) {
            const wire::OrderKey now{*id, chosen->step, chosen->attempt};
            if (key && *key != now)
                shown = 0;
            key = now;
            const auto log = workflow::loadLog(context.session(), now);
            if (!log)
                return fail(log.error());
            const std::int64_t from = std::max(shown, log->offset);
            const auto end = log->offset + static_cast<std::int64_t>(log->bytes.size());
            if (end > from) {
                std::string fresh = log->bytes.substr(static_cast<std::size_t>(from - log->offset));
                const bool more = args.flag("follow") && !isFinal((*detail)->run.state);
                const auto skipped = trimToCharacters(fresh, from == log->offset && from > 0, more);
                const std::int64_t at = from + static_cast<std::int64_t>(skipped);
                if (!fresh.empty())
                    printPiece(context, key, at, fresh);
                said = said || !fresh.empty();
                shown = at + static_cast<std::int64_t>(fresh.size());
            }
            // the rest of a log may come a moment after the result
            if (isFinal((*detail)->run.state) && (shown >= chosen->logSize || ++quietAfterEnd > 5))
                return done();
        } else if (isFinal((*detail)->run.state)) {
            return done();
        }
        if (!args.flag("follow") || outputLost() != 0)
            return done();
        std::this_thread::sleep_for(1s);
    }
}

Result<int> cancelRun(Context &context, const Args &args)
{
    const auto detail = detailOf(context, args);
    if (!detail)
        return fail(detail.error());
    if (const auto done = workflow::requestCancel(context.session(), detail->run.id, context.settings().person); !done)
        return fail(done.error());
    const auto alive = headlessAlive(context);
    if (!alive)
        return fail(alive.error());
    context.print(Json{{"run_id", detail->run.id.toString()}, {"cancel_requested", true}});
    if (!context.json())
        printLine("Cancelling run " + detail->run.id.toString() + ".");
    if (!args.flag("wait"))
        return exitOk;
    const auto ended = followRun(context, detail->run.id, {}, !*alive);
    if (!ended)
        return fail(ended.error());
    return ended->run.state == RunState::Cancelled ? exitOk : exitFailed;
}

Result<int> retryRun(Context &context, const Args &args)
{
    const auto detail = detailOf(context, args);
    if (!detail)
        return fail(detail.error());
    // a run of a person's key is tried again with a person's key: this one's
    const auto executor = workflow::executorFor(context.session(), headless::programKinds(), detail->run.kind, executorName(context));
    if (!executor)
        return fail(executor.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (!executor->empty() && !workflow::isConsent(*detail, *fleet, args.option("confirm")))
        return fail(refuseWithoutConsent(context, *detail, "retry"));
    if (const auto done = workflow::requestRetry(context.session(), detail->run.id, context.settings().person, *executor); !done)
        return fail(done.error());
    const bool here = !executor->empty();
    if (!here && !args.flag("wait")) {
        context.print(Json{{"run_id", detail->run.id.toString()}, {"state", "pending"}});
        if (!context.json())
            printLine("Run " + detail->run.id.toString() + " is tried again.");
        return exitOk;
    }
    if (here)
        warnLine("This program executes the run itself with your key.");
    const auto ended = followRun(context, detail->run.id, here ? workflow::consentDigest(*detail, *fleet) : std::string());
    if (!ended)
        return fail(ended.error());
    const auto printed = printRun(context, *ended);
    return printed ? Result<int>(ended->run.state == RunState::Succeeded ? exitOk : exitFailed) : printed;
}

Result<int> takeOverRun(Context &context, const Args &args)
{
    const auto detail = detailOf(context, args);
    if (!detail)
        return fail(detail.error());
    if (isFinal(detail->run.state))
        return fail(errors::storeConflict, {{"what", std::string(toString(detail->run.state))}});
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (!workflow::isConsent(*detail, *fleet, args.option("confirm")))
        return fail(refuseWithoutConsent(context, *detail, "take-over"));
    if (const auto done = workflow::takeOver(context.session(), detail->run.id, detail->run.revision, context.settings().person, executorName(context)); !done)
        return fail(done.error());
    warnLine("This program executes the run itself with your key.");
    const auto ended = followRun(context, detail->run.id, workflow::consentDigest(*detail, *fleet));
    if (!ended)
        return fail(ended.error());
    const auto printed = printRun(context, *ended);
    return printed ? Result<int>(ended->run.state == RunState::Succeeded ? exitOk : exitFailed) : printed;
}

Result<int> giveUpRun(Context &context, const Args &args)
{
    const auto id = findRunId(context, args.word(0));
    if (!id)
        return fail(id.error());
    if (const auto done = workflow::giveUp(context.session(), *id, context.settings().person); !done)
        return fail(done.error());
    context.print(Json{{"run_id", id->toString()}, {"state", toString(RunState::Failed)}});
    if (!context.json())
        printLine("Gave up run " + id->toString() + "; it counts as failed and can be tried again: zandbctl run retry " + id->toString());
    return exitOk;
}

} // namespace

std::vector<Verb> runVerbs()
{
    return {
        {"run", "list", "[--host H] [--instance H/I] [--task T] [--kind K] [--state S,...] [--since TIME] [--limit N]", "runs, newest first; with --state skipped,missed also what was due and made no run",
         {{"host", "instance", "task", "kind", "state", "since", "limit"}, {}}, listRuns},
        {"run", "show", "ID", "one run with its steps and attempts", {}, showRun, 1, 1},
        {"run", "wait", "ID", "wait until it has ended", {}, waitRun, 1, 1},
        {"run", "log", "ID [--step N] [--attempt N] [-f|--follow]", "the end of an attempt's log", {{"step", "attempt"}, {"follow"}}, showLog, 1, 1},
        {"run", "items", "ID [--step N] [--attempt N] [--from N]", "what an attempt leaves piece by piece, after item N, until it has ended",
         {{"step", "attempt", "from"}, {}}, showItems, 1, 1},
        {"run", "cancel", "ID [--wait]", "end a run", {{}, {"wait"}}, cancelRun, 1, 1},
        {"run", "give-up", "ID", "say that nobody will learn how a run of state unknown ended: it is failed, and can be tried again", {}, giveUpRun, 1, 1},
        {"run", "retry", "ID [--wait] [--confirm DIGEST]", "try a failed run again; one that needs your key only after you have seen its arguments",
         {{"confirm"}, {"wait"}}, retryRun, 1, 1},
        {"run", "take-over", "ID [--confirm DIGEST]", "execute a run with your key whose own program has ended, after you have seen its arguments",
         {{"confirm"}, {}}, takeOverRun, 1, 1},
    };
}

} // namespace zandb::cli
