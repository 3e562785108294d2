// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace zandb::agent {

/// Roles of persons in rising order; a dispatcher is none of them.
enum class Role { None, Viewer, Operator, Admin, Dispatcher };
Role roleFromString(std::string_view role);
/// Whether the person's role is at least this one.  Never for a dispatcher.
inline bool isAtLeast(Role role, Role least) { return role != Role::Dispatcher && role >= least; }

} // namespace zandb::agent
