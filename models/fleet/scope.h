// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

#include <QString>

#include <optional>
#include <set>

namespace zandb {

/// What the tree has selected; it narrows every page.
struct Scope
{
    enum class Kind { All, Group, Host, Instance };
    Kind kind = Kind::All;
    Uuid id;

    bool operator==(const Scope &) const = default;
};

/// The hosts and instances a scope holds.
struct ScopeContents
{
    std::set<Uuid> hosts;
    std::set<Uuid> instances;
};
ScopeContents contentsOf(const Fleet &fleet, const Scope &scope);

/// "production/shop", from the top.
QString groupPath(const Fleet &fleet, const Uuid &groupId);
/// The scopes from the whole fleet down to this one, itself last.
std::vector<Scope> scopePath(const Fleet &fleet, const Scope &scope);
/// The last part's name: "db1"; translated for the whole fleet.
QString scopeTitle(const Fleet &fleet, const Scope &scope);
/// "", "group:production/shop", "db1", "db1/my3306"; by names, for people to pass on.
QString scopeToText(const Fleet &fleet, const Scope &scope);
/// Nothing when the fleet has no such thing.
std::optional<Scope> scopeFromText(const Fleet &fleet, const QString &text);

} // namespace zandb
