// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/todaypage.h"

#include "models/common/format.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/schedule/timeaxis.h"
#include "widgets/backups/boardstrip.h"
#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

class LineDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QPalette &palette = option.palette;
        const auto look = static_cast<Look>(index.data(LookRole).toInt());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect rect = option.rect;
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(option.state & QStyle::State_Selected ? palette.color(QPalette::Highlight) : palette.color(QPalette::Midlight));
            painter->drawRoundedRect(rect.adjusted(unit / 2, 1, -unit / 2, -1), 5, 5);
        }
        const LookColours colours = lookColours(look, isDark(palette));
        painter->setPen(Qt::NoPen);
        painter->setBrush(colours.fill);
        if (index.data(AttentionModel::AcknowledgedRole).toBool())
            painter->setOpacity(0.55);
        const QRectF mark(rect.left() + 2 * unit, rect.center().y() - 14, 28, 28);
        painter->drawRoundedRect(mark, 6, 6);
        paintIcon(*painter, mark.adjusted(5, 5, -5, -5), lookIcon(look), colours.text);
        const QString since = index.data(AttentionModel::SinceRole).toString();
        const int right = rect.right() - 5 * unit;
        const int sinceWidth = option.fontMetrics.horizontalAdvance(since);
        const int left = static_cast<int>(mark.right()) + 2 * unit - 4;
        const int width = right - sinceWidth - 2 * unit - left;
        QFont bold = option.font;
        bold.setWeight(QFont::DemiBold);
        painter->setFont(bold);
        painter->setPen(palette.color(QPalette::Text));
        painter->drawText(QRect(left, rect.top() + 7, width, 20), Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(bold).elidedText(index.data().toString(), Qt::ElideRight, width));
        painter->setFont(option.font);
        painter->setPen(mutedText(palette));
        painter->drawText(QRect(left, rect.top() + 28, width, 20), Qt::AlignVCenter | Qt::AlignLeft,
                          option.fontMetrics.elidedText(index.data(AttentionModel::DetailRole).toString().simplified(), Qt::ElideRight, width));
        painter->drawText(QRect(right - sinceWidth - 1, rect.top() + 7, sinceWidth + 2, 20), Qt::AlignVCenter | Qt::AlignRight, since);
        paintIcon(*painter, QRectF(rect.right() - 3 * unit - 4, rect.center().y() - 6, 12, 12), QStringLiteral("chevron"), mutedText(palette));
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, 56}; }
};

} // namespace

TodayPage::TodayPage(AttentionModel *attention, QWidget *parent)
    : Page(parent), m_model(attention), m_verdict(new QLabel(this)), m_when(new QLabel(this)), m_listTitle(new QLabel(this)),
      m_healthLine(new QLabel(this)), m_healthDetail(new QLabel(this)), m_earlier(new QToolButton(this)), m_later(new QToolButton(this)),
      m_acknowledge(new QPushButton(this)), m_accept(new QPushButton(this)), m_strip(new BoardStrip(this)), m_list(new QListView(this)), m_stack(new QStackedWidget(this)),
      m_calm(new EmptyState(QStringLiteral("look-ok"), this))
{
    setObjectName(QStringLiteral("todayPage"));
    m_verdict->setObjectName(QStringLiteral("verdict"));
    m_list->setObjectName(QStringLiteral("attentionList"));
    m_verdict->setProperty("title", true);
    m_when->setObjectName(QStringLiteral("todayWhen"));
    m_when->setProperty("muted", true);
    m_list->setModel(attention);
    m_list->setItemDelegate(new LineDelegate(m_list));
    m_list->setMouseTracking(true);
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_calm);

    auto *night = new QFrame(this);
    night->setObjectName(QStringLiteral("card"));
    auto *nightBox = new QVBoxLayout(night);
    nightBox->setContentsMargins(0, 2 * unit, 0, unit);
    nightBox->setSpacing(unit / 2);
    m_healthLine->setObjectName(QStringLiteral("healthLine"));
    m_healthDetail->setObjectName(QStringLiteral("healthDetail"));
    m_healthDetail->setProperty("muted", true);
    for (QLabel *label : {m_healthLine, m_healthDetail, m_verdict, m_when}) {
        label->setContentsMargins(2 * unit, 0, 2 * unit, 0);
        label->setWordWrap(true);
    }
    for (QToolButton *button : {m_earlier, m_later})
        button->setAutoRaise(true);
    m_earlier->setObjectName(QStringLiteral("todayEarlier"));
    m_earlier->setArrowType(Qt::LeftArrow);
    m_later->setObjectName(QStringLiteral("todayLater"));
    m_later->setArrowType(Qt::RightArrow);
    connect(m_earlier, &QToolButton::clicked, this, [this] { Q_EMIT dayRequested(-1); });
    connect(m_later, &QToolButton::clicked, this, [this] { Q_EMIT dayRequested(1); });
    auto *day = new QHBoxLayout; // the arrows beside the day that they change
    day->setContentsMargins(unit, 0, 0, 0);
    day->setSpacing(0);
    m_when->setContentsMargins(unit / 2, 0, 2 * unit, 0);
    day->addWidget(m_earlier);
    day->addWidget(m_later);
    day->addWidget(m_when, 1);
    nightBox->addWidget(m_healthLine);
    nightBox->addWidget(m_healthDetail);
    nightBox->addWidget(m_verdict);
    nightBox->addLayout(day);
    nightBox->addSpacing(unit / 2);
    nightBox->addWidget(m_strip);
    auto *layout = makePageLayout(this);
    layout->addWidget(night);
    m_acknowledge->setObjectName(QStringLiteral("alertAcknowledge"));
    m_accept->setObjectName(QStringLiteral("statementAccept"));
    m_stack->setMinimumHeight(7 * unit); // the list scrolls: it must not keep a window high
    layout->addWidget(makeCard(m_listTitle, m_stack, this, {m_accept, m_acknowledge}), 1);
    m_skeleton = new Skeleton(m_stack);

    const auto follow = [this](const QModelIndex &index) {
        const Attention *line = m_model->row(index.row());
        if (line && line->leadsTo.page != QLatin1String("today")) // its cause is nowhere else
            Q_EMIT goToRequested(line->leadsTo);
    };
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &TodayPage::showAcknowledge);
    connect(m_acknowledge, &QPushButton::clicked, this, [this] {
        const Attention *line = m_model->row(m_list->currentIndex().row());
        if (line && line->alert)
            Q_EMIT acknowledgeRequested(*line->alert);
    });
    connect(m_accept, &QPushButton::clicked, this, [this] {
        const Attention *line = m_model->row(m_list->currentIndex().row());
        if (line && line->digest)
            Q_EMIT acceptRequested(*line->digest);
    });
    connect(m_list, &QListView::clicked, this, [this, follow](const QModelIndex &index) {
        const Attention *line = m_model->row(index.row());
        if (line && !line->alert && !line->digest) // these are chosen first, for the buttons; Enter or a double click follows them
            follow(index);
    });
    connect(m_list, &QListView::activated, this, follow);
    connect(m_strip, &BoardStrip::lookChosen, this, [this](std::optional<Look> look) {
        m_strip->setLook(std::nullopt);
        Location to;
        to.page = QStringLiteral("backups");
        to.range = TimeRange::fixed(m_day.from, m_day.until);
        if (look)
            to.subject = Subject(*look);
        Q_EMIT goToRequested(to);
    });
    for (const auto changed : {&QAbstractItemModel::modelReset})
        connect(attention, changed, this, &TodayPage::showState);
    connect(attention, &QAbstractItemModel::rowsInserted, this, &TodayPage::showState);
    connect(attention, &QAbstractItemModel::rowsRemoved, this, &TodayPage::showState);
    retranslate();
}

QString TodayPage::title() const
{
    return tr("Today");
}

QString TodayPage::help() const
{
    return tr("<p>What one wants to know in the morning. Above: how last night's backups went, from noon to noon; a click on a count shows those "
              "backups.</p><p>Below, the worst first: what failed, is late, was missed or cannot be known, disks that fill up, hosts and instances "
              "that do not respond, instances without a recent good backup, and slow statements that are new, slower or more frequent than usual. Each line leads to its cause. An alert stays until what it tells of has ended; "
              "whoever looks after it can acknowledge it. An empty list means that nothing needs you.</p>");
}

void TodayPage::retranslate()
{
    m_earlier->setToolTip(tr("The night before"));
    m_later->setToolTip(tr("The night after"));
    for (QToolButton *button : {m_earlier, m_later})
        button->setAccessibleName(button->toolTip());
    m_acknowledge->setText(tr("Acknowledge"));
    m_accept->setText(tr("Accept"));
    m_accept->setToolTip(tr("The statement is known: how it is now is usual from now on"));
    m_calm->setTexts(tr("Nothing needs your attention"), tr("No failed, late or unknown backups, no disks filling up, all hosts responding."));
    showState();
}

void TodayPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        QTimer::singleShot(0, this, &TodayPage::showState); // its red is another one on dark; the style sheet puts old colours back first
}

void TodayPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    const bool low = height() < 56 * unit; // as for the Backups page: on a low screen the list is worth more
    if (low == m_low)
        return;
    m_low = low;
    m_strip->setLow(low);
    showState();
}

void TodayPage::setLoading(bool loading)
{
    m_skeleton->setLoading(loading);
    if (!loading)
        m_known = true;
    showState();
}

void TodayPage::setAway(bool away)
{
    m_away = away;
    m_verdict->setProperty("muted", away);
    m_verdict->style()->polish(m_verdict);
    m_strip->setEnabled(!away);
    showState();
}

void TodayPage::setOnTop(QWidget *widget)
{
    static_cast<QVBoxLayout *>(layout())->insertWidget(0, widget);
}

void TodayPage::setHealth(const ScheduleHealth &health)
{
    m_health = health;
    showState();
}

void TodayPage::showForbidden()
{
    showAcknowledge();
}

void TodayPage::showAcknowledge()
{
    const Attention *line = m_model->row(m_list->currentIndex().row());
    const bool alert = line && line->alert;
    bool any = false, digests = false;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        any = any || m_model->row(row)->alert;
        digests = digests || m_model->row(row)->digest;
    }
    m_acknowledge->setVisible(any);
    m_accept->setVisible(digests);
    permit(m_accept, !forbidden().isEmpty() ? forbidden() : line && line->digest ? QString() : tr("Choose a statement in the list first."));
    permit(m_acknowledge, !forbidden().isEmpty()  ? forbidden()
                          : !alert                ? tr("Choose an alert in the list first.")
                          : line->acknowledged    ? tr("Somebody has acknowledged it already.")
                                                  : QString());
}

void TodayPage::setNight(const BoardDay &day, const BoardCounts &counts, int healed, bool cut, int repeated)
{
    m_cut = cut;
    m_day = day;
    m_counts = counts;
    m_healed = healed;
    m_repeated = repeated;
    m_known = true;
    m_strip->setCounts(counts);
    showState();
}

QString TodayPage::verdict(int bad) const
{
    const TimePoint now = systemNow();
    // until six in the morning the board day is this night, not last night; older ones have their date above the counts
    const bool older = now >= m_day.until + std::chrono::hours{6};
    const bool tonight = !older && now < m_day.from + std::chrono::hours{18};
    const int open = m_counts.running + m_counts.pending;
    if (m_counts.total == 0 && m_cut)
        return tr("This night lies before what was read");
    if (m_counts.total == 0)
        return older ? tr("No backups were due in this night") : tonight ? tr("No backups were due tonight so far") : tr("No backups were due last night");
    if (bad > 0)
        return older     ? tr("%n backup(s) of this night need attention", nullptr, bad)
            : tonight    ? tr("%n backup(s) of tonight need attention", nullptr, bad)
                         : tr("%n backup(s) of last night need attention", nullptr, bad);
    if (m_health.isBad() && now < m_day.until)
        return tr("%n backup(s) done; no more of them start", nullptr, m_counts.done);
    if (m_counts.done == 0 && open == 0 && m_healed == 0) // all were skipped or cancelled: nothing failed, and nothing is there
        return older ? tr("No backup was made in this night") : tonight ? tr("No backup was made tonight so far") : tr("No backup was made last night");
    return goodNight(older, tonight);
}

/// Nothing went wrong; what was left out is said all the same.
QString TodayPage::goodNight(bool older, bool tonight) const
{
    const int open = m_counts.running + m_counts.pending;
    QStringList parts;
    if (m_counts.skipped > 0)
        parts << tr("%n skipped", nullptr, m_counts.skipped);
    if (m_counts.cancelled > 0)
        parts << tr("%n cancelled", nullptr, m_counts.cancelled);
    if (parts.isEmpty()) {
        if (tonight)
            return tr("Tonight is good so far");
        if (open > 0)
            return tr("So far last night is good; %n backup(s) to go", nullptr, open);
        return older ? tr("This night was good") : tr("Last night was good");
    }
    if (open > 0)
        parts << tr("%n to go", nullptr, open);
    parts.prepend(tr("%n done", nullptr, m_counts.done));
    const QString all = parts.join(tr(", "));
    return older ? tr("This night: %1").arg(all) : tonight ? tr("Tonight so far: %1").arg(all) : tr("Last night: %1").arg(all);
}

void TodayPage::showState()
{
    const int bad = std::max(0, m_counts.failed + m_counts.late + m_counts.unknown + m_counts.missed - m_healed - m_repeated);
    const bool unread = m_known && toMicros(m_day.from) == 0; // no night was told of
    if (!m_known || unread)
        m_verdict->setText(m_away ? tr("Nothing is known: the metadata store does not answer") : tr("Reading the store…"));
    else
        m_verdict->setText(verdict(bad));
    m_healthLine->setText(m_away ? QString() : healthText(m_health));
    m_healthDetail->setText(m_away ? QString() : healthDetail(m_health));
    const bool ill = m_health.isBad() && !m_away;
    m_healthLine->setVisible(ill);
    m_healthDetail->setVisible(ill && !m_low);
    m_healthLine->setToolTip(m_low ? m_healthDetail->text() : QString());
    QPalette red = palette();
    red.setColor(QPalette::WindowText, lookColours(Look::Failed, isDark(palette())).text);
    m_healthLine->setPalette(red);
    QFont font = this->font();
    font.setPixelSize(17);
    font.setWeight(QFont::DemiBold);
    m_healthLine->setFont(font);
    const auto noon = [this](TimePoint at) { return wallDate(at, m_day.zone).toString(Qt::ISODate); };
    QString when;
    if (m_known && !unread) {
        when = tr("From noon %1 to noon %2 (%3)").arg(noon(m_day.from), noon(m_day.until), qs(m_day.zone));
        if (m_cut)
            when += QStringLiteral(" \u00b7 ") + tr("there are too many runs since: not all are counted");
        if (m_healed > 0)
            when += QStringLiteral(" \u00b7 ") + tr("%n bad one(s) were followed by a good backup of the same instance", nullptr, m_healed);
        if (m_repeated > 0)
            when += QStringLiteral(" \u00b7 ") + tr("%n bad one(s) were followed by another bad one of the same task and instance", nullptr, m_repeated);
    }
    m_when->setText(when);
    m_later->setEnabled(!unread && m_known && systemNow() >= m_day.until);
    m_earlier->setEnabled(!unread && m_known);
    const int lines = m_model->rowCount();
    m_listTitle->setText(lines > 0 ? tr("Needs attention (%1)").arg(lines) : tr("Needs attention"));
    m_stack->setCurrentWidget(lines == 0 && m_known && !unread && !m_away ? static_cast<QWidget *>(m_calm) : m_list);
    showAcknowledge();
}

} // namespace zandb
