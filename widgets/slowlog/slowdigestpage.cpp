// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/slowlog/slowdigestpage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace zandb {

SlowDigestPage::SlowDigestPage(const Ui &ui, SlowCallerModel *callers, SlowExampleModel *examples, const PlanModels &plan, QWidget *parent)
    : Page(parent), m_name(new QLabel(this)), m_facts(new QLabel(this)), m_text(new QPlainTextEdit(this)), m_copy(new QPushButton(this)), m_accept(new QPushButton(this)), m_raw(new QPushButton(this)),
      m_group(new ChartGroup(this)), m_calls(new TimeChart(QStringLiteral("digestCalls"), this)), m_times(new TimeChart(QStringLiteral("digestTimes"), this)),
      m_rows(new TimeChart(QStringLiteral("digestRows"), this)), m_callersTitle(new QLabel(this)), m_examplesTitle(new QLabel(this)),
      m_callers(new TablePane(ui, QStringLiteral("digestCallers"), this)), m_examples(new TablePane(ui, QStringLiteral("digestExamples"), this)), m_parts(new QTabWidget(this)),
      m_plan(new PlanView(ui, plan, this)), m_rawText(new QPlainTextEdit(this)), m_rawNote(new QLabel(this)), m_rawCopy(new QPushButton(this)), m_exampleModel(examples)
{
    setObjectName(QStringLiteral("digestPage"));
    m_name->setObjectName(QStringLiteral("digestName"));
    m_name->setProperty("title", true);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setObjectName(QStringLiteral("digestFacts"));
    m_facts->setProperty("muted", true);
    m_facts->setWordWrap(true);
    m_text->setObjectName(QStringLiteral("digestText"));
    m_text->setReadOnly(true);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setFixedHeight(9 * unit);
    m_copy->setObjectName(QStringLiteral("digestCopy"));
    m_accept->setObjectName(QStringLiteral("digestAccept"));
    setIconBeside(m_copy, QStringLiteral("copy"));
    setIconBeside(m_accept, QStringLiteral("look-ok"));
    auto *head = new QHBoxLayout;
    head->setSpacing(unit);
    head->addWidget(m_name);
    head->addWidget(m_facts, 1);
    head->addWidget(m_copy);
    head->addWidget(m_accept);

    m_calls->setShape({ChartShape::Form::Bars, ChartUnit::PerSecond, true});
    m_times->setShape({ChartShape::Form::Lines, ChartUnit::Seconds, true});
    m_rows->setShape({ChartShape::Form::Bars, ChartUnit::PerSecond, true});
    auto *charts = new QWidget(this);
    m_pictures = charts;
    setMinimumHeight(38 * unit);
    auto *row = new QHBoxLayout(charts);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(unit);
    for (TimeChart *chart : {m_calls, m_times, m_rows}) {
        chart->setMinimumHeight(19 * unit);
        m_group->add(chart);
        row->addWidget(makeCard(chart, charts), 1);
    }
    using Examples = SlowExampleModel;
    m_callers->setModel(callers, SlowCallerModel::User, SlowCallerModel::Total, Qt::DescendingOrder);
    m_callers->columns()->setHiddenByDefault({SlowCallerModel::Mean});
    m_callers->columns()->setFolding({SlowCallerModel::Examined, SlowCallerModel::Mean, SlowCallerModel::Schema});
    m_examples->columns()->setHiddenByDefault({Examples::Lock, Examples::Sent, Examples::Schema});
    m_examples->columns()->setFolding({Examples::Sent, Examples::Lock, Examples::Schema, Examples::Host, Examples::Instance, Examples::Examined, Examples::User});
    m_examples->setModel(examples, Examples::Why, Examples::At, Qt::DescendingOrder);
    auto *lists = new QSplitter(Qt::Horizontal, this);
    lists->setChildrenCollapsible(false);
    lists->addWidget(makeCard(m_callersTitle, m_callers, this));
    m_raw->setObjectName(QStringLiteral("digestRaw"));
    lists->addWidget(makeCard(m_examplesTitle, m_examples, this, {m_raw}));
    lists->setStretchFactor(0, 2);
    lists->setStretchFactor(1, 3);
    keepSizes(lists, ui.settings, QStringLiteral("digest-lists"));
    auto *split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(charts);
    m_parts->setObjectName(QStringLiteral("digestParts"));
    m_parts->setDocumentMode(true);
    m_parts->addTab(lists, QString());
    m_parts->addTab(m_plan, QString());
    m_parts->addTab(makeRaw(), QString());
    split->addWidget(m_parts);
    keepSizes(split, ui.settings, QStringLiteral("digest-split"));
    auto *layout = makePageLayout(this);
    layout->addLayout(head);
    layout->addWidget(m_text);
    layout->addWidget(split, 1);

    connect(m_group, &ChartGroup::rangeRequested, this, &SlowDigestPage::rangeRequested);
    connect(m_group, &ChartGroup::rangeBackRequested, this, &SlowDigestPage::rangeBackRequested);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (m_detail)
            QApplication::clipboard()->setText(ticketText(m_detail->row, 0, m_place, m_detail.get()) + killedText() + (m_plan->text().isEmpty() ? QString() : QLatin1Char('\n') + m_plan->text()));
    });
    connect(m_raw, &QPushButton::clicked, this, [this] {
        const auto chosen = m_examples->currentId();
        m_parts->setCurrentIndex(2);
        Q_EMIT rawRequested(chosen ? m_exampleModel->rowOf(*chosen) : -1);
    });
    connect(m_rawCopy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_rawText->toPlainText()); });
    connect(m_accept, &QPushButton::clicked, this, [this] {
        if (m_detail)
            Q_EMIT acceptRequested({m_detail->row.checksum}, !m_detail->row.acceptedAt);
    });
    retranslate();
}

QWidget *SlowDigestPage::makeRaw()
{
    auto *page = new QWidget(this);
    m_rawText->setObjectName(QStringLiteral("digestRawText"));
    m_rawText->setReadOnly(true);
    m_rawText->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_rawNote->setObjectName(QStringLiteral("digestRawNote"));
    m_rawNote->setProperty("muted", true);
    m_rawNote->setWordWrap(true);
    setIconBeside(m_rawCopy, QStringLiteral("copy"));
    auto *head = new QHBoxLayout;
    head->setSpacing(unit);
    head->addWidget(m_rawNote, 1);
    head->addWidget(m_rawCopy);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, unit, 0, 0);
    layout->setSpacing(unit);
    layout->addLayout(head);
    layout->addWidget(m_rawText, 1);
    return page;
}

void SlowDigestPage::setRaw(const QString &text, const QString &note)
{
    m_rawText->setPlainText(text);
    m_rawCopy->setEnabled(!text.isEmpty());
    m_rawNote->setText(!note.isEmpty()      ? note
                           : text.isEmpty() ? tr("“As written” beside the examples reads one from its log, with its literals. Who asked is noted in the audit.")
                                            : tr("As it stands in the log, with its literals. That it was read is noted in the audit."));
}

void SlowDigestPage::setKilled(const std::optional<KilledDigest> &killed)
{
    m_killed = killed;
    showHead();
}

QString SlowDigestPage::killedText() const
{
    return m_killed && m_killed->killed + m_killed->dryRuns > 0 ? tr("Killed as well: %1 (dry run: %2)").arg(m_killed->killed).arg(m_killed->dryRuns) + QLatin1Char('\n') : QString();
}

void SlowDigestPage::showForbidden()
{
    showHead();
    m_plan->setForbidden(forbidden());
    permit(m_raw, forbidden());
}

QString SlowDigestPage::title() const
{
    return m_detail ? digestLine(m_detail->row).left(40) : tr("Digest");
}

QString SlowDigestPage::help() const
{
    return tr("<p>All statements of one shape: how often they ran, how long they took, and what they read. In the chart of durations the line is the mean of each time, and the "
              "upper one its p95.</p><p>Examples are masked: no literal of a statement leaves its host. Who sends it is known by the hour.</p>"
              "<p>“Plan” asks a server how it would run the newest example, on a replica if there is one: a tree with what is costly, EXPLAIN’s own table, and the tables with their indexes. Nothing is run; "
              "of a statement that writes the SELECT in it is explained. “As written” reads an example from its log. Both are for operators, and noted in the audit.</p>"
              "<p>The same comes from <code>zandbctl slow digest</code>, <code>slow explain</code> and <code>slow raw</code>.</p>");
}

void SlowDigestPage::setAway(bool away)
{
    for (TimeChart *chart : {m_calls, m_times, m_rows})
        chart->setAway(away);
}

void SlowDigestPage::setDigest(const SlowDigestDetail &detail)
{
    m_detail = std::make_unique<SlowDigestDetail>(detail);
    showHead();
    showCharts();
}

void SlowDigestPage::clear(const QString &why)
{
    m_detail.reset();
    m_killed.reset();
    m_why = why;
    showHead();
    showCharts();
}

void SlowDigestPage::setRange(TimePoint from, TimePoint until)
{
    m_group->setRange(from, until);
}

void SlowDigestPage::retranslate()
{
    m_copy->setText(tr("Copy as text"));
    m_raw->setText(tr("As written"));
    m_raw->setToolTip(tr("Reads the marked example from its log, with its literals; noted in the audit"));
    m_rawCopy->setText(tr("Copy"));
    m_parts->setTabText(0, tr("Callers and examples"));
    m_parts->setTabText(1, tr("Plan"));
    m_parts->setTabText(2, tr("As written"));
    if (m_rawText->toPlainText().isEmpty())
        setRaw({});
    m_callersTitle->setText(tr("Who sends it"));
    m_examplesTitle->setText(tr("Examples (masked)"));
    m_callers->emptyState()->setTexts(tr("Nobody in this time range"), tr("Accounts and clients that sent this statement are listed here."));
    m_examples->emptyState()->setTexts(tr("No example is kept"), tr("The slowest, the one that read most, and the newest of each instance are kept."));
    m_calls->setTitle(tr("Calls each second"));
    m_times->setTitle(tr("Duration"));
    m_rows->setTitle(tr("Rows examined each second"));
    showHead();
    showCharts();
}

void SlowDigestPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    m_pictures->setVisible(height() >= 56 * unit);
}

void SlowDigestPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void SlowDigestPage::showHead()
{
    m_copy->setEnabled(m_detail != nullptr);
    m_accept->setVisible(m_detail && m_detail->row.checksum != slowOther);
    if (!m_detail) {
        m_name->setText(tr("Digest"));
        m_facts->setText(m_why);
        m_text->clear();
        return;
    }
    const SlowDigestRow &row = m_detail->row;
    const SlowFigures &figures = row.figures;
    m_name->setText(qs(checksumText(row.checksum)).right(16));
    m_name->setToolTip(qs(checksumText(row.checksum)));
    QStringList facts{tr("%1 calls").arg(countText(figures.events)), tr("%1 in all").arg(shortDurationText(static_cast<double>(figures.time.sum)))};
    if (const auto mean = figures.time.mean())
        facts << tr("mean %1").arg(shortDurationText(*mean));
    if (const auto p95 = slowQuantileUs(figures, 0.95))
        facts << tr("p95 %1").arg(shortDurationText(*p95));
    if (row.firstSeen != TimePoint{})
        facts << tr("first seen %1").arg(localTimeText(row.firstSeen).left(16));
    if (m_killed && m_killed->killed > 0)
        facts << tr("killed as well: %1").arg(countText(m_killed->killed));
    if (m_killed && m_killed->dryRuns > 0)
        facts << tr("would have been killed: %1").arg(countText(m_killed->dryRuns));
    if (row.acceptedAt)
        facts << tr("accepted by %1").arg(qs(row.acceptedBy));
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_text->setPlainText(row.fingerprint.empty() ? digestLine(row) : qs(row.fingerprint));
    m_accept->setText(row.acceptedAt ? tr("No longer accept") : tr("Accept"));
    permit(m_accept, forbidden());
    if (forbidden().isEmpty())
        m_accept->setToolTip(tr("Known and accepted: it is not told as new or worse any more"));
}

void SlowDigestPage::showCharts()
{
    ChartData calls, times, rows;
    if (m_detail) {
        const SlowAxis &axis = m_detail->axis;
        calls = times = rows = ChartData{axis.begin, axis.end(), {}};
        ChartLine count{QStringLiteral("calls"), tr("calls"), {}}, mean{QStringLiteral("mean_s"), tr("mean"), {}}, p95{QStringLiteral("p95_s"), tr("p95"), {}},
            examined{QStringLiteral("rows_examined"), tr("rows"), {}};
        const double seconds = std::chrono::duration<double>(axis.step).count();
        const auto same = [](double value) { return std::optional(Spread{value, value, value}); };
        for (const SlowFigures &figures : m_detail->history) {
            count.values.push_back(same(static_cast<double>(figures.events) / seconds));
            examined.values.push_back(same(static_cast<double>(figures.examined.sum) / seconds));
            const auto average = figures.time.mean(), high = slowQuantileUs(figures, 0.95);
            mean.values.push_back(average ? same(*average / 1e6) : std::nullopt);
            p95.values.push_back(high ? same(*high / 1e6) : std::nullopt);
        }
        calls.lines.push_back(std::move(count));
        times.lines.push_back(std::move(mean));
        times.lines.push_back(std::move(p95));
        rows.lines.push_back(std::move(examined));
    }
    m_calls->setData(calls);
    m_times->setData(times);
    m_rows->setData(rows);
}

} // namespace zandb
