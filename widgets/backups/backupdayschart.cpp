// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/backupdayschart.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "models/schedule/timeaxis.h"
#include "widgets/common/chartparts.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/focusring.h"
#include "widgets/common/theme.h"

#include <QBarCategoryAxis>
#include <QBarSet>
#include <QChart>
#include <QChartView>
#include <QEvent>
#include <QGraphicsLayout>
#include <QGraphicsLineItem>
#include <QGraphicsSimpleTextItem>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QStackedBarSeries>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <QValueAxis>

#include <cmath>

namespace zandb {
namespace {

/// The next 1, 2 or 5 times a power of ten, so that the four parts of an axis have plain numbers.
double niceTop(double value)
{
    if (value <= 4)
        return 4;
    const double power = std::pow(10, std::floor(std::log10(value / 4)));
    for (const double step : {1.0, 2.0, 2.5, 5.0, 10.0}) {
        if (power * step * 4 >= value && std::fmod(power * step, 1.0) == 0.0)
            return power * step * 4;
    }
    return power * 40;
}

double niceTopReal(double value)
{
    if (value <= 0)
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value / 4)));
    for (const double step : {1.0, 2.0, 2.5, 5.0, 10.0}) {
        if (power * step * 4 >= value)
            return power * step * 4;
    }
    return power * 40;
}

} // namespace

BackupDaysChart::BackupDaysChart(QWidget *parent) : QWidget(parent), m_view(new QChartView(this)), m_copy(makeCopyButton(this, [this] { return dataText(); })), m_title(new QLabel(this))
{
    setObjectName(QStringLiteral("backupDays"));
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setBackgroundBrush(Qt::NoBrush);
    m_view->viewport()->setAutoFillBackground(false);
    m_view->viewport()->setMouseTracking(true);
    m_view->viewport()->installEventFilter(this);
    m_view->installEventFilter(this);
    m_view->setFocusPolicy(Qt::StrongFocus);
    new FocusRing(m_view);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(2 * unit, unit / 2, unit, 0);
    m_title->setProperty("section", true);
    head->addWidget(m_title);
    head->addStretch();
    auto *entries = new QWidget(this);
    auto *legend = new FlowLayout(entries);
    legend->setContentsMargins(unit + 4, 0, unit, 0);
    legend->setSpacing(0);
    for (std::size_t at = 0; at < m_legend.size(); ++at) {
        auto *entry = makeLegendEntry(QLatin1String(std::array{"good", "failed", "other", "stored"}[at]), this);
        connect(entry, &QToolButton::toggled, this, &BackupDaysChart::rebuild);
        legend->addWidget(entry);
        m_legend[at] = entry;
    }
    head->addWidget(m_copy);
    layout->addLayout(head);
    layout->addWidget(entries);
    layout->addWidget(m_view, 1);
    rebuild();
}

int BackupDaysChart::labelStep() const
{
    QFont small = font();
    small.setPixelSize(11);
    const int room = std::max(1, (width() - 14 * unit) / (QFontMetrics(small).horizontalAdvance(QStringLiteral("00-00")) + 2 * unit));
    return std::max(1, static_cast<int>(std::ceil(static_cast<double>(m_days.size()) / room)));
}

bool BackupDaysChart::isNarrow() const
{
    return width() < 36 * unit;
}

/// How many numbers an axis has room for: Qt Charts shows each that is higher than its share of the plot as "…".
int BackupDaysChart::ticks() const
{
    QFont small = font();
    small.setPixelSize(11);
    const int line = QFontMetrics(small).height();
    // below the plot stand the days, above it half of the topmost number; round each number Qt Charts keeps 4 pixels free
    const int room = m_view->height() - (line + unit / 2) - line / 2 - unit;
    const int each = line + 10;
    return room < 3 * each ? 2 : room < 5 * each ? 3 : 5;
}

void BackupDaysChart::fitLabels()
{
    if (labelStep() != m_labelStep || isNarrow() != m_narrow || ticks() != m_ticks)
        rebuild();
}

void BackupDaysChart::setDays(const std::vector<BackupDay> &days)
{
    const bool same = days.size() == m_days.size() && std::ranges::equal(days, m_days, [](const BackupDay &a, const BackupDay &b) {
        return a.day == b.day && a.good == b.good && a.failed == b.failed && a.other == b.other && a.storedBytes == b.storedBytes;
    });
    if (same)
        return;
    m_days = days;
    rebuild();
}

void BackupDaysChart::setAway(bool away)
{
    if (away == m_away)
        return;
    m_away = away;
    m_view->chart()->setOpacity(away ? 0.45 : 1);
}

bool BackupDaysChart::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress)
        return walk(static_cast<QKeyEvent *>(event)->key());
    if (watched == m_view) {
        if (event->type() == QEvent::FocusOut)
            hideCross();
        else if (event->type() == QEvent::Resize) // also when the legend takes another line
            fitLabels();
        return QWidget::eventFilter(watched, event);
    }
    if (event->type() == QEvent::MouseMove) {
        const auto *move = static_cast<QMouseEvent *>(event);
        showCross(move->pos(), move->globalPosition().toPoint());
    } else if (event->type() == QEvent::Leave) {
        hideCross();
    } else if (event->type() == QEvent::ToolTip) {
        return true; // showCross shows it at once
    }
    return QWidget::eventFilter(watched, event);
}

void BackupDaysChart::showCross(const QPoint &at, const QPoint &globalAt)
{
    QChart *chart = m_view->chart();
    const QPointF inChart = chart->mapFromScene(m_view->mapToScene(at));
    const int day = static_cast<int>(std::lround(chart->mapToValue(inChart, m_bars).x()));
    if (!chart->plotArea().contains(inChart) || day < 0 || day >= static_cast<int>(m_days.size()))
        hideCross();
    else
        showDay(day, globalAt);
}

/// By the arrow keys from day to day; true when the key was one of these.
bool BackupDaysChart::walk(int key)
{
    const int last = static_cast<int>(m_days.size()) - 1;
    if ((key != Qt::Key_Left && key != Qt::Key_Right) || last < 0)
        return false;
    const int day = !m_cross->isVisible() ? last : std::clamp(m_day + (key == Qt::Key_Left ? -1 : 1), 0, last);
    const QPointF top = m_view->chart()->mapToScene(m_view->chart()->mapToPosition(QPointF(day, 0), m_bars));
    showDay(day, m_view->viewport()->mapToGlobal(m_view->mapFromScene(top)));
    return true;
}

void BackupDaysChart::showDay(int day, const QPoint &globalAt)
{
    QChart *chart = m_view->chart();
    m_day = day;
    const double x = chart->mapToPosition(QPointF(day, 0), m_bars).x();
    m_cross->setLine(x, chart->plotArea().top(), x, chart->plotArea().bottom());
    m_cross->show();
    QToolTip::showText(globalAt, dayDetail(m_days[static_cast<std::size_t>(day)]), m_view->viewport());
}

void BackupDaysChart::hideCross()
{
    if (!m_cross->isVisible())
        return;
    m_cross->hide();
    QToolTip::hideText();
}

QString BackupDaysChart::dayDetail(const BackupDay &day) const
{
    return tr("Noon %1 to noon\n%2 good, %3 failed, %4 other\nstored %5 (%6)")
        .arg(wallDate(day.day.from, day.day.zone).toString(Qt::ISODate))
        .arg(day.good)
        .arg(day.failed)
        .arg(day.other)
        .arg(bytesText(day.storedBytes), exactBytesText(day.storedBytes));
}

void BackupDaysChart::rebuild()
{
    m_title->setText(tr("Backups per night"));
    retranslateCopyButton(m_copy);
    const bool dark = isDark(palette());
    QFont small = font();
    small.setPixelSize(11);
    auto *chart = new QChart;
    chart->setBackgroundVisible(false);
    chart->setMargins(QMargins(unit, 0, unit, QFontMetrics(small).height() + unit / 2)); // there stand the days
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->legend()->hide(); // ours can switch each series, also by the keyboard

    auto *bars = new QStackedBarSeries(chart);
    bars->setBarWidth(0.5);
    auto *good = new QBarSet(tr("good"), bars);
    auto *failed = new QBarSet(tr("failed"), bars);
    auto *other = new QBarSet(tr("other"), bars);
    const std::pair<QBarSet *, Look> sets[] = {{good, Look::Ok}, {failed, Look::Failed}, {other, Look::Pending}};
    for (const auto &[set, look] : sets) {
        set->setColor(lookColours(look, dark).solid);
        set->setBorderColor(Qt::transparent);
    }
    auto *size = new QLineSeries(chart);
    std::int64_t most = 0;
    for (const BackupDay &day : m_days)
        most = std::max(most, day.storedBytes);
    int power = 0;
    while (power < 5 && static_cast<double>(most) / std::pow(1024, power) >= 1024)
        ++power;
    static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    const double scale = std::pow(1024, power);
    const QColor line = lookColours(Look::Running, dark).solid;
    size->setPen(QPen(line, 2));
    size->setPointsVisible(true);

    const std::array colours{sets[0].first->color(), sets[1].first->color(), sets[2].first->color(), line};
    const std::array words{tr("good"), tr("failed"), tr("other"), tr("stored, %1").arg(QLatin1String(units[power]))};
    std::array<bool, 4> on{};
    for (std::size_t at = 0; at < m_legend.size(); ++at) {
        on[at] = m_legend[at]->isChecked();
        m_legend[at]->setText(words[at]);
        m_legend[at]->setIcon(chartSwatch(on[at] ? colours[at] : borderColour(palette()), at == 3));
        m_legend[at]->setToolTip(on[at] ? tr("Hide “%1”").arg(words[at]) : tr("Show “%1”").arg(words[at]));
    }
    QStringList names;
    int highest = 0;
    for (std::size_t at = 0; at < m_days.size(); ++at) {
        const BackupDay &day = m_days[at];
        const std::array counts{on[0] ? day.good : 0, on[1] ? day.failed : 0, on[2] ? day.other : 0};
        *good << counts[0];
        *failed << counts[1];
        *other << counts[2];
        size->append(static_cast<double>(at), static_cast<double>(day.storedBytes) / scale);
        names << dayText(day);
        highest = std::max(highest, counts[0] + counts[1] + counts[2]);
    }
    bars->append(good);
    bars->append(failed);
    bars->append(other);
    chart->addSeries(bars);
    if (on[3])
        chart->addSeries(size);

    m_labelStep = labelStep();
    m_narrow = isNarrow();
    m_ticks = ticks();
    labelDays(chart, names, small);
    auto *days = new QBarCategoryAxis(chart);
    days->append(names);
    days->setLabelsVisible(false); // it would cut each at the width of its day
    days->setGridLineVisible(false);
    days->setLinePenColor(borderColour(palette()));
    chart->addAxis(days, Qt::AlignBottom);
    bars->attachAxis(days);
    if (on[3])
        size->attachAxis(days);
    const auto valueAxis = [&](double top, const QString &format, const QString &title, Qt::Alignment side, bool grid) {
        auto *axis = new QValueAxis(chart);
        axis->setRange(0, top);
        axis->setTickCount(m_ticks);
        axis->setLabelFormat(format);
        axis->setLabelsFont(small);
        axis->setLabelsColor(mutedText(palette()));
        axis->setTitleText(m_narrow ? QString() : title); // the legend says it too
        axis->setTitleFont(small);
        axis->setTitleBrush(mutedText(palette()));
        axis->setGridLineVisible(grid);
        axis->setGridLineColor(borderColour(palette()));
        axis->setLineVisible(false);
        chart->addAxis(axis, side);
        return axis;
    };
    bars->attachAxis(valueAxis(niceTop(highest), QStringLiteral("%d"), tr("backups"), Qt::AlignLeft, true));
    const double top = niceTopReal(static_cast<double>(most) / scale);
    if (on[3] && most > 0) // an axis without any value would only show invented numbers
        size->attachAxis(valueAxis(top, std::fmod(top / 4, 1.0) == 0.0 ? QStringLiteral("%.0f") : top >= 4 ? QStringLiteral("%.1f") : QStringLiteral("%.2f"),
                               QLatin1String(units[power]), Qt::AlignRight, false));

    m_bars = bars;
    m_cross = new QGraphicsLineItem(chart);
    m_cross->setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine)); // seen on bars and beside them
    m_cross->setZValue(100); // over the bars
    m_cross->hide();
    chart->setOpacity(m_away ? 0.45 : 1);
    QChart *old = m_view->chart();
    m_view->setChart(chart);
    delete old;
}

/// The dates stand below the days, each in full: where there is no room for all, some are left out.
void BackupDaysChart::labelDays(QChart *chart, const QStringList &names, const QFont &font) const
{
    std::vector<std::pair<qsizetype, QGraphicsSimpleTextItem *>> labels;
    for (qsizetype at = 0; at < names.size(); at += m_labelStep) {
        auto *label = new QGraphicsSimpleTextItem(names[at], chart);
        label->setFont(font);
        label->setBrush(mutedText(palette()));
        labels.emplace_back(at, label);
    }
    connect(chart, &QChart::plotAreaChanged, chart, [chart, labels, count = names.size()](const QRectF &plot) {
        for (const auto &[at, label] : labels) {
            const double width = label->boundingRect().width();
            const double centre = plot.left() + (static_cast<double>(at) + 0.5) * plot.width() / static_cast<double>(count);
            label->setPos(std::clamp(centre - width / 2, 0.0, std::max(0.0, chart->size().width() - width)), plot.bottom() + 3);
        }
    });
}

void BackupDaysChart::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        rebuild();
}

QString BackupDaysChart::dataText() const
{
    QStringList lines{QStringLiteral("day\tgood\tfailed\tother\tbytes\tstored_bytes")};
    for (const BackupDay &day : m_days) {
        lines << QStringLiteral("%1\t%2\t%3\t%4\t%5\t%6").arg(qs(toIso(day.day.from))).arg(day.good).arg(day.failed).arg(day.other)
                     .arg(day.bytes).arg(day.storedBytes);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace zandb
