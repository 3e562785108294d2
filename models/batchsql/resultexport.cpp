// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/resultexport.h"

#include "models/batchsql/sqlgridmodel.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace zandb {
namespace {

using Kind = SqlResultModel::Kind;
constexpr int rowsPerStatement = 100;

SqlResultModel::Cell cellAt(const Shown &shown, int row, int column)
{
    const QModelIndex index = shown.model->index(row, column);
    return {index.data(ExactRole).toString(), static_cast<Kind>(index.data(SqlResultModel::KindRole).toInt())};
}

QString headAt(const Shown &shown, int column)
{
    return shown.model->headerData(column, Qt::Horizontal).toString();
}

QString csvField(const SqlResultModel::Cell &cell)
{
    if (cell.kind == Kind::Null)
        return {};
    const bool plain = !cell.text.isEmpty()
        && std::ranges::none_of(cell.text, [](QChar c) { return c == QLatin1Char(',') || c == QLatin1Char('"') || c == QLatin1Char('\n') || c == QLatin1Char('\r'); });
    return plain ? cell.text : QLatin1Char('"') + QString(cell.text).replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

/// Read alike under every sql_mode: a backslash is written as a number.
QString sqlLiteral(const SqlResultModel::Cell &cell)
{
    if (cell.kind == Kind::Null)
        return QStringLiteral("NULL");
    if (cell.kind == Kind::Bytes)
        return cell.text == QLatin1String("0x") ? QStringLiteral("''") : cell.text;
    if (cell.text.contains(QLatin1Char('\\')) || cell.text.contains(QChar(0)))
        return QStringLiteral("CONVERT(0x%1 USING utf8mb4)").arg(QString::fromLatin1(cell.text.toUtf8().toHex()));
    return QLatin1Char('\'') + QString(cell.text).replace(QLatin1Char('\''), QLatin1String("''")) + QLatin1Char('\'');
}

QString sqlName(const QString &name)
{
    return QLatin1Char('`') + QString(name).replace(QLatin1Char('`'), QLatin1String("``")) + QLatin1Char('`');
}

} // namespace

QByteArray resultCsv(const Shown &shown)
{
    QByteArray out;
    QStringList fields;
    for (const int column : shown.columns)
        fields << csvField({headAt(shown, column), Kind::Text});
    out += fields.join(QLatin1Char(',')).toUtf8() + "\r\n";
    for (const int row : shown.rows) {
        fields.clear();
        for (const int column : shown.columns)
            fields << csvField(cellAt(shown, row, column));
        out += fields.join(QLatin1Char(',')).toUtf8() + "\r\n";
    }
    return out;
}

QByteArray resultJson(const Shown &shown)
{
    QJsonArray columns, rows;
    for (const int column : shown.columns)
        columns.append(headAt(shown, column));
    for (const int row : shown.rows) {
        QJsonArray cells;
        for (const int column : shown.columns) {
            const auto cell = cellAt(shown, row, column);
            cells.append(cell.kind == Kind::Null ? QJsonValue() : QJsonValue(cell.text));
        }
        rows.append(cells);
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("columns"), columns}, {QStringLiteral("rows"), rows}}).toJson(QJsonDocument::Compact) + '\n';
}

QByteArray resultSql(const Shown &shown)
{
    QStringList names;
    for (const int column : shown.columns)
        names << sqlName(headAt(shown, column));
    const QByteArray head = QStringLiteral("INSERT INTO `result` (%1) VALUES\n").arg(names.join(QStringLiteral(", "))).toUtf8();
    QByteArray out;
    int cut = 0, inStatement = 0;
    for (const int row : shown.rows) {
        QStringList values;
        for (const int column : shown.columns) {
            const auto cell = cellAt(shown, row, column);
            cut += cell.kind == Kind::Cut;
            values << sqlLiteral(cell);
        }
        out += (inStatement == 0 ? head : QByteArrayLiteral(",\n")) + QStringLiteral("(%1)").arg(values.join(QStringLiteral(", "))).toUtf8();
        if (++inStatement == rowsPerStatement) {
            out += ";\n";
            inStatement = 0;
        }
    }
    if (inStatement > 0)
        out += ";\n";
    return cut > 0 ? "-- " + QByteArray::number(cut) + " values are not whole\n" + out : out;
}

} // namespace zandb
