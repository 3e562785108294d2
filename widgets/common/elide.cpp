// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/elide.h"

#include <QHash>

#include <algorithm>
#include <cmath>

namespace zandb {
namespace {

/// Shortens the names at `places`, which look the same so far, around the part in which they differ.
void tellApart(QStringList &shown, const QStringList &names, const QList<qsizetype> &places, const QFontMetrics &metrics, int width)
{
    const QString &first = names[places.front()];
    qsizetype before = first.size();
    qsizetype behind = first.size();
    qsizetype shortest = first.size();
    for (const qsizetype place : places) {
        const QString &name = names[place];
        const auto ahead = std::mismatch(first.begin(), first.end(), name.begin(), name.end());
        before = std::min(before, static_cast<qsizetype>(ahead.first - first.begin()));
        const auto back = std::mismatch(first.rbegin(), first.rend(), name.rbegin(), name.rend());
        behind = std::min(behind, static_cast<qsizetype>(back.first - first.rbegin()));
        shortest = std::min(shortest, name.size());
    }
    behind = std::min(behind, shortest - before); // of "aa" and "aaa" both ends are alike
    const QString head = first.left(before);
    const QString tail = first.right(behind);
    const int gap = metrics.horizontalAdvance(QChar(0x2026));
    for (const qsizetype place : places) {
        const QString &name = names[place];
        const QString differs = metrics.elidedText(name.mid(before, name.size() - before - behind), Qt::ElideMiddle,
                                                   width - (head.isEmpty() ? 0 : gap) - (tail.isEmpty() ? 0 : gap));
        const int left = std::max(0, width - metrics.horizontalAdvance(differs));
        const QString end = metrics.elidedText(tail, Qt::ElideLeft, std::max(left - (head.isEmpty() ? 0 : gap), gap));
        shown[place] = metrics.elidedText(head, Qt::ElideRight, std::max(left - metrics.horizontalAdvance(end), gap)) + differs + end;
    }
}

} // namespace

int QuickWidth::operator()(const QString &name)
{
    double width = 2; // kerning seldom widens a text, and then by less
    for (const QChar c : name) {
        if (c.unicode() < first || c.unicode() > last)
            return m_metrics.horizontalAdvance(name);
        double &advance = m_advances[c.unicode() - first];
        if (advance == 0)
            advance = QFontMetricsF(m_metrics).horizontalAdvance(c);
        width += advance;
    }
    return static_cast<int>(std::ceil(width));
}

QStringList elidedApart(const QStringList &names, const QFontMetrics &metrics, int width)
{
    QStringList shown;
    shown.reserve(names.size());
    QuickWidth widthOf(metrics);
    for (const QString &name : names)
        shown << (widthOf(name) <= width ? name : metrics.elidedText(name, Qt::ElideMiddle, width));
    // those that still look the same have more in common than all of their group had, so each round shows more of them
    constexpr int rounds = 4;
    for (int round = 0; round < rounds; ++round) {
        QHash<QString, QList<qsizetype>> alike;
        for (qsizetype at = 0; at < names.size(); ++at)
            alike[shown[at]] << at;
        bool any = false;
        for (const QList<qsizetype> &places : std::as_const(alike)) {
            if (std::ranges::all_of(places, [&](qsizetype place) { return names[place] == names[places.front()]; }))
                continue;
            tellApart(shown, names, places, metrics, width);
            any = true;
        }
        if (!any)
            break;
    }
    return shown;
}

} // namespace zandb
