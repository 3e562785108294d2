// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alert.h"
#include "models/fleet/fleet.h"

#include <QString>

/// What an alert says to people, translated.  GUI thread.
namespace zandb {

/// What it is about, by its name: a host, an instance ("db1/my3306"), a task; the subject itself where it is none of the fleet's.
QString alertSubject(const Alert &alert, const Fleet &fleet);
/// One line: "Task nightly does not run: its row cannot be read".  A kind nobody knows reads as itself and its subject.
QString alertTitle(const Alert &alert, const Fleet &fleet = {});
/// What it means and what to do; who has acknowledged it.
QString alertDetail(const Alert &alert);

} // namespace zandb
