// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/focusring.h"

#include "widgets/common/theme.h"

#include <QEvent>
#include <QFocusEvent>
#include <QPainter>

namespace zandb {

FocusRing::FocusRing(QWidget *over) : QWidget(over)
{
    setObjectName(QStringLiteral("focusRing"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    over->installEventFilter(this);
    follow();
}

void FocusRing::follow()
{
    setGeometry(parentWidget()->rect());
    setVisible(m_wanted && parentWidget()->hasFocus());
    raise();
}

bool FocusRing::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::FocusIn: {
        const Qt::FocusReason reason = static_cast<QFocusEvent *>(event)->reason();
        if (reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason) // back from elsewhere: as it was
            m_wanted = reason != Qt::MouseFocusReason;
        follow();
        break;
    }
    case QEvent::Show:
    case QEvent::Resize:
        follow();
        break;
    case QEvent::FocusOut:
        hide();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void FocusRing::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(accentColour(palette()), 1.5));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

} // namespace zandb
