// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sharding/shardmodels.h"

#include "models/common/cell.h"
#include "models/workflow/runid.h"

#include <QCoreApplication>

#include <array>
#include <tuple>

namespace zandb {
namespace {

struct ShardText
{
    Q_DECLARE_TR_FUNCTIONS(ShardText)
};

const Uuid rowIds = *Uuid::parse("c2b7e5d4-0a39-5f17-9b6c-51d0e0a4f833");

struct Word
{
    std::string_view stable;
    const char *shown;
    Look look;
};
constexpr std::array<Word, 14> findings{{
    {"two_owners", QT_TRANSLATE_NOOP("ShardText", "two owners"), Look::Failed},
    {"missing", QT_TRANSLATE_NOOP("ShardText", "missing"), Look::Failed},
    {"duplicate", QT_TRANSLATE_NOOP("ShardText", "twice on one instance"), Look::Failed},
    {"schema_gone", QT_TRANSLATE_NOOP("ShardText", "the owner has no such schema"), Look::Failed},
    {"unknown_owner", QT_TRANSLATE_NOOP("ShardText", "the owner is not of this fleet"), Look::Late},
    {"beyond_count", QT_TRANSLATE_NOOP("ShardText", "beyond the number of shards"), Look::Late},
    {"two_counts", QT_TRANSLATE_NOOP("ShardText", "several numbers of shards are said"), Look::Late},
    {"stale", QT_TRANSLATE_NOOP("ShardText", "rules would change the map"), Look::Late},
    {"table_missing", QT_TRANSLATE_NOOP("ShardText", "a table is missing"), Look::Failed},
    {"table_extra", QT_TRANSLATE_NOOP("ShardText", "a table that others do not have"), Look::Late},
    {"column_missing", QT_TRANSLATE_NOOP("ShardText", "a column is missing"), Look::Failed},
    {"column_extra", QT_TRANSLATE_NOOP("ShardText", "a column that others do not have"), Look::Late},
    {"column_type", QT_TRANSLATE_NOOP("ShardText", "a column of another type"), Look::Failed},
    {"column_order", QT_TRANSLATE_NOOP("ShardText", "columns in another order"), Look::Late},
}};

const Word *wordOf(const std::string &kind)
{
    const auto found = std::ranges::find(findings, kind, &Word::stable);
    return found == findings.end() ? nullptr : &*found;
}

QString changeText(const ShardChange &change)
{
    return !change.before ? ShardText::tr("added") : !change.after ? ShardText::tr("removed") : ShardText::tr("changed");
}

/// Where a shard is, and of the other form what differs from it.
QString sideText(const std::optional<Shard> &shard, const std::optional<Shard> &other)
{
    if (!shard)
        return {};
    QStringList parts{qs(placeOf(*shard))};
    if (other && shard->count != other->count)
        parts << ShardText::tr("of %1").arg(shard->count > 0 ? QString::number(shard->count) : QStringLiteral("?"));
    if (other && shard->dsn != other->dsn)
        parts << qs(shard->dsn);
    if (other && shard->rule.has_value() != other->rule.has_value())
        parts << shardSourceText(*shard);
    return parts.join(QStringLiteral(" · "));
}

QVariant numberCell(std::int64_t number, int role)
{
    return number > 0 ? integerAnswer(number, role) : answer({{}, {}, {}, {}, true}, role);
}

} // namespace

QString shardFindingText(const std::string &kind)
{
    const Word *word = wordOf(kind);
    return word ? ShardText::tr(word->shown) : qs(kind);
}

Look shardFindingLook(const std::string &kind)
{
    const Word *word = wordOf(kind);
    return kind.empty() ? Look::Ok : word ? word->look : Look::Late;
}

QString shardFindingDetail(const ShardFindingRow &row)
{
    if (row.kind == "stale")
        return shardCountsText(row.counts);
    if (row.kind == "column_type")
        return ShardText::tr("%1 instead of %2").arg(qs(row.has), qs(row.usual));
    if (!row.has.empty())
        return qs(row.has);
    if (!row.usual.empty())
        return qs(row.usual);
    return row.where.join(QStringLiteral(", "));
}

QString shardCountsText(const ShardCounts &counts)
{
    return ShardText::tr("%1 added, %2 changed, %3 removed").arg(counts.added).arg(counts.changed).arg(counts.removed);
}

QString shardSourceText(const Shard &shard) { return shard.rule ? ShardText::tr("a rule") : ShardText::tr("an import"); }

ShardFindingRow findingRowOf(const ShardFinding &finding)
{
    ShardFindingRow row;
    row.kind = finding.kind;
    row.database = finding.database;
    row.number = finding.number;
    if (finding.number >= 0)
        row.shards = qs(finding.last > finding.number ? std::to_string(finding.number) + '-' + std::to_string(finding.last) : std::to_string(finding.number));
    for (const std::string &place : finding.where)
        row.where << qs(place);
    row.counts = finding.counts;
    row.id = uuidV5(rowIds, finding.kind + '|' + finding.database + '|' + std::to_string(finding.number) + '|' + (finding.where.empty() ? std::string() : finding.where.front()));
    return row;
}

ShardFindingRow findingRowOf(const std::string &database, const ShardDifference &difference)
{
    ShardFindingRow row;
    row.kind = difference.kind;
    row.database = database;
    row.number = difference.numbers.empty() ? 0 : difference.numbers.front();
    row.shards = qs(numbersText(difference.numbers));
    row.what = qs(difference.table + (difference.column.empty() ? "" : '.' + difference.column));
    row.has = difference.has;
    row.usual = difference.usual;
    for (const std::string &place : difference.where)
        row.where << qs(place);
    row.id = uuidV5(rowIds, difference.kind + '|' + database + '|' + difference.table + '|' + difference.column + '|' + difference.has);
    return row;
}

bool ShardTableModel::same(const ShardRow &a, const ShardRow &b) const
{
    return sameShard(a.shard, b.shard) && a.owner == b.owner && a.isKnown == b.isKnown && a.finding == b.finding && a.shard.changedAt == b.shard.changedAt;
}

QVariant ShardTableModel::cell(const ShardRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case State: return lookAnswer(shardFindingLook(row.finding), [&] { return row.finding.empty() ? ShardText::tr("fine") : shardFindingText(row.finding); }, role);
    case Database: return answer(textCell(row.shard.database), role);
    case Number: return integerAnswer(row.shard.number, role);
    case Count: return numberCell(row.shard.count, role);
    case Owner: return answer({row.owner, {}, {}, row.isKnown ? QString() : ShardText::tr("%1 is not of this fleet").arg(row.owner), false}, role);
    case Schema: return answer(textCell(row.shard.schema), role);
    case Dsn: return answer(textCell(row.shard.dsn), role);
    case Source: return answer({shardSourceText(row.shard), {}, {}, {}, false}, role);
    case Changed: return timeAnswer(row.shard.changedAt, role);
    default: return {};
    }
}

QVariant ShardTableModel::header(int column, int role) const
{
    switch (column) {
    case State: return headerAnswer(ShardText::tr("State"), false, role);
    case Database: return headerAnswer(ShardText::tr("Logical database"), false, role);
    case Number: return headerAnswer(ShardText::tr("Shard"), true, role);
    case Count: return headerAnswer(ShardText::tr("Of"), true, role);
    case Owner: return headerAnswer(ShardText::tr("Instance"), false, role);
    case Schema: return headerAnswer(ShardText::tr("Schema"), false, role);
    case Dsn: return headerAnswer(ShardText::tr("DSN"), false, role);
    case Source: return headerAnswer(ShardText::tr("Known by"), false, role);
    case Changed: return headerAnswer(ShardText::tr("Changed"), false, role, inUtc);
    default: return {};
    }
}

bool ShardFindingModel::same(const ShardFindingRow &a, const ShardFindingRow &b) const
{
    return a.shards == b.shards && a.where == b.where && a.usual == b.usual && a.counts.added == b.counts.added && a.counts.changed == b.counts.changed && a.counts.removed == b.counts.removed;
}

QVariant ShardFindingModel::cell(const ShardFindingRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case Kind: return lookAnswer(shardFindingLook(row.kind), [&] { return shardFindingText(row.kind); }, role);
    case Database: return answer(textCell(row.database), role);
    case Shards: return answer({row.shards, QVariant(static_cast<qlonglong>(row.number)), {}, {}, true}, role);
    case What: return answer({row.what, {}, {}, {}, false}, role);
    case Detail: return answer({shardFindingDetail(row), {}, {}, row.where.join(QLatin1Char('\n')), false}, role);
    default: return {};
    }
}

QVariant ShardFindingModel::header(int column, int role) const
{
    switch (column) {
    case Kind: return headerAnswer(ShardText::tr("Finding"), false, role);
    case Database: return headerAnswer(ShardText::tr("Logical database"), false, role);
    case Shards: return headerAnswer(ShardText::tr("Shards"), true, role);
    case What: return headerAnswer(ShardText::tr("Table or column"), false, role);
    case Detail: return headerAnswer(ShardText::tr("Detail"), false, role);
    default: return {};
    }
}

bool ShardRuleModel::same(const ShardRuleRow &a, const ShardRuleRow &b) const
{
    const auto all = [](const ShardRuleRow &row) { return std::tie(row.rule.database, row.rule.pattern, row.rule.count, row.rule.dsn, row.rule.person, row.rule.changedAt, row.group); };
    return all(a) == all(b);
}

QVariant ShardRuleModel::cell(const ShardRuleRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case Database: return answer(textCell(row.rule.database), role);
    case Pattern: return answer(textCell(row.rule.pattern), role);
    case Group: return answer({row.group, {}, {}, {}, false}, role);
    case Count: return numberCell(row.rule.count, role);
    case Dsn: return answer(textCell(row.rule.dsn.empty() ? std::string(usualDsn) : row.rule.dsn), role);
    case Person: return answer(textCell(row.rule.person), role);
    case Changed: return timeAnswer(row.rule.changedAt, role);
    default: return {};
    }
}

QVariant ShardRuleModel::header(int column, int role) const
{
    switch (column) {
    case Database: return headerAnswer(ShardText::tr("Logical database"), false, role);
    case Pattern: return headerAnswer(ShardText::tr("Pattern of schemas"), false, role);
    case Group: return headerAnswer(ShardText::tr("Where"), false, role);
    case Count: return headerAnswer(ShardText::tr("Shards"), true, role);
    case Dsn: return headerAnswer(ShardText::tr("DSN"), false, role);
    case Person: return headerAnswer(ShardText::tr("Who"), false, role);
    case Changed: return headerAnswer(ShardText::tr("Since"), false, role, inUtc);
    default: return {};
    }
}

void ShardChangeModel::setChanges(const std::vector<ShardChange> &changes)
{
    std::vector<ShardChangeRow> rows;
    rows.reserve(changes.size());
    for (const ShardChange &change : changes)
        rows.push_back({change, change.shard().id});
    setRows(std::move(rows));
}

QVariant ShardChangeModel::cell(const ShardChangeRow &row, int column, int role) const
{
    const Shard &shard = row.change.shard();
    switch (column) {
    case Kind: return lookAnswer(!row.change.before ? Look::Ok : !row.change.after ? Look::Failed : Look::Late, [&] { return changeText(row.change); }, role);
    case Database: return answer(textCell(shard.database), role);
    case Number: return integerAnswer(shard.number, role);
    case Before: return answer({sideText(row.change.before, row.change.after), {}, {}, {}, false}, role);
    case After: return answer({sideText(row.change.after, row.change.before), {}, {}, {}, false}, role);
    default: return {};
    }
}

QVariant ShardChangeModel::header(int column, int role) const
{
    switch (column) {
    case Kind: return headerAnswer(ShardText::tr("Change"), false, role);
    case Database: return headerAnswer(ShardText::tr("Logical database"), false, role);
    case Number: return headerAnswer(ShardText::tr("Shard"), true, role);
    case Before: return headerAnswer(ShardText::tr("Before"), false, role);
    case After: return headerAnswer(ShardText::tr("After"), false, role);
    default: return {};
    }
}

} // namespace zandb
