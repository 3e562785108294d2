// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/timechart.h"

#include "models/common/format.h"
#include "widgets/common/chartparts.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

constexpr std::size_t mostEntries = 12; ///< of a legend; the last one switches all others

} // namespace

TimeChart::TimeChart(const QString &name, QWidget *parent)
    : QWidget(parent), m_plot(new ChartPlot(this)), m_title(new QLabel(this)), m_readout(new QLabel(this)),
      m_copy(makeCopyButton(this, [this] { return dataText(); })), m_legend(new QWidget(this))
{
    setObjectName(name);
    m_plot->setObjectName(name + QStringLiteral("-plot"));
    m_title->setProperty("section", true);
    m_readout->setObjectName(name + QStringLiteral("-readout"));
    m_readout->setTextFormat(Qt::RichText);
    m_readout->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // its values must not move the chart
    auto *head = new QHBoxLayout;
    head->setContentsMargins(unit + 4, unit / 2, unit / 2, 0);
    head->addWidget(m_title);
    head->addWidget(m_readout, 1);
    head->addWidget(m_copy);
    auto *legend = new FlowLayout(m_legend);
    legend->setContentsMargins(unit, 0, unit, 0);
    legend->setSpacing(0);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_legend);
    layout->addWidget(m_plot, 1);
    connect(m_plot, &ChartPlot::crossChanged, this, &TimeChart::showReadout);
    retranslate();
}

void TimeChart::setTitle(const QString &title)
{
    m_title->setText(title);
    m_plot->setAccessibleName(title);
}

void TimeChart::setShape(const ChartShape &shape)
{
    m_stroke = shape.form == ChartShape::Form::Lines;
    m_plot->setShape(shape);
    showLegend();
}

void TimeChart::setData(const ChartData &values)
{
    std::vector<QString> keys;
    for (const ChartLine &line : values.lines)
        keys.push_back(line.key);
    const bool same = keys == m_keys;
    m_keys = std::move(keys);
    if (!same)
        m_plot->setShown({});
    m_plot->setData(values);
    if (!same)
        makeLegend(values);
    showLegend();
    showReadout();
}

void TimeChart::makeLegend(const ChartData &values)
{
    qDeleteAll(std::exchange(m_entries, {}));
    const std::size_t count = values.lines.size();
    for (std::size_t at = 0; at < std::min(count, mostEntries); ++at) {
        const bool rest = at + 1 == mostEntries && count > mostEntries;
        auto *entry = makeLegendEntry(rest ? QStringLiteral("others") : values.lines[at].key, m_legend);
        connect(entry, &QToolButton::toggled, this, [this] {
            std::vector<bool> shown(m_keys.size());
            for (std::size_t line = 0; line < shown.size(); ++line)
                shown[line] = m_entries[std::min(line, m_entries.size() - 1)]->isChecked();
            m_plot->setShown(shown);
            showLegend();
            showReadout();
        });
        m_legend->layout()->addWidget(entry);
        entry->show();
        m_entries.push_back(entry);
    }
    m_legend->setVisible(count > 1); // the title names a single line
}

void TimeChart::showLegend()
{
    const auto &lines = m_plot->data().lines;
    for (std::size_t at = 0; at < m_entries.size(); ++at) {
        QToolButton *entry = m_entries[at];
        const bool rest = at + 1 == m_entries.size() && lines.size() > m_entries.size();
        const QString name = rest ? tr("%n other(s)", nullptr, static_cast<int>(lines.size() - at)) : lines[at].name;
        const bool on = entry->isChecked();
        entry->setText(name);
        entry->setIcon(chartSwatch(!on ? borderColour(palette()) : rest ? mutedText(palette()) : m_plot->colourOf(at), m_stroke));
        entry->setToolTip(on ? tr("Hide “%1”").arg(name) : tr("Show “%1”").arg(name));
    }
}

void TimeChart::showReadout()
{
    if (!m_plot->cross()) {
        m_readout->clear();
        m_plot->setAccessibleDescription({});
        return;
    }
    QString values = m_plot->crossText([](const QColor &colour, const QString &, const QString &value) {
        return QStringLiteral("&nbsp; <span style=\"color:%1\">■</span>&nbsp;%2").arg(colour.name(), QString(value).replace(QLatin1Char(' '), QStringLiteral("&nbsp;")));
    });
    const QString when = localTimeText(*m_plot->cross()); // "2026-11-22 03:10:25"
    if (m_keys.size() > mostEntries)
        values.clear(); // there is no room for them
    const QString time = m_readout->width() < 30 * unit ? when.mid(11, 5) : when.mid(5, 11);
    m_readout->setText(QStringLiteral("<span style=\"color:%1\">%2</span>%3").arg(mutedText(palette()).name(), time, values));
    m_plot->setAccessibleDescription(when + m_plot->crossText([](const QColor &, const QString &name, const QString &value) {
        return QStringLiteral("; ") + name + QLatin1Char(' ') + value;
    }));
}

void TimeChart::retranslate()
{
    retranslateCopyButton(m_copy);
    m_plot->setEmptyText(tr("No values in this time range"));
    showLegend();
}

void TimeChart::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        retranslate();
}

void ChartGroup::add(TimeChart *chart)
{
    ChartPlot *plot = chart->plot();
    connect(plot, &ChartPlot::rangeRequested, this, &ChartGroup::rangeRequested);
    connect(plot, &ChartPlot::rangeBackRequested, this, &ChartGroup::rangeBackRequested);
    connect(plot, &ChartPlot::crossMoved, this, &ChartGroup::crossShown);
    connect(this, &ChartGroup::crossShown, plot, &ChartPlot::showCross);
    connect(this, &ChartGroup::rangeShown, plot, &ChartPlot::setRange);
}

void ChartGroup::setRange(TimePoint from, TimePoint until)
{
    Q_EMIT rangeShown(from, until);
}

} // namespace zandb
