// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/tablepane.h"

#include "models/common/roles.h"
#include "widgets/common/delegates.h"
#include "widgets/common/focusring.h"
#include "widgets/common/icons.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
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
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
TablePane::TablePane(const Ui &ui, const QString &name, QWidget *parent)
    : QWidget(parent), m_ui(ui), m_name(name), m_proxy(new SortFilterModel(this)), m_view(new QTableView(this)), m_widths(new TableColumns(m_view, m_proxy, ui.settings, name, this)),
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
    m_filter->setMinimumWidth(15 * unit);
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
    new FocusRing(m_view);
    m_filter->installEventFilter(this);

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
    m_stack->setMinimumHeight(10 * unit); // the words for an empty list must not keep a window high
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
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        Q_EMIT currentChanged();
        showCount();
    });
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
    connect(&m_fit, &QTimer::timeout, this, [this] {
        m_fit.setInterval(0);
        m_widths->measure();
    });
    connect(&m_changed, &QTimer::timeout, m_widths, &TableColumns::measure);

    m_export->setMenu(new QMenu(this));
    setExports({{[] { return tr("CSV"); }, QStringLiteral("csv"), [](const Shown &shown) { return toCsv(shown, false); }},
                {[] { return tr("CSV for spreadsheets (with byte order mark)"); }, QStringLiteral("csv"), [](const Shown &shown) { return toCsv(shown, true); }},
                {[] { return tr("JSON"); }, QStringLiteral("json"), [](const Shown &shown) { return toJsonText(shown); }}});
    retranslate();
}

void TablePane::retranslate()
{
    fitPlaceholder();
    m_filter->setToolTip(tr("Shows rows that contain all words; column:word searches one column, -word excludes (Ctrl+F)"));
    m_columns->setToolTip(tr("Choose columns"));
    m_export->setToolTip(tr("Export what is shown"));
    for (std::size_t at = 0; at < m_exports.size(); ++at)
        m_export->menu()->actions().at(static_cast<qsizetype>(at))->setText(m_exports[at].title());
    setNewestOnly(m_newest);
    updateCount();
}

/// The example only where it has room: half of one is none.
void TablePane::fitPlaceholder()
{
    const QString whole = tr("Filter, e.g. failed db1");
    const bool fits = m_filter->fontMetrics().horizontalAdvance(whole) + 6 * unit <= m_filter->width(); // between icon and edge
    m_filter->setPlaceholderText(fits ? whole : tr("Filter"));
}

void TablePane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange && m_export->menu()) {
        retranslate();
        m_widths->forget(); // other words, other widths; once the model has them
        m_fit.start(100);
    }
}

bool TablePane::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_filter && event->type() == QEvent::Resize)
        fitPlaceholder();
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) { // on to what was found
            if (!m_view->selectionModel()->hasSelection() && m_proxy->rowCount() > 0)
                makeCurrent(m_proxy->index(0, m_proxy->lookColumn()));
            m_view->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_C && (key->modifiers() == Qt::ControlModifier || key->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier))) {
            copy(key->modifiers() & Qt::ShiftModifier);
            return true;
        }
    }
    if (watched == m_view->viewport() && event->type() == QEvent::Resize)
        m_widths->fit();
    return QWidget::eventFilter(watched, event);
}

void TablePane::setModel(QAbstractItemModel *model, int lookColumn, int sortColumn, Qt::SortOrder order)
{
    m_proxy->setLookColumn(lookColumn);
    m_proxy->setSourceModel(model);
    m_view->sortByColumn(sortColumn, order);
    m_widths->begin();
    updateCount();
}

void TablePane::showColumnMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_widths->addTo(menu);
    menu->popup(m_columns->mapToGlobal(QPoint(0, m_columns->height())));
}

void TablePane::showRowMenu(const QPoint &at)
{
    if (m_loading || !currentId())
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
    m_cut->setToolTip(rows > 0 ? tr("There are more. Narrow the time range or the scope to see them.") : QString());
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
    m_widths->fit();
}

void TablePane::addToBar(QWidget *widget)
{
    m_bar->insertWidget(1, widget);
}

void TablePane::chooseFirst()
{
    if (m_choosesFirst && !m_view->selectionModel()->hasSelection() && m_proxy->rowCount() > 0)
        makeCurrent(m_proxy->index(0, m_proxy->lookColumn()));
}

void TablePane::updateCount()
{
    const int all = m_proxy->sourceModel() ? m_proxy->sourceModel()->rowCount() : 0;
    if (m_proxy->rowCount() > 0 && !m_fit.isActive())
        m_fit.start();
    if (m_proxy->rowCount() > 0 && chosenCount() == 0) // also where a filter or another scope has taken the marked row away
        m_first.start();
    m_stack->setCurrentWidget(all == 0 && !m_loading ? static_cast<QWidget *>(m_empty) : m_view);
    showCount();
}

void TablePane::showCount()
{
    const int all = m_proxy->sourceModel() ? m_proxy->sourceModel()->rowCount() : 0;
    const int shown = m_proxy->rowCount();
    const int chosen = chosenCount();
    QString count = m_proxy->busy() ? tr("filtering…") : shown == all ? tr("%n row(s)", nullptr, all) : tr("%1 of %n row(s)", nullptr, all).arg(shown);
    if (chosen > 1)
        count += tr(", %1 selected").arg(chosen);
    m_count->setText(count);
}

std::optional<Uuid> TablePane::currentId() const
{
    // The row under the cursor is not always marked: it moves on when a filter takes its row away.
    const QItemSelection selection = m_view->selectionModel()->selection();
    if (selection.isEmpty())
        return std::nullopt;
    const QModelIndex current = m_view->currentIndex();
    const QModelIndex index = selection.contains(current) ? current : QModelIndex(selection.first().topLeft());
    const QVariant id = index.data(IdRole);
    return id.isValid() ? std::optional(id.value<Uuid>()) : std::nullopt;
}

int TablePane::chosenCount() const
{
    int count = 0;
    for (const QItemSelectionRange &range : m_view->selectionModel()->selection())
        count += range.height();
    return count;
}

QList<int> TablePane::chosenRows() const
{
    QList<int> rows;
    for (const QItemSelectionRange &range : m_view->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom() && rows.size() < chosenLimit; ++row)
            rows << row;
    }
    std::ranges::sort(rows);
    for (int &row : rows)
        row = m_proxy->mapToSource(m_proxy->index(row, 0)).row();
    return rows;
}

// Not by the view: that would heed the keys just pressed, and Ctrl+3 would add to the selection.
void TablePane::makeCurrent(const QModelIndex &index)
{
    m_view->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool TablePane::select(const Uuid &id)
{
    if (currentId() == id && chosenCount() == 1)
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
    Shown shown{m_proxy, {}, m_widths->chosen()};
    if (onlySelected) {
        for (const QItemSelectionRange &range : m_view->selectionModel()->selection()) {
            for (int row = range.top(); row <= range.bottom(); ++row)
                shown.rows.push_back(row);
        }
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

void TablePane::setExports(std::vector<Export> exports)
{
    m_exports = std::move(exports);
    m_export->menu()->clear();
    for (const Export &how : m_exports)
        connect(m_export->menu()->addAction(how.title()), &QAction::triggered, this, [this, how] { exportAs(how); });
}

void TablePane::exportAs(const Export &how)
{
    const QByteArray bytes = how.make(shownRows(false));
    m_ui.dialogs.saveFile(this, tr("Export what is shown"), m_name + QLatin1Char('.') + how.suffix, QStringLiteral("%1 (*.%2)").arg(how.suffix.toUpper(), how.suffix),
                          [this, bytes](const QString &path) {
                              QSaveFile file(path);
                              if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
                                  m_ui.dialogs.message(this, tr("Not exported"), tr("%1 could not be written: %2").arg(path, file.errorString()));
                          });
}

} // namespace zandb
