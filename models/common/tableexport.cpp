// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/tableexport.h"

#include "models/common/roles.h"

#include <QAbstractItemModel>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace zandb {
namespace {

QVariant exact(const Shown &shown, int row, int column)
{
    const QModelIndex index = shown.model->index(row, column);
    const QVariant value = index.data(ExactRole);
    return value.isValid() ? value : index.data(Qt::DisplayRole);
}

QString title(const Shown &shown, int column)
{
    return shown.model->headerData(column, Qt::Horizontal).toString();
}

QString unitOf(const Shown &shown, int column)
{
    return shown.model->headerData(column, Qt::Horizontal, UnitRole).toString();
}

/// "Stored (bytes)"
QString heading(const Shown &shown, int column)
{
    const QString unit = unitOf(shown, column);
    return unit.isEmpty() ? title(shown, column) : title(shown, column) + QStringLiteral(" (%1)").arg(unit);
}

QJsonObject cellObject(const Shown &shown, int row, int column)
{
    const QModelIndex index = shown.model->index(row, column);
    const QVariant raw = index.data(RawRole);
    const QVariant value = raw.isValid() ? raw : exact(shown, row, column);
    const QString text = index.data(Qt::DisplayRole).toString();
    QJsonObject object{{QStringLiteral("shown"), text}};
    object.insert(QStringLiteral("value"), text.isEmpty() && !raw.isValid() ? QJsonValue() : QJsonValue::fromVariant(value));
    if (const QString unit = unitOf(shown, column); !unit.isEmpty())
        object.insert(QStringLiteral("unit"), unit);
    return object;
}

QString oneLine(QString text)
{
    return text.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' ')).remove(QLatin1Char('\r'));
}

QString quoted(const QString &text)
{
    if (!text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('\n'))
        && !text.contains(QLatin1Char('\r')))
        return text;
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

} // namespace

Shown allOf(const QAbstractItemModel *model)
{
    Shown shown{model, {}, {}};
    for (int row = 0; row < model->rowCount(); ++row)
        shown.rows.push_back(row);
    for (int column = 0; column < model->columnCount(); ++column)
        shown.columns.push_back(column);
    return shown;
}

QString toTsv(const Shown &shown, bool withHeader)
{
    QStringList lines;
    QStringList cells;
    if (withHeader) {
        for (const int column : shown.columns)
            cells << oneLine(heading(shown, column));
        lines << cells.join(QLatin1Char('\t'));
    }
    for (const int row : shown.rows) {
        cells.clear();
        for (const int column : shown.columns)
            cells << oneLine(exact(shown, row, column).toString());
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

QByteArray toCsv(const Shown &shown, bool bom)
{
    QByteArray out;
    if (bom)
        out += "\xef\xbb\xbf";
    QStringList cells;
    for (const int column : shown.columns)
        cells << quoted(heading(shown, column));
    out += cells.join(QLatin1Char(',')).toUtf8() + "\r\n";
    for (const int row : shown.rows) {
        cells.clear();
        for (const int column : shown.columns)
            cells << quoted(exact(shown, row, column).toString());
        out += cells.join(QLatin1Char(',')).toUtf8() + "\r\n";
    }
    return out;
}

QByteArray toJsonText(const Shown &shown)
{
    QJsonArray rows;
    for (const int row : shown.rows) {
        QJsonObject object;
        for (const int column : shown.columns)
            object.insert(title(shown, column), cellObject(shown, row, column));
        rows.push_back(object);
    }
    return QJsonDocument(rows).toJson(QJsonDocument::Indented);
}

} // namespace zandb
