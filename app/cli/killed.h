// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "models/killer/killed.h"

namespace zandb::cli {

Json killedJson(const Killed &killed, const Fleet &fleet);
void printKilled(const std::vector<Killed> &killed, const Fleet &fleet);

} // namespace zandb::cli
