// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/identifier.h"

#include "widgets/common/theme.h"

#include <QEvent>
#include <QMimeData>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace zandb {

Identifier::Identifier(QWidget *parent) : QTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWordWrapMode(QTextOption::WrapAnywhere);
    document()->setDocumentMargin(0);
    setFont(fixedFont());
    setObjectName(QStringLiteral("identifier"));
    viewport()->setAutoFillBackground(false);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void Identifier::setText(const QString &text)
{
    if (text == toPlainText()) // what is selected stays
        return;
    setPlainText(text);
    updateGeometry();
}

int Identifier::heightForWidth(int width) const
{
    const QFontMetricsF metrics(font());
    // one width for nearly every character: the lines can be counted without laying the text out
    const double narrow = metrics.horizontalAdvance(QLatin1Char('0'));
    const double room = std::max<double>(width, narrow);
    const QString text = toPlainText();
    std::int64_t lines = 1;
    double at = 0;
    for (const QChar c : text) {
        if (c == QLatin1Char('\n')) {
            ++lines;
            at = 0;
            continue;
        }
        const double tab = tabStopDistance();
        const double advance = c == QLatin1Char('\t') ? tab - std::fmod(at, tab) : c.unicode() < 0x100 ? narrow : metrics.horizontalAdvance(c);
        if (at + advance > room + 0.01) {
            ++lines;
            at = 0;
        }
        at += advance;
    }
    return static_cast<int>(std::ceil(static_cast<double>(lines) * metrics.lineSpacing())) + 1;
}

QSize Identifier::sizeHint() const
{
    return {16 * unit, heightForWidth(std::max(16 * unit, width()))};
}

QSize Identifier::minimumSizeHint() const
{
    return {8 * unit, QFontMetrics(font()).lineSpacing()};
}

QMimeData *Identifier::createMimeDataFromSelection() const
{
    auto *copied = new QMimeData;
    copied->setText(textCursor().selectedText());
    return copied;
}

void Identifier::changeEvent(QEvent *event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

} // namespace zandb
