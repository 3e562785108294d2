// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace zandb {

/// What the account on the metadata store may do, found out by trying (app/store/role.h).  It is enforced there; here it
/// only decides what is shown disabled.
enum class StoreRole { Unknown, Viewer, Operator, Admin };

/// "viewer", "operator", "administrator"; empty while unknown.
QString roleText(StoreRole role);
/// Why runs cannot be started, cancelled or retried with this role; empty: they can, or nobody knows yet.
QString whyNotOperate(StoreRole role);

} // namespace zandb
