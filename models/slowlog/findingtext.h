// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/slowlog/finding.h"

#include <QString>

/// Findings of slow statements in words.  Pure but for the translation; thread-safe as long as the language stays.
namespace zandb {

/// "db1/my3306: a statement is slower than usual"
QString findingTitle(const SlowFinding &finding, const QString &path);
/// "p95 38 ms, usually 1.9 ms, 4.2 s more a minute: SELECT ..."
QString findingDetail(const SlowFinding &finding);

} // namespace zandb
