// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/fleet/fleet.h"
#include "models/workflow/taskhistory.h"

#include <QString>
#include <QStringList>

/// Tasks in words, in the language of now.
namespace zandb {

/// "daily at 02:30", "Mon, Thu at 02:30 (Europe/Berlin)": the zone is said where it is not this computer's.
QString scheduleText(const Json &schedule);
/// "whole fleet", "production, db7/my3306; replicas; labelled pci; but not db1/my3306".
QString selectorText(const Selector &selector, const Fleet &fleet);
/// Why an instance is no target: the reasons of schedule::missed().
QString missText(const std::string &reason);
/// "its schedule", "backups to keep", ...; a field without a word reads as itself.
QString taskFieldText(const std::string &field);
/// A value of a change on one line; names stand for ids of the fleet.
QString taskValueText(const Json &value, const Fleet &fleet);

/// How the last occurrence went: "3 ok", "2 ok, 1 failed", "skipped"; empty: there was none.
QString lastRunsText(const LastRuns &last);
Look lastRunsLook(const LastRuns &last);

} // namespace zandb
