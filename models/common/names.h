// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <string_view>

/// What people may call things, for every noun and every program.  Names are shown in terminals, in windows and in logs, and some reach
/// commands and paths on hosts, so none may hold what steers, reorders or hides text, or begins an option.  Errors: usage, which says what
/// such a name looks like.  Pure; thread-safe.
namespace zandb::names {

/// A host's: 1 to 100 characters without blanks and slashes.
Result<void> checkHost(std::string_view name);
/// A group's: 1 to 100 characters without slashes.
Result<void> checkGroup(std::string_view name);
/// A task's: 1 to 100 characters.
Result<void> checkTask(std::string_view name);
/// A label of a host or an instance: 1 to 100 characters without blanks and commas, such as "pci" or "tier=1".
Result<void> checkLabel(std::string_view label);
/// Where a host is reached: a DNS name or an IP address.
Result<void> checkAddress(std::string_view address);
/// A login on a host.
Result<void> checkLogin(std::string_view user);
/// A person a key stands for, and the author of what is asked for: 1 to 100 characters.
Result<void> checkPerson(std::string_view person);
/// A backup repository, as an agent's configuration names it: never a path.
Result<void> checkRepository(std::string_view name);

} // namespace zandb::names
