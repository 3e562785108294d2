// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/accounts.h"

namespace zandb::store {

Result<void> giveAccount(Session &session, const std::string &user, const std::string &password, const std::string &role)
{
    if (const auto made = session.execute("CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?", {value(user), value(password)}); !made)
        return fail(made.error());
    if (const auto granted = session.execute("GRANT " + role + " TO ?@'%'", {value(user)}); !granted)
        return fail(granted.error());
    return {};
}

} // namespace zandb::store
