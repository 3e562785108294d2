// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace zandb {

/// How a state is to be understood at a glance; each has one icon, one word and one colour in widgets/.  Models
/// choose the look, never the colour.
enum class Look { Ok, Running, Pending, Late, Failed, Unknown, Skipped, Cancelled, Missed };

inline constexpr int lookCount = 9;

/// The word of a look, translated: "ok", "running", ...
QString lookText(Look look);
/// The stable word, for exports and settings.
QString lookName(Look look);

} // namespace zandb
