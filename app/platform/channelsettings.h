// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

#include <chrono>
#include <map>

namespace zandb {

/// How a headless instance sends messages about alerts: the table [channels] of its settings file.
struct ChannelsSettings
{
    std::filesystem::path keyFile{};     ///< private half of the fleet's channel key, mode 0600; empty: credential `channel-key`
    std::string proxy{};                 ///< "http://proxy:3128"; empty: as the environment says; "none"
    std::filesystem::path tlsCa{};       ///< who signs the gateways' certificates; empty: the system's authorities
    std::chrono::seconds timeout{20};    ///< of one try
    std::map<std::string, std::filesystem::path> programs{}; ///< what channels of the kind `program` may name
};

/// Errors: as of loadSettings(), which refuses a file whose [channels] are wrong too.
Result<ChannelsSettings> loadChannelsSettings(const std::filesystem::path &file);

} // namespace zandb
