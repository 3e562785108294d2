// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtext.h"
#include "widgets/common/inspector.h"

namespace zandb {

/// What an inspector shows of a run, but for its facts: title, state, what went wrong and what to do.  A run that was
/// cancelled did what one asked of it: nothing went wrong.
Inspector::Content runContent(const RunRow &row, TimePoint now);
/// What led to an error, a line for each cause.
QString causeText(const Error &error);
void addFacts(Inspector::Content &content, const QList<Fact> &facts);

} // namespace zandb
