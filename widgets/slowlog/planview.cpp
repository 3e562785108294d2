// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/slowlog/planview.h"

#include "models/common/text.h"
#include "widgets/common/delegates.h"
#include "widgets/common/focusring.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tableheader.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {

PlanView::PlanView(const Ui &ui, const PlanModels &models, QWidget *parent)
    : QWidget(parent), m_models(models), m_instance(new QComboBox(this)), m_ask(new QPushButton(this)), m_copy(new QPushButton(this)), m_said(new QLabel(this)), m_treeTitle(new QLabel(this)),
      m_tree(new QTreeView(this)), m_lists(new QTabWidget(this)), m_rows(new TablePane(ui, QStringLiteral("planRows"), this)), m_indexes(new TablePane(ui, QStringLiteral("planIndexes"), this))
{
    m_instance->setObjectName(QStringLiteral("planInstance"));
    m_instance->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_ask->setObjectName(QStringLiteral("planAsk"));
    m_copy->setObjectName(QStringLiteral("planCopy"));
    setIconBeside(m_copy, QStringLiteral("copy"));
    m_said->setObjectName(QStringLiteral("planSaid"));
    m_said->setProperty("muted", true);
    m_said->setWordWrap(true);
    m_said->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_tree->setObjectName(QStringLiteral("planTree"));
    m_tree->setHeader(new TableHeader(m_tree));
    m_tree->setModel(models.tree);
    m_tree->setItemDelegate(new CellDelegate(m_tree));
    new FocusRing(m_tree);
    m_tree->setUniformRowHeights(true);
    m_tree->header()->setStretchLastSection(false);
    using Rows = ExplainRowModel;
    m_rows->columns()->setHiddenByDefault({Rows::Number, Rows::Partitions, Rows::KeyLength});
    m_rows->columns()->setFolding({Rows::SelectType, Rows::Ref, Rows::PossibleKeys, Rows::Filtered});
    m_rows->setModel(models.rows, Rows::Id, Rows::Number, Qt::AscendingOrder);
    using Indexes = ExplainIndexModel;
    m_indexes->columns()->setHiddenByDefault({Indexes::Kind});
    m_indexes->columns()->setFolding({Indexes::Indexes, Indexes::Data, Indexes::Unique});
    m_indexes->setModel(models.indexes, Indexes::Table, Indexes::Table, Qt::AscendingOrder);
    m_lists->setObjectName(QStringLiteral("planLists"));
    m_lists->setDocumentMode(true);
    m_lists->addTab(m_indexes, QString());
    m_lists->addTab(m_rows, QString());

    auto *head = new QHBoxLayout;
    head->setSpacing(unit);
    head->addWidget(m_instance);
    head->addWidget(m_ask);
    head->addWidget(m_said, 1);
    head->addWidget(m_copy);
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(makeCard(m_treeTitle, m_tree, this));
    split->addWidget(m_lists);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    keepSizes(split, ui.settings, QStringLiteral("plan-split"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, unit, 0, 0);
    layout->setSpacing(unit);
    layout->addLayout(head);
    layout->addWidget(split, 1);

    connect(m_ask, &QPushButton::clicked, this, [this] {
        if (m_instance->currentIndex() >= 0)
            Q_EMIT explainRequested(m_instance->currentData().value<Uuid>());
    });
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_copied); });
    connect(models.tree, &QAbstractItemModel::modelReset, this, [this] {
        m_tree->expandAll();
        fitColumns();
    });
    retranslate();
}

void PlanView::setInstances(const std::vector<std::pair<Uuid, QString>> &instances)
{
    const QVariant before = m_instance->currentData();
    m_instance->clear();
    for (const auto &[id, path] : instances)
        m_instance->addItem(path, QVariant::fromValue(id));
    const int kept = before.isValid() ? m_instance->findData(before) : -1;
    m_instance->setCurrentIndex(kept >= 0 ? kept : instances.empty() ? -1 : 0);
    showState();
}

/// As wide as what they hold; what no node has takes no room.
void PlanView::fitColumns()
{
    for (int column = 0; column < PlanTreeModel::ColumnCount; ++column) {
        m_tree->setColumnHidden(column, column != PlanTreeModel::Node && !m_models.tree->hasAny(column)); // first: a hidden column has no width
        m_tree->resizeColumnToContents(column);
        const int head = m_tree->header()->sectionSizeHint(column) + 2 * unit;
        m_tree->header()->resizeSection(column, std::max(m_tree->columnWidth(column), head));
    }
}

void PlanView::setForbidden(const QString &why)
{
    m_forbidden = why;
    showState();
}

void PlanView::setAsking(bool asking)
{
    m_asking = asking;
    showState();
}

void PlanView::setExplained(const wire::Explained &explained, const QString &place)
{
    m_explained = explained;
    m_place = place;
    m_copied = explainText(explained, place);
    m_trouble.clear();
    m_asking = false;
    showState();
}

void PlanView::clear(const QString &trouble)
{
    m_explained = {};
    m_place.clear();
    m_copied.clear();
    m_trouble = trouble;
    m_asking = false;
    showState();
}

void PlanView::showState()
{
    const bool can = m_instance->count() > 0 && !m_asking;
    m_ask->setEnabled(can);
    m_instance->setEnabled(m_instance->count() > 0);
    if (!m_forbidden.isEmpty())
        permit(m_ask, m_forbidden);
    m_copy->setEnabled(!m_copied.isEmpty());
    QString said;
    if (m_asking) {
        said = tr("The plan is being read…");
    } else if (!m_trouble.isEmpty()) {
        said = m_trouble;
    } else if (m_copied.isEmpty()) {
        said = m_instance->count() > 0 ? tr("The newest example is read from its log and explained there; it is not run. Both are noted in the audit.") : tr("No example is kept, so there is nothing to explain.");
    } else {
        QStringList parts{tr("Plan on %1 (%2); all figures are estimates.").arg(m_place, qs(m_explained.version))};
        if (const QString as = asText(m_explained.as); !as.isEmpty())
            parts << as;
        if (m_explained.plan.empty())
            parts << (m_explained.planProblem == "too_large" ? tr("The tree is too large to be sent.") : qs(m_explained.planProblem));
        said = parts.join(QLatin1Char(' '));
    }
    m_said->setText(said);
    m_said->setToolTip(m_copied.isEmpty() ? QString() : qs(m_explained.statement));
}

void PlanView::retranslate()
{
    m_ask->setText(tr("Explain"));
    m_copy->setText(tr("Copy plan"));
    m_treeTitle->setText(tr("Plan"));
    m_lists->setTabText(0, tr("Tables and indexes"));
    m_lists->setTabText(1, tr("EXPLAIN as a table"));
    m_rows->emptyState()->setTexts(tr("No plan yet"), tr("Explain asks a server how it would run the statement."));
    m_indexes->emptyState()->setTexts(tr("No plan yet"), tr("The tables of the statement and their indexes are listed here."));
    if (!m_copied.isEmpty())
        m_copied = explainText(m_explained, m_place);
    showState();
}

void PlanView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

} // namespace zandb
