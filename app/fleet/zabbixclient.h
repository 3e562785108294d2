// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/http.h"
#include "app/platform/zabbixsettings.h"
#include "models/fleet/zabbix.h"

namespace zandb::fleet {

/// Asks the JSON-RPC interface of Zabbix 5.4 and later; it only reads.  The token travels as the server's version wants it: in the body before 6.4, in a header
/// since.  Calls block for at most the settings' time limit each.  For one thread.
///
/// Errors of every call: those of http::send(), zabbix.refused (its own words: a wrong token, no right to see hosts), zabbix.nonsense (what answers is
/// no Zabbix).
class ZabbixClient
{
public:
    ZabbixClient(const ZabbixSettings &settings, std::string token, std::stop_token stop = {});

    /// "6.0.14"; needs no token.
    Result<std::string> version();
    /// Monitored hosts whose technical or shown name is `name`, or that have an interface at `address`.  At most 100 of each.
    Result<std::vector<ZabbixHost>> findHosts(const std::string &name, const std::string &address);
    Result<ZabbixFacts> facts(const std::string &hostId);

private:
    Result<Json> call(const std::string &method, const Json &params, bool withToken = true);

    std::string m_url;
    const std::string m_token;
    http::Options m_options;
    std::string m_version; ///< empty: not asked yet
};

/// Looks up the host of a record and reads its facts.  `record` keeps what it was asked for; its answer is replaced: never an error, since why it failed is an
/// answer too.
void askZabbix(ZabbixClient &client, ZabbixRecord &record);

} // namespace zandb::fleet
