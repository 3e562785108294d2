// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"

#include <string_view>

namespace zandb {

/// Version 5 (RFC 9562, section 5.5): SHA-1 over the namespace's bytes and the name.
Uuid uuidV5(const Uuid &nameSpace, std::string_view name);

/// The id of a scheduled run: UUIDv5 over the text `task|occurrence_us|target` (ids in lower-case text), so that
/// whoever creates it twice creates one run.
Uuid runIdFor(const Uuid &task, TimePoint occurrence, const Uuid &target);

/// The namespace of runIdFor; a constant for all time.
Uuid runNamespace();

} // namespace zandb
