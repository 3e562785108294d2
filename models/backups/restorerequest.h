// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/uuid.h"

#include <string>

namespace zandb {

/// A person's wish to have a backup unpacked somewhere and checked there.
struct RestoreRequest
{
    Uuid backupId;
    Uuid hostId;           ///< where to
    std::string directory; ///< on that host: absolute, absent or empty
};

} // namespace zandb
