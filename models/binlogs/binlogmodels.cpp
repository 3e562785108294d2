// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/binlogs/binlogmodels.h"

#include "models/common/cell.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct BinlogText
{
    Q_DECLARE_TR_FUNCTIONS(BinlogText)
};

/// A hole that no backup has closed yet.
bool isBroken(const BinlogRow &row) { return !row.window.holes.empty() && row.window.holes.back().before.empty(); }

} // namespace

Look binlogLook(const BinlogRow &row)
{
    if (!row.report || !row.report->error.is_null())
        return Look::Unknown;
    if (!row.report->on)
        return Look::Skipped;
    const wire::BinlogArchiveState &archive = row.report->archive;
    if (isBroken(row) || archive.state == "refused")
        return Look::Failed;
    if (archive.repository.empty())
        return Look::Missed;
    if (archive.state != "streaming")
        return Look::Late;
    return row.window.ranges.empty() ? Look::Late : Look::Ok;
}

QString binlogStateText(const BinlogRow &row)
{
    if (!row.report)
        return BinlogText::tr("not known yet");
    if (!row.report->error.is_null())
        return BinlogText::tr("cannot be asked");
    if (!row.report->on)
        return BinlogText::tr("writes none");
    const wire::BinlogArchiveState &archive = row.report->archive;
    if (isBroken(row))
        return BinlogText::tr("hole");
    if (archive.state == "refused")
        return BinlogText::tr("refused");
    if (archive.repository.empty())
        return BinlogText::tr("not archived");
    if (archive.state != "streaming")
        return BinlogText::tr("archive waits");
    return row.window.ranges.empty() ? BinlogText::tr("no backup yet") : BinlogText::tr("archived");
}

QString binlogHoleText(const BinlogHole &hole)
{
    if (hole.why == "damaged")
        return BinlogText::tr("a file is damaged");
    if (hole.why == "lost")
        return BinlogText::tr("archived files are lost");
    if (hole.why == "encrypted")
        return BinlogText::tr("a file is encrypted");
    if (hole.why == "other_server")
        return BinlogText::tr("another server");
    if (hole.why == "reset")
        return BinlogText::tr("the binlogs were reset");
    return BinlogText::tr("files are missing");
}

QVariant BinlogTableModel::cell(const BinlogRow &row, int column, int role) const
{
    const bool known = row.report.has_value();
    const auto none = [&] { return answer({{}, {}, {}, {}, true}, role); };
    switch (column) {
    case Instance: return answer({row.name, {}, {}, {}, false}, role);
    case State: return lookAnswer(binlogLook(row), [&] { return binlogStateText(row); }, role);
    case From: return row.window.ranges.empty() ? answer({}, role) : timeAnswer(row.window.ranges.front().from, role);
    case To:
        if (row.window.ranges.empty())
            return answer({}, role);
        if (role == Qt::DisplayRole && row.window.ranges.back().goesOn)
            return BinlogText::tr("now");
        return timeAnswer(row.window.ranges.back().to, role);
    case Holes: return known ? integerAnswer(static_cast<std::int64_t>(row.window.holes.size()), role) : none();
    case Behind: return known && !row.report->archive.repository.empty() ? bytesAnswer(row.report->archive.behindBytes, role) : none();
    case Archived: return known && row.report->archive.files > 0 ? bytesAnswer(row.report->archive.storedBytes, role) : none();
    case OnServer: return known && row.report->on ? bytesAnswer(row.serverBytes, role) : none();
    case Keeps:
        if (!known || !row.report->on)
            return none();
        return row.report->expireSeconds == 0 ? answer({BinlogText::tr("for ever"), QVariant(1e18), QVariant(), {}, true}, role)
                                              : durationAnswer(Microseconds{row.report->expireSeconds * 1'000'000}, role);
    default: return {};
    }
}

QVariant BinlogTableModel::header(int column, int role) const
{
    switch (column) {
    case Instance: return headerAnswer(BinlogText::tr("Instance"), false, role);
    case State: return headerAnswer(BinlogText::tr("State"), false, role);
    case From: return headerAnswer(BinlogText::tr("Restorable from"), false, role, inUtc);
    case To: return headerAnswer(BinlogText::tr("to"), false, role, inUtc);
    case Holes: return headerAnswer(BinlogText::tr("Holes"), true, role);
    case Behind: return headerAnswer(BinlogText::tr("Archive behind"), true, role, inBytes);
    case Archived: return headerAnswer(BinlogText::tr("Archived"), true, role, inBytes);
    case OnServer: return headerAnswer(BinlogText::tr("On the server"), true, role, inBytes);
    case Keeps: return headerAnswer(BinlogText::tr("Server keeps"), true, role, inSeconds);
    default: return {};
    }
}

} // namespace zandb
