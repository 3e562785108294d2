// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/fleettreemodel.h"

#include "models/common/format.h"
#include "models/common/natural.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/fleet/statetext.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace zandb {

struct FleetTreeModel::Node
{
    Scope scope;
    Node *parent = nullptr;
    std::vector<std::unique_ptr<Node>> children;
    // what is shown, worked out once per change rather than per paint
    QString name;
    Condition condition;
    QString role;
    QString version;
    std::optional<std::int64_t> lag;

    int row() const
    {
        if (!parent)
            return 0;
        const auto it = std::ranges::find_if(parent->children, [this](const auto &c) { return c.get() == this; });
        return static_cast<int>(it - parent->children.begin());
    }
};

/// What the tree should hold after a change.
struct FleetTreeModel::Wanted
{
    Scope scope;
    QString name;
    Condition condition;
    QString role;
    QString version;
    std::optional<std::int64_t> lag;
    std::vector<Wanted> children;
};

FleetTreeModel::FleetTreeModel(QObject *parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {}
FleetTreeModel::~FleetTreeModel() = default;

FleetTreeModel::Node *FleetTreeModel::nodeAt(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex FleetTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeAt(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex FleetTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    Node *up = nodeAt(child)->parent;
    return up && up != m_root.get() ? createIndex(up->row(), 0, up) : QModelIndex();
}

int FleetTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeAt(parent)->children.size());
}

int FleetTreeModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QVariant FleetTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node *node = nodeAt(index);
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Name:
            return node->name;
        case State:
            return node->condition.text;
        case RoleColumn:
            return node->role;
        case Version:
            return node->version;
        case Lag:
            return node->lag ? tr("%1 s").arg(*node->lag) : QString();
        case Seen:
            return node->condition.age ? ageText(*node->condition.age) : QString();
        }
        return {};
    case Qt::AccessibleTextRole: // the state is a picture
        return index.column() == Name && !node->condition.text.isEmpty() ? QString(node->name + QStringLiteral(": ") + node->condition.text) : QVariant();
    case Qt::ToolTipRole:
        return tipOf(*node);
    case LookRole:
        return static_cast<int>(node->condition.look);
    case StaleRole:
        return node->condition.stale;
    case IdRole:
        return QVariant::fromValue(node->scope.id);
    case ScopeKindRole:
        return static_cast<int>(node->scope.kind);
    default:
        return {};
    }
}

QString FleetTreeModel::tipOf(const Node &node) const
{
    QStringList tip{node.name + QStringLiteral(": ") + node.condition.text};
    std::optional<TimePoint> seenAt;
    if (node.scope.kind == Scope::Kind::Host) {
        if (const Host *host = m_fleet.host(node.scope.id))
            tip << qs(host->address);
        if (const auto state = m_fleet.hostStates.find(node.scope.id); state != m_fleet.hostStates.end())
            seenAt = state->second.seenAt;
    } else if (const InstanceRecord *record = m_fleet.instance(node.scope.id)) {
        seenAt = record->seenAt;
    }
    if (!node.version.isEmpty())
        tip << node.version;
    if (!node.role.isEmpty())
        tip << node.role;
    if (node.lag)
        tip << tr("Lag %1 s").arg(*node.lag);
    if (seenAt)
        tip << tr("Last seen %1").arg(exactTimeText(*seenAt));
    return tip.join(QLatin1Char('\n'));
}

QVariant FleetTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case State:
        return tr("State");
    case RoleColumn:
        return tr("Role");
    case Version:
        return tr("Version");
    case Lag:
        return tr("Lag");
    case Seen:
        return tr("Last seen");
    }
    return {};
}

void FleetTreeModel::setFleet(const Fleet &fleet)
{
    m_fleet = fleet;
    m_now = std::max(m_now, fleet.readAt);
    rebuild();
}

void FleetTreeModel::setNow(TimePoint now)
{
    m_now = now;
    rebuild();
}

void FleetTreeModel::setFilter(const QString &words)
{
    const QStringList next = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (next == m_words)
        return;
    m_words = next;
    rebuild();
}

void FleetTreeModel::refreshTexts()
{
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    rebuild();
}

Scope FleetTreeModel::scopeAt(const QModelIndex &index) const
{
    return index.isValid() ? nodeAt(index)->scope : Scope{};
}

QModelIndex FleetTreeModel::indexOfNode(const Node *node, int column) const
{
    return createIndex(node->row(), column, node);
}

FleetTreeModel::Node *FleetTreeModel::findNode(Node *from, const Scope &scope) const
{
    for (const auto &child : from->children) {
        if (child->scope == scope)
            return child.get();
        if (Node *below = findNode(child.get(), scope))
            return below;
    }
    return nullptr;
}

QModelIndex FleetTreeModel::indexOf(const Scope &scope, int column) const
{
    if (scope.kind == Scope::Kind::All) // is no row, and all rows would be looked at
        return {};
    const Node *node = findNode(m_root.get(), scope);
    return node ? indexOfNode(node, column) : QModelIndex();
}

std::vector<FleetTreeModel::Wanted> FleetTreeModel::wantedTree() const
{
    const auto wanted = [](Scope::Kind kind, const Uuid &id, const std::string &name) {
        Wanted w;
        w.scope = Scope{kind, id};
        w.name = qs(name);
        return w;
    };
    const SourceNames names = sourceNames(m_fleet);
    std::map<Uuid, std::vector<Wanted>> instancesOf;
    for (const InstanceRecord &record : m_fleet.instances) {
        Wanted node = wanted(Scope::Kind::Instance, record.instance.id, record.instance.name);
        node.condition = instanceCondition(record, m_now);
        node.role = roleText(record, names);
        node.version = versionText(record);
        node.lag = lagSeconds(record);
        instancesOf[record.instance.hostId].push_back(std::move(node));
    }
    std::map<std::optional<Uuid>, std::vector<Wanted>> hostsOf;
    std::set<Uuid> groups;
    for (const Group &group : m_fleet.groups)
        groups.insert(group.id);
    for (const Host &host : m_fleet.hosts) {
        Wanted node = wanted(Scope::Kind::Host, host.id, host.name);
        node.condition = hostCondition(m_fleet, host, m_now);
        node.children = std::move(instancesOf[host.id]);
        const auto parent = host.groupId && groups.contains(*host.groupId) ? host.groupId : std::nullopt;
        hostsOf[parent].push_back(std::move(node));
    }
    std::set<Uuid> placed; // against cycles
    const std::function<std::vector<Wanted>(std::optional<Uuid>)> below = [&](std::optional<Uuid> parent) {
        std::vector<Wanted> nodes;
        for (const Group &group : m_fleet.groups) {
            const auto up = group.parentId && groups.contains(*group.parentId) ? group.parentId : std::nullopt;
            if (up != parent || !placed.insert(group.id).second)
                continue;
            Wanted node = wanted(Scope::Kind::Group, group.id, group.name);
            node.children = below(group.id);
            nodes.push_back(std::move(node));
        }
        const auto hosts = hostsOf.find(parent);
        if (hosts != hostsOf.end()) {
            for (Wanted &host : hosts->second)
                nodes.push_back(std::move(host));
        }
        return nodes;
    };
    std::vector<Wanted> tree = below(std::nullopt);

    const std::function<void(std::vector<Wanted> &)> order = [&](std::vector<Wanted> &nodes) {
        std::ranges::sort(nodes, [&](const Wanted &a, const Wanted &b) {
            if ((a.scope.kind == Scope::Kind::Group) != (b.scope.kind == Scope::Kind::Group))
                return a.scope.kind == Scope::Kind::Group;
            const int by = compareNaturally(a.name, b.name);
            return by != 0 ? by < 0 : a.scope.id < b.scope.id;
        });
        for (Wanted &node : nodes)
            order(node.children);
    };
    order(tree);

    // a group says how the worst of its hosts and instances is
    const std::function<Look(const Wanted &)> worst = [&](const Wanted &node) {
        Look look = node.scope.kind == Scope::Kind::Group ? Look::Skipped : node.condition.look;
        for (const Wanted &child : node.children)
            look = worse(look, worst(child));
        return look;
    };
    const std::function<void(std::vector<Wanted> &)> summarise = [&](std::vector<Wanted> &nodes) {
        for (Wanted &node : nodes) {
            if (node.scope.kind != Scope::Kind::Group)
                continue;
            summarise(node.children);
            node.condition.look = worst(node);
            node.condition.text = node.children.empty() ? tr("empty") : lookText(node.condition.look);
        }
    };
    summarise(tree);

    if (!m_words.isEmpty()) {
        const std::function<bool(Wanted &, QString)> keep = [&](Wanted &node, QString above) {
            above += QLatin1Char(' ') + node.name + QLatin1Char(' ') + node.condition.text + QLatin1Char(' ') + node.role
                + QLatin1Char(' ') + node.version;
            if (std::ranges::all_of(m_words, [&](const QString &w) { return above.contains(w, Qt::CaseInsensitive); }))
                return true;
            std::erase_if(node.children, [&](Wanted &child) { return !keep(child, above); });
            return !node.children.empty();
        };
        std::erase_if(tree, [&](Wanted &node) { return !keep(node, {}); });
    }
    return tree;
}

void FleetTreeModel::rebuild()
{
    Q_EMIT rebuilding();
    sync(m_root.get(), {}, wantedTree());
    Q_EMIT rebuilt();
}

void FleetTreeModel::emitChanged(Node *parent, const QModelIndex &parentIndex, int first, int last)
{
    Q_UNUSED(parent)
    if (first <= last)
        Q_EMIT dataChanged(index(first, 0, parentIndex), index(last, ColumnCount - 1, parentIndex));
}

void FleetTreeModel::sync(Node *parent, const QModelIndex &parentIndex, std::vector<Wanted> wanted)
{
    auto &have = parent->children;
    const auto sameNode = [](const Node &node, const Wanted &w) { return node.scope == w.scope && node.name == w.name; };
    std::unordered_map<Uuid, const Wanted *> byId;
    for (const Wanted &w : wanted)
        byId.emplace(w.scope.id, &w);
    // what is gone, or has another name and so another place
    for (int row = static_cast<int>(have.size()) - 1; row >= 0; --row) {
        const Node &node = *have[static_cast<std::size_t>(row)];
        const auto kept = byId.find(node.scope.id);
        if (kept != byId.end() && sameNode(node, *kept->second))
            continue;
        beginRemoveRows(parentIndex, row, row);
        have.erase(have.begin() + row);
        endRemoveRows();
    }
    // both sides are in the same order now; what is missing is put between
    for (std::size_t row = 0; row < wanted.size(); ++row) {
        if (row < have.size() && sameNode(*have[row], wanted[row]))
            continue;
        auto node = std::make_unique<Node>();
        node->scope = wanted[row].scope;
        node->name = wanted[row].name;
        node->parent = parent;
        beginInsertRows(parentIndex, static_cast<int>(row), static_cast<int>(row));
        have.insert(have.begin() + static_cast<std::ptrdiff_t>(row), std::move(node));
        endInsertRows();
    }
    int firstChanged = -1;
    for (std::size_t row = 0; row < wanted.size(); ++row) {
        Node &node = *have[row];
        Wanted &w = wanted[row];
        const bool same = node.condition.look == w.condition.look && node.condition.text == w.condition.text
            && node.condition.stale == w.condition.stale && node.role == w.role && node.version == w.version && node.lag == w.lag
            && (node.condition.age ? ageText(*node.condition.age) : QString()) == (w.condition.age ? ageText(*w.condition.age) : QString());
        node.condition = w.condition;
        node.role = w.role;
        node.version = w.version;
        node.lag = w.lag;
        if (!same && firstChanged < 0)
            firstChanged = static_cast<int>(row);
        if (same && firstChanged >= 0) {
            emitChanged(parent, parentIndex, firstChanged, static_cast<int>(row) - 1);
            firstChanged = -1;
        }
        sync(&node, createIndex(static_cast<int>(row), 0, &node), std::move(w.children));
    }
    if (firstChanged >= 0)
        emitChanged(parent, parentIndex, firstChanged, static_cast<int>(wanted.size()) - 1);
}

} // namespace zandb
