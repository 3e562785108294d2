// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/tablepane.h"

#include "models/common/roles.h"
#include "widgets/common/delegates.h"
#include "widgets/common/icons.h"
#include "widgets/common/parts.h"
#include "widgets/common/tableheader.h"
#include "widgets/common/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSaveFile>
#include <QSettings>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

/// Lends its hint of how wide a column's contents are.
class Table final : public QTableView
{
public:
    using QTableView::QTableView;
    using QTableView::sizeHintForColumn;
};

} // namespace

TablePane::TablePane(const Ui &ui, const QString &name, QWidget *parent)
    : QWidget(parent), m_ui(ui), m_name(name), m_proxy(new SortFilterModel(this)), m_view(new Table(this)),
      m_filter(new QLineEdit(this)), m_count(new QLabel(this)), m_cut(new QLabel(this)), m_bar(new QHBoxLayout), m_columns(new QToolButton(this)), m_export(new QToolButton(this)),
      m_stack(new QStackedWidget(this)), m_empty(new EmptyState(QStringLiteral("search"), this)), m_skeleton(nullptr)
{
    m_view->setObjectName(name + QStringLiteral("Table"));
    m_filter->setObjectName(name + QStringLiteral("Filter"));
    m_columns->setObjectName(name + QStringLiteral("Columns"));
    m_export->setObjectName(name + QStringLiteral("Export"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
    m_filter->setMaximumWidth(40 * unit);
    m_filter->setMinimumWidth(24 * unit);
    m_count->setProperty("muted", true);
    m_cut->setObjectName(name + QStringLiteral("Cut"));
    m_cut->setProperty("section", true);
    m_cut->hide();
    m_columns->setIcon(themedIcon("columns"));
    m_export->setIcon(themedIcon("export"));
    m_export->setPopupMode(QToolButton::InstantPopup);

    m_view->setItemDelegate(new CellDelegate(m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalHeader(new TableHeader(m_view));
    m_view->horizontalHeader()->setSectionsClickable(true);
    m_view->setSortingEnabled(true);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->verticalHeader()->setDefaultSectionSize(32);
    m_view->horizontalHeader()->setSectionsMovable(true);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setMinimumSectionSize(8 * unit); // what is stretched is never squeezed to nothing either
    m_view->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setModel(m_proxy);

    m_bar->setContentsMargins(unit, unit, unit, unit);
    m_bar->setSpacing(unit);
    m_bar->addWidget(m_filter, 1);
    m_bar->addWidget(m_count);
    m_bar->addWidget(m_cut);
    m_bar->addStretch(1);
    m_bar->addWidget(m_columns);
    m_bar->addWidget(m_export);
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(m_bar);
    layout->addWidget(m_stack, 1);
    m_skeleton = new Skeleton(m_stack);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &words) {
        m_proxy->setWords(words);
        updateCount();
    });
    connect(m_columns, &QToolButton::clicked, this, &TablePane::showColumnMenu);
    connect(m_view->horizontalHeader(), &QWidget::customContextMenuRequested, this, &TablePane::showColumnMenu);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, &TablePane::showRowMenu);
    connect(m_view, &QTableView::activated, this, [this](const QModelIndex &index) {
        const QVariant id = index.data(IdRole);
        if (id.isValid() && !m_loading)
            Q_EMIT activated(id.value<Uuid>());
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TablePane::currentChanged);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &TablePane::updateCount);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &TablePane::updateCount);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &TablePane::updateCount);
    connect(m_proxy, &SortFilterModel::settled, this, &TablePane::updateCount);
    // an inspector beside the list is there to be read: it starts with the first row
    m_first.setSingleShot(true);
    m_first.setInterval(0);
    connect(&m_first, &QTimer::timeout, this, &TablePane::chooseFirst);
    // once, in however many steps the rows of one answer change
    m_changed.setSingleShot(true);
    m_changed.setInterval(0);
    connect(&m_changed, &QTimer::timeout, this, &TablePane::currentChanged);
    connect(m_proxy, &QAbstractItemModel::modelReset, &m_changed, qOverload<>(&QTimer::start));
    connect(m_proxy, &QAbstractItemModel::dataChanged, &m_changed, qOverload<>(&QTimer::start));

    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    // once the rows of one answer are all there, however many steps they come in
    m_fit.setSingleShot(true);
    m_fit.setInterval(0);
    connect(&m_fit, &QTimer::timeout, this, &TablePane::measureColumns);
    connect(&m_changed, &QTimer::timeout, this, &TablePane::measureColumns);

    auto *menu = new QMenu(this);
    for (int format = 0; format < 3; ++format)
        connect(menu->addAction(QString()), &QAction::triggered, this, [this, format] { exportAs(format); });
    m_export->setMenu(menu);
    retranslate();
}

void TablePane::retranslate()
{
    m_filter->setPlaceholderText(tr("Filter, e.g. failed db1"));
    m_filter->setToolTip(tr("Rows that hold all words; column:word looks in one column, -word leaves out (Ctrl+F)"));
    m_columns->setToolTip(tr("Choose columns"));
    m_export->setToolTip(tr("Export what is shown"));
    const auto actions = m_export->menu()->actions();
    actions[0]->setText(tr("CSV"));
    actions[1]->setText(tr("CSV for spreadsheets (with byte order mark)"));
    actions[2]->setText(tr("JSON"));
    setNewestOnly(m_newest);
    updateCount();
}

void TablePane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange && m_export->menu()) {
        retranslate();
        m_natural.clear(); // other words, other widths; once the model has them
        m_fit.start(100);
    }
}

bool TablePane::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_C && (key->modifiers() == Qt::ControlModifier || key->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier))) {
            copy(key->modifiers() & Qt::ShiftModifier);
            return true;
        }
    }
    if (watched == m_view->viewport() && event->type() == QEvent::Resize)
        fitColumns();
    return QWidget::eventFilter(watched, event);
}

void TablePane::measureColumns()
{
    m_fit.setInterval(0);
    if (m_own || m_proxy->rowCount() == 0)
        return;
    QHeaderView *header = m_view->horizontalHeader();
    header->setResizeContentsPrecision(60);
    QList<int> natural;
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        const int contents = std::max(static_cast<Table *>(m_view)->sizeHintForColumn(column), header->sectionSizeHint(column));
        // what was wider once keeps its width: columns must not jump to and fro under one's eyes
        natural << std::max(std::clamp(contents, 8 * unit, 45 * unit), m_natural.value(column));
    }
    if (natural == m_natural)
        return;
    m_natural = natural;
    fitColumns();
}

/// As wide as their contents; where the window is too narrow for all, long texts and states give way, since a column beyond
/// the edge is not seen at all, and names and versions only when that is not enough.  What the row is about (the first text)
/// stays whole.
void TablePane::fitColumns()
{
    if (m_own || m_natural.isEmpty())
        return;
    QHeaderView *header = m_view->horizontalHeader();
    QList<int> widths = m_natural;
    QList<int> texts; // what may be shortened; half a number or a time would say something wrong
    bool named = false;
    int over = -m_view->viewport()->width();
    for (int column = 0; column < widths.size(); ++column) {
        if (header->isSectionHidden(column))
            continue;
        over += widths[column];
        const bool state = column == m_proxy->lookColumn();
        if (!state && !isText(column))
            continue;
        if (state || named)
            texts << column;
        named |= !state;
    }
    for (const int least : {20 * unit, 9 * unit}) {
        const auto spare = [&](int column) { return widths[column] - (column == m_proxy->lookColumn() ? 17 * unit : least); };
        while (over > 0 && !texts.isEmpty()) {
            const int widest = *std::ranges::max_element(texts, {}, spare);
            if (spare(widest) <= 0)
                break;
            const int step = std::min({over, unit, spare(widest)});
            widths[widest] -= step;
            over -= step;
        }
    }
    shareSpare(widths, -over);
    m_fitting = true;
    for (int column = 0; column < widths.size(); ++column)
        header->resizeSection(column, widths[column]);
    m_fitting = false;
}

/// The last column gets what is left over: right for a sentence, but a number would stand far from all the others.
void TablePane::shareSpare(QList<int> &widths, int spare) const
{
    const QHeaderView *header = m_view->horizontalHeader();
    QList<int> shown;
    for (int place = 0; place < header->count(); ++place) {
        if (const int column = header->logicalIndex(place); !header->isSectionHidden(column))
            shown << column;
    }
    if (spare <= 0 || shown.isEmpty() || isText(shown.last()))
        return;
    for (const int column : shown)
        widths[column] += spare / static_cast<int>(shown.size());
}

bool TablePane::isText(int column) const
{
    for (int row = 0; row < std::min(m_proxy->rowCount(), 60); ++row) {
        if (const QVariant value = m_proxy->index(row, column).data(SortRole); value.isValid())
            return value.typeId() == QMetaType::QString;
    }
    return true; // empty everywhere
}

void TablePane::setModel(QAbstractItemModel *model, int lookColumn, int sortColumn, Qt::SortOrder order)
{
    m_proxy->setLookColumn(lookColumn);
    m_proxy->setSourceModel(model);
    m_view->sortByColumn(sortColumn, order);
    for (int column = 0; column < model->columnCount(); ++column) {
        const QString title = model->headerData(column, Qt::Horizontal).toString();
        m_view->setColumnWidth(column, std::max(fontMetrics().horizontalAdvance(title) + 5 * unit, column == lookColumn ? 18 * unit : 13 * unit));
        m_view->setColumnHidden(column, m_hiddenByDefault.contains(column));
    }
    restoreColumns();
    const auto save = [this] { saveColumns(); };
    connect(m_view->horizontalHeader(), &QHeaderView::sectionMoved, this, save);
    connect(m_view->horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column) {
        const QHeaderView *header = m_view->horizontalHeader();
        int last = header->count() - 1;
        while (last > 0 && header->isSectionHidden(header->logicalIndex(last)))
            --last;
        if (m_fitting || m_natural.isEmpty() || column == header->logicalIndex(last))
            return; // the last one follows the window
        m_own = true;
        saveColumns();
    });
    connect(m_view->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, save);
    updateCount();
}

void TablePane::restoreColumns()
{
    const QByteArray state = m_ui.settings.value(QStringLiteral("tables/") + m_name).toByteArray();
    if (!state.isEmpty())
        m_own = m_view->horizontalHeader()->restoreState(state) && m_ui.settings.value(QStringLiteral("tables/%1-widths").arg(m_name), true).toBool();
}

void TablePane::saveColumns()
{
    // resizing with the window comes in many steps; hidden views have no order worth keeping
    if (!isVisible() || (m_natural.isEmpty() && !m_own))
        return;
    m_ui.settings.setValue(QStringLiteral("tables/") + m_name, m_view->horizontalHeader()->saveState());
    m_ui.settings.setValue(QStringLiteral("tables/%1-widths").arg(m_name), m_own); // who only sorts keeps widths that follow the window
}

void TablePane::showColumnMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        QAction *action = menu->addAction(m_proxy->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!m_view->isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            m_view->setColumnHidden(column, !on);
            m_natural.clear(); // a hidden column's title has no width
            measureColumns();
            saveColumns();
        });
    }
    menu->popup(m_columns->mapToGlobal(QPoint(0, m_columns->height())));
}

void TablePane::showRowMenu(const QPoint &at)
{
    if (m_loading || !m_view->currentIndex().isValid())
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(m_name + QStringLiteral("Menu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    Q_EMIT menuRequested(menu);
    if (!menu->isEmpty())
        menu->addSeparator();
    const auto addCopy = [&](const QString &text, const char *keys, bool withHeader) { // the keys are heard by eventFilter()
        connect(menu->addAction(text + QLatin1Char('\t') + QKeySequence(QLatin1String(keys)).toString(QKeySequence::NativeText)), &QAction::triggered,
                this, [this, withHeader] { copy(withHeader); });
    };
    addCopy(tr("Copy"), "Ctrl+C", false);
    addCopy(tr("Copy with header"), "Ctrl+Shift+C", true);
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

void TablePane::setLoading(bool loading)
{
    m_loading = loading;
    m_skeleton->setLoading(loading);
    updateCount();
}

void TablePane::setNewestOnly(int rows)
{
    m_newest = rows;
    m_cut->setText(rows > 0 ? tr("newest %1 shown").arg(QLocale().toString(rows)) : QString());
    m_cut->setToolTip(rows > 0 ? tr("There are more. Narrow the range of time or the scope to see them.") : QString());
    m_cut->setVisible(rows > 0);
}

void TablePane::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

bool TablePane::clearFilter()
{
    if (m_filter->text().isEmpty())
        return false;
    m_filter->clear();
    m_view->setFocus();
    return true;
}

void TablePane::setLooks(const std::set<Look> &looks)
{
    m_proxy->setLooks(looks);
    updateCount();
}

void TablePane::addToBar(QWidget *widget)
{
    m_bar->insertWidget(1, widget);
}

void TablePane::chooseFirst()
{
    if (!m_view->currentIndex().isValid() && m_proxy->rowCount() > 0)
        makeCurrent(m_proxy->index(0, m_proxy->lookColumn()));
}

void TablePane::updateCount()
{
    const int all = m_proxy->sourceModel() ? m_proxy->sourceModel()->rowCount() : 0;
    const int shown = m_proxy->rowCount();
    if (shown > 0 && !m_fit.isActive())
        m_fit.start();
    if (shown > 0 && !m_view->currentIndex().isValid())
        m_first.start();
    m_count->setText(m_proxy->busy() ? tr("filtering…") : shown == all ? tr("%n row(s)", nullptr, all) : tr("%1 of %n row(s)", nullptr, all).arg(shown));
    m_stack->setCurrentWidget(all == 0 && !m_loading ? static_cast<QWidget *>(m_empty) : m_view);
}

std::optional<Uuid> TablePane::currentId() const
{
    const QModelIndex index = m_view->currentIndex();
    const QVariant id = index.data(IdRole);
    return id.isValid() ? std::optional(id.value<Uuid>()) : std::nullopt;
}

// Not by the view: that would heed the keys just pressed, and Ctrl+3 would add to the selection.
void TablePane::makeCurrent(const QModelIndex &index)
{
    m_view->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool TablePane::select(const Uuid &id)
{
    if (currentId() == id)
        return true;
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        const QModelIndex index = m_proxy->index(row, 0);
        if (index.data(IdRole).value<Uuid>() != id)
            continue;
        makeCurrent(index);
        m_view->scrollTo(index);
        return true;
    }
    return false;
}

Shown TablePane::shownRows(bool onlySelected) const
{
    Shown shown{m_proxy, {}, {}};
    const QHeaderView *header = m_view->horizontalHeader();
    for (int place = 0; place < header->count(); ++place) {
        const int column = header->logicalIndex(place);
        if (!header->isSectionHidden(column))
            shown.columns.push_back(column);
    }
    if (onlySelected) {
        for (const QModelIndex &index : m_view->selectionModel()->selectedRows())
            shown.rows.push_back(index.row());
        std::ranges::sort(shown.rows);
    }
    if (shown.rows.isEmpty()) {
        for (int row = 0; row < m_proxy->rowCount(); ++row)
            shown.rows.push_back(row);
    }
    return shown;
}

void TablePane::copy(bool withHeader)
{
    QGuiApplication::clipboard()->setText(toTsv(shownRows(true), withHeader));
}

void TablePane::exportAs(int format)
{
    const bool json = format == 2;
    const QByteArray bytes = json ? toJsonText(shownRows(false)) : toCsv(shownRows(false), format == 1);
    m_ui.dialogs.saveFile(this, tr("Export what is shown"), m_name + (json ? QStringLiteral(".json") : QStringLiteral(".csv")),
                          json ? QStringLiteral("JSON (*.json)") : QStringLiteral("CSV (*.csv)"), [this, bytes](const QString &path) {
                              QSaveFile file(path);
                              if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
                                  m_ui.dialogs.message(this, tr("Not exported"), tr("%1 could not be written: %2").arg(path, file.errorString()));
                          });
}

} // namespace zandb
