// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/tablecolumns.h"

#include "models/common/roles.h"
#include "widgets/common/theme.h"

#include <QAction>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QTableView>

#include <algorithm>
#include <utility>

namespace zandb {
namespace {

/// How wide a column's contents are; QTableView says that to its descendants only.
int contentsWidth(QTableView *view, int column)
{
    struct Table : QTableView
    {
        static int width(QTableView *view, int column) { return (view->*&Table::sizeHintForColumn)(column); }
    };
    return Table::width(view, column);
}

} // namespace

TableColumns::TableColumns(QTableView *view, SortFilterModel *rows, QSettings &settings, const QString &name, QObject *parent)
    : QObject(parent), m_view(view), m_rows(rows), m_settings(settings), m_name(name)
{
}

void TableColumns::begin()
{
    QHeaderView *header = m_view->horizontalHeader();
    for (int column = 0; column < m_rows->columnCount(); ++column) {
        const QString title = m_rows->headerData(column, Qt::Horizontal).toString();
        m_view->setColumnWidth(column, std::max(m_view->fontMetrics().horizontalAdvance(title) + 5 * unit,
                                                column == m_rows->lookColumn() ? 18 * unit : 13 * unit));
        m_view->setColumnHidden(column, m_hiddenByDefault.contains(column));
    }
    const QByteArray state = m_settings.value(QStringLiteral("tables/") + m_name).toByteArray();
    if (!state.isEmpty())
        m_own = header->restoreState(state) && m_settings.value(QStringLiteral("tables/%1-widths").arg(m_name), true).toBool();
    connect(header, &QHeaderView::sectionMoved, this, &TableColumns::save);
    connect(header, &QHeaderView::sortIndicatorChanged, this, &TableColumns::save);
    connect(header, &QHeaderView::sectionResized, this, [this, header](int column, int before, int now) {
        int last = header->count() - 1;
        while (last > 0 && header->isSectionHidden(header->logicalIndex(last)))
            --last;
        if (m_fitting || m_natural.isEmpty() || column == header->logicalIndex(last))
            return; // the last one follows the window
        if (before == 0 || now == 0) // hidden or shown, not made wider
            return;
        m_own = true;
        save();
    });
}

void TableColumns::measure()
{
    if (m_own || m_rows->rowCount() == 0)
        return;
    QHeaderView *header = m_view->horizontalHeader();
    header->setResizeContentsPrecision(60);
    unfold(); // what is hidden has no width to measure
    QList<int> natural;
    for (int column = 0; column < m_rows->columnCount(); ++column) {
        const int contents = std::max(contentsWidth(m_view, column), header->sectionSizeHint(column));
        // what was wider once keeps its width: columns must not jump to and fro under one's eyes
        natural << std::max(std::clamp(contents, 8 * unit, 45 * unit), m_natural.value(column));
    }
    m_natural = natural;
    fit();
}

bool TableColumns::wantsTrouble() const
{
    return m_troubleColumn >= 0 && m_rows->looks().contains(Look::Failed);
}

/// How far a column may be narrowed when texts keep at least `text`.
int TableColumns::leastWidth(int column, int text, bool tight) const
{
    if (column == m_troubleColumn)
        return wantsTrouble() ? (tight ? 17 : 30) * unit : (tight ? 11 : 24) * unit;
    if (column == m_rows->lookColumn()) // with its percentage or age; what failed has neither
        return (tight ? (wantsTrouble() ? 12 : 13) : 24) * unit;
    return text;
}

/// Takes from long texts and states what the table lacks in width, from the widest first; half a number or half a time would
/// say something wrong.  What the row is about (the first text) is only cut where it is very long, or where nothing else is left
/// to give (`tight`).  Without `all`, texts keep what most of them need.  Returns what is still lacking.
int TableColumns::narrowed(QList<int> &widths, bool all, bool tight) const
{
    const QHeaderView *header = m_view->horizontalHeader();
    const int longName = (tight ? 16 : 24) * unit;
    QList<int> texts;
    int first = -1;
    int over = -m_view->viewport()->width();
    for (int column = 0; column < widths.size(); ++column) {
        if (header->isSectionHidden(column))
            continue;
        over += widths[column];
        const bool state = column == m_rows->lookColumn();
        if (!state && !isText(column))
            continue;
        if (!state && first < 0)
            first = column;
        texts << column;
    }
    for (const int least : {20 * unit, 9 * unit}) {
        if (least < 20 * unit && !all)
            break;
        const auto spare = [&](int column) { return widths[column] - (column == first ? longName : leastWidth(column, least, tight)); };
        while (over > 0 && !texts.isEmpty()) {
            const int widest = *std::ranges::max_element(texts, {}, spare);
            if (spare(widest) <= 0)
                break;
            const int step = std::min({over, unit, spare(widest)});
            widths[widest] -= step;
            over -= step;
        }
    }
    return over;
}

void TableColumns::unfold()
{
    const bool fitting = std::exchange(m_fitting, true);
    for (const int column : std::as_const(m_folded))
        m_view->setColumnHidden(column, false);
    m_folded.clear();
    m_fitting = fitting;
}

void TableColumns::fit()
{
    if (m_fitting) // hiding a column may take a scroll bar away, which makes the table wider
        return;
    if (m_own && wantsTrouble())
        showTrouble();
    if (m_own || m_natural.isEmpty())
        return;
    m_fitting = true;
    int width = -1;
    for (int tries = 0; tries < 3 && width != m_view->viewport()->width(); ++tries) {
        width = m_view->viewport()->width();
        fitOnce();
    }
    m_fitting = false;
}

/// As wide as their contents; where the window is too narrow for that, long texts give way first, then columns fold away by their
/// importance, since a column beyond the edge is not seen at all.
void TableColumns::fitOnce()
{
    QHeaderView *header = m_view->horizontalHeader();
    unfold();
    QList<int> widths = m_natural;
    int over = narrowed(widths, false, false);
    for (const int column : std::as_const(m_folding)) {
        if (over <= 0)
            break;
        if (header->isSectionHidden(column))
            continue;
        m_view->setColumnHidden(column, true);
        m_folded << column;
        widths = m_natural;
        over = narrowed(widths, false, false);
    }
    const auto squeeze = [&] {
        for (const bool tight : {false, true}) {
            if (over > 0)
                over = narrowed(widths, true, tight);
        }
    };
    squeeze();
    if (const int last = wantsTrouble() ? m_tellingColumn : m_troubleColumn; over > 0 && m_tellingColumn >= 0 && !header->isSectionHidden(last)) {
        m_view->setColumnHidden(last, true);
        m_folded << last;
        widths = m_natural;
        over = narrowed(widths, false, false);
        squeeze();
    }
    shareSpare(widths, -over);
    for (int column = 0; column < widths.size(); ++column) {
        if (!header->isSectionHidden(column))
            header->resizeSection(column, widths[column]);
    }
}

/// The last column gets what is left over: right for a sentence, but a number would stand far from all the others.
void TableColumns::shareSpare(QList<int> &widths, int spare) const
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

bool TableColumns::isText(int column) const
{
    for (int row = 0; row < std::min(m_rows->rowCount(), 60); ++row) {
        if (const QVariant value = m_rows->index(row, column).data(SortRole); value.isValid())
            return value.typeId() == QMetaType::QString;
    }
    return true; // empty everywhere
}

void TableColumns::save()
{
    // resizing with the window comes in many steps; hidden views have no order worth keeping
    if (!m_view->isVisible() || (m_natural.isEmpty() && !m_own))
        return;
    const bool fitting = std::exchange(m_fitting, true);
    const QList<int> folded = m_folded;
    unfold(); // what has no room now is not what the person has hidden
    m_settings.setValue(QStringLiteral("tables/") + m_name, m_view->horizontalHeader()->saveState());
    for (const int column : folded)
        m_view->setColumnHidden(column, true);
    m_fitting = fitting;
    m_folded = folded;
    m_settings.setValue(QStringLiteral("tables/%1-widths").arg(m_name), m_own); // who only sorts keeps widths that follow the window
}

void TableColumns::showTrouble()
{
    if (m_view->isColumnHidden(m_troubleColumn))
        return;
    const QHeaderView *header = m_view->horizontalHeader();
    const int end = header->sectionPosition(m_troubleColumn) + std::min(header->sectionSize(m_troubleColumn), 30 * unit);
    QScrollBar *bar = m_view->horizontalScrollBar();
    bar->setValue(std::max(bar->value(), end - m_view->viewport()->width()));
}

QList<int> TableColumns::chosen() const
{
    QList<int> columns;
    const QHeaderView *header = m_view->horizontalHeader();
    for (int place = 0; place < header->count(); ++place) {
        const int column = header->logicalIndex(place);
        if (!header->isSectionHidden(column) || m_folded.contains(column))
            columns << column;
    }
    return columns;
}

void TableColumns::addTo(QMenu *menu)
{
    const QList<int> shown = chosen();
    for (int column = 0; column < m_rows->columnCount(); ++column) {
        QAction *action = menu->addAction(m_rows->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(shown.contains(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            unfold();
            m_view->setColumnHidden(column, !on);
            m_natural.clear(); // a hidden column's title has no width
            measure();
            save();
        });
    }
}

} // namespace zandb
