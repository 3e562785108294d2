// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alert.h"

#include <QString>

/// What an alert says to people, translated.  GUI thread.
namespace zandb {

/// One line: "Task nightly does not run: its row cannot be read".  A kind nobody knows reads as itself.
QString alertTitle(const Alert &alert);
/// What it means and what to do; who has acknowledged it.
QString alertDetail(const Alert &alert);

} // namespace zandb
