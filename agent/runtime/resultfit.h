// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

namespace zandb::agent {

/// Makes `value` fit into about `limit` bytes of JSON: long texts and lists in it are cut to their beginnings, members of objects
/// stay, small ones whole.  Returns how many bytes of JSON were cut; 0 when it fitted.  For example a result of which one
/// list is huge keeps all its other members.
std::int64_t cutToFit(Json &value, std::size_t limit);

} // namespace zandb::agent
