// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/role.h"

namespace zandb::store {

Result<StoreRole> roleOf(Session &session)
{
    const auto may = [&](std::string_view sql) -> Result<bool> {
        const auto done = session.execute(sql);
        if (done)
            return true;
        if (done.error().is(errors::storeDenied))
            return false;
        return fail(done.error());
    };
    for (const auto &[sql, role] : {std::pair{"UPDATE store_info SET board_zone = board_zone WHERE 1 = 0", StoreRole::Admin},
                                    {"UPDATE run SET revision = revision WHERE 1 = 0", StoreRole::Operator}}) {
        const auto allowed = may(sql);
        if (!allowed && allowed.error().is(errors::storeReadOnly))
            return StoreRole::Unknown;
        if (!allowed)
            return fail(allowed.error());
        if (*allowed)
            return role;
    }
    return StoreRole::Viewer;
}

} // namespace zandb::store
