// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sessions/sessionmodel.h"

#include "models/common/cell.h"

#include <QCoreApplication>

#include <tuple>

namespace zandb {
namespace {

struct SessionText
{
    Q_DECLARE_TR_FUNCTIONS(SessionText)
};

QString lockText(const wire::SessionBlock &block)
{
    const QString kind = block.kind == "row" ? SessionText::tr("row lock") : block.kind == "metadata" ? SessionText::tr("metadata lock")
        : block.kind == "global" ? SessionText::tr("global lock") : qs(block.kind);
    return block.object.empty() ? kind : kind + QStringLiteral(": ") + qs(block.object);
}

QString partName(SessionPart part)
{
    switch (part) {
    case SessionPart::Head:
        return QStringLiteral("head");
    case SessionPart::Waits:
        return QStringLiteral("waits");
    case SessionPart::InCircle:
        return QStringLiteral("circle");
    case SessionPart::Active:
        return QStringLiteral("active");
    case SessionPart::InTransaction:
        return QStringLiteral("in_transaction");
    case SessionPart::Idle:
        return QStringLiteral("idle");
    }
    return {};
}

QString blockedByText(const SessionRow &row)
{
    QStringList parts;
    for (const wire::SessionBlock &block : row.session.blockedBy)
        parts << SessionText::tr("%1 (%2)").arg(block.by).arg(lockText(block));
    QString text = parts.mid(0, 3).join(QStringLiteral(", "));
    if (parts.size() > 3)
        text += QStringLiteral(", …");
    if (row.depth > 1)
        text += QStringLiteral(" · ") + SessionText::tr("head of the chain: %1").arg(row.head);
    return text;
}

} // namespace

Look sessionLook(SessionPart part)
{
    switch (part) {
    case SessionPart::Head:
    case SessionPart::InCircle:
        return Look::Failed;
    case SessionPart::Waits:
        return Look::Late;
    case SessionPart::Active:
        return Look::Running;
    case SessionPart::InTransaction:
        return Look::Pending;
    case SessionPart::Idle:
        break;
    }
    return Look::Skipped;
}

QString sessionPartText(const SessionRow &row)
{
    switch (row.part) {
    case SessionPart::Head:
        return SessionText::tr("blocks %1").arg(row.session.blocks);
    case SessionPart::Waits:
        return SessionText::tr("waits for %1").arg(row.session.blockedBy.front().by);
    case SessionPart::InCircle:
        return SessionText::tr("waits in a circle");
    case SessionPart::Active:
        return SessionText::tr("active");
    case SessionPart::InTransaction:
        return SessionText::tr("in transaction");
    case SessionPart::Idle:
        break;
    }
    return SessionText::tr("idle");
}

QStringList sessionBlockTexts(const wire::Session &session)
{
    QStringList texts;
    for (const wire::SessionBlock &block : session.blockedBy)
        texts << SessionText::tr("waits for %1 (%2)").arg(block.by).arg(lockText(block));
    return texts;
}

QString protectionText(const std::string &protection)
{
    if (protection.empty())
        return {};
    if (protection == "replication")
        return SessionText::tr("It belongs to replication and is not killed from here.");
    if (protection == "scheduler")
        return SessionText::tr("It is the event scheduler and is not killed from here.");
    if (protection == "system")
        return SessionText::tr("It is one of the server's own and is not killed from here.");
    if (protection == "own")
        return SessionText::tr("It is one of the agent's own and is not killed from here.");
    return SessionText::tr("It is not killed from here: %1").arg(qs(protection));
}

QString notPermittedText(const std::string &what)
{
    if (what == "transactions")
        return SessionText::tr("transactions");
    if (what == "row_locks")
        return SessionText::tr("row locks");
    if (what == "metadata_locks")
        return SessionText::tr("metadata locks");
    return qs(what);
}

bool SessionTableModel::same(const SessionRow &a, const SessionRow &b) const
{
    const auto shown = [](const SessionRow &row) {
        const wire::Session &s = row.session;
        return std::tie(row.rank, row.part, row.depth, row.head, row.stale, row.path, s.queryId, s.user, s.host, s.schema, s.command, s.state, s.seconds, s.statement,
                        s.transactionSeconds, s.rowsModified, s.blocks, s.protection);
    };
    return shown(a) == shown(b) && sessionBlockTexts(a.session) == sessionBlockTexts(b.session);
}

QVariant SessionTableModel::cell(const SessionRow &row, int column, int role) const
{
    const wire::Session &session = row.session;
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    if (role == StaleRole)
        return row.stale;
    switch (column) {
    case Part:
        if (role == LookRole)
            return static_cast<int>(sessionLook(row.part));
        if (role == RawRole)
            return partName(row.part);
        // chains stand together, each below whom it waits for
        return answer({(row.depth > 0 ? QString(2 * std::min(row.depth - 1, 8), QChar(0x2007)) + QStringLiteral("↳ ") : QString()) + sessionPartText(row), row.rank,
                       sessionPartText(row), sessionPartText(row), false},
                      role);
    case Instance:
        return answer({row.path, {}, {}, {}, false}, role);
    case Id:
        return integerAnswer(session.id, role);
    case User:
        return answer(textCell(session.user), role);
    case Client:
        return answer(textCell(session.host), role);
    case Schema:
        return answer(textCell(session.schema), role);
    case Command:
        return answer(textCell(session.command), role);
    case Time:
        return durationAnswer(std::chrono::seconds{session.seconds}, role);
    case State:
        return answer(textCell(session.state), role);
    case BlockedBy:
        return answer({blockedByText(row), {}, {}, sessionBlockTexts(session).join(QLatin1Char('\n')), false}, role);
    case Transaction:
        return session.transactionSeconds ? durationAnswer(std::chrono::seconds{*session.transactionSeconds}, role) : answer({{}, {}, {}, {}, true}, role);
    case Changed:
        return session.transactionSeconds ? integerAnswer(session.rowsModified, role) : answer({{}, {}, {}, {}, true}, role);
    case Statement:
        return answer({qs(session.statement).simplified(), qs(session.statement), qs(session.statement), qs(session.statement), false}, role);
    default:
        return {};
    }
}

QVariant SessionTableModel::header(int column, int role) const
{
    const bool number = column == Id || column == Time || column == Transaction || column == Changed;
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, column == Time || column == Transaction ? inSeconds : QLatin1String()); };
    switch (column) {
    case Part:
        return title(tr("Does"));
    case Instance:
        return title(tr("Instance"));
    case Id:
        return title(tr("Id"));
    case User:
        return title(tr("User"));
    case Client:
        return title(tr("Client"));
    case Schema:
        return title(tr("Schema"));
    case Command:
        return title(tr("Command"));
    case Time:
        return title(tr("Time"));
    case State:
        return title(tr("State"));
    case BlockedBy:
        return title(tr("Blocked by"));
    case Transaction:
        return title(tr("Transaction"));
    case Changed:
        return title(tr("Rows changed"));
    case Statement:
        return title(tr("Statement"));
    default:
        return {};
    }
}

} // namespace zandb
