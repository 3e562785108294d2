// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/slowdetailmodels.h"

#include "models/common/cell.h"

#include <cmath>
#include <functional>

namespace zandb {
namespace {

QVariant timeOf(const std::optional<double> &us, int role)
{
    if (!us)
        return answer({{}, {}, {}, {}, true}, role);
    return numberAnswer(*us, *us / 1e6, role, true, [&] { return shortDurationText(*us); }, [&] { return exactDurationText(Microseconds{static_cast<std::int64_t>(std::llround(*us))}); });
}

QVariant rowsOf(const std::optional<std::int64_t> &rows, int role)
{
    if (!rows)
        return answer({{}, {}, {}, {}, true}, role);
    const auto number = static_cast<qlonglong>(*rows);
    return numberAnswer(number, number, role, true, [&] { return countText(*rows); }, [&] { return QString::number(number); });
}

/// Rows are known by what they say: a name for it.
Uuid keyOf(const std::string &text)
{
    Uuid key;
    std::size_t hash = std::hash<std::string>()(text);
    for (std::size_t i = 0; i < 8; ++i, hash >>= 8)
        key.bytes[15 - i] = static_cast<std::uint8_t>(hash & 0xff);
    std::size_t more = std::hash<std::string>()(text + "\n" + text);
    for (std::size_t i = 8; i < 16; ++i, more >>= 8)
        key.bytes[15 - i] = static_cast<std::uint8_t>(more & 0xff);
    return key;
}

} // namespace

Uuid SlowCallerModel::key(const SlowCallerRow &row) const
{
    return keyOf(row.user + '\0' + row.host + '\0' + row.schema);
}

QVariant SlowCallerModel::cell(const SlowCallerRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    const auto name = [&](const std::string &text) { return answer(text == "*" ? Cell{tr("(others)"), {}, {}, {}, false} : textCell(text), role); };
    switch (column) {
    case User:
        return name(row.user);
    case Host:
        return name(row.host);
    case Schema:
        return name(row.schema);
    case Calls:
        return rowsOf(row.totals.events, role);
    case Total:
        return timeOf(static_cast<double>(row.totals.timeUs), role);
    case Mean:
        return timeOf(row.totals.events > 0 ? std::optional(static_cast<double>(row.totals.timeUs) / static_cast<double>(row.totals.events)) : std::nullopt, role);
    case Examined:
        return rowsOf(row.totals.examined, role);
    default:
        return {};
    }
}

QVariant SlowCallerModel::header(int column, int role) const
{
    const QString titles[] = {tr("User"), tr("Host"), tr("Schema"), tr("Calls"), tr("Total"), tr("Mean"), tr("Examined")};
    return headerAnswer(titles[column], column >= Calls, role, column == Total || column == Mean ? inSeconds : QLatin1String());
}

void SlowExampleModel::setExamples(const std::vector<SlowExample> &examples, const Fleet &fleet)
{
    std::vector<SlowExampleRow> rows;
    for (const SlowExample &example : examples)
        rows.push_back({example, qs(fleet.pathOf(example.instance))});
    setRows(std::move(rows));
}

Uuid SlowExampleModel::key(const SlowExampleRow &row) const
{
    return keyOf(row.example.instance.toString() + std::to_string(row.example.slot));
}

QVariant SlowExampleModel::cell(const SlowExampleRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    const wire::SlowSample &sample = row.example.sample;
    switch (column) {
    case Why: {
        const QString words[] = {tr("slowest"), tr("most rows"), tr("most recent")};
        return answer({words[std::clamp(row.example.slot, 0, 2)], row.example.slot, {}, {}, false, qs(std::string(slotWord(row.example.slot)))}, role);
    }
    case At:
        return timeAnswer(sample.at, role, true);
    case Instance:
        return answer({row.instance, {}, {}, {}, false}, role);
    case User:
        return answer(textCell(sample.user), role);
    case Host:
        return answer(textCell(sample.host), role);
    case Schema:
        return answer(textCell(sample.schema), role);
    case Duration:
        return timeOf(sample.querySeconds * 1e6, role);
    case Lock:
        return timeOf(sample.lockSeconds ? std::optional(*sample.lockSeconds * 1e6) : std::nullopt, role);
    case Examined:
        return rowsOf(sample.rowsExamined, role);
    case Sent:
        return rowsOf(sample.rowsSent, role);
    case Query:
        return answer(textCell(sample.query), role);
    default:
        return {};
    }
}

QVariant SlowExampleModel::header(int column, int role) const
{
    const QString titles[] = {tr("Example"), tr("Time"), tr("Instance"), tr("User"), tr("Host"), tr("Schema"), tr("Duration"), tr("Locks"), tr("Examined"), tr("Sent"), tr("Statement (masked)")};
    return headerAnswer(titles[column], column >= Duration && column <= Sent, role,
                        column == Duration || column == Lock ? inSeconds : column == At ? inUtc : QLatin1String());
}

} // namespace zandb
