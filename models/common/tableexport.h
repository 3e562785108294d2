// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

class QAbstractItemModel;

/// What is shown, as text: rows and columns in their order on the screen, words as they are shown, numbers and instants by
/// ExactRole in the unit that stands in the heading.
namespace zandb {

struct Shown
{
    const QAbstractItemModel *model = nullptr;
    QList<int> rows;
    QList<int> columns;
};
/// All rows and columns of a model.
Shown allOf(const QAbstractItemModel *model);

/// For the clipboard: tabs between cells; tabs and line ends inside cells become spaces.
QString toTsv(const Shown &shown, bool withHeader);
/// RFC 4180, UTF-8; `bom` for spreadsheets that guess otherwise.
QByteArray toCsv(const Shown &shown, bool bom);
/// An array of objects, a member for each column: {"shown": the text on the screen, "value": what it stands for, "unit"}.  Numbers
/// are numbers; `unit` is absent where there is none.
QByteArray toJsonText(const Shown &shown);

} // namespace zandb
