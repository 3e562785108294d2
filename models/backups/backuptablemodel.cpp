// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/backuptablemodel.h"

#include "models/backups/warningtext.h"

#include "models/common/cell.h"
#include "models/common/errortext.h"
#include "models/workflow/runcells.h"
#include "models/workflow/runtablemodel.h"

#include <QCoreApplication>

#include <algorithm>
#include <unordered_map>

namespace zandb {
namespace {

struct BackupText
{
    Q_DECLARE_TR_FUNCTIONS(BackupText)
};

} // namespace

std::vector<BackupRow> joinBackups(std::vector<RunRow> runs, const std::vector<Backup> &backups)
{
    std::unordered_map<Uuid, const Backup *> byRun;
    for (const Backup &backup : backups)
        byRun.emplace(backup.runId, &backup);
    std::vector<BackupRow> rows;
    rows.reserve(runs.size());
    for (RunRow &run : runs) {
        const auto it = byRun.find(run.run.id);
        rows.push_back({std::move(run), it == byRun.end() ? std::nullopt : std::optional(*it->second)});
        if (wasFoundBad(rows.back()))
            rows.back().run.look = Look::Failed;
    }
    return rows;
}

QString levelText(int level)
{
    static constexpr const char *words[] = {
        QT_TRANSLATE_NOOP("BackupLevel", "copied"), QT_TRANSLATE_NOOP("BackupLevel", "prepared"),
        QT_TRANSLATE_NOOP("BackupLevel", "verified"), QT_TRANSLATE_NOOP("BackupLevel", "compared"),
        QT_TRANSLATE_NOOP("BackupLevel", "replayed")};
    return QCoreApplication::translate("BackupLevel", words[std::clamp(level, 0, 4)]);
}

QList<Fact> factsOf(const BackupRow &row, TimePoint now)
{
    QList<Fact> facts = factsOf(row.run, now);
    if (!row.backup)
        return facts;
    const Backup &backup = *row.backup;
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            facts.push_back({label, value, tip, fixed});
    };
    add(BackupText::tr("Size"), bytesText(backup.bytes), exactBytesText(backup.bytes));
    add(BackupText::tr("Stored"), bytesText(backup.storedBytes), exactBytesText(backup.storedBytes));
    add(BackupText::tr("Method"), qs(backup.method));
    if (backup.finding) {
        add(BackupText::tr("Found bad"), errorText(*backup.finding));
        if (backup.foundAt)
            add(BackupText::tr("Found at"), localTimeText(*backup.foundAt), exactTimeText(*backup.foundAt));
    }
    add(BackupText::tr("Proved"), levelText(backup.level),
        backup.verifiedAt ? exactTimeText(*backup.verifiedAt) : QString());
    if (backup.restoreDuration)
        add(BackupText::tr("Restore took"), durationText(*backup.restoreDuration));
    if (backup.detail.tableCount > 0)
        add(BackupText::tr("Tables"), QString::number(backup.detail.tableCount));
    add(BackupText::tr("Objects"), objectCountsText(backup.detail.objects));
    for (const auto &warning : backup.detail.warnings)
        add(BackupText::tr("Note"), warningText(warning));
    add(BackupText::tr("Server"), qs(backup.detail.serverVersion));
    if (!backup.position.file.empty())
        add(BackupText::tr("Position"),
            QStringLiteral("%1:%2").arg(qs(backup.position.file)).arg(backup.position.offset), {}, true);
    add(BackupText::tr("GTID"), qs(backup.position.gtid), {}, true);
    add(BackupText::tr("Repository"), qs(backup.repository));
    add(BackupText::tr("Path"), qs(backup.path), {}, true);
    add(QStringLiteral("SHA-256"), qs(backup.sha256), {}, true);
    if (backup.expiredAt)
        add(BackupText::tr("Expired"), localTimeText(*backup.expiredAt), exactTimeText(*backup.expiredAt));
    return facts;
}

BackupTableModel::BackupTableModel(QObject *parent) : TableModel(ColumnCount, parent) {}

void BackupTableModel::setNow(TimePoint now)
{
    m_now = now;
    for (int at = 0; at < rowCount(); ++at) {
        if (growsWithTime(row(at)->run))
            Q_EMIT dataChanged(index(at, State), index(at, Progress));
    }
}

bool BackupTableModel::same(const BackupRow &a, const BackupRow &b) const
{
    const auto shown = [](const BackupRow &row) {
        return row.backup ? std::tuple(true, row.backup->level, row.backup->verifiedAt, row.backup->expiredAt, row.backup->foundAt)
                          : std::tuple(false, 0, std::optional<TimePoint>{}, std::optional<TimePoint>{}, std::optional<TimePoint>{});
    };
    return sameRun(a.run.run, b.run.run) && a.run.look == b.run.look && a.run.target == b.run.target && a.run.task == b.run.task
        && a.run.waiting == b.run.waiting && a.run.behind == b.run.behind && a.run.count == b.run.count && shown(a) == shown(b);
}

QVariant BackupTableModel::cell(const BackupRow &row, int column, int role) const
{
    const Run &run = row.run.run;
    if (role == IdRole)
        return QVariant::fromValue(run.id);
    switch (column) {
    case State:
        return runStateAnswer(row.run, m_now, role);
    case Target:
        return answer({row.run.target, {}, {}, {}, false}, role);
    case TaskName:
        return runTaskAnswer(row.run, role);
    case Due:
        return timeAnswer(run.due, role);
    case Duration:
        return runDurationAnswer(row.run, m_now, role);
    case Progress:
        return runProgressAnswer(row.run, role);
    case Size:
        return row.backup ? bytesAnswer(row.backup->bytes, role) : answer({{}, {}, {}, {}, true}, role);
    case Stored:
        return row.backup ? bytesAnswer(row.backup->storedBytes, role) : answer({{}, {}, {}, {}, true}, role);
    case Method:
        return row.backup ? answer(textCell(row.backup->method), role) : answer({}, role);
    case Level:
        if (!row.backup)
            return answer({}, role);
        if (row.backup->finding) // worse than any level is good
            return answer({tr("found bad"), -1, {}, errorText(*row.backup->finding), false, -1}, role);
        return answer({row.backup->expiredAt ? tr("expired") : levelText(row.backup->level), static_cast<qlonglong>(row.backup->level), {},
                       row.backup->verifiedAt ? tr("Verified %1").arg(exactTimeText(*row.backup->verifiedAt)) : QString(), false,
                       row.backup->level},
                      role);
    case Trouble:
        if (wasFoundBad(row))
            return answer({errorSummary(*row.backup->finding), {}, {}, errorText(*row.backup->finding), false, qs(row.backup->finding->code)}, role);
        return runTroubleAnswer(row.run, role);
    default:
        return {};
    }
}

QVariant BackupTableModel::header(int column, int role) const
{
    const QLatin1String unit = column == Duration ? inSeconds : column == Due ? inUtc : column == Size || column == Stored ? inBytes : QLatin1String();
    const auto title = [&](const QString &text) { return headerAnswer(text, column == Duration || column == Size || column == Stored, role, unit); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Target:
        return title(tr("Instance"));
    case TaskName:
        return title(tr("Task"));
    case Due:
        return title(tr("Due"));
    case Duration:
        return title(tr("Duration"));
    case Progress:
        return title(tr("Progress"));
    case Size:
        return title(tr("Size"));
    case Stored:
        return title(tr("Stored"));
    case Method:
        return title(tr("Method"));
    case Level:
        return title(tr("Proved"));
    case Trouble:
        return title(tr("Error"));
    default:
        return {};
    }
}

} // namespace zandb
