// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/sortfiltermodel.h"

#include "models/common/natural.h"
#include "models/common/roles.h"

#include <QElapsedTimer>

#include <algorithm>
#include <numeric>

namespace zandb {
namespace {

constexpr qint64 sliceNs = 6'000'000; ///< of the 50 ms that nothing may take from the GUI thread
constexpr int atOnce = 500;          ///< so many take a few milliseconds and are never left half done
constexpr int fewRows = 200;          ///< so many are put in their places one by one
constexpr int firstRun = 64;
constexpr QChar separator(0x1f);

} // namespace

SortFilterModel::SortFilterModel(QObject *parent) : QAbstractProxyModel(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &SortFilterModel::step);
}

void SortFilterModel::setSourceModel(QAbstractItemModel *source)
{
    beginResetModel();
    for (const auto &connection : m_connections)
        disconnect(connection);
    m_connections.clear();
    QAbstractProxyModel::setSourceModel(source);
    const auto clear = [this] {
        m_stage = Stage::Idle;
        m_timer.stop();
        const auto rows = static_cast<std::size_t>(sourceModel() ? sourceModel()->rowCount() : 0);
        m_shown.clear();
        m_entries.assign(rows, {});
        m_place.assign(rows, -1);
    };
    clear();
    endResetModel();
    if (!source)
        return;
    m_connections = {
        connect(source, &QAbstractItemModel::modelAboutToBeReset, this, [this] { beginResetModel(); }),
        connect(source, &QAbstractItemModel::modelReset, this, [this, clear] {
            clear();
            endResetModel();
            restart();
        }),
        connect(source, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) { onInserted(first, last); }),
        connect(source, &QAbstractItemModel::rowsAboutToBeRemoved, this,
                [this](const QModelIndex &, int first, int last) { onAboutToBeRemoved(first, last); }),
        connect(source, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) { onRemoved(first, last); }),
        connect(source, &QAbstractItemModel::dataChanged, this, &SortFilterModel::onChanged),
        connect(source, &QAbstractItemModel::headerDataChanged, this, &QAbstractItemModel::headerDataChanged),
    };
    restart();
}

QModelIndex SortFilterModel::mapToSource(const QModelIndex &index) const
{
    if (!index.isValid() || !sourceModel() || index.row() >= static_cast<int>(m_shown.size()))
        return {};
    return sourceModel()->index(m_shown[static_cast<std::size_t>(index.row())], index.column());
}

QModelIndex SortFilterModel::mapFromSource(const QModelIndex &index) const
{
    if (!index.isValid() || index.row() >= static_cast<int>(m_place.size()))
        return {};
    const int row = m_place[static_cast<std::size_t>(index.row())];
    return row < 0 ? QModelIndex() : createIndex(row, index.column());
}

QModelIndex SortFilterModel::index(int row, int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

int SortFilterModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int SortFilterModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !sourceModel() ? 0 : sourceModel()->columnCount();
}

QVariant SortFilterModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (!sourceModel())
        return {};
    return orientation == Qt::Horizontal ? sourceModel()->headerData(section, orientation, role) : QAbstractItemModel::headerData(section, orientation, role);
}

void SortFilterModel::setWords(const QString &words)
{
    if (words == m_text)
        return;
    m_text = words;
    m_words.clear();
    for (QString text : words.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        Word word;
        if (text.size() > 1 && text.startsWith(QLatin1Char('-'))) {
            word.without = true;
            text.remove(0, 1);
        }
        const auto colon = text.indexOf(QLatin1Char(':'));
        if (colon > 0 && colon + 1 < text.size()) {
            word.column = text.left(colon);
            text.remove(0, colon + 1);
        }
        word.text = text.toCaseFolded();
        m_words.push_back(word);
    }
    restart();
}

void SortFilterModel::setLooks(const std::set<Look> &looks)
{
    if (looks == m_looks)
        return;
    m_looks = looks;
    restart();
}

void SortFilterModel::sort(int column, Qt::SortOrder order)
{
    if (column != m_sortColumn) {
        for (Entry &entry : m_entries)
            entry.kind = 0;
    }
    m_sortColumn = column;
    m_order = order;
    restart();
}

/// Which columns each word looks in; the titles may have changed with the language.
void SortFilterModel::wordColumns()
{
    m_wordColumns.clear();
    for (Word &word : m_words) {
        std::vector<int> columns;
        for (int column = 0; column < columnCount() && !word.column.isEmpty(); ++column) {
            if (headerData(column, Qt::Horizontal).toString().startsWith(word.column, Qt::CaseInsensitive))
                columns.push_back(column);
        }
        if (columns.empty() && !word.column.isEmpty()) { // no such column: the colon was part of what was looked for
            word.text = word.column.toCaseFolded() + QLatin1Char(':') + word.text;
            word.column.clear();
        }
        m_wordColumns.push_back(std::move(columns));
    }
}

bool SortFilterModel::accepts(int row)
{
    Entry &entry = m_entries[static_cast<std::size_t>(row)];
    if (!m_looks.empty()) {
        if (!entry.lookKnown) {
            entry.look = sourceModel()->index(row, m_lookColumn).data(LookRole).toInt();
            entry.lookKnown = true;
        }
        if (!m_looks.contains(static_cast<Look>(entry.look)))
            return false;
    }
    if (m_words.isEmpty())
        return true;
    if (entry.text.isEmpty()) {
        for (int column = 0; column < columnCount(); ++column)
            entry.text += sourceModel()->index(row, column).data().toString().toCaseFolded() + separator;
    }
    for (qsizetype at = 0; at < m_words.size(); ++at) {
        const Word &word = m_words[at];
        const auto &columns = m_wordColumns[static_cast<std::size_t>(at)];
        bool found = columns.empty() && entry.text.contains(word.text);
        if (!columns.empty()) {
            const auto parts = QStringView(entry.text).split(separator);
            found = std::ranges::any_of(columns, [&](int column) { return parts[column].contains(word.text); });
        }
        if (found == word.without)
            return false;
    }
    return true;
}

void SortFilterModel::ask(int row)
{
    Entry &entry = m_entries[static_cast<std::size_t>(row)];
    if (entry.kind)
        return;
    const QVariant key = sourceModel()->index(row, m_sortColumn).data(SortRole);
    entry.textKey.clear();
    if (!key.isValid()) {
        entry.kind = 'n';
    } else if (key.typeId() == QMetaType::LongLong) {
        entry.kind = 'i';
        entry.integer = key.toLongLong();
    } else if (key.typeId() == QMetaType::Double) {
        entry.kind = 'd';
        entry.number = key.toDouble();
    } else {
        entry.kind = 't';
        entry.textKey = key.toString();
    }
}

/// A total order: rows of equal keys stay in the model's order.
bool SortFilterModel::before(int a, int b)
{
    ask(a);
    ask(b);
    const Entry &left = m_entries[static_cast<std::size_t>(a)];
    const Entry &right = m_entries[static_cast<std::size_t>(b)];
    const auto three = [](auto x, auto y) { return x < y ? -1 : y < x ? 1 : 0; };
    int order = 0;
    if (left.kind != right.kind) // nothing sorts before something, whatever its type
        order = left.kind == 'n' ? -1 : right.kind == 'n' ? 1 : three(left.kind, right.kind);
    else if (left.kind == 'i')
        order = three(left.integer, right.integer);
    else if (left.kind == 'd')
        order = three(left.number, right.number);
    else if (left.kind == 't')
        order = compareNaturally(left.textKey, right.textKey);
    if (order == 0)
        return a < b;
    return m_order == Qt::AscendingOrder ? order < 0 : order > 0;
}

void SortFilterModel::forget(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_entries[static_cast<std::size_t>(row)] = {};
}

void SortFilterModel::restart()
{
    if (!sourceModel())
        return;
    wordColumns();
    m_stage = Stage::Accept;
    m_at = 0;
    m_next.clear();
    step();
}

/// One slice: first who is shown, then a merge sort from the bottom, which can be left after any merge.
void SortFilterModel::step()
{
    QElapsedTimer clock;
    clock.start();
    const auto late = [&] { return m_entries.size() > atOnce && clock.nsecsElapsed() > sliceNs; };
    if (m_stage == Stage::Accept) {
        const int all = static_cast<int>(m_entries.size());
        while (m_at < all) {
            if (accepts(m_at))
                m_next.push_back(m_at);
            ++m_at;
            if (m_at % 32 == 0 && late())
                return m_timer.start();
        }
        m_stage = Stage::Merge;
        m_at = 0;
        m_width = 0;
        m_spare.resize(m_next.size());
    }
    if (m_stage != Stage::Merge)
        return;
    const int all = static_cast<int>(m_next.size());
    const auto less = [this](int a, int b) { return before(a, b); };
    while (m_sortColumn >= 0 && (m_width == 0 || m_width < all)) {
        const int span = m_width == 0 ? firstRun : 2 * m_width;
        while (m_at < all) {
            const auto from = m_next.begin() + m_at;
            const auto until = m_next.begin() + std::min(all, m_at + span);
            if (m_width == 0) {
                std::stable_sort(from, until, less);
            } else if (const auto middle = m_next.begin() + std::min(all, m_at + m_width); middle != until && less(*middle, *(middle - 1))) {
                const auto out = m_spare.begin() + m_at;
                std::merge(from, middle, middle, until, out, less);
                std::copy(out, out + (until - from), from);
            }
            m_at += span;
            if (late())
                return m_timer.start();
        }
        m_at = 0;
        m_width = span;
    }
    finish();
}

void SortFilterModel::finish()
{
    m_stage = Stage::Idle;
    m_timer.stop();
    apply(std::exchange(m_next, {}));
    Q_EMIT settled();
}

void SortFilterModel::placeAgain()
{
    std::ranges::fill(m_place, -1);
    for (std::size_t at = 0; at < m_shown.size(); ++at)
        m_place[static_cast<std::size_t>(m_shown[at])] = static_cast<int>(at);
}

/// The same rows in another order.
void SortFilterModel::moveTo(std::vector<int> next)
{
    if (next == m_shown)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList kept = persistentIndexList();
    std::vector<int> rows;
    rows.reserve(static_cast<std::size_t>(kept.size()));
    for (const QModelIndex &index : kept)
        rows.push_back(m_shown[static_cast<std::size_t>(index.row())]);
    m_shown = std::move(next);
    placeAgain();
    QModelIndexList moved;
    for (qsizetype at = 0; at < kept.size(); ++at)
        moved << createIndex(m_place[static_cast<std::size_t>(rows[static_cast<std::size_t>(at)])], kept[at].column());
    changePersistentIndexList(kept, moved);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

/// Makes `next` what is shown in at most four signals, whatever came and went: a signal for each span would cost a
/// view more than the sort.
void SortFilterModel::apply(std::vector<int> next)
{
    std::vector<char> wanted(m_place.size(), 0);
    for (const int row : next)
        wanted[static_cast<std::size_t>(row)] = 1;
    std::vector<int> order = m_shown;
    const auto gone = std::stable_partition(order.begin(), order.end(), [&](int row) { return wanted[static_cast<std::size_t>(row)] != 0; });
    const int stay = static_cast<int>(gone - order.begin());
    if (stay < static_cast<int>(order.size())) {
        if (stay > 0)
            moveTo(order);
        beginRemoveRows({}, stay, static_cast<int>(m_shown.size()) - 1);
        m_shown.resize(static_cast<std::size_t>(stay));
        placeAgain();
        endRemoveRows();
    }
    if (const int come = static_cast<int>(next.size()) - stay; come > 0) {
        beginInsertRows({}, stay, stay + come - 1);
        if (stay == 0) {
            m_shown = next;
        } else {
            for (const int row : next) {
                if (m_place[static_cast<std::size_t>(row)] < 0)
                    m_shown.push_back(row);
            }
        }
        placeAgain();
        endInsertRows();
    }
    moveTo(std::move(next));
}

std::vector<int>::iterator SortFilterModel::placeIn(std::vector<int> &rows, int row)
{
    return m_sortColumn < 0 ? std::ranges::upper_bound(rows, row)
                            : std::ranges::upper_bound(rows, row, [this](int a, int b) { return before(a, b); });
}

void SortFilterModel::insertOne(int row)
{
    if (!accepts(row))
        return;
    const auto at = placeIn(m_shown, row);
    const int place = static_cast<int>(at - m_shown.begin());
    beginInsertRows({}, place, place);
    m_shown.insert(at, row);
    placeAgain();
    endInsertRows();
}

void SortFilterModel::onInserted(int first, int last)
{
    const int count = last - first + 1;
    m_entries.insert(m_entries.begin() + first, static_cast<std::size_t>(count), Entry{});
    m_place.insert(m_place.begin() + first, static_cast<std::size_t>(count), -1);
    for (int &row : m_shown) {
        if (row >= first)
            row += count;
    }
    if (busy() || count > fewRows)
        return restart();
    for (int row = first; row <= last; ++row)
        insertOne(row);
}

/// Takes away those shown among these source rows.
void SortFilterModel::removeShown(int first, int last)
{
    std::vector<int> next;
    next.reserve(m_shown.size());
    std::ranges::copy_if(m_shown, std::back_inserter(next), [&](int row) { return row < first || row > last; });
    if (next.size() != m_shown.size())
        apply(std::move(next));
}

void SortFilterModel::onAboutToBeRemoved(int first, int last)
{
    removeShown(first, last);
}

void SortFilterModel::onRemoved(int first, int last)
{
    const int count = last - first + 1;
    m_entries.erase(m_entries.begin() + first, m_entries.begin() + last + 1);
    m_place.erase(m_place.begin() + first, m_place.begin() + last + 1);
    for (int &row : m_shown) {
        if (row > last)
            row -= count;
    }
    if (busy())
        restart();
}

void SortFilterModel::onChanged(const QModelIndex &from, const QModelIndex &until, const QList<int> &roles)
{
    const int first = from.row();
    const int last = until.row();
    forget(first, last);
    std::vector<int> before;
    for (int row = first; row <= last; ++row) {
        if (m_place[static_cast<std::size_t>(row)] >= 0)
            before.push_back(m_place[static_cast<std::size_t>(row)]);
    }
    if (!before.empty()) {
        const auto [low, high] = std::ranges::minmax(before);
        if (static_cast<std::size_t>(high - low) + 1 == before.size() || before.size() > fewRows) {
            Q_EMIT dataChanged(createIndex(low, from.column()), createIndex(high, until.column()), roles);
        } else {
            for (const int row : before)
                Q_EMIT dataChanged(createIndex(row, from.column()), createIndex(row, until.column()), roles);
        }
    }
    if (busy() || last - first + 1 > fewRows)
        return restart();
    // one that no longer stands where it belongs makes all that changed find their places again
    bool moved = false;
    for (int row = first; row <= last && !moved; ++row) {
        const int place = m_place[static_cast<std::size_t>(row)];
        moved = accepts(row) != (place >= 0);
        if (place < 0 || moved || m_sortColumn < 0)
            continue;
        const auto at = m_shown.begin() + place;
        moved = (place > 0 && this->before(row, *(at - 1))) || (at + 1 != m_shown.end() && this->before(*(at + 1), row));
    }
    if (!moved)
        return;
    std::vector<int> next = m_shown;
    std::erase_if(next, [&](int row) { return row >= first && row <= last; });
    for (int row = first; row <= last; ++row) {
        if (accepts(row))
            next.insert(placeIn(next, row), row);
    }
    apply(std::move(next));
}

} // namespace zandb
