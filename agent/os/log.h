// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace zandb::agent {

/// One line of the agent's own log on stderr (under systemd: the journal, which adds the time itself).  In English,
/// without secrets; control characters are replaced.  Thread-safe.
void logLine(std::string_view text);

} // namespace zandb::agent
