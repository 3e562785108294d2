// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <string>
#include <string_view>

/// Small parts of talking to a server.  Pure.
namespace zandb::agent {

/// A name as an identifier of SQL: `a``b`.
std::string quotedName(std::string_view name);
/// The server's number of an error that SqlClient or StatementRunner gave; 0: it has none.
int serverErrno(const Error &error);

} // namespace zandb::agent
