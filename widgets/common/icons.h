// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

class QPainter;
class QRectF;

namespace zandb {

/// Our own line icons (resources/icons), drawn in a colour at any size and scale.
/// GUI thread.

/// Paints an icon of resources/icons by its file name without suffix.
void paintIcon(QPainter &painter, const QRectF &where, const QString &name, const QColor &colour);
/// An icon that takes the application's text colour whenever it is painted, so it follows the theme.
QIcon themedIcon(const QString &name);
inline QIcon themedIcon(const char *name) { return themedIcon(QString::fromLatin1(name)); }

} // namespace zandb
