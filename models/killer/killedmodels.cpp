// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/killer/killedmodels.h"

#include "models/common/cell.h"

#include <QCoreApplication>

#include <array>

namespace zandb {
namespace {

struct KilledText
{
    Q_DECLARE_TR_FUNCTIONS(KilledText)
};

struct Word
{
    std::string_view stable;
    Look look;
    const char *shown;
};
constexpr std::array<Word, 6> outcomes{{
    {"killed", Look::Cancelled, QT_TRANSLATE_NOOP("KilledText", "killed")},
    {"dry_run", Look::Skipped, QT_TRANSLATE_NOOP("KilledText", "dry run")},
    {"ordered", Look::Unknown, QT_TRANSLATE_NOOP("KilledText", "kill sent")},
    {"gone", Look::Missed, QT_TRANSLATE_NOOP("KilledText", "had ended")},
    {"spared", Look::Skipped, QT_TRANSLATE_NOOP("KilledText", "spared")},
    {"failed", Look::Failed, QT_TRANSLATE_NOOP("KilledText", "not killed")},
}};

const Word *wordOf(const wire::KillRecord &record)
{
    for (const Word &word : outcomes) {
        if (word.stable == record.outcome)
            return &word;
    }
    return nullptr;
}

Microseconds micros(double seconds)
{
    return Microseconds{static_cast<std::int64_t>(std::min(seconds, 1e9) * 1e6)};
}

QVariant optionalNumber(const std::optional<std::int64_t> &number, int role)
{
    return number ? integerAnswer(*number, role) : answer({{}, {}, {}, {}, true}, role);
}

QVariant statementAnswer(const std::string &statement, int role)
{
    const QString whole = qs(statement);
    return answer({oneLine(statement), whole, whole, whole.left(2000), false}, role);
}

} // namespace

Look outcomeLook(const wire::KillRecord &record)
{
    const Word *word = wordOf(record);
    return word ? word->look : Look::Unknown;
}

QString killOutcomeText(const wire::KillRecord &record)
{
    const Word *word = wordOf(record);
    return word ? KilledText::tr(word->shown) : qs(record.outcome);
}

QString killDetailText(const wire::KillRecord &record)
{
    if (record.outcome == "dry_run") {
        if (record.detail == "unconfirmed")
            return KilledText::tr("No administrator has set this policy on the agent yet.");
        if (record.detail == "expired")
            return KilledText::tr("The agent had not been heard of for a day.");
        return KilledText::tr("The policy only notes what it would kill.");
    }
    if (record.outcome == "ordered")
        return KilledText::tr("The agent ended before it could say what became of it.");
    if (record.outcome == "gone")
        return KilledText::tr("When the agent looked again, it had ended or was another statement.");
    if (record.outcome == "spared" && record.detail == "modified_rows")
        return KilledText::tr("By then its transaction had changed too many rows.");
    return qs(record.detail);
}

QString oneLine(const std::string &statement)
{
    return qs(statement.substr(0, 400)).simplified();
}

bool KilledTableModel::same(const KilledRow &a, const KilledRow &b) const
{
    return a.killed.record.outcome == b.killed.record.outcome && a.killed.record.at == b.killed.record.at && a.instance == b.instance;
}

QVariant KilledTableModel::cell(const KilledRow &row, int column, int role) const
{
    const wire::KillRecord &record = row.killed.record;
    if (role == IdRole)
        return QVariant::fromValue(record.id);
    switch (column) {
    case Outcome:
        return lookAnswer(outcomeLook(record), [&] { return killOutcomeText(record); }, role);
    case At:
        return timeAnswer(record.at, role, true);
    case Instance:
        return answer({row.instance, {}, {}, {}, false}, role);
    case Policy:
        return answer(textCell(record.policy), role);
    case Ran:
        return durationAnswer(micros(record.seconds), role);
    case User:
        return answer(textCell(record.user), role);
    case Client:
        return answer(textCell(record.host), role);
    case Schema:
        return answer(textCell(record.schema), role);
    case Examined:
        return optionalNumber(record.rowsExamined, role);
    case Modified:
        return optionalNumber(record.rowsModified, role);
    case Digest:
        return answer(textCell(record.checksum), role);
    case Statement:
        return statementAnswer(record.statement, role);
    default:
        return {};
    }
}

QVariant KilledTableModel::header(int column, int role) const
{
    const bool number = column == Ran || column == Examined || column == Modified;
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, column == Ran ? inSeconds : column == At ? inUtc : QLatin1String()); };
    switch (column) {
    case Outcome:
        return title(tr("Outcome"));
    case At:
        return title(tr("When"));
    case Instance:
        return title(tr("Instance"));
    case Policy:
        return title(tr("Policy"));
    case Ran:
        return title(tr("Ran for"));
    case User:
        return title(tr("User"));
    case Client:
        return title(tr("Client"));
    case Schema:
        return title(tr("Schema"));
    case Examined:
        return title(tr("Rows examined"));
    case Modified:
        return title(tr("Rows changed"));
    case Digest:
        return title(tr("Digest"));
    case Statement:
        return title(tr("Statement"));
    default:
        return {};
    }
}

Uuid KilledDigestModel::idOf(const std::string &checksum)
{
    const auto bytes = QByteArray::fromHex(QByteArray::fromStdString(checksum));
    return Uuid::fromBytes({bytes.constData(), static_cast<std::size_t>(bytes.size())}).value_or(Uuid{});
}

bool KilledDigestModel::same(const KilledDigest &a, const KilledDigest &b) const
{
    return a.killed == b.killed && a.dryRuns == b.dryRuns && a.others == b.others && a.last == b.last && a.seconds == b.seconds && a.slowCalls == b.slowCalls
        && a.slowSeconds == b.slowSeconds;
}

QVariant KilledDigestModel::cell(const KilledDigest &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case Statement:
        return statementAnswer(row.statement, role);
    case KilledCount:
        return integerAnswer(row.killed, role);
    case DryRuns:
        return integerAnswer(row.dryRuns, role);
    case Others:
        return integerAnswer(row.others, role);
    case Longest:
        return durationAnswer(micros(row.longest), role);
    case Total:
        return durationAnswer(micros(row.seconds), role);
    case SlowCalls:
        return row.slowCalls > 0 ? integerAnswer(row.slowCalls, role) : answer({{}, {}, {}, {}, true}, role);
    case SlowTime:
        return row.slowCalls > 0 ? durationAnswer(micros(row.slowSeconds), role) : answer({{}, {}, {}, {}, true}, role);
    case Instances:
        return integerAnswer(row.instances, role);
    case Users:
        return integerAnswer(row.users, role);
    case Last:
        return timeAnswer(row.last, role, true);
    case Digest:
        return answer(textCell(row.checksum), role);
    default:
        return {};
    }
}

QVariant KilledDigestModel::header(int column, int role) const
{
    const bool number = column != Statement && column != Digest && column != Last;
    const QLatin1String unit = column == Longest || column == Total || column == SlowTime ? inSeconds : column == Last ? inUtc : QLatin1String();
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, unit); };
    switch (column) {
    case Statement:
        return title(tr("Statement"));
    case KilledCount:
        return title(tr("Killed"));
    case DryRuns:
        return title(tr("Dry run"));
    case Others:
        return title(tr("Not killed"));
    case Longest:
        return title(tr("Longest"));
    case Total:
        return title(tr("Total time"));
    case SlowCalls:
        return title(tr("Slow calls"));
    case SlowTime:
        return title(tr("Slow time"));
    case Instances:
        return title(tr("Instances"));
    case Users:
        return title(tr("Users"));
    case Last:
        return title(tr("Last"));
    case Digest:
        return title(tr("Digest"));
    default:
        return {};
    }
}

QString countersText(const KillCounters &counters)
{
    if (counters.instances == 0 || (counters.tellKilled == counters.instances && counters.tellTimedOut == counters.instances))
        return {};
    if (counters.tellKilled == 0 && counters.tellTimedOut == 0)
        return KilledText::tr("Killed by others: not told by these servers, or not collected yet.");
    return KilledText::tr("Killed by others: told by %1 of %2 servers; time limits: by %3.").arg(counters.tellKilled).arg(counters.instances).arg(counters.tellTimedOut);
}

ChartData killedChart(const std::vector<KilledStep> &steps, TimePoint from, TimePoint until)
{
    ChartData data{from, until, {}};
    const auto line = [&](const char *key, const QString &name, std::int64_t KilledStep::*count) {
        ChartLine one{QString::fromLatin1(key), name, {}};
        for (const KilledStep &step : steps) {
            const auto value = static_cast<double>(step.*count);
            one.values.push_back(Spread{value, value, value});
        }
        data.lines.push_back(std::move(one));
    };
    line("killed", KilledText::tr("Killed"), &KilledStep::killed);
    line("dry_run", KilledText::tr("Dry run"), &KilledStep::dryRuns);
    line("others", KilledText::tr("Not killed"), &KilledStep::others);
    const auto counted = [&](const char *key, const QString &name, std::optional<std::int64_t> KilledStep::*count) {
        if (std::ranges::none_of(steps, [&](const KilledStep &step) { return (step.*count).has_value(); }))
            return;
        ChartLine one{QString::fromLatin1(key), name, {}};
        for (const KilledStep &step : steps) {
            const auto value = step.*count;
            one.values.push_back(value ? std::optional(Spread{static_cast<double>(*value), static_cast<double>(*value), static_cast<double>(*value)}) : std::nullopt);
        }
        data.lines.push_back(std::move(one));
    };
    counted("by_others", KilledText::tr("Killed by others"), &KilledStep::byOthers);
    counted("timed_out", KilledText::tr("Time limit"), &KilledStep::timedOut);
    return data;
}

} // namespace zandb
