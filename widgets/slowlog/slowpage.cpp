// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/slowlog/slowpage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace zandb {
namespace {

constexpr std::size_t chartLines = 8;
constexpr qsizetype legendLength = 30; ///< characters of a digest in the legend
constexpr std::array metrics{SlowMetric::Time, SlowMetric::Count, SlowMetric::Rows};
constexpr std::array splits{SlowBy::Digest, SlowBy::User, SlowBy::Schema, SlowBy::Instance, SlowBy::Group};

bool hasNoSource(const SlowSourceRow &row)
{
    return row.source && (!row.source->setGlobal.empty() || !row.source->myCnf.empty()) && row.source->state != "following" && row.source->state != "behind";
}

} // namespace

SlowPage::SlowPage(const Ui &ui, SlowDigestModel *model, QWidget *parent)
    : Page(parent), m_model(model), m_strip(new QWidget(this)), m_hint(new QLabel(this)), m_copyRemedies(new QPushButton(this)), m_setRemedies(new QPushButton(this)), m_thresholds(new QPushButton(this)), m_metricBox(new QComboBox(this)),
      m_byBox(new QComboBox(this)), m_chartTitle(new QLabel(this)), m_chart(new TimeChart(QStringLiteral("slowChart"), this)), m_charts(new ChartGroup(this)),
      m_pane(new TablePane(ui, QStringLiteral("slow"), this)), m_inspector(new Inspector(this))
{
    setObjectName(QStringLiteral("slowPage"));
    auto *strip = new FlowLayout(m_strip);
    strip->setContentsMargins(0, 0, 0, 0);
    strip->setSpacing(2 * unit);
    for (const char *name : {"slowTime", "slowCount", "slowRows", "slowNew", "slowRegressed"}) {
        auto *figure = new QLabel(m_strip);
        figure->setObjectName(QLatin1String(name));
        figure->setTextFormat(Qt::RichText);
        strip->addWidget(figure);
        m_figures.push_back(figure);
    }
    m_hint->setObjectName(QStringLiteral("slowHint"));
    m_hint->setProperty("muted", true);
    m_hint->setWordWrap(true);
    m_copyRemedies->setObjectName(QStringLiteral("slowCopyRemedies"));
    setIconBeside(m_copyRemedies, QStringLiteral("copy"));
    auto *hints = new QHBoxLayout;
    hints->setSpacing(unit);
    hints->addWidget(m_hint, 1);
    hints->addWidget(m_copyRemedies, 0, Qt::AlignRight);
    hints->addWidget(m_setRemedies, 0, Qt::AlignRight);
    m_setRemedies->setObjectName(QStringLiteral("slowSetRemedies"));
    m_thresholds->setObjectName(QStringLiteral("slowThresholds"));
    m_hint->hide();
    m_copyRemedies->hide();
    m_setRemedies->hide();

    m_metricBox->setObjectName(QStringLiteral("slowMetric"));
    m_byBox->setObjectName(QStringLiteral("slowBy"));
    for (QComboBox *box : {m_metricBox, m_byBox})
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (std::size_t i = 0; i < metrics.size(); ++i)
        m_metricBox->addItem(QString());
    for (std::size_t i = 0; i < splits.size(); ++i)
        m_byBox->addItem(QString());
    m_charts->add(m_chart);
    m_chart->setMinimumHeight(21 * unit);
    auto *chartCard = makeCard(m_chartTitle, m_chart, this, {m_metricBox, m_byBox});
    m_pictures = chartCard;
    setMinimumHeight(38 * unit);

    using Table = SlowDigestModel;
    m_pane->columns()->setHiddenByDefault({Table::Examined, Table::Change, Table::Checksum});
    m_pane->columns()->setFolding({Table::Checksum, Table::Change, Table::Examined, Table::FirstSeen, Table::Ratio, Table::Mean, Table::Total, Table::Note, Table::Trend, Table::P95});
    m_pane->setModel(model, Table::Rank, Table::Rank, Qt::AscendingOrder);
    m_pane->addToBar(m_thresholds);
    using Ids = std::vector<Uuid>;
    const auto open = [this](const Uuid &id) {
        Location to;
        to.page = QStringLiteral("digest");
        to.subject = Subject(digestSubject, id);
        Q_EMIT goToRequested(to);
    };
    m_open = m_inspector->addAction(QStringLiteral("slowOpen"), QStringLiteral("page-slow"), [open](const Ids &ids) { open(ids.front()); }, true);
    m_copy = m_inspector->addAction(QStringLiteral("slowCopy"), QStringLiteral("copy"), [this](const Ids &ids) {
        if (const auto *cells = m_model->row(m_model->rowOf(ids.front())))
            QApplication::clipboard()->setText(ticketText(cells->row, cells->allUs, m_place));
    });
    m_accept = m_inspector->addAction(QStringLiteral("slowAccept"), QStringLiteral("look-ok"), [this](const Ids &ids) { Q_EMIT acceptRequested(ids, true); });
    m_withdraw = m_inspector->addAction(QStringLiteral("slowWithdraw"), QStringLiteral("close"), [this](const Ids &ids) { Q_EMIT acceptRequested(ids, false); });

    auto *list = besideInspector(makeCard(m_pane, this), m_inspector, this);
    keepSizes(list, ui.settings, QStringLiteral("slow-inspector"));
    auto *split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(chartCard);
    split->addWidget(list);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 2);
    keepSizes(split, ui.settings, QStringLiteral("slow-split"));
    auto *layout = makePageLayout(this);
    layout->addWidget(m_strip);
    layout->addLayout(hints);
    layout->addWidget(split, 1);

    connect(m_metricBox, &QComboBox::activated, this, [this](int at) {
        m_metric = metrics.at(static_cast<std::size_t>(at));
        showChart();
        m_model->setTop(m_top, m_metric);
        Q_EMIT metricChosen(m_metric);
    });
    connect(m_byBox, &QComboBox::activated, this, [this](int at) {
        m_by = splits.at(static_cast<std::size_t>(at));
        Q_EMIT byChosen(m_by);
    });
    connect(m_copyRemedies, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(remedies()); });
    connect(m_setRemedies, &QPushButton::clicked, this, [this] { Q_EMIT remediesRequested(wishes()); });
    connect(m_thresholds, &QPushButton::clicked, this, &SlowPage::thresholdsRequested);
    connect(m_charts, &ChartGroup::rangeRequested, this, &SlowPage::rangeRequested);
    connect(m_charts, &ChartGroup::rangeBackRequested, this, &SlowPage::rangeBackRequested);
    connect(m_pane, &TablePane::activated, this, open);
    connect(m_pane, &TablePane::currentChanged, this, &SlowPage::showInspector);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    retranslate();
}

QString SlowPage::title() const
{
    return tr("Slow queries");
}

QString SlowPage::word() const
{
    return tr("Slow");
}

QString SlowPage::help() const
{
    return tr("<p>Statements that took longer than their server's <code>long_query_time</code>. Agents read the slow logs, put statements of the same shape together "
              "(a digest) and count them each minute; a headless instance stores that, also while no window is open.</p>"
              "<p>Drag over the chart to zoom, double click to go back; the range is that of all pages. The table compares with the time of the same length before: "
              "the dotted line of a trend is that time. Double click or Enter opens a digest with its history, examples and who sends it.</p>"
              "<p><b>p95</b> is the time within which 95 of 100 calls ended, to within 2.5 %. <b>Examined / sent</b> far above 1 often means a missing index. What is known and "
              "accepted can be marked so. The same figures come from <code>zandbctl slow top</code>.</p>");
}

void SlowPage::retranslate()
{
    for (std::size_t i = 0; i < metrics.size(); ++i)
        m_metricBox->setItemText(static_cast<int>(i), metricText(metrics[i]));
    for (std::size_t i = 0; i < splits.size(); ++i)
        m_byBox->setItemText(static_cast<int>(i), tr("by %1").arg(byText(splits[i])));
    m_metricBox->setAccessibleName(tr("What is shown"));
    m_byBox->setAccessibleName(tr("What it is split by"));
    m_chartTitle->setText(tr("Over time"));
    m_open->setText(tr("Open this digest"));
    m_copy->setText(tr("Copy as text"));
    m_accept->setText(tr("Accept"));
    m_accept->setToolTip(tr("Known and accepted: it is not told as new or worse any more"));
    m_withdraw->setText(tr("No longer accept"));
    m_copyRemedies->setText(tr("Copy what to set"));
    m_setRemedies->setText(tr("Set it…"));
    m_thresholds->setText(tr("Threshold…"));
    showForbidden();
    showFigures();
    showChart();
    showEmpty();
    showInspector();
}

void SlowPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    m_pictures->setVisible(height() >= 56 * unit);
}

void SlowPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    else if (event->type() == QEvent::PaletteChange)
        showFigures();
}

void SlowPage::setLoading(bool loading)
{
    m_loading = loading;
    m_pane->setLoading(loading);
    showInspector();
}

void SlowPage::setAway(bool away)
{
    m_chart->setAway(away);
}

void SlowPage::focusFilter()
{
    m_pane->focusFilter();
}

bool SlowPage::escape()
{
    return m_pane->clearFilter();
}

void SlowPage::setRange(TimePoint from, TimePoint until)
{
    m_charts->setRange(from, until);
}

void SlowPage::setTop(const SlowTop &top)
{
    m_top = top;
    m_known = true;
    m_model->setTop(m_top, m_metric);
    showFigures();
    showEmpty();
    showInspector();
}

void SlowPage::setRegressed(int digests)
{
    m_regressed = digests;
    showFigures();
}

void SlowPage::setOverTime(const SlowOverTime &overTime)
{
    m_overTime = overTime;
    showChart();
}

void SlowPage::setSources(const std::vector<std::pair<QString, SlowSourceRow>> &sources)
{
    m_sources = sources;
    showEmpty();
}

void SlowPage::showFigures()
{
    const QString muted = mutedText(palette()).name();
    const auto figure = [&](std::size_t at, const QString &number, const QString &word, const QString &change) {
        m_figures[at]->setText(QStringLiteral("<span style=\"font-size:17px;font-weight:600\">%1</span>&nbsp; %2&nbsp; <span style=\"color:%3\">%4</span>")
                                   .arg(m_known ? number.toHtmlEscaped() : QStringLiteral("–"), word.toHtmlEscaped(), muted, change.toHtmlEscaped()));
        m_figures[at]->setToolTip(tr("Against the time of the same length before"));
    };
    const auto change = [](std::int64_t now, std::int64_t before) { return changeText(static_cast<double>(now), static_cast<double>(before)); };
    const SlowTotals &now = m_top.sum, &before = m_top.before;
    figure(0, shortDurationText(static_cast<double>(now.timeUs)), tr("total time"), before.events > 0 ? change(now.timeUs, before.timeUs) : QString());
    figure(1, countText(now.events), tr("statements"), before.events > 0 ? change(now.events, before.events) : QString());
    figure(2, countText(now.examined), tr("rows examined"), before.events > 0 ? change(now.examined, before.examined) : QString());
    figure(3, countText(m_top.newDigests), tr("new digests", nullptr), QString());
    figure(4, countText(m_regressed), tr("regressed", "digests"), QString());
    m_figures[4]->setToolTip(tr("Digests that are slower or more frequent than usual now: the Today page lists them with the figures"));
}

void SlowPage::showChart()
{
    m_chart->setShape({ChartShape::Form::Areas, slowChartUnit(m_metric), true});
    m_chart->setTitle(m_metric == SlowMetric::Time ? tr("Query time each second") : m_metric == SlowMetric::Count ? tr("Statements each second") : tr("Rows examined each second"));
    ChartData drawn = slowChart(m_overTime, m_metric, chartLines);
    for (ChartLine &line : drawn.lines) {
        if (line.name.size() > legendLength)
            line.name = line.name.left(legendLength - 1) + QChar(0x2026);
    }
    m_chart->setData(drawn);
}

QString SlowPage::remedies() const
{
    QStringList lines;
    for (const auto &[path, row] : m_sources) {
        if (!hasNoSource(row))
            continue;
        lines << QStringLiteral("-- ") + path;
        for (const std::string &statement : row.source->setGlobal)
            lines << qs(statement) + (statement.ends_with(';') ? QString() : QStringLiteral(";"));
        lines << QStringLiteral("# [mysqld]");
        for (const std::string &line : row.source->myCnf)
            lines << qs(line);
        lines << QString();
    }
    return lines.join(QLatin1Char('\n'));
}

/// The same, in memory and on disk.
std::vector<ConfigWish> SlowPage::wishes() const
{
    std::vector<ConfigWish> wishes;
    for (const auto &[path, row] : m_sources) {
        if (!hasNoSource(row))
            continue;
        ConfigWish wish;
        wish.instance = row.instance;
        wish.path = path;
        for (const std::string &line : row.source->myCnf) { // "slow_query_log = ON"
            const QString text = qs(line);
            wire::ConfigChange change;
            change.name = text.section(QLatin1Char('='), 0, 0).trimmed().toStdString();
            change.value = text.section(QLatin1Char('='), 1).trimmed().toStdString();
            wish.args.changes.push_back(std::move(change));
        }
        if (!wish.args.changes.empty())
            wishes.push_back(std::move(wish));
    }
    return wishes;
}

void SlowPage::showForbidden()
{
    permit(m_setRemedies, forbidden());
    permit(m_thresholds, forbidden());
    showInspector();
}

/// What would fill the page, and which instances tell nothing.
void SlowPage::showEmpty()
{
    const auto without = std::ranges::count_if(m_sources, [](const auto &one) { return hasNoSource(one.second); });
    const auto silent = std::ranges::count_if(m_sources, [](const auto &one) { return !one.second.source; });
    const bool isEmpty = m_known && m_top.digests.empty();
    QString text;
    if (without > 0) {
        const auto first = std::ranges::find_if(m_sources, [](const auto &one) { return hasNoSource(one.second); });
        QStringList lines;
        for (const std::string &statement : first->second.source->setGlobal)
            lines << qs(statement) + (statement.ends_with(';') ? QString() : QStringLiteral(";"));
        QStringList file;
        for (const std::string &line : first->second.source->myCnf)
            file << qs(line);
        text = tr("%1 writes no slow log. These statements make it write one now:").arg(first->first) + QStringLiteral("\n") + lines.join(QLatin1Char('\n'))
            + QStringLiteral("\n") + tr("and these lines in its my.cnf, below [mysqld], keep it so:") + QStringLiteral("\n") + file.join(QLatin1Char('\n'));
    } else if (!m_sources.empty() && silent == std::ssize(m_sources)) {
        text = tr("No agent has said yet where slow statements come from. A headless instance asks and collects, also while no window is open: zandbctl serve");
    } else {
        text = tr("Choose a longer time range. Statements that take longer than long_query_time of their server are listed here.");
    }
    m_pane->emptyState()->setTexts(without > 0 ? tr("No slow log is read") : tr("No slow statements in this time range"), text);
    QString hint;
    if (without > 0 && !isEmpty)
        hint = tr("%n instance(s) of this scope write no slow log: their statements are missing here.", nullptr, static_cast<int>(without));
    if (m_top.notUnderstood > 0)
        hint += (hint.isEmpty() ? QString() : QStringLiteral(" ")) + tr("%n entries of the logs were not understood.", nullptr, static_cast<int>(m_top.notUnderstood));
    if (m_top.damaged > 0)
        hint += (hint.isEmpty() ? QString() : QStringLiteral(" ")) + tr("%n row(s) of the store could not be read.", nullptr, static_cast<int>(m_top.damaged));
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
    m_copyRemedies->setVisible(without > 0);
    m_setRemedies->setVisible(without > 0);
}

void SlowPage::showInspector()
{
    const auto chosen = m_pane->chosenRows();
    const auto *cells = m_loading || chosen.isEmpty() ? nullptr : m_model->row(chosen.front());
    if (!cells) {
        m_inspector->clear(m_loading ? QString() : tr("Select a digest to see its text and figures."));
        return;
    }
    std::vector<Uuid> ids;
    for (const int at : chosen) {
        if (const auto *row = m_model->row(at); row && row->row.checksum != slowOther)
            ids.push_back(row->row.checksum);
    }
    Inspector::Content content;
    content.ids = ids;
    if (chosen.size() == 1) {
        content.title = digestLine(cells->row).left(600);
        for (const Fact &fact : factsOf(cells->row, cells->allUs))
            content.lines.push_back({fact.label, fact.value, fact.tip, fact.fixedWidth});
    } else {
        content.title = tr("%n digest(s)", nullptr, static_cast<int>(chosen.size()));
        SlowTotals sum;
        for (const int at : chosen) {
            if (const auto *row = m_model->row(at))
                sum.add(row->row.figures.totals());
        }
        content.lines = {{tr("Calls"), countText(sum.events), {}, false}, {tr("Total time"), shortDurationText(static_cast<double>(sum.timeUs)), {}, false}};
    }
    m_inspector->setContent(content);
    const bool single = chosen.size() == 1, isDigest = !ids.empty();
    const bool isAccepted = single && cells->row.acceptedAt.has_value();
    m_open->setVisible(single && isDigest);
    m_copy->setVisible(single && isDigest);
    m_accept->setVisible(isDigest && !isAccepted);
    m_withdraw->setVisible(isDigest && isAccepted);
    permit(m_accept, forbidden());
    permit(m_withdraw, forbidden());
}

} // namespace zandb
