// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QStringList>

#include <array>

namespace zandb {

/// How wide names are, or two pixels more: ten thousand of them in the time in which fifty are laid out.  What is not ASCII is laid out.
class QuickWidth
{
public:
    explicit QuickWidth(const QFontMetrics &metrics) : m_metrics(metrics) {}
    int operator()(const QString &name);

private:
    static constexpr char16_t first = 0x20, last = 0x7e;
    const QFontMetrics m_metrics;
    std::array<double, last - first + 1> m_advances{};
};

/// Each of `names` in at most `width` pixels, in their order.  What does not fit is shortened in its middle, as a name is told
/// by both its ends; where that makes different names look the same, they are shortened so that what differs stays visible.
QStringList elidedApart(const QStringList &names, const QFontMetrics &metrics, int width);

} // namespace zandb
