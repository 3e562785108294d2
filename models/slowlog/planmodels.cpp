// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/planmodels.h"

#include "models/common/cell.h"

#include <QStringList>

#include <algorithm>

namespace zandb {
namespace {

QVariant estimate(const std::optional<double> &number, int role)
{
    if (!number)
        return answer({{}, {}, {}, {}, true}, role);
    return numberAnswer(*number, *number, role, true, [&] { return planNumber(*number); }, [&] { return QString::number(*number, 'g', 12); });
}

std::optional<double> asNumber(const std::optional<std::int64_t> &number) { return number ? std::optional(static_cast<double>(*number)) : std::nullopt; }

Uuid numbered(int number)
{
    Uuid key;
    for (std::size_t i = 0; i < 4; ++i)
        key.bytes[15 - i] = static_cast<std::uint8_t>(static_cast<unsigned>(number) >> (8 * i));
    return key;
}

} // namespace

void PlanTreeModel::setPlan(std::optional<Plan> plan)
{
    beginResetModel();
    m_entries.clear();
    m_plan = std::move(plan);
    if (m_plan)
        add(m_plan->root, 0, 0);
    endResetModel();
}

std::size_t PlanTreeModel::add(const PlanNode &node, std::size_t parent, int row)
{
    const std::size_t at = m_entries.size();
    m_entries.push_back({&node, parent, row, {}});
    int number = 0;
    for (const PlanNode &child : node.children) {
        const std::size_t place = add(child, at, number++);
        m_entries[at].children.push_back(place);
    }
    return at;
}

QModelIndex PlanTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const Entry &entry = m_entries[parent.isValid() ? parent.internalId() : 0];
    return createIndex(row, column, static_cast<quintptr>(entry.children[static_cast<std::size_t>(row)]));
}

QModelIndex PlanTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    const std::size_t parent = m_entries[child.internalId()].parent;
    return parent == 0 ? QModelIndex() : createIndex(m_entries[parent].row, 0, static_cast<quintptr>(parent));
}

int PlanTreeModel::rowCount(const QModelIndex &parent) const
{
    if (m_entries.empty() || parent.column() > 0)
        return 0;
    return static_cast<int>(m_entries[parent.isValid() ? parent.internalId() : 0].children.size());
}

int PlanTreeModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QVariant PlanTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PlanNode &node = *m_entries[index.internalId()].node;
    switch (index.column()) {
    case Node:
        return answer({nodeText(node), {}, {}, node.condition.empty() ? nodeText(node) : nodeText(node) + QLatin1Char('\n') + tr("where %1").arg(qs(node.condition)), false}, role);
    case Costly: {
        if (node.marks.empty())
            return answer({}, role);
        QStringList marks;
        for (const PlanMark mark : node.marks)
            marks << markText(mark);
        return lookAnswer(Look::Late, [&] { return marks.join(QStringLiteral(", ")); }, role);
    }
    case Access:
        return answer({accessText(node.access), {}, {}, qs(node.access), false}, role);
    case Index: {
        QStringList possible;
        for (const std::string &key : node.possibleKeys)
            possible << qs(key);
        return answer({qs(node.key), {}, {}, possible.isEmpty() ? qs(node.key) : tr("of %1").arg(possible.join(QStringLiteral(", "))), false}, role);
    }
    case Rows:
        return estimate(node.rows, role);
    case Produced:
        return estimate(node.produced, role);
    case Filtered:
        return node.filtered ? answer({percentText(*node.filtered), *node.filtered, *node.filtered, {}, true}, role) : answer({{}, {}, {}, {}, true}, role);
    case Cost:
        return estimate(node.cost, role);
    default:
        return {};
    }
}

QVariant PlanTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const QString titles[] = {tr("Step"), tr("Costly"), tr("Access"), tr("Index"), tr("Rows"), tr("Given on"), tr("Filtered"), tr("Cost")};
    return headerAnswer(titles[section], section >= Rows, role);
}

bool PlanTreeModel::hasAny(int column) const
{
    // the root is not shown
    for (std::size_t at = 1; at < m_entries.size(); ++at) {
        if (!data(createIndex(m_entries[at].row, column, static_cast<quintptr>(at))).toString().isEmpty())
            return true;
    }
    return false;
}

void PlanTreeModel::refreshTexts()
{
    beginResetModel();
    endResetModel();
}

void ExplainRowModel::setExplained(const wire::Explained &explained)
{
    static constexpr std::string_view names[] = {"", "id", "select_type", "table", "partitions", "type", "possible_keys", "key", "key_len", "ref", "rows", "filtered", "Extra"};
    static_assert(std::size(names) == ColumnCount);
    std::vector<ExplainRow> rows;
    for (const auto &from : explained.rows) {
        ExplainRow row{static_cast<int>(rows.size()), std::vector<std::string>(ColumnCount)};
        for (std::size_t i = 0; i < std::min(from.size(), explained.columns.size()); ++i) {
            const auto name = std::ranges::find(names, explained.columns[i]);
            if (name != std::end(names) && from[i])
                row.cells[static_cast<std::size_t>(name - std::begin(names))] = *from[i];
        }
        rows.push_back(std::move(row));
    }
    setRows(std::move(rows));
}

Uuid ExplainRowModel::key(const ExplainRow &row) const
{
    return numbered(row.number);
}

QVariant ExplainRowModel::cell(const ExplainRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    if (column == Number)
        return integerAnswer(row.number + 1, role);
    const std::string &text = row.cells[static_cast<std::size_t>(column)];
    if (column == Rows || column == Filtered) {
        bool ok = false;
        const double number = qs(text).toDouble(&ok);
        if (ok)
            return column == Rows ? estimate(number, role) : answer({percentText(number), number, number, {}, true}, role);
    }
    return answer(textCell(text), role);
}

QVariant ExplainRowModel::header(int column, int role) const
{
    // the server's own words: who reads EXPLAIN knows them
    static const char *const titles[] = {"#", "id", "select_type", "table", "partitions", "type", "possible_keys", "key", "key_len", "ref", "rows", "filtered", "Extra"};
    return headerAnswer(QLatin1String(titles[column]), column == Number || column == Rows || column == Filtered, role);
}

void ExplainIndexModel::setExplained(const wire::Explained &explained)
{
    const auto used = usedIndexes(explained);
    std::vector<ExplainIndexRow> rows;
    for (const wire::ExplainedTable &table : explained.tables) {
        wire::ExplainedTable head = table;
        head.indexes.clear();
        for (const wire::ExplainedIndex &index : table.indexes) {
            QStringList by;
            for (const std::string &alias : table.aliases) {
                if (std::ranges::find(used, std::pair(alias, index.name)) != used.end())
                    by << qs(alias);
            }
            rows.push_back({static_cast<int>(rows.size()), head, index, by.join(QStringLiteral(", "))});
        }
        if (table.indexes.empty())
            rows.push_back({static_cast<int>(rows.size()), head, std::nullopt, {}});
    }
    setRows(std::move(rows));
}

Uuid ExplainIndexModel::key(const ExplainIndexRow &row) const
{
    return numbered(row.number);
}

bool ExplainIndexModel::same(const ExplainIndexRow &a, const ExplainIndexRow &b) const
{
    return Json(a.table) == Json(b.table) && Json(a.index) == Json(b.index) && a.usedBy == b.usedBy;
}

QVariant ExplainIndexModel::cell(const ExplainIndexRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    const auto bytes = [&](const std::optional<std::int64_t> &size) { return size ? bytesAnswer(*size, role) : answer({{}, {}, {}, {}, true}, role); };
    switch (column) {
    case Table:
        return answer(textCell(row.table.schema + "." + row.table.name), role);
    case Kind:
        return answer({tableKindText(row.table), {}, {}, {}, false}, role);
    case Rows:
        return estimate(asNumber(row.table.rows), role);
    case Data:
        return bytes(row.table.dataBytes);
    case Indexes:
        return bytes(row.table.indexBytes);
    case UsedBy:
        return row.usedBy.isEmpty() ? answer({}, role) : lookAnswer(Look::Ok, [&] { return tr("used by %1").arg(row.usedBy); }, role);
    default:
        break;
    }
    if (!row.index)
        return answer({column == Name ? tr("none") : QString(), {}, {}, {}, false}, role);
    switch (column) {
    case Name:
        return answer({qs(row.index->name), {}, {}, row.index->hidden ? tr("invisible or ignored: plans do not use it") : QString(), false}, role);
    case Columns:
        return answer({indexColumnsText(*row.index), {}, {}, {}, false}, role);
    case Unique:
        return answer({row.index->unique ? tr("unique") : row.index->hidden ? tr("hidden") : QString(), {}, {}, {}, false}, role);
    case Cardinality:
        return estimate(row.index->columns.empty() ? std::nullopt : asNumber(row.index->columns.back().cardinality), role);
    default:
        return {};
    }
}

QVariant ExplainIndexModel::header(int column, int role) const
{
    const QString titles[] = {tr("Table"), tr("Kind"), tr("Rows"), tr("Data"), tr("All indexes"), tr("Index"), tr("Columns"), tr("Unique"), tr("Values"), tr("In this plan")};
    return headerAnswer(titles[column], (column >= Rows && column <= Indexes) || column == Cardinality, role, column == Data || column == Indexes ? inBytes : QLatin1String());
}

} // namespace zandb
