// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/sqlpreviewmodel.h"

#include "models/common/cell.h"

#include <QCoreApplication>
#include <QStringList>

namespace zandb {
namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(zandb::SqlPreviewModel)
public:
    static QString lock(const std::string &name)
    {
        if (name == "rows")
            return tr("rows");
        if (name == "metadata_shared")
            return tr("metadata, shared");
        if (name == "metadata_exclusive")
            return tr("metadata, exclusive");
        if (name == "writes")
            return tr("writes to the table");
        return name == "server" ? tr("the whole server") : qs(name);
    }
    static QString verdict(const wire::SqlPreviewStatement &one)
    {
        const QString letter = qs(one.statementClass);
        if (!one.allowed)
            return tr("denied");
        if (!one.refusal.empty())
            return tr("refused: %1").arg(qs(one.refusal));
        return one.needsConfirmation ? tr("after a confirmation (%1)").arg(letter) : tr("allowed (%1)").arg(letter);
    }
    static QString role(const SqlPreviewRow &row)
    {
        if (row.role == QLatin1String("primary"))
            return tr("primary of %n", nullptr, row.replicas);
        return row.role == QLatin1String("replica") ? tr("replica") : row.role == QLatin1String("standalone") ? tr("alone") : row.role;
    }
    static QString blocker(const wire::SqlPreviewBlocker &one)
    {
        const QString who = tr("session %1 of %2, open %3").arg(one.id).arg(qs(one.user), durationText(std::chrono::seconds{one.seconds}));
        return one.object.empty() ? who : tr("%1, holds %2").arg(who, qs(one.object));
    }
    /// "instant", "in place" or "copy", and what it means for replicas; then what forbids or goes wrong.
    static QString notes(const wire::SqlPreviewStatement &one)
    {
        QStringList said;
        if (!one.allowed || (one.needsConfirmation && one.refusal.empty()))
            said << qs(one.why);
        if (!one.refusalDetail.empty())
            said << qs(one.refusalDetail);
        if (one.algorithm == "instant")
            said << tr("done at once");
        else if (one.algorithm == "inplace")
            said << tr("done in place");
        else if (one.algorithm == "copy")
            said << tr("copies the table");
        if (one.delaysReplicas)
            said << tr("replicas lag for its duration");
        if (!one.access.empty())
            said << (one.key.empty() ? tr("reads by %1").arg(qs(one.access)) : tr("reads by %1 over %2").arg(qs(one.access), qs(one.key)));
        if (!one.error.empty())
            said << qs(one.error);
        return said.join(QStringLiteral(" · "));
    }
};

Look lookOf(const SqlPreviewRow &row)
{
    const auto &one = row.statement;
    if (!row.error.isEmpty() || !one.allowed || !one.refusal.empty())
        return Look::Failed;
    return one.needsConfirmation || !row.blockers.empty() ? Look::Late : Look::Ok;
}

} // namespace

QVariant SqlPreviewModel::cell(const SqlPreviewRow &row, int column, int role) const
{
    const auto &one = row.statement;
    const auto text = [&](const QString &words, const QString &tip = {}) { return answer({words, {}, {}, tip, false}, role); };
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    const bool answered = row.error.isEmpty();
    switch (column) {
    case State:
        return lookAnswer(lookOf(row), [&] { return lookOf(row) == Look::Ok ? tr("can run") : lookOf(row) == Look::Late ? tr("look first") : tr("cannot run"); }, role);
    case Instance:
        return text(row.instance);
    case Number:
        return answered ? integerAnswer(one.statement, role) : text({});
    case Verdict:
        return answered ? text(Words::verdict(one), qs(one.why)) : text({});
    case Rows:
        return one.estimatedRows ? integerAnswer(*one.estimatedRows, role) : answer({{}, {}, {}, {}, true}, role);
    case Size: {
        std::int64_t bytes = 0;
        bool known = false;
        for (const auto &table : one.tables) {
            known = known || table.dataBytes;
            bytes += table.dataBytes.value_or(0) + table.indexBytes.value_or(0);
        }
        if (!known)
            return answer({{}, {}, {}, {}, true}, role);
        if (role != Qt::ToolTipRole)
            return bytesAnswer(bytes, role);
        QStringList lines;
        for (const auto &table : one.tables)
            lines << qs(table.schema + "." + table.table) + QLatin1Char(' ') + bytesText(table.dataBytes.value_or(0) + table.indexBytes.value_or(0));
        return lines.join(QLatin1Char('\n'));
    }
    case Locks: {
        QStringList locks;
        for (const std::string &lock : one.locks)
            locks << Words::lock(lock);
        return text(locks.join(QStringLiteral(", ")));
    }
    case Role:
        return answered ? text(Words::role(row)) : text({});
    case Lag:
        return row.lagSeconds ? durationAnswer(std::chrono::seconds{*row.lagSeconds}, role) : answer({{}, {}, {}, {}, true}, role);
    case Blockers: {
        QStringList lines;
        for (const auto &blocker : row.blockers)
            lines << Words::blocker(blocker);
        return text(lines.isEmpty() ? QString() : lines.size() == 1 ? lines.front() : tr("%1, and %n more", nullptr, static_cast<int>(lines.size()) - 1).arg(lines.front()),
                    lines.mid(0, 20).join(QLatin1Char('\n')));
    }
    case Notes: {
        const QString words = answered ? Words::notes(one) : row.error;
        return text(words.simplified(), words);
    }
    case Statement:
        return answer({row.sql.left(400).simplified(), row.sql, row.sql, row.sql.left(2000), false}, role);
    default:
        return {};
    }
}

QVariant SqlPreviewModel::header(int column, int role) const
{
    const bool number = column == Number || column == Rows || column == Size || column == Lag;
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, column == Size ? inBytes : column == Lag ? inSeconds : QLatin1String()); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Instance:
        return title(tr("Instance"));
    case Number:
        return title(tr("No."));
    case Verdict:
        return title(tr("Verdict"));
    case Rows:
        return title(tr("Rows (est.)"));
    case Size:
        return title(tr("Tables"));
    case Locks:
        return title(tr("Locks"));
    case Role:
        return title(tr("Role"));
    case Lag:
        return title(tr("Lag"));
    case Blockers:
        return title(tr("In its way"));
    case Notes:
        return title(tr("Notes"));
    case Statement:
        return title(tr("Statement"));
    default:
        return {};
    }
}

} // namespace zandb
