// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"

#include <string_view>

namespace zandb::agent {

/// The position that mydumper's file `metadata` tells; a set of GTIDs may go over several lines there.
wire::BackupPosition positionInMetadata(std::string_view metadata);

} // namespace zandb::agent
