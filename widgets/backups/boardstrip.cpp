// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/boardstrip.h"

#include "models/workflow/runtext.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/parts.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QLabel>

namespace zandb {
namespace {

constexpr std::pair<BoardState, const char *> order[] = {
    {BoardState::Done, QT_TRANSLATE_NOOP("zandb::BoardStrip", "done")},         {BoardState::Running, QT_TRANSLATE_NOOP("zandb::BoardStrip", "running")},
    {BoardState::Failed, QT_TRANSLATE_NOOP("zandb::BoardStrip", "failed")},     {BoardState::Late, QT_TRANSLATE_NOOP("zandb::BoardStrip", "late")},
    {BoardState::Unknown, QT_TRANSLATE_NOOP("zandb::BoardStrip", "unknown")},   {BoardState::Skipped, QT_TRANSLATE_NOOP("zandb::BoardStrip", "skipped")},
    {BoardState::Cancelled, QT_TRANSLATE_NOOP("zandb::BoardStrip", "cancelled")}, {BoardState::Missed, QT_TRANSLATE_NOOP("zandb::BoardStrip", "missed")},
    {BoardState::Pending, QT_TRANSLATE_NOOP("zandb::BoardStrip", "pending")},
};

/// Counts that say something even when they are zero.
bool isWorry(Look look)
{
    return look == Look::Ok || look == Look::Failed || look == Look::Late || look == Look::Unknown;
}

} // namespace

BoardStrip::BoardStrip(QWidget *parent) : QWidget(parent), m_total(new QLabel(this)), m_word(new QLabel(this))
{
    setObjectName(QStringLiteral("boardStrip"));
    auto *layout = new FlowLayout(this);
    layout->setContentsMargins(2 * unit, unit / 2, unit, unit / 2);
    layout->setSpacing(2);
    QFont big = font();
    big.setPixelSize(22);
    big.setWeight(QFont::DemiBold);
    m_total->setFont(big);
    m_total->setObjectName(QStringLiteral("boardTotal"));
    m_word->setProperty("muted", true);
    layout->addWidget(m_total);
    layout->addSpace(4);
    layout->addWidget(m_word);
    layout->addSpace(2 * unit);
    for (const auto &[state, word] : order) {
        const Look look = lookOf(state);
        auto *chip = new Chip(look, this);
        chip->setObjectName(QStringLiteral("chip-") + lookName(look));
        m_chips[look] = chip;
        layout->addWidget(chip);
        connect(chip, &Chip::clicked, this, [this, look = look] {
            setLook(m_look == look ? std::nullopt : std::optional(look));
            Q_EMIT lookChosen(m_look);
        });
    }
    retranslate();
}

void BoardStrip::retranslate()
{
    m_word->setText(m_count ? tr("due") : tr("unknown"));
    m_total->setText(m_count ? QString::number(*m_count) : QStringLiteral("\u2013"));
    for (const auto &[state, word] : order)
        m_chips[lookOf(state)]->setWord(tr(word));
    fit();
}

void BoardStrip::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void BoardStrip::fit()
{
    int all = m_total->sizeHint().width() + m_word->sizeHint().width() + 6 * unit;
    for (const auto &[look, chip] : m_chips)
        all += chip->sizeHint().width() + 2;
    // without room what is zero and would be no worry goes first; what is left then stands on more than one line
    const bool crowded = all > width();
    for (const auto &[look, chip] : m_chips) {
        const bool matters = m_low ? isWorry(look) || look == Look::Running || (look == Look::Missed && chip->count() > 0) : chip->count() > 0 || isWorry(look);
        chip->setVisible(m_count && (!crowded || matters));
    }
    updateGeometry();
}

void BoardStrip::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void BoardStrip::setCounts(const BoardCounts &counts)
{
    m_count = counts.total;
    for (const auto &[state, word] : order)
        m_chips[lookOf(state)]->setCount(counts.of(state));
    retranslate();
}

void BoardStrip::setLow(bool low)
{
    m_low = low;
    fit();
}

void BoardStrip::setLook(std::optional<Look> look)
{
    m_look = look;
    for (const auto &[of, chip] : m_chips)
        chip->setChecked(look == of);
}

} // namespace zandb
