// SPDX-License-Identifier: GPL-3.0-or-later
// What a person's hand does on a window.
#pragma once

#include <QPointer>
#include <QTest>
#include <QWidget>

namespace zandb::test {

template<class T>
T *find(const QWidget &window, const char *name)
{
    return window.findChild<T *>(QString::fromLatin1(name));
}

/// The one of several of that name that is on the screen.
template<class T>
T *findVisible(const QWidget &window, const char *name)
{
    for (T *widget : window.findChildren<T *>(QString::fromLatin1(name))) {
        if (widget->isVisible())
            return widget;
    }
    return nullptr;
}

/// Clicks it once it can be clicked: a button that was shown just now has its place only after the next layout, and
/// nobody clicks what is not drawn yet. False when that does not come within five seconds.
inline bool click(QWidget *widget)
{
    const QPointer<QWidget> watched = widget;
    constexpr int drawable = 10; // pixels; what a layout has not placed yet has none
    const bool drawn = QTest::qWaitFor(
        [&] { return watched && watched->isVisible() && watched->isEnabled() && watched->width() >= drawable && watched->height() >= drawable; },
        5000);
    if (drawn && watched)
        QTest::mouseClick(watched, Qt::LeftButton);
    return drawn;
}

} // namespace zandb::test
