// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/identifier.h"

#include "widgets/common/theme.h"

#include <QEvent>
#include <QMimeData>
#include <QTextDocument>
#include <QTextOption>

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
    const QString text = toPlainText();
    if (std::ranges::any_of(text, [](QChar c) { return c.unicode() >= 0x100 || c == QLatin1Char('\t'); })) {
        // characters of other fonts have other widths, and make lines higher: it is laid out to be measured
        QTextDocument measured;
        measured.setDocumentMargin(0);
        measured.setDefaultFont(font());
        QTextOption option = measured.defaultTextOption();
        option.setWrapMode(wordWrapMode());
        measured.setDefaultTextOption(option);
        measured.setPlainText(text);
        measured.setTextWidth(width);
        return static_cast<int>(std::ceil(measured.size().height())) + 1;
    }
    const QFontMetricsF metrics(font());
    // one width for every character: the lines can be counted without laying the text out
    const auto columns = static_cast<qsizetype>(std::max(1.0, std::floor(width / metrics.horizontalAdvance(QLatin1Char('0')))));
    qsizetype lines = 0;
    for (const QStringView line : QStringView(text).split(QLatin1Char('\n')))
        lines += std::max<qsizetype>(1, (line.size() + columns - 1) / columns);
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
