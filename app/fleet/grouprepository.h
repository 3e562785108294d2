// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/groupsettings.h"

/// Groups of hosts.  All calls block; use on a thread that owns the session.  Errors: those of Session.
namespace zandb::fleet {

/// Compare-and-set by revision.  Errors: already_exists (a sister has the name), store.conflict, not_found.
Result<void> renameGroup(store::Session &session, const Group &group, const std::string &name);
/// What the group says from now on; none: it says nothing any more, and what holds above it holds.  The null id is the whole
/// fleet.  `editor` stands in the row.  Errors: not_found (the group), internal (a value that is not one of this setting's).
Result<void> setGroupSetting(store::Session &session, const Uuid &group, std::string_view name, const std::optional<Json> &setting,
                             const std::string &editor);
/// The same for an instance's own word, where one may have it: `core`.  Errors: not_found (the instance), internal.
Result<void> setInstanceSetting(store::Session &session, const Uuid &instance, std::string_view name, const std::optional<Json> &setting,
                                const std::string &editor);
/// Gives labels to a host or an instance and takes others away.  Errors: usage (one that cannot be a label, or more than 50 of one subject), not_found.
Result<void> changeLabels(store::Session &session, const Uuid &subject, const std::vector<std::string> &add, const std::vector<std::string> &remove,
                          const std::string &editor);
/// Removes an empty group and what it says.  Errors: store.conflict when hosts or groups are in it, not_found.
Result<void> removeGroup(store::Session &session, const Group &group);

} // namespace zandb::fleet
