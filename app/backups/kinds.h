// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

#include <set>

namespace zandb::backups {

/// Adds the kinds `backup`, `verify` and `restore`.
void addBackupKinds(workflow::Kinds &kinds);

/// What a task of such a kind is told beside when and for what: "method", "repository", "keep", "within"; empty for kinds of others.
std::set<std::string> taskFields(const std::string &kind);

} // namespace zandb::backups
