// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/sqlgridmodel.h"

#include "models/common/cell.h"

namespace zandb {

bool SqlGridModel::same(const SqlGridRow &a, const SqlGridRow &b) const
{
    return a.look == b.look && a.rows == b.rows && a.changed == b.changed && a.took == b.took && a.warnings == b.warnings && a.message == b.message
        && a.instance == b.instance && a.sql == b.sql && a.wave == b.wave;
}

QVariant SqlGridModel::cell(const SqlGridRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    const auto number = [&](const std::optional<std::int64_t> &value) { return value ? integerAnswer(*value, role) : answer({{}, {}, {}, {}, true}, role); };
    switch (column) {
    case State:
        return lookAnswer(row.look, [&] { return lookText(row.look); }, role);
    case Instance:
        return answer({row.instance, {}, {}, {}, false}, role);
    case Wave:
        return row.wave > 0 ? integerAnswer(row.wave, role) : answer({{}, {}, {}, {}, true}, role);
    case Number:
        return integerAnswer(row.statement, role);
    case Statement:
        return answer({row.sql.left(400).simplified(), row.sql, row.sql, row.sql.left(2000), false}, role);
    case Rows:
        return number(row.rows);
    case Changed:
        return number(row.changed);
    case Time:
        return row.took ? durationAnswer(*row.took, role) : answer({{}, {}, {}, {}, true}, role);
    case Warnings:
        return row.warnings > 0 ? integerAnswer(row.warnings, role) : answer({{}, {}, {}, {}, true}, role);
    case Message:
        return answer({row.message.simplified(), {}, row.message, row.message, false}, role);
    default:
        return {};
    }
}

QVariant SqlGridModel::header(int column, int role) const
{
    const bool number = column == Wave || column == Number || column == Rows || column == Changed || column == Time || column == Warnings;
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, column == Time ? inSeconds : QLatin1String()); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Instance:
        return title(tr("Instance"));
    case Wave:
        return title(tr("Wave"));
    case Number:
        return title(tr("No."));
    case Statement:
        return title(tr("Statement"));
    case Rows:
        return title(tr("Rows"));
    case Changed:
        return title(tr("Changed"));
    case Time:
        return title(tr("Time"));
    case Warnings:
        return title(tr("Warnings"));
    case Message:
        return title(tr("Message"));
    default:
        return {};
    }
}

void SqlResultModel::setResult(const QStringList &columns, std::vector<Row> rows)
{
    beginResetModel();
    m_columns = columns;
    m_rows = std::move(rows);
    endResetModel();
}

void SqlResultModel::append(std::vector<Row> rows)
{
    if (rows.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(rows.size()) - 1);
    m_rows.insert(m_rows.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    endInsertRows();
}

QVariant SqlResultModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (role == IdRole) {
        Uuid id;
        for (int byte = 0; byte < 4; ++byte)
            id.bytes[static_cast<std::size_t>(15 - byte)] = static_cast<std::uint8_t>((index.row() + 1) >> (8 * byte));
        return QVariant::fromValue(id);
    }
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    if (column >= row.size())
        return {};
    const Cell &cell = row[column];
    switch (role) {
    case Qt::DisplayRole:
        return cell.kind == Kind::Null ? QStringLiteral("NULL") : cell.text.left(1000).simplified() + (cell.kind == Kind::Cut ? QStringLiteral("…") : QString());
    case Qt::ToolTipRole:
        return cell.kind == Kind::Null ? QStringLiteral("NULL") : cell.text.left(4000) + (cell.kind == Kind::Cut ? QStringLiteral("…") : QString());
    case ExactRole:
    case RawRole:
        return cell.kind == Kind::Null ? QVariant(QString()) : QVariant(cell.text);
    case SortRole: {
        bool isNumber = false;
        const double number = cell.text.toDouble(&isNumber);
        return cell.kind == Kind::Null ? QVariant() : isNumber ? QVariant(number) : QVariant(cell.text);
    }
    case KindRole:
        return static_cast<int>(cell.kind);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant SqlResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    return headerAnswer(section == 0 ? tr("Instance") : m_columns[section - 1], false, role);
}

} // namespace zandb
