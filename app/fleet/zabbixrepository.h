// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/zabbix.h"

#include <map>

/// What Zabbix said of hosts.  A console asks by writing a row; the headless instance that keeps the store answers it.  All calls block.  Errors: those of
/// Session.  Writers raise the topic `zabbix`.
namespace zandb::fleet {

/// By host.  Rows of hosts that are only about to be added are among them.
Result<std::map<Uuid, ZabbixRecord>> loadZabbix(store::Session &session);
Result<std::optional<ZabbixRecord>> findZabbix(store::Session &session, const Uuid &hostId);
/// Wants an answer about a host, which need not be in the store yet: `name` and `address` are what it is looked up by.  With `chosen` this host of Zabbix is
/// meant from now on; empty takes the choice back; none leaves it.
Result<void> requestZabbix(store::Session &session, const Uuid &hostId, const std::string &name, const std::string &address, const std::optional<std::string> &chosen = {});
/// Those that somebody waits for; at most `limit`, the longest first.
Result<std::vector<ZabbixRecord>> waitingZabbix(store::Session &session, int limit);
/// Hosts of the fleet whose last answer is from before `before`, or failed before `failedBefore`, or that have none; with the name and address they have now.
Result<std::vector<ZabbixRecord>> staleZabbix(store::Session &session, TimePoint before, TimePoint failedBefore, int limit);
/// Writes an answer; `record.askedAt` becomes the store's now.
Result<void> storeZabbix(store::Session &session, const ZabbixRecord &record);
/// Removes rows of hosts that are not in the fleet and were not asked for since `before`.
Result<void> removeStrayZabbix(store::Session &session, TimePoint before);

} // namespace zandb::fleet
