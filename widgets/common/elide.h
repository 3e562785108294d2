// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QStringList>

namespace zandb {

/// Each of `names` in at most `width` pixels, in their order.  What does not fit is shortened in its middle, as a name is told
/// by both its ends; where that makes different names look the same, they are shortened so that what differs stays visible.
QStringList elidedApart(const QStringList &names, const QFontMetrics &metrics, int width);

} // namespace zandb
