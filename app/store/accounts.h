// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

namespace zandb::store {

/// Makes a person's account, from any address, and gives it a role of the store (zandb_admin, ...).  An account that is there
/// already keeps its password: false then, true when it was made.  `session` is the administrator's.  Errors: those of Session,
/// store.denied.
Result<bool> giveAccount(Session &session, const std::string &user, const std::string &password, const std::string &role);

} // namespace zandb::store
