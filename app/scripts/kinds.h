// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

#include <set>

namespace zandb::scripts {

/// Adds the kind `script`: a program of the host's catalogue, for each instance of a task or once on each of their hosts.
void addScriptKinds(workflow::Kinds &kinds);

/// Which fields a task of this kind has in a form: "script", or none.
std::set<std::string> taskFields(const std::string &kind);

} // namespace zandb::scripts
