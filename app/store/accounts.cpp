// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/accounts.h"

#include "app/store/audit.h"

#include <algorithm>

namespace zandb::store {
namespace {

// the notes of CREATE USER IF NOT EXISTS
constexpr std::int64_t existsMySql = 3163;
constexpr std::int64_t existsMariaDb = 1973;

} // namespace

Result<bool> giveAccount(Session &session, const std::string &user, const std::string &password, const std::string &role)
{
    if (const auto made = session.execute("CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?", {value(user), value(password)}); !made)
        return fail(made.error());
    const auto notes = session.query("SHOW WARNINGS");
    if (!notes)
        return fail(notes.error());
    const bool existed = std::ranges::any_of(*notes, [](const Row &row) { return row.integer(1) == existsMySql || row.integer(1) == existsMariaDb; });
    if (const auto granted = session.execute("GRANT " + role + " TO ?@'%'", {value(user)}); !granted)
        return fail(granted.error());
    if (const auto audited = audit(session, "account.give", user, {{"role", role}, {"made", !existed}}); !audited)
        return fail(audited.error());
    return !existed;
}

} // namespace zandb::store
