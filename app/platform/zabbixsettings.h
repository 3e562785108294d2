// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

#include <chrono>

namespace zandb {

/// How a headless instance asks Zabbix about hosts: the table [zabbix] of its settings file.
struct ZabbixSettings
{
    std::string url{};                   ///< "https://zabbix.example/zabbix": where the frontend is, or its api_jsonrpc.php; empty: there is no Zabbix
    std::filesystem::path tokenFile{};   ///< an API token, mode 0600; empty: credential `zabbix-token`
    std::string proxy{};                 ///< "http://proxy:3128"; empty: as the environment says; "none"
    std::filesystem::path tlsCa{};       ///< who signs its certificate; empty: the system's authorities
    std::chrono::seconds timeout{20};    ///< of one question
};

/// Errors: as of loadSettings(), which refuses a file whose [zabbix] is wrong too.
Result<ZabbixSettings> loadZabbixSettings(const std::filesystem::path &file);

} // namespace zandb
