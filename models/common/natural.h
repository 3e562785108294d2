// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace zandb {

/// Order of names as people expect it: numbers by value ("db2" before "db10"), letters whatever their case.
/// QCollator does neither in the C locale, which servers often have.  <0, 0 or >0.
int compareNaturally(QStringView a, QStringView b);

} // namespace zandb
