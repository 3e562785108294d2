// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace zandb {

/// A frame in the accent's colour over a widget while that has the keyboard and did not get it by the mouse: for lists and pictures, which do not show it
/// themselves.  Belongs to the widget it is over.
class FocusRing final : public QWidget
{
public:
    explicit FocusRing(QWidget *over);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void follow();
    bool m_wanted = false; ///< the keyboard came by the keyboard, not by the mouse
};

} // namespace zandb
