// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/snapshots/growthview.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr std::size_t chartLines = 8;

} // namespace

GrowthView::GrowthView(const Ui &ui, GrowthModel *growth, SnapshotDiffModel *diff, QWidget *parent)
    : QWidget(parent), m_facts(new QLabel(this)), m_chart(new TimeChart(QStringLiteral("growthChart"), this)), m_growthTitle(new QLabel(this)),
      m_diffTitle(new QLabel(this)), m_diffSum(new QLabel(this)), m_from(new QComboBox(this)), m_to(new QComboBox(this)),
      m_growthPane(new TablePane(ui, QStringLiteral("growth"), this)), m_diffPane(new TablePane(ui, QStringLiteral("snapshotDiff"), this))
{
    setObjectName(QStringLiteral("growthView"));
    m_facts->setObjectName(QStringLiteral("growthFacts"));
    m_from->setObjectName(QStringLiteral("growthFrom"));
    m_to->setObjectName(QStringLiteral("growthTo"));
    m_diffSum->setObjectName(QStringLiteral("growthDiffSum"));
    for (QLabel *label : {m_facts, m_diffSum}) {
        label->setProperty("muted", true);
        label->setWordWrap(true);
    }
    m_chart->setShape({ChartShape::Form::Areas, ChartUnit::Bytes, true});
    m_chart->setMinimumHeight(20 * unit);
    m_picture = makeCard(m_chart, this);
    m_growthPane->setModel(growth, GrowthModel::Schema, GrowthModel::Size, Qt::DescendingOrder);
    m_growthPane->columns()->setHiddenByDefault({GrowthModel::Data});
    m_growthPane->columns()->setFolding({GrowthModel::Data, GrowthModel::Indexes, GrowthModel::Rows});
    m_diffPane->setModel(diff, SnapshotDiffModel::Kind, SnapshotDiffModel::Grown, Qt::DescendingOrder);

    auto *compare = new QWidget(this);
    auto *compareBox = new QVBoxLayout(compare);
    compareBox->setContentsMargins(0, 0, 0, 0);
    compareBox->setSpacing(unit);
    auto *days = new QHBoxLayout;
    days->setContentsMargins(unit, 0, unit, 0);
    days->setSpacing(unit);
    days->addWidget(m_from);
    days->addWidget(new QLabel(QStringLiteral("\u2192"), compare));
    days->addWidget(m_to);
    days->addWidget(m_diffSum, 1);
    compareBox->addLayout(days);
    compareBox->addWidget(m_diffPane, 1);

    auto *lists = new QSplitter(Qt::Horizontal, this);
    lists->setChildrenCollapsible(false);
    lists->addWidget(makeCard(m_growthTitle, m_growthPane, this));
    lists->addWidget(makeCard(m_diffTitle, compare, this));
    keepSizes(lists, ui.settings, QStringLiteral("growth-lists"));
    auto *split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(m_picture);
    split->addWidget(lists);
    split->setStretchFactor(1, 1);
    keepSizes(split, ui.settings, QStringLiteral("growth-split"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(unit);
    layout->addWidget(m_facts);
    layout->addWidget(split, 1);
    for (QComboBox *box : {m_from, m_to}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents); // a date that is cut says nothing
        box->setMinimumContentsLength(10);
        connect(box, &QComboBox::activated, this, &GrowthView::choose);
    }
    retranslate();
}

void GrowthView::setAway(bool away)
{
    m_chart->setAway(away);
}

void GrowthView::clear()
{
    m_from->clear();
    m_to->clear();
    m_diffSum->clear();
    setDays({}, {});
}

void GrowthView::setDays(const std::vector<SnapshotDayRow> &days, const SnapshotGrowth &growth)
{
    m_days = days;
    m_growth = growth;
    const QSignalBlocker from(m_from), to(m_to);
    const QVariant chosenFrom = m_from->currentData(), chosenTo = m_to->currentData();
    for (QComboBox *box : {m_from, m_to}) {
        box->clear();
        for (auto day = days.rbegin(); day != days.rend(); ++day)
            box->addItem(qs(dayText(day->day)), day->day);
    }
    const int last = m_to->findData(chosenTo), first = m_from->findData(chosenFrom);
    m_to->setCurrentIndex(last < 0 ? 0 : last);
    m_from->setCurrentIndex(first < 0 ? std::min(1, m_from->count() - 1) : first);
    m_chart->setData(growthChart(growth, chartLines));
    showFacts();
    choose();
}

void GrowthView::setDiff(const SnapshotDiff &diff)
{
    const std::int64_t grown = diff.after.bytes - diff.before.bytes;
    m_diffSum->setText(tr("%1 to %2 (%3%4), %5 to %6 tables").arg(bytesText(diff.before.bytes), bytesText(diff.after.bytes), grown < 0 ? QStringLiteral("\u2212") : QStringLiteral("+"),
                           bytesText(std::abs(grown)), countText(diff.before.tables), countText(diff.after.tables))
                       + (diff.accountsKnown ? QString() : QLatin1Char(' ') + tr("Accounts are not compared: the agent may not read them.")));
}

void GrowthView::choose()
{
    m_from->setEnabled(m_days.size() > 1);
    m_to->setEnabled(m_days.size() > 1);
    if (m_days.size() > 1 && isVisible())
        Q_EMIT daysChosen(m_from->currentData().toInt(), m_to->currentData().toInt());
    else if (m_days.size() <= 1)
        m_diffSum->clear();
}

void GrowthView::showFacts()
{
    if (m_days.empty()) {
        m_facts->setText(tr("There is no snapshot yet. A task takes one each day: zandbctl task add sizes --kind snapshot --all --every day --at 03:30"));
        return;
    }
    const SnapshotDayRow &day = m_days.back();
    QStringList facts{qs(day.version), tr("%1 in %2 tables of %3 schemas").arg(bytesText(day.sum.bytes), countText(day.sum.tables), countText(day.schemas)),
                      tr("snapshot of %1").arg(localTimeText(day.takenAt).left(16))};
    const std::pair<const char *, QString> names[] = {{"data", tr("data directory %1")}, {"log", tr("logs %1")}, {"binlog", tr("binlogs %1")}, {"tmp", tr("temporary files %1")}};
    for (const auto &[name, text] : names) {
        const auto found = day.directories.find(name);
        if (found != day.directories.end() && found->second)
            facts << text.arg(bytesText(*found->second));
    }
    if (day.slow)
        facts << tr("%1 slow and %2 killed statements that day").arg(countText(*day.slow), countText(day.killed.value_or(0)));
    if (!day.missing.empty())
        facts << tr("not all could be read");
    m_facts->setText(facts.join(QStringLiteral(" \u00b7 ")));
}

void GrowthView::retranslate()
{
    m_growthTitle->setText(tr("Schemas and largest tables"));
    m_diffTitle->setText(tr("Two days compared"));
    m_from->setAccessibleName(tr("Day to begin with"));
    m_to->setAccessibleName(tr("Day to compare with"));
    m_from->setToolTip(m_from->accessibleName());
    m_to->setToolTip(m_to->accessibleName());
    m_chart->setTitle(tr("Size by schema"));
    m_growthPane->emptyState()->setTexts(tr("No snapshot yet"), tr("A task of the kind snapshot takes one each day; zandbctl instance snapshot takes one now."));
    m_diffPane->emptyState()->setTexts(tr("Nothing to compare"), tr("The two days are alike, or there is only one."));
    showFacts();
}

void GrowthView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_picture->setVisible(height() >= 46 * unit);
}

void GrowthView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    choose();
}

void GrowthView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

} // namespace zandb
