// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <QString>

/// Values as people read them.  All take the current translation and the application's default QLocale.
namespace zandb {

/// "1.42 GiB"; three significant figures.
QString bytesText(std::int64_t bytes);
/// "1,523,441,664 bytes", for tooltips.
QString exactBytesText(std::int64_t bytes);
/// "350 ms", "4.2 s", "12 min 05 s", "1 h 20 min", "3 d 4 h".
QString durationText(Microseconds duration);
/// Of microseconds, in one unit with three significant figures, so that a column can be compared: "350 µs", "12.4 ms", "1.41 s", "12.0 min", "3.20 h", "4.10 d".
QString shortDurationText(double us);
/// "4.215332 s", for tooltips.
QString exactDurationText(Microseconds duration);
/// Time left as a clock: "1:20", "2:03:10".
QString clockText(std::int64_t seconds);
/// "12 s ago", "3 min ago".
QString ageText(Microseconds age);
/// Local time "2026-11-22 03:10:25".
QString localTimeText(TimePoint at);
/// Local time and UTC with microseconds, for tooltips.
QString exactTimeText(TimePoint at);
/// "812", "41,203", "1.18 M": three significant figures from a million on.
QString countText(std::int64_t count);
/// "62 %".
QString percentText(double percent);

} // namespace zandb
