// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtext.h"
#include "widgets/common/inspector.h"
#include "widgets/common/subjects.h"

#include <functional>
#include <vector>

namespace zandb {

/// What an inspector shows of a run, but for its facts: title, state, what went wrong and what to do.  A run that was
/// cancelled did what one asked of it: nothing went wrong.
Inspector::Content runContent(const RunRow &row, TimePoint now);
/// What led to an error, a line for each cause.
QString causeText(const Error &error);
/// Several runs at once: how many there are of each state, and what went wrong how often.  `chosen` may be more than `rows`
/// holds; then nothing can be done with them.
Inspector::Content runsContent(const std::vector<const RunRow *> &rows, int chosen);

/// Of these runs, those an act is possible with.
Subjects subjectsOf(const std::vector<const RunRow *> &rows, const std::function<QString(const Run &)> &whyNot);
void addFacts(Inspector::Content &content, const QList<Fact> &facts);

} // namespace zandb
