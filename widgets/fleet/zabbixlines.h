// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/zabbix.h"
#include "widgets/common/inspector.h"

namespace zandb {

/// What Zabbix says of a host as lines of its inspector, where it differs from the agent, and why it says nothing.  A host about which nobody has asked
/// and whose Zabbix is not configured has none.
void addZabbixLines(Inspector::Content &content, const ZabbixRecord &record, const std::optional<wire::HostFacts> &agent);

} // namespace zandb
