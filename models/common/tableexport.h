// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

class QAbstractItemModel;

/// What is shown, as text: rows and columns in their order on the screen, values by ExactRole (exact and
/// untranslated; the shown text where a cell has none).
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
/// An array of objects; numbers are numbers.
QByteArray toJsonText(const Shown &shown);

} // namespace zandb
