// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/runtext.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/workflow/runid.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>

namespace zandb {
namespace {

struct RunText
{
    Q_DECLARE_TR_FUNCTIONS(RunText)
};

struct Word
{
    std::string_view stable;
    const char *shown;
};
constexpr auto kinds = std::to_array<Word>({
    {"backup", QT_TRANSLATE_NOOP("RunText", "Backup")},
    {"verify", QT_TRANSLATE_NOOP("RunText", "Verification")},
    {"restore", QT_TRANSLATE_NOOP("RunText", "Restore")},
    {"facts", QT_TRANSLATE_NOOP("RunText", "Facts")},
    {"rotate", QT_TRANSLATE_NOOP("RunText", "Log rotation")},
    {"configure", QT_TRANSLATE_NOOP("RunText", "Configuration change")},
    {"drift", QT_TRANSLATE_NOOP("RunText", "Comparison of configurations")},
    {"sql", QT_TRANSLATE_NOOP("RunText", "SQL script")},
    {"sql_undo", QT_TRANSLATE_NOOP("RunText", "Undo of SQL")},
    {"keycheck", QT_TRANSLATE_NOOP("RunText", "Key check")},
    {"sample", QT_TRANSLATE_NOOP("RunText", "Sample")},
    {"snapshot", QT_TRANSLATE_NOOP("RunText", "Snapshot")},
    {"script", QT_TRANSLATE_NOOP("RunText", "Script")},
    {"recover", QT_TRANSLATE_NOOP("RunText", "Recovery")},
    {"new_instance", QT_TRANSLATE_NOOP("RunText", "New instance")},
    {"provision_check", QT_TRANSLATE_NOOP("RunText", "Checks before it is made")},
    {"provision_layout", QT_TRANSLATE_NOOP("RunText", "Directories and my.cnf")},
    {"provision_data", QT_TRANSLATE_NOOP("RunText", "Data and accounts")},
    {"provision_start", QT_TRANSLATE_NOOP("RunText", "Start")},
    {"provision_undo", QT_TRANSLATE_NOOP("RunText", "Removal of what was made")},
    {"provision_source", QT_TRANSLATE_NOOP("RunText", "Replication account on the primary")},
    {"provision_source_undo", QT_TRANSLATE_NOOP("RunText", "Removal of the replication account")},
    {"provision_replicate", QT_TRANSLATE_NOOP("RunText", "Start of replication")},
});
constexpr auto phases = std::to_array<Word>({
    {"waiting", QT_TRANSLATE_NOOP("RunText", "waiting")},
    {"copying", QT_TRANSLATE_NOOP("RunText", "copying")},
    {"packing", QT_TRANSLATE_NOOP("RunText", "packing")},
    {"checking", QT_TRANSLATE_NOOP("RunText", "checking")},
    {"preparing", QT_TRANSLATE_NOOP("RunText", "preparing")},
    {"starting", QT_TRANSLATE_NOOP("RunText", "starting")},
    {"running", QT_TRANSLATE_NOOP("RunText", "running")},
    {"unpacking", QT_TRANSLATE_NOOP("RunText", "unpacking")},
    {"loading", QT_TRANSLATE_NOOP("RunText", "loading")},
    {"unpacking_binlogs", QT_TRANSLATE_NOOP("RunText", "unpacking binlogs")},
    {"replaying", QT_TRANSLATE_NOOP("RunText", "playing binlogs")},
});

template<std::size_t n>
QString word(const std::array<Word, n> &words, const std::string &stable)
{
    const auto it = std::ranges::find(words, std::string_view(stable), &Word::stable);
    return it == words.end() ? qs(stable) : RunText::tr(it->shown);
}

} // namespace

Look lookOf(BoardState state)
{
    switch (state) {
    case BoardState::Done:
        return Look::Ok;
    case BoardState::Running:
        return Look::Running;
    case BoardState::Failed:
        return Look::Failed;
    case BoardState::Late:
        return Look::Late;
    case BoardState::Unknown:
        break;
    case BoardState::Skipped:
        return Look::Skipped;
    case BoardState::Cancelled:
        return Look::Cancelled;
    case BoardState::Missed:
        return Look::Missed;
    case BoardState::Pending:
        return Look::Pending;
    }
    return Look::Unknown;
}

Look lookOf(RunState state)
{
    switch (state) {
    case RunState::Pending:
        return Look::Pending;
    case RunState::Running:
        return Look::Running;
    case RunState::Succeeded:
        return Look::Ok;
    case RunState::Failed:
        return Look::Failed;
    case RunState::Cancelled:
        return Look::Cancelled;
    case RunState::Skipped:
        return Look::Skipped;
    case RunState::Missed:
        return Look::Missed;
    case RunState::Unknown:
        break;
    }
    return Look::Unknown;
}

QString kindText(const std::string &kind)
{
    return word(kinds, kind);
}

QString phaseText(const std::string &phase)
{
    return word(phases, phase);
}

std::vector<RunRow> rowsOf(const std::vector<Unrun> &unrun, const std::function<bool(const Unrun::Target &)> &wanted, std::size_t limit)
{
    std::vector<RunRow> rows;
    const auto add = [&](const Unrun &of, const Unrun::Target &target, TimePoint due, std::int64_t count) {
        if (rows.size() >= limit)
            return;
        RunRow row;
        row.exists = false;
        row.count = count;
        row.task = qs(of.task);
        row.look = lookOf(of.state);
        Run &run = row.run;
        run.id = runIdFor(of.taskId, due, target.instance); // the one it would have had
        run.taskId = of.taskId;
        run.occurrence = run.due = due;
        run.kind = of.kind.empty() ? "backup" : of.kind;
        run.hostId = target.host;
        run.targetId = target.instance;
        run.state = of.state == BoardState::Skipped ? RunState::Skipped : of.state == BoardState::Missed ? RunState::Missed : RunState::Pending;
        run.error = unrunError(of.reason);
        rows.push_back(std::move(row));
    };
    for (const Unrun &of : unrun) {
        for (const Unrun::Target &target : of.targets) {
            if (!wanted(target))
                continue;
            if (of.dues.empty())
                add(of, target, of.last, of.count);
            for (const TimePoint due : of.dues)
                add(of, target, due, 1);
        }
    }
    return rows;
}

QString waitingText(const RunRow &row)
{
    return row.waiting ? waitingText(*row.waiting, row.behind) : QString();
}

QString runStateText(const RunRow &row, TimePoint now)
{
    const Run &run = row.run;
    if (row.count > 1)
        return RunText::tr("%1 \u00d7 %2").arg(lookText(row.look)).arg(row.count);
    if (run.cancelRequested && !isFinal(run.state))
        return RunText::tr("cancelling");
    if (run.state == RunState::Running && run.progress && run.progress->percent)
        return lookText(row.look) + QStringLiteral(", ") + percentText(*run.progress->percent);
    if (run.state == RunState::Pending && run.nextTry && *run.nextTry > now)
        return RunText::tr("retry in %1").arg(durationText(std::chrono::duration_cast<std::chrono::seconds>(*run.nextTry - now)));
    return lookText(row.look);
}

std::optional<Microseconds> runDuration(const Run &run, TimePoint now)
{
    if (!run.startedAt)
        return std::nullopt;
    if (run.endedAt)
        return *run.endedAt - *run.startedAt;
    if (run.state == RunState::Running)
        return std::max(now - *run.startedAt, Microseconds{0});
    return std::nullopt;
}

QString progressText(const Run &run)
{
    if (run.state != RunState::Running || !run.progress)
        return {};
    const wire::Progress &progress = *run.progress;
    QStringList parts;
    if (!progress.phase.empty())
        parts << phaseText(progress.phase);
    if (progress.unit == "tables")
        parts << RunText::tr("%1 of %2 tables").arg(progress.bytesDone).arg(progress.bytesTotal);
    else if (progress.bytesTotal > 0)
        parts << RunText::tr("%1 of %2").arg(bytesText(progress.bytesDone), bytesText(progress.bytesTotal));
    else if (progress.bytesDone > 0)
        parts << bytesText(progress.bytesDone);
    if (progress.secondsLeft)
        parts << RunText::tr("%1 left").arg(clockText(*progress.secondsLeft));
    return parts.join(RunText::tr(", "));
}

bool hasNoRun(const Run &run)
{
    return run.attempts == 0 && run.error && run.error->code.starts_with("schedule.");
}

QString whyNotRetry(const Run &run)
{
    if (hasNoRun(run))
        return RunText::tr("There is no run to retry; start a new one instead.");
    switch (run.state) {
    case RunState::Failed:
    case RunState::Cancelled:
    case RunState::Unknown:
    case RunState::Missed:
        return run.retryRequested ? RunText::tr("A retry has already been requested.") : QString();
    case RunState::Succeeded:
        return RunText::tr("It succeeded: there is nothing to retry.");
    case RunState::Skipped:
        return RunText::tr("It was skipped; start a new run instead.");
    default:
        return RunText::tr("It has not ended yet.");
    }
}

QString whyNotCancel(const Run &run)
{
    if (hasNoRun(run))
        return RunText::tr("There is no run to cancel.");
    if (isFinal(run.state))
        return RunText::tr("It has already ended.");
    return run.cancelRequested ? RunText::tr("Cancellation has already been requested.") : QString();
}

QString whyNotGiveUp(const Run &run)
{
    if (hasNoRun(run))
        return RunText::tr("There is no run to give up.");
    if (run.state == RunState::Unknown)
        return {};
    return isFinal(run.state) ? RunText::tr("It has already ended.")
                              : RunText::tr("Only a run whose outcome is unknown can be given up; this one can be cancelled.");
}

QString whyNotTakeOver(const Run &run)
{
    if (hasNoRun(run))
        return RunText::tr("There is no run to take over.");
    if (isFinal(run.state))
        return RunText::tr("It has already ended.");
    return run.executor.empty() ? RunText::tr("The headless instance executes it; only a run of a person's program can be taken over.") : QString();
}

QList<Fact> factsOf(const RunRow &row, TimePoint now)
{
    const Run &run = row.run;
    QList<Fact> facts;
    const auto add = [&](const char *label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            facts.push_back({RunText::tr(label), value, tip, fixed});
    };
    const auto addTime = [&](const char *label, const std::optional<TimePoint> &at) {
        if (at && toMicros(*at) != 0)
            add(label, localTimeText(*at), exactTimeText(*at));
    };
    add(QT_TRANSLATE_NOOP("RunText", "What"), kindText(run.kind));
    add(QT_TRANSLATE_NOOP("RunText", "Instance"), row.target);
    if (run.kind == "restore" && run.args.is_object()) {
        const auto target = run.args.find("target");
        add(QT_TRANSLATE_NOOP("RunText", "Restore to"),
            row.host + QLatin1Char(':') + (target != run.args.end() && target->is_string() ? qs(target->get<std::string>()) : QString()));
    } else if (run.kind == "verify") {
        add(QT_TRANSLATE_NOOP("RunText", "Restore to"), RunText::tr("a scratch directory on %1").arg(row.host));
    }
    if (row.count > 1)
        add(QT_TRANSLATE_NOOP("RunText", "Occurrences"), QLocale().toString(static_cast<qlonglong>(row.count)));
    add(QT_TRANSLATE_NOOP("RunText", "Task"), row.task.isEmpty() ? RunText::tr("by hand") : row.task);
    add(QT_TRANSLATE_NOOP("RunText", "Requested by"), qs(run.author));
    if (!run.executor.empty())
        add(QT_TRANSLATE_NOOP("RunText", "Executed by"), qs(run.executor));
    addTime(QT_TRANSLATE_NOOP("RunText", "Due"), run.due);
    addTime(QT_TRANSLATE_NOOP("RunText", "Started"), run.startedAt);
    addTime(QT_TRANSLATE_NOOP("RunText", "Ended"), run.endedAt);
    if (const auto duration = runDuration(run, now))
        add(QT_TRANSLATE_NOOP("RunText", "Duration"), durationText(*duration), exactDurationText(*duration));
    add(QT_TRANSLATE_NOOP("RunText", "Progress"), progressText(run));
    if (run.attempts > 0)
        add(QT_TRANSLATE_NOOP("RunText", "Attempts"), QString::number(run.attempts));
    for (const wire::Disk &disk : row.disks)
        add(QT_TRANSLATE_NOOP("RunText", "Free now"),
            RunText::tr("%1: %2 of %3").arg(qs(disk.mount), bytesText(disk.freeBytes), bytesText(disk.totalBytes)), exactBytesText(disk.freeBytes));
    if (run.state == RunState::Pending)
        addTime(QT_TRANSLATE_NOOP("RunText", "Next try"), run.nextTry);
    add(QT_TRANSLATE_NOOP("RunText", "Waits"), waitingText(row));
    if (row.exists)
        add(QT_TRANSLATE_NOOP("RunText", "Run"), qs(run.id.toString()), {}, true);
    return facts;
}

Error toldError(const Error &error, const Run &run)
{
    Error told = error;
    if (run.taskId && told.is(errors::orderArgs))
        told.fields.try_emplace("step", "task"); // words of their own: errortext.cpp
    return told;
}

} // namespace zandb
