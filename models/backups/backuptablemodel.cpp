// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/backuptablemodel.h"

#include "models/common/cell.h"
#include "models/common/errortext.h"
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
    add(BackupText::tr("Proved"), levelText(backup.level),
        backup.verifiedAt ? exactTimeText(*backup.verifiedAt) : QString());
    if (backup.restoreDuration)
        add(BackupText::tr("Restore took"), durationText(*backup.restoreDuration));
    if (backup.detail.tableCount > 0)
        add(BackupText::tr("Tables"), QString::number(backup.detail.tableCount));
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
        const RunState state = row(at)->run.run.state;
        if (state == RunState::Running || state == RunState::Pending)
            Q_EMIT dataChanged(index(at, State), index(at, Progress));
    }
}

bool BackupTableModel::same(const BackupRow &a, const BackupRow &b) const
{
    const auto shown = [](const BackupRow &row) {
        return row.backup ? std::tuple(true, row.backup->level, row.backup->verifiedAt, row.backup->expiredAt)
                          : std::tuple(false, 0, std::optional<TimePoint>{}, std::optional<TimePoint>{});
    };
    return sameRun(a.run.run, b.run.run) && a.run.look == b.run.look && a.run.target == b.run.target && a.run.task == b.run.task
        && shown(a) == shown(b);
}

QVariant BackupTableModel::cell(const BackupRow &row, int column, int role) const
{
    const Run &run = row.run.run;
    if (role == IdRole)
        return QVariant::fromValue(run.id);
    switch (column) {
    case State:
        if (role == LookRole)
            return static_cast<int>(row.run.look);
        return numberAnswer(static_cast<qlonglong>(row.run.look), role == ExactRole ? lookName(row.run.look) : QVariant(), role, false,
                            [&] { return runStateText(row.run, m_now); }, [&] { return runStateText(row.run, m_now); });
    case Target:
        return answer({row.run.target, {}, {}, {}, false}, role);
    case TaskName:
        return answer({row.run.task.isEmpty() ? tr("by hand") : row.run.task, {}, row.run.task, {}, false}, role);
    case Due:
        return timeAnswer(run.due, role);
    case Duration:
        if (const auto duration = runDuration(run, m_now))
            return durationAnswer(*duration, role);
        return answer({}, role);
    case Progress:
        if (role == PercentRole)
            return run.state == RunState::Running && run.progress && run.progress->percent ? QVariant(*run.progress->percent) : QVariant();
        return answer({progressText(run), {}, {}, {}, false}, role);
    case Size:
        return row.backup ? bytesAnswer(row.backup->bytes, role) : answer({{}, {}, {}, {}, true}, role);
    case Stored:
        return row.backup ? bytesAnswer(row.backup->storedBytes, role) : answer({{}, {}, {}, {}, true}, role);
    case Method:
        return row.backup ? answer(textCell(row.backup->method), role) : answer({}, role);
    case Level:
        if (!row.backup)
            return answer({}, role);
        return answer({row.backup->expiredAt ? tr("expired") : levelText(row.backup->level), static_cast<qlonglong>(row.backup->level),
                       row.backup->level,
                       row.backup->verifiedAt ? tr("Verified %1").arg(exactTimeText(*row.backup->verifiedAt)) : QString(), false},
                      role);
    case Trouble:
        if (!run.error || run.state == RunState::Succeeded)
            return answer({}, role);
        if (role == Qt::ToolTipRole)
            return errorText(*run.error, row.run.target);
        return answer({role == ExactRole ? QString() : errorSummary(*run.error), {}, role == ExactRole ? QVariant(qs(run.error->code)) : QVariant(), {}, false}, role);
    default:
        return {};
    }
}

QVariant BackupTableModel::header(int column, int role) const
{
    if (role == Qt::TextAlignmentRole) {
        const bool number = column == Duration || column == Size || column == Stored;
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case State:
        return tr("State");
    case Target:
        return tr("Instance");
    case TaskName:
        return tr("Task");
    case Due:
        return tr("Due");
    case Duration:
        return tr("Duration");
    case Progress:
        return tr("Progress");
    case Size:
        return tr("Size");
    case Stored:
        return tr("Stored");
    case Method:
        return tr("Method");
    case Level:
        return tr("Proved");
    case Trouble:
        return tr("Error");
    default:
        return {};
    }
}

} // namespace zandb
