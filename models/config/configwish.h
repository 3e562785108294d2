// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"

#include <QString>

#include <optional>
#include <vector>

namespace zandb {

/// What a person wants of one instance's configuration.  A value.
struct ConfigWish
{
    Uuid instance;
    QString path; ///< "db1/my3306"
    wire::ConfigArgs args;
};

/// How it goes over many: the first one alone, then waves.
struct ConfigWaveWish
{
    std::size_t canary = 0; ///< of the wishes
    int wave = 1;
    int pauseSeconds = 0;
    int stopPercent = 0;    ///< 0: the first failure stops
};

/// Where one instance of a change stands.
struct ConfigProgress
{
    std::string state; ///< as ConfigTarget has it: "pending", "running", "succeeded", "failed", "cancelled", "unknown"
    std::optional<Error> error;
    std::optional<wire::ConfigResult> result;
};

} // namespace zandb
