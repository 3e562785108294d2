// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtext.h"

#include <QVariant>

/// The cells that all tables of runs share; each answers one role (models/common/roles.h).
namespace zandb {

QVariant runStateAnswer(const RunRow &row, TimePoint now, int role);
QVariant runTaskAnswer(const RunRow &row, int role);
QVariant runDurationAnswer(const RunRow &row, TimePoint now, int role);
QVariant runProgressAnswer(const RunRow &row, int role);
QVariant runTroubleAnswer(const RunRow &row, int role);
/// Whether its cells change with the clock alone.
bool growsWithTime(const RunRow &row);

} // namespace zandb
