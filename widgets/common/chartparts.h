// SPDX-License-Identifier: GPL-3.0-or-later
// What all charts share: marks of the legend, and copying.  GUI thread.
#pragma once

#include <QIcon>

#include <functional>

class QColor;
class QString;
class QToolButton;
class QWidget;

namespace zandb {

/// What a series looks like: a square for bars and areas, a stroke with a dot for a line.
QIcon chartSwatch(const QColor &colour, bool stroke);
/// An entry of a legend; checked: its series is shown.  The caller sets text and icon.
QToolButton *makeLegendEntry(const QString &name, QWidget *parent);
/// The button with the menu "Copy as picture", "Copy as data".  `data` makes the text when it is asked for.
QToolButton *makeCopyButton(QWidget *chart, std::function<QString()> data);
/// Texts of the copy button in the current language.
void retranslateCopyButton(QToolButton *button);

} // namespace zandb
