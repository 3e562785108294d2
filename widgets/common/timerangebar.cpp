// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/timerangebar.h"

#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

namespace zandb {
namespace {

constexpr int presets[] = {1, 6, 24, 2 * 24, 5 * 24, 14 * 24, 30 * 24, 90 * 24};

} // namespace

TimeRangeBar::TimeRangeBar(QWidget *parent)
    : QWidget(parent), m_earlier(new QToolButton(this)), m_choice(new QToolButton(this)), m_later(new QToolButton(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_earlier->setIcon(themedIcon("back"));
    m_later->setIcon(themedIcon("forward"));
    setIconBeside(m_choice, QStringLiteral("calendar"));
    m_choice->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_choice->setPopupMode(QToolButton::InstantPopup);
    m_earlier->setObjectName(QStringLiteral("rangeEarlier"));
    m_choice->setObjectName(QStringLiteral("rangeChoice"));
    m_later->setObjectName(QStringLiteral("rangeLater"));
    for (QToolButton *button : {m_earlier, m_choice, m_later})
        layout->addWidget(button);
    auto *menu = new QMenu(this);
    for (const int hours : presets) {
        connect(menu->addAction(QString()), &QAction::triggered, this, [this, hours] { Q_EMIT rangeChosen(TimeRange::last(hours)); });
    }
    m_choice->setMenu(menu);
    connect(m_earlier, &QToolButton::clicked, this, [this] { Q_EMIT rangeChosen(m_range.moved(-1, systemNow())); });
    connect(m_later, &QToolButton::clicked, this, [this] {
        const TimeRange next = m_range.moved(1, systemNow());
        // beyond now there is nothing: the range moves along again
        if (next.from >= systemNow())
            return;
        Q_EMIT rangeChosen(next);
    });
    retranslate();
}

void TimeRangeBar::setRange(const TimeRange &range)
{
    m_range = range;
    retranslate();
}

void TimeRangeBar::retranslate()
{
    m_choice->setText(m_range.title());
    m_choice->setToolTip(tr("Time range of all pages"));
    m_earlier->setToolTip(tr("Earlier"));
    m_later->setToolTip(tr("Later"));
    m_later->setEnabled(m_range.lastHours <= 0);
    const auto actions = m_choice->menu()->actions();
    for (qsizetype at = 0; at < actions.size(); ++at)
        actions[at]->setText(TimeRange::last(presets[at]).title());
}

void TimeRangeBar::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

} // namespace zandb
