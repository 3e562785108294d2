// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/steptreemodel.h"

#include "models/common/cell.h"
#include "models/common/errortext.h"
#include "models/common/storerole.h"
#include "models/workflow/runtext.h"

#include <algorithm>

namespace zandb {
namespace {

/// internalId: 0 for a step, else the step's row + 1.
constexpr quintptr stepId = 0;

QVariant spanCell(const std::optional<TimePoint> &from, const std::optional<TimePoint> &until, bool running, TimePoint now, int role)
{
    if (!from || (!until && !running))
        return answer({}, role);
    return durationAnswer(std::max((until ? *until : now) - *from, Microseconds{0}), role);
}

} // namespace

StepTreeModel::StepTreeModel(QObject *parent) : QAbstractItemModel(parent) {}

QModelIndex StepTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : stepId);
}

QModelIndex StepTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == stepId)
        return {};
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, stepId);
}

int StepTreeModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_nodes.size());
    if (parent.column() > 0 || parent.internalId() != stepId)
        return 0;
    return static_cast<int>(m_nodes[static_cast<std::size_t>(parent.row())].attempts.size());
}

int StepTreeModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QVariant StepTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (index.internalId() == stepId)
        return stepData(m_nodes[static_cast<std::size_t>(index.row())].step, index.column(), role);
    const Node &node = m_nodes[index.internalId() - 1];
    return attemptData(node.attempts[static_cast<std::size_t>(index.row())], index.column(), role);
}

/// The role of the key an order came with; a word nobody knows stands as it is.
QString StepTreeModel::keyRoleText(const std::string &role)
{
    if (role == "dispatcher")
        return tr("dispatcher");
    return role == "operator" ? roleText(StoreRole::Operator) : role == "admin" ? roleText(StoreRole::Admin) : qs(role);
}

QVariant StepTreeModel::stepData(const Step &step, int column, int role) const
{
    switch (column) {
    case Name:
        return answer({tr("Step %1: %2").arg(step.step).arg(step.name.empty() ? kindText(step.kind) : kindText(step.name)), {}, {}, {}, false}, role);
    case State:
        if (role == LookRole)
            return static_cast<int>(lookOf(step.state));
        return answer({lookText(lookOf(step.state)), {}, lookName(lookOf(step.state)), {}, false}, role);
    case Started:
        return timeAnswer(step.startedAt, role, true);
    case Duration:
        return spanCell(step.startedAt, step.endedAt, step.state == RunState::Running, m_now, role);
    default:
        return answer({}, role);
    }
}

QVariant StepTreeModel::attemptData(const Attempt &attempt, int column, int role) const
{
    switch (column) {
    case Name:
        return answer({tr("Attempt %1").arg(attempt.attempt), {}, {}, {}, false}, role);
    case State:
        if (role == LookRole)
            return static_cast<int>(lookOf(attempt.state));
        return answer({lookText(lookOf(attempt.state)), {}, lookName(lookOf(attempt.state)), {}, false}, role);
    case Started:
        return timeAnswer(attempt.startedAt ? attempt.startedAt : std::optional(attempt.sentAt), role, true);
    case Duration:
        return spanCell(attempt.startedAt, attempt.endedAt, attempt.state == RunState::Running, m_now, role);
    case OrderedBy:
        if (const auto &by = attempt.orderedBy)
            return answer({tr("%1 (%2)").arg(qs(by->user), keyRoleText(by->role)), {}, {}, by->key.empty() ? QString() : tr("with the key %1").arg(qs(by->key)), false}, role);
        return answer({}, role);
    case Trouble:
        if (!attempt.error)
            return answer({}, role);
        return answer({errorSummary(*attempt.error), {}, qs(attempt.error->code), errorText(*attempt.error), false}, role);
    default:
        return answer({}, role);
    }
}

QVariant StepTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Duration ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Step");
    case State:
        return tr("State");
    case Started:
        return tr("Started");
    case Duration:
        return tr("Duration");
    case OrderedBy:
        return tr("Ordered by");
    case Trouble:
        return tr("Error");
    default:
        return {};
    }
}

void StepTreeModel::setDetail(const RunDetail &detail, TimePoint now)
{
    m_now = now;
    std::vector<Node> next;
    for (const Step &step : detail.steps) {
        Node node{step, {}};
        std::ranges::copy_if(detail.attempts, std::back_inserter(node.attempts), [&](const Attempt &a) { return a.step == step.step; });
        next.push_back(std::move(node));
    }
    const bool sameSteps = next.size() == m_nodes.size()
        && std::ranges::equal(next, m_nodes, [](const Node &a, const Node &b) {
               return a.step.runId == b.step.runId && a.step.step == b.step.step && a.attempts.size() >= b.attempts.size();
           });
    if (!sameSteps) {
        beginResetModel();
        m_nodes = std::move(next);
        endResetModel();
        return;
    }
    for (std::size_t at = 0; at < next.size(); ++at) {
        Node &node = m_nodes[at];
        const auto had = static_cast<int>(node.attempts.size());
        const auto has = static_cast<int>(next[at].attempts.size());
        const QModelIndex step = index(static_cast<int>(at), 0);
        node.step = next[at].step;
        if (has > had) {
            beginInsertRows(step, had, has - 1);
            node.attempts = std::move(next[at].attempts);
            endInsertRows();
        } else {
            node.attempts = std::move(next[at].attempts);
        }
        Q_EMIT dataChanged(step, index(static_cast<int>(at), ColumnCount - 1));
        if (had > 0)
            Q_EMIT dataChanged(index(0, 0, step), index(had - 1, ColumnCount - 1, step));
    }
}

void StepTreeModel::refreshTexts()
{
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    for (int at = 0; at < rowCount(); ++at) {
        const QModelIndex step = index(at, 0);
        Q_EMIT dataChanged(step, index(at, ColumnCount - 1));
        if (const int attempts = rowCount(step))
            Q_EMIT dataChanged(index(0, 0, step), index(attempts - 1, ColumnCount - 1, step));
    }
}

const Attempt *StepTreeModel::attemptAt(const QModelIndex &index) const
{
    if (!index.isValid())
        return nullptr;
    const bool isStep = index.internalId() == stepId;
    const Node &node = m_nodes[isStep ? static_cast<std::size_t>(index.row()) : index.internalId() - 1];
    if (!isStep)
        return &node.attempts[static_cast<std::size_t>(index.row())];
    return node.attempts.empty() ? nullptr : &node.attempts.back();
}

QModelIndex StepTreeModel::indexOfAttempt(int step, int attempt) const
{
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        const Node &node = m_nodes[at];
        if (node.step.step != step)
            continue;
        for (std::size_t n = 0; n < node.attempts.size(); ++n) {
            if (node.attempts[n].attempt == attempt)
                return index(static_cast<int>(n), 0, index(static_cast<int>(at), 0));
        }
    }
    return {};
}

} // namespace zandb
