// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

namespace zandb::remote {

/// An agent's error with instances that it calls by their label ("my3306") named as the fleet does ("db1/my3306"); its causes too.
inline Error namedOn(Error error, const std::string &host)
{
    if (const auto instance = error.fields.find("instance"); instance != error.fields.end() && !host.empty() && !instance->second.empty() && instance->second.find('/') == std::string::npos)
        instance->second = host + '/' + instance->second;
    if (error.cause)
        error.cause = std::make_shared<const Error>(namedOn(*error.cause, host));
    return error;
}

} // namespace zandb::remote
