// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/sqlresultspane.h"

#include "models/batchsql/resultexport.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/plaintabs.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr int at(SqlResultsPane::Tab tab)
{
    return static_cast<int>(tab);
}

} // namespace

SqlResultsPane::SqlResultsPane(const Ui &ui, const SqlModels &models, QWidget *parent)
    : QWidget(parent), m_models(models), m_tabs(new PlainTabs(this)), m_which(new QComboBox(this)), m_result(new TablePane(ui, QStringLiteral("sqlResult"), this)),
      m_differences(new TablePane(ui, QStringLiteral("sqlDifferences"), this)), m_statements(new TablePane(ui, QStringLiteral("sqlStatements"), this)),
      m_preview(new TablePane(ui, QStringLiteral("sqlPreview"), this)), m_history(new TablePane(ui, QStringLiteral("sqlHistory"), this)),
      m_scripts(new TablePane(ui, QStringLiteral("sqlScripts"), this)), m_comparison(new QLabel(this)), m_everybody(new QCheckBox(this)), m_show(new QPushButton(this)),
      m_resume(new QPushButton(this)), m_retry(new QPushButton(this)), m_save(new QPushButton(this)), m_remove(new QPushButton(this))
{
    const std::pair<QWidget *, const char *> names[] = {{m_tabs, "sqlResults"}, {m_which, "sqlWhich"}, {m_comparison, "sqlComparison"}, {m_everybody, "sqlEverybody"}, {m_show, "sqlShowPlan"},
                                                        {m_resume, "sqlResume"}, {m_retry, "sqlRetry"}, {m_save, "sqlSaveScript"}, {m_remove, "sqlRemoveScript"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    m_which->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_which->setMinimumContentsLength(20);
    m_which->hide();
    m_comparison->setWordWrap(true);
    m_comparison->setProperty("muted", true);

    using Grid = SqlGridModel;
    m_statements->columns()->setFolding({Grid::Wave, Grid::Number, Grid::Warnings, Grid::Changed, Grid::Time});
    m_statements->setModel(models.grid, Grid::State, Grid::Instance, Qt::AscendingOrder);
    using Preview = SqlPreviewModel;
    m_preview->columns()->setFolding({Preview::Statement, Preview::Notes, Preview::Lag, Preview::Role, Preview::Size, Preview::Number});
    m_preview->setModel(models.preview, Preview::State, Preview::Instance, Qt::AscendingOrder);
    m_result->setModel(models.result, -1, -1, Qt::AscendingOrder);
    m_differences->setModel(models.differences, -1, -1, Qt::AscendingOrder);
    for (TablePane *pane : {m_result, m_differences}) {
        pane->setChoosesFirst(false);
        pane->setExports({{[] { return tr("CSV"); }, QStringLiteral("csv"), &resultCsv}, {[] { return tr("JSON"); }, QStringLiteral("json"), &resultJson},
                          {[] { return tr("SQL: INSERT statements"); }, QStringLiteral("sql"), &resultSql}});
    }
    using History = SqlHistoryModel;
    m_history->columns()->setFolding({History::Schema, History::Author, History::Progress});
    m_history->setModel(models.history, History::State, History::At, Qt::DescendingOrder);
    m_scripts->setModel(models.scripts, -1, SqlScriptModel::Name, Qt::AscendingOrder);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_retry, m_resume, m_show, m_everybody})
        m_history->addToBar(widget);
    for (QWidget *widget : {m_remove, m_save})
        m_scripts->addToBar(widget);

    auto *differences = new QWidget(this);
    auto *differencesBox = new QVBoxLayout(differences);
    differencesBox->setContentsMargins(0, unit / 2, 0, 0);
    differencesBox->setSpacing(0);
    m_comparison->setContentsMargins(unit, 0, unit, 0);
    differencesBox->addWidget(m_comparison);
    differencesBox->addWidget(m_differences, 1);

    m_tabs->setDocumentMode(true);
    m_tabs->setMinimumHeight(12 * unit);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->setCornerWidget(m_which, Qt::TopRightCorner);
    for (QWidget *page : std::initializer_list<QWidget *>{m_result, differences, m_statements, m_preview, m_history, m_scripts})
        m_tabs->addTab(page, QString());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs);

    connect(m_which, &QComboBox::activated, this, [this](int chosen) { Q_EMIT resultChosen(m_which->itemData(chosen).toInt()); });
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        if (tab == at(Tab::History))
            Q_EMIT historyWanted(m_everybody->isChecked());
        else if (tab == at(Tab::Scripts))
            Q_EMIT scriptsWanted();
    });
    connect(m_everybody, &QCheckBox::toggled, this, &SqlResultsPane::historyWanted);
    connect(m_history, &TablePane::activated, this, &SqlResultsPane::historyOpened);
    connect(m_scripts, &TablePane::activated, this, &SqlResultsPane::scriptOpened);
    connect(m_history, &TablePane::currentChanged, this, &SqlResultsPane::showActs);
    connect(m_scripts, &TablePane::currentChanged, this, &SqlResultsPane::showActs);
    const auto withCurrent = [this](TablePane *pane, auto act) {
        return [this, pane, act] {
            if (const auto id = pane->currentId())
                (this->*act)(*id);
        };
    };
    connect(m_show, &QPushButton::clicked, this, withCurrent(m_history, &SqlResultsPane::planShown));
    connect(m_remove, &QPushButton::clicked, this, withCurrent(m_scripts, &SqlResultsPane::scriptRemoveRequested));
    for (const bool retry : {false, true}) {
        connect(retry ? m_retry : m_resume, &QPushButton::clicked, this, [this, retry] {
            if (const auto id = m_history->currentId())
                Q_EMIT planResumed(*id, retry);
        });
    }
    connect(m_save, &QPushButton::clicked, this, &SqlResultsPane::scriptSaveRequested);
    retranslate();
}

void SqlResultsPane::retranslate()
{
    const QString titles[] = {tr("Result"), m_differ ? tr("Differences !") : tr("Differences"), tr("Statements"), tr("Preview"), tr("History"), tr("Scripts")};
    for (int tab = 0; tab < m_tabs->count(); ++tab)
        m_tabs->setTabText(tab, titles[tab]);
    m_everybody->setText(tr("Everybody's"));
    m_show->setText(tr("Show"));
    m_show->setToolTip(tr("What it left on each instance"));
    m_resume->setText(tr("Go on…"));
    m_retry->setText(tr("Retry failed…"));
    m_save->setText(tr("Save the script…"));
    m_remove->setText(tr("Remove"));
    m_result->emptyState()->setTexts(tr("No result yet"), tr("Results of all instances stand here as one table."));
    m_differences->emptyState()->setTexts(tr("Nothing differs"), tr("Rows that an instance has, or lacks, beside what most instances answered stand here."));
    m_statements->emptyState()->setTexts(tr("Nothing was run yet"), tr("Each statement on each instance has a line here."));
    m_preview->emptyState()->setTexts(tr("No preview yet"), tr("Preview asks each instance what the script would meet there, and changes nothing."));
    m_history->emptyState()->setTexts(tr("No script was run yet"), tr("Scripts of the last 30 days stand here. A double click or Enter opens one in a new editor."));
    m_scripts->emptyState()->setTexts(tr("No script was saved yet"), tr("Saved scripts stand in the store, for everybody. A double click or Enter opens one in a new editor."));
    showActs();
}

void SqlResultsPane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void SqlResultsPane::showActs()
{
    const auto chosen = m_history->currentId();
    const SqlHistoryRow *row = chosen ? m_models.history->row(m_models.history->rowOf(*chosen)) : nullptr;
    const bool isPlan = row && row->isPlan;
    const QString noPlan = isPlan ? QString() : tr("Choose a script that changed something; a read is run again from an editor.");
    permit(m_show, noPlan);
    const auto why = [&](const QString &own) { return !noPlan.isEmpty() ? noPlan : !m_forbidden.isEmpty() ? m_forbidden : own; };
    const bool hasEnded = isPlan && row->state == "finished";
    permit(m_resume, why(hasEnded ? tr("It has finished.") : QString()));
    permit(m_retry, why(isPlan && row->failed == 0 ? tr("Nothing of it failed.") : QString()));
    if (m_resume->isEnabled())
        m_resume->setToolTip(tr("Goes on under your key where its program has ended or a rule has stopped it; nothing that has run is repeated"));
    if (m_retry->isEnabled())
        m_retry->setToolTip(tr("Also runs it again where it failed, from its first statement; what is unknown is never repeated"));
    permit(m_remove, m_scripts->currentId() ? QString() : tr("Choose a script first."));
}

void SqlResultsPane::setForbidden(const QString &why)
{
    m_forbidden = why;
    showActs();
}

void SqlResultsPane::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(at(tab));
}

void SqlResultsPane::setResultStatements(const std::vector<std::pair<int, QString>> &statements)
{
    const int chosen = m_which->currentData().toInt();
    m_which->clear();
    for (const auto &[number, text] : statements)
        m_which->addItem(QStringLiteral("%1  %2").arg(number).arg(text.left(200).simplified()), number);
    if (const int there = m_which->findData(chosen); there >= 0)
        m_which->setCurrentIndex(there);
    m_which->setVisible(statements.size() > 1);
}

void SqlResultsPane::setResultCut(int rows)
{
    m_result->setNewestOnly(rows);
}

void SqlResultsPane::setComparison(const QString &text, bool differ)
{
    m_comparison->setText(text);
    m_comparison->setVisible(!text.isEmpty());
    m_differ = differ;
    m_tabs->setTabText(at(Tab::Differences), differ ? tr("Differences !") : tr("Differences"));
}

TablePane *SqlResultsPane::current() const
{
    TablePane *panes[] = {m_result, m_differences, m_statements, m_preview, m_history, m_scripts};
    return panes[m_tabs->currentIndex()];
}

void SqlResultsPane::focusFilter()
{
    current()->focusFilter();
}

bool SqlResultsPane::clearFilter()
{
    return current()->clearFilter();
}

} // namespace zandb
