// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace zandb::agent {

/// The default schema of the agent's own sessions: together with their account it tells them from others in every server's
/// process list, also where no connection attributes are kept.
inline constexpr std::string_view ownSchema = "information_schema";

} // namespace zandb::agent
