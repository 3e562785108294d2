// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/snapshots/snapshotmodels.h"

#include "models/common/cell.h"
#include "models/workflow/runid.h"

#include <QCoreApplication>

#include <algorithm>

namespace zandb {
namespace {

struct SnapshotText
{
    Q_DECLARE_TR_FUNCTIONS(SnapshotText)
};

QString schemaText(const std::string &schema) { return schema.empty() ? SnapshotText::tr("(system tablespaces)") : qs(schema); }

QString signedBytes(std::int64_t bytes)
{
    return (bytes < 0 ? QStringLiteral("\u2212") : QStringLiteral("+")) + bytesText(std::abs(bytes));
}

QVariant growthAnswer(std::int64_t bytes, int role)
{
    return numberAnswer(static_cast<qlonglong>(bytes), static_cast<qlonglong>(bytes), role, true, [&] { return signedBytes(bytes); }, [&] { return exactBytesText(bytes); });
}

QVariant nothing(int role) { return answer({{}, {}, {}, {}, true}, role); }

QString kindText(const std::string &kind)
{
    if (kind == "schema")
        return SnapshotText::tr("Schema");
    if (kind == "table")
        return SnapshotText::tr("Table");
    if (kind == "variable")
        return SnapshotText::tr("Variable");
    if (kind == "plugin")
        return SnapshotText::tr("Plugin");
    if (kind == "account")
        return SnapshotText::tr("Account");
    if (kind == "directory")
        return SnapshotText::tr("Directory");
    return SnapshotText::tr("Version");
}

QString changeText(SnapshotChange change)
{
    return change == SnapshotChange::Added ? SnapshotText::tr("added") : change == SnapshotChange::Removed ? SnapshotText::tr("removed") : SnapshotText::tr("changed");
}

} // namespace

void GrowthModel::setGrowth(const SnapshotGrowth &growth)
{
    std::vector<GrowthRow> rows;
    for (const auto *lines : {&growth.schemas, &growth.tables}) {
        for (const GrowthLine &line : *lines) {
            // what is not there on the newest day is gone, or no longer among the largest
            if (!line.points.empty() && line.points.back())
                rows.push_back({line.schema, line.table, *line.points.back(), line.bytesPerDay(growth.days)});
        }
    }
    setRows(std::move(rows));
}

Uuid GrowthModel::key(const GrowthRow &row) const
{
    return uuidV5({}, row.schema + '\n' + row.table);
}

QVariant GrowthModel::cell(const GrowthRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case Schema:
        return answer({schemaText(row.schema), {}, {}, {}, false}, role);
    case Table:
        return answer({row.table.empty() ? tr("(all of it)") : qs(row.table), {}, {}, {}, false}, role);
    case Size:
        return bytesAnswer(row.now.bytes, role);
    case Data:
        return bytesAnswer(row.now.data, role);
    case Indexes:
        return bytesAnswer(row.now.index, role);
    case Rows:
        return integerAnswer(row.now.rows, role);
    case PerDay:
        return row.bytesPerDay ? growthAnswer(static_cast<std::int64_t>(*row.bytesPerDay), role) : nothing(role);
    default:
        return {};
    }
}

QVariant GrowthModel::header(int column, int role) const
{
    const QString titles[] = {tr("Schema"), tr("Table"), tr("Size"), tr("Rows' data"), tr("Indexes"), tr("Rows (est.)"), tr("Growth a day")};
    return headerAnswer(titles[column], column >= Size, role, column == Rows || column < Size ? QLatin1String() : inBytes);
}

void SnapshotDiffModel::setDiff(const SnapshotDiff &diff)
{
    std::vector<SnapshotDiffRow> rows;
    for (const auto &[kind, list] : {std::pair{"schema", &diff.schemas}, std::pair{"table", &diff.tables}}) {
        for (const SnapshotSizeChange &one : *list) {
            SnapshotDiffRow row{kind, one.table.empty() ? schemaText(one.schema).toStdString() : one.schema + '.' + one.table, one.change, {}, {}, {}, {}};
            if (one.change != SnapshotChange::Added)
                row.bytesBefore = one.before.bytes;
            if (one.change != SnapshotChange::Removed)
                row.bytesAfter = one.after.bytes;
            // rows alone are an estimate, which changes by itself
            if (one.change != SnapshotChange::Changed || row.bytesBefore != row.bytesAfter)
                rows.push_back(std::move(row));
        }
    }
    for (const SnapshotTextChange &one : diff.texts)
        rows.push_back({one.kind, one.name, one.change, one.before, one.after, {}, {}});
    setRows(std::move(rows));
}

Uuid SnapshotDiffModel::key(const SnapshotDiffRow &row) const
{
    return uuidV5({}, row.kind + '\n' + row.name);
}

QVariant SnapshotDiffModel::cell(const SnapshotDiffRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    const bool sized = row.kind == "schema" || row.kind == "table";
    switch (column) {
    case Kind:
        return answer({kindText(row.kind), {}, {}, {}, false}, role);
    case Name:
        return answer(textCell(row.name), role);
    case Change:
        return answer({changeText(row.change), {}, {}, {}, false}, role);
    case Before:
        return sized ? row.bytesBefore ? bytesAnswer(*row.bytesBefore, role) : nothing(role) : answer(textCell(row.before), role);
    case After:
        return sized ? row.bytesAfter ? bytesAnswer(*row.bytesAfter, role) : nothing(role) : answer(textCell(row.after), role);
    case Grown:
        return sized ? growthAnswer(row.bytesAfter.value_or(0) - row.bytesBefore.value_or(0), role) : nothing(role);
    default:
        return {};
    }
}

QVariant SnapshotDiffModel::header(int column, int role) const
{
    const QString titles[] = {tr("What"), tr("Name"), tr("Change"), tr("Before"), tr("After"), tr("Growth")};
    return headerAnswer(titles[column], column == Grown, role, column == Grown ? inBytes : QLatin1String());
}

ChartData growthChart(const SnapshotGrowth &growth, std::size_t most)
{
    ChartData chart;
    if (growth.days.empty())
        return chart;
    const SnapshotDay first = growth.days.front();
    const auto count = static_cast<std::size_t>(growth.days.back() - first + 1);
    chart.from = beginOf(first);
    chart.until = beginOf(growth.days.back() + 1);
    ChartLine rest{QStringLiteral("*"), SnapshotText::tr("others"), Spreads(count)};
    for (std::size_t at = 0; at < growth.schemas.size(); ++at) {
        const GrowthLine &line = growth.schemas[at];
        ChartLine drawn{schemaText(line.schema), schemaText(line.schema), Spreads(count)};
        for (std::size_t i = 0; i < line.points.size(); ++i) {
            if (!line.points[i])
                continue;
            const auto place = static_cast<std::size_t>(growth.days[i] - first);
            const auto bytes = static_cast<double>(line.points[i]->bytes);
            Spreads &values = at < most ? drawn.values : rest.values;
            const double sum = bytes + (at < most || !values[place] ? 0 : values[place]->mean);
            values[place] = Spread{sum, sum, sum};
        }
        if (at < most)
            chart.lines.push_back(std::move(drawn));
    }
    if (growth.schemas.size() > most)
        chart.lines.push_back(std::move(rest));
    return chart;
}

} // namespace zandb
