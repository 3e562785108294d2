// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/scope.h"

#include "models/common/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace zandb {
namespace {

const Group *groupOf(const Fleet &fleet, const Uuid &id)
{
    const auto it = std::ranges::find(fleet.groups, id, &Group::id);
    return it == fleet.groups.end() ? nullptr : &*it;
}

/// Groups below one, itself included; a cycle in the store's rows ends after one round.
std::set<Uuid> groupsBelow(const Fleet &fleet, const Uuid &id)
{
    std::set<Uuid> below{id};
    for (bool grew = true; grew;) {
        grew = false;
        for (const Group &group : fleet.groups) {
            if (group.parentId && below.contains(*group.parentId))
                grew |= below.insert(group.id).second;
        }
    }
    return below;
}

} // namespace

ScopeContents contentsOf(const Fleet &fleet, const Scope &scope)
{
    ScopeContents contents;
    if (scope.kind == Scope::Kind::Instance) {
        contents.instances.insert(scope.id);
        if (const InstanceRecord *record = fleet.instance(scope.id))
            contents.hosts.insert(record->instance.hostId);
        return contents;
    }
    std::set<Uuid> groups;
    if (scope.kind == Scope::Kind::Group)
        groups = groupsBelow(fleet, scope.id);
    for (const Host &host : fleet.hosts) {
        const bool in = scope.kind == Scope::Kind::All || (scope.kind == Scope::Kind::Host && host.id == scope.id)
            || (scope.kind == Scope::Kind::Group && host.groupId && groups.contains(*host.groupId));
        if (in)
            contents.hosts.insert(host.id);
    }
    for (const InstanceRecord &record : fleet.instances) {
        if (contents.hosts.contains(record.instance.hostId))
            contents.instances.insert(record.instance.id);
    }
    return contents;
}

QString groupPath(const Fleet &fleet, const Uuid &groupId)
{
    QStringList names;
    std::optional<Uuid> id = groupId;
    for (int depth = 0; id && depth < 32; ++depth) {
        const Group *group = groupOf(fleet, *id);
        if (!group)
            break;
        names.prepend(qs(group->name));
        id = group->parentId;
    }
    return names.join(QLatin1Char('/'));
}

std::vector<Scope> scopePath(const Fleet &fleet, const Scope &scope)
{
    std::vector<Scope> path;
    std::optional<Uuid> group;
    const auto hostAndUp = [&](const Uuid &hostId) {
        path.push_back({Scope::Kind::Host, hostId});
        if (const Host *host = fleet.host(hostId))
            group = host->groupId;
    };
    if (scope.kind == Scope::Kind::Instance) {
        path.push_back(scope);
        if (const InstanceRecord *record = fleet.instance(scope.id))
            hostAndUp(record->instance.hostId);
    } else if (scope.kind == Scope::Kind::Host) {
        hostAndUp(scope.id);
    } else if (scope.kind == Scope::Kind::Group) {
        group = scope.id;
    }
    for (int depth = 0; group && depth < 32; ++depth) {
        const Group *found = groupOf(fleet, *group);
        if (!found)
            break;
        path.push_back({Scope::Kind::Group, *group});
        group = found->parentId;
    }
    path.push_back({});
    std::ranges::reverse(path);
    return path;
}

QString scopeTitle(const Fleet &fleet, const Scope &scope)
{
    switch (scope.kind) {
    case Scope::Kind::All:
        break;
    case Scope::Kind::Group:
        if (const Group *group = groupOf(fleet, scope.id))
            return qs(group->name);
        return qs(scope.id.toString());
    case Scope::Kind::Host:
        if (const Host *host = fleet.host(scope.id))
            return qs(host->name);
        return qs(scope.id.toString());
    case Scope::Kind::Instance:
        if (const InstanceRecord *record = fleet.instance(scope.id))
            return qs(record->instance.name);
        return qs(scope.id.toString());
    }
    return QCoreApplication::translate("Scope", "All hosts");
}

QString scopeToText(const Fleet &fleet, const Scope &scope)
{
    switch (scope.kind) {
    case Scope::Kind::All:
        break;
    case Scope::Kind::Group:
        return QStringLiteral("group:") + groupPath(fleet, scope.id);
    case Scope::Kind::Host:
        return scopeTitle(fleet, scope);
    case Scope::Kind::Instance:
        return qs(fleet.pathOf(scope.id));
    }
    return {};
}

std::optional<Scope> scopeFromText(const Fleet &fleet, const QString &text)
{
    if (text.isEmpty())
        return Scope{};
    if (text.startsWith(QLatin1String("group:"))) {
        const QString path = text.mid(6);
        for (const Group &group : fleet.groups) {
            if (groupPath(fleet, group.id) == path)
                return Scope{Scope::Kind::Group, group.id};
        }
        return std::nullopt;
    }
    const std::string name = text.toStdString();
    if (const InstanceRecord *record = fleet.instanceByPath(name))
        return Scope{Scope::Kind::Instance, record->instance.id};
    if (const Host *host = fleet.hostByName(name))
        return Scope{Scope::Kind::Host, host->id};
    return std::nullopt;
}

} // namespace zandb
