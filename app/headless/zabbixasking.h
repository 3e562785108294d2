// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"
#include "app/platform/zabbixsettings.h"

namespace zandb::headless {

/// Answers who waits for what Zabbix says of a host, within a second or two, and asks about each host of the fleet once a day.  While it is called once a
/// second it costs the store one short query.  Where no Zabbix is configured it says so to who waits.
StoreWork::Work askingZabbix(const StoreSettings &store, const ZabbixSettings &zabbix);

} // namespace zandb::headless
