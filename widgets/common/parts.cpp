// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/parts.h"

#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {

EmptyState::EmptyState(const QString &icon, QWidget *parent)
    : QWidget(parent), m_icon(icon), m_picture(new QLabel(this)), m_title(new QLabel(this)), m_text(new QLabel(this)),
      m_action(new QPushButton(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4 * unit, 4 * unit, 4 * unit, 4 * unit);
    layout->setSpacing(unit);
    layout->addStretch();
    m_title->setProperty("section", true);
    m_text->setProperty("muted", true);
    m_text->setWordWrap(true);
    for (QLabel *label : {m_picture, m_title, m_text}) {
        label->setAlignment(Qt::AlignCenter);
        layout->addWidget(label, 0, Qt::AlignHCenter);
    }
    m_action->setProperty("primary", true);
    m_action->setObjectName(QStringLiteral("emptyAction"));
    layout->addWidget(m_action, 0, Qt::AlignHCenter);
    layout->addStretch();
    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionRequested);
    m_action->hide();
    setMinimumWidth(24 * unit); // an empty list must not keep a window wide
    drawIcon();
}

void EmptyState::setTexts(const QString &title, const QString &text, const QString &action)
{
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    if (isVisible())
        fitText();
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
}

/// A wrapping label that is centred in a layout gets the height of one line otherwise.
void EmptyState::fitText()
{
    const int width = std::clamp(this->width() - 8 * unit, 16 * unit, 56 * unit);
    m_text->ensurePolished();
    m_text->setFixedSize(width, m_text->heightForWidth(width));
}

void EmptyState::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (isVisible()) // most are never seen
        fitText();
}

void EmptyState::showEvent(QShowEvent *event)
{
    fitText();
    QWidget::showEvent(event);
}

void EmptyState::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
}

void EmptyState::drawIcon()
{
    const qreal scale = devicePixelRatioF();
    QPixmap picture(QSize(40, 40) * scale);
    picture.setDevicePixelRatio(scale);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    paintIcon(painter, QRectF(0, 0, 40, 40), m_icon, mutedText(palette()));
    painter.end();
    m_picture->setPixmap(picture);
}

Skeleton::Skeleton(QWidget *over) : QWidget(over)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
    over->installEventFilter(this);
    m_delay.setSingleShot(true);
    m_delay.setInterval(150);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        setGeometry(parentWidget()->rect());
        raise();
        show();
    });
}

void Skeleton::setLoading(bool loading)
{
    if (loading) {
        if (isHidden() && !m_delay.isActive())
            m_delay.start();
    } else {
        m_delay.stop();
        hide();
    }
}

void Skeleton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Midlight));
    const int columns[] = {10, 22, 16, 30};
    for (int y = 2 * unit, row = 0; y < height() - unit; y += 4 * unit, ++row) {
        int x = 2 * unit;
        for (const int part : columns) {
            const int w = width() * part / 100;
            painter.drawRoundedRect(QRect(x, y, w - (row * 13 + part * 7) % std::max(1, w / 3 + 1), 12), 4, 4);
            x += w + 2 * unit;
        }
    }
}

bool Skeleton::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && !isHidden())
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

Banner::Banner(QWidget *parent) : QFrame(parent), m_text(new QLabel(this)), m_detail(new QLabel(this)), m_action(new QPushButton(this))
{
    setObjectName(QStringLiteral("banner"));
    auto *all = new QHBoxLayout(this);
    all->setContentsMargins(2 * unit, unit, 2 * unit, unit);
    all->setSpacing(2 * unit);
    auto *layout = new QVBoxLayout;
    all->addLayout(layout, 1);
    all->addWidget(m_action, 0, Qt::AlignVCenter);
    m_action->setObjectName(QStringLiteral("bannerAction"));
    m_action->hide();
    connect(m_action, &QPushButton::clicked, this, &Banner::actionRequested);
    layout->setSpacing(unit / 2);
    for (QLabel *label : {m_text, m_detail}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        layout->addWidget(label);
    }
    m_text->setProperty("section", true);
    hide();
}

void Banner::setTexts(const QString &text, const QString &detail, const QString &action)
{
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_text->setText(text);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    setVisible(!text.isEmpty() || !detail.isEmpty());
}

Chip::Chip(Look look, QWidget *parent) : QWidget(parent), m_look(look)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Chip::setCount(int count)
{
    m_count = count;
    setAccessibleName(QStringLiteral("%1 %2").arg(m_count).arg(m_word));
    setToolTip(accessibleName());
    updateGeometry();
    update();
}

void Chip::setWord(const QString &word)
{
    m_word = word;
    setCount(m_count);
}

void Chip::setChecked(bool checked)
{
    m_checked = checked;
    update();
}

QSize Chip::sizeHint() const
{
    QFont big = font();
    big.setPixelSize(17);
    big.setWeight(QFont::DemiBold);
    const int number = QFontMetrics(big).horizontalAdvance(QString::number(m_count));
    return {unit + 14 + 5 + number + 5 + fontMetrics().horizontalAdvance(m_word) + unit, 36};
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const LookColours colours = lookColours(isAway(this) ? Look::Pending : m_look, isDark(palette()));
    // a zero is quiet: what is not zero should be seen
    const bool quiet = m_count == 0;
    const QColor ink = quiet ? mutedText(palette()) : colours.text;
    const QRectF box = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(m_checked || hasFocus() ? QPen(m_checked ? colours.text : accentColour(palette()), 1.5) : QPen(Qt::NoPen));
    painter.setBrush(m_checked ? colours.fill : m_hovered ? palette().color(QPalette::Midlight) : quiet ? QColor(Qt::transparent) : colours.fill);
    painter.drawRoundedRect(box, 6, 6);
    paintIcon(painter, QRectF(unit - 1, (height() - 14) / 2.0, 14, 14), lookIcon(m_look), ink);
    QFont big = font();
    big.setPixelSize(17);
    big.setWeight(QFont::DemiBold);
    painter.setFont(big);
    painter.setPen(ink);
    const QString number = QString::number(m_count);
    int x = unit + 14 + 5;
    painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, number);
    x += QFontMetrics(big).horizontalAdvance(number) + 5;
    painter.setFont(font());
    painter.setPen(quiet ? mutedText(palette()) : colours.text);
    painter.drawText(QRect(x, 1, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, m_word);
}

void Chip::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT clicked();
}

void Chip::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        Q_EMIT clicked();
    else
        QWidget::keyPressEvent(event);
}

void Chip::enterEvent(QEnterEvent *)
{
    m_hovered = true;
    update();
}

void Chip::leaveEvent(QEvent *)
{
    m_hovered = false;
    update();
}

Breadcrumb::Breadcrumb(QWidget *parent) : QWidget(parent), m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_layout->setSizeConstraint(QLayout::SetNoConstraint); // minimumSizeHint says how narrow it may be
}

void Breadcrumb::setParts(const QStringList &parts)
{
    if (parts == m_parts)
        return;
    m_parts = parts;
    m_buttons.clear();
    while (QLayoutItem *item = m_layout->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    for (int at = 0; at < parts.size(); ++at) {
        if (at > 0) {
            auto *arrow = new QLabel(this);
            arrow->setPixmap(themedIcon("chevron").pixmap(12, 12));
            m_layout->addWidget(arrow);
        }
        auto *part = new QToolButton(this);
        part->setText(parts[at]);
        part->setObjectName(QStringLiteral("crumb%1").arg(at));
        if (at == parts.size() - 1) {
            QFont bold = part->font();
            bold.setWeight(QFont::DemiBold);
            part->setFont(bold);
        }
        connect(part, &QToolButton::clicked, this, [this, at] { Q_EMIT partClicked(at); });
        m_layout->addWidget(part);
        m_buttons << part;
    }
    m_layout->addStretch();
    fit();
}

QSize Breadcrumb::minimumSizeHint() const
{
    return {16 * unit, QWidget::minimumSizeHint().height()};
}

void Breadcrumb::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void Breadcrumb::fit()
{
    QStringList texts = m_parts;
    const auto fits = [&] {
        int needed = 0;
        for (qsizetype at = 0; at < m_buttons.size(); ++at) {
            m_buttons[at]->setText(texts[at]);
            m_buttons[at]->setToolTip(texts[at] == m_parts[at] ? QString() : m_parts[at]);
            m_buttons[at]->setAccessibleName(m_parts[at]);
            needed += m_buttons[at]->sizeHint().width() + (at > 0 ? 12 : 0);
        }
        return needed <= width();
    };
    if (fits())
        return;
    // what lies between the page and what one is at gives way first, as a whole: of two halves of a name nobody is the wiser
    for (qsizetype at = 1; at + 1 < m_parts.size(); ++at) {
        texts[at] = QChar(0x2026);
        if (fits())
            return;
    }
    for (int most = 60 * unit; most >= 5 * unit; most -= unit) {
        texts.front() = m_buttons.front()->fontMetrics().elidedText(m_parts.front(), Qt::ElideMiddle, most);
        texts.back() = m_buttons.back()->fontMetrics().elidedText(m_parts.back(), Qt::ElideMiddle, most);
        if (fits())
            return;
    }
}

} // namespace zandb
