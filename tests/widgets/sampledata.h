// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backuptablemodel.h"
#include "models/fleet/fleet.h"

/// A hand-made fleet with every state in it, for tests of models and pages.
namespace zandb::sample {

/// 2026-11-22 08:30 UTC.
TimePoint now();
/// The same id for the same number.
Uuid id(int kind, int number);
/// production/shop with db1..db3, staging with db4: up, stale, unreachable, lagging, down and gone ones.
Fleet fleet();
/// 120 hosts with 230 instances, with long names among them and some of every trouble: a person's bad night.
Fleet badNight();
/// Five nights of backups of its instances, by the names above, with one of each state in the last.
std::vector<RunRow> runs(const Fleet &fleet, int nights = 5);
std::vector<Backup> backups(const std::vector<RunRow> &runs);
RunDetail detail(const RunRow &row);

} // namespace zandb::sample
