// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtext.h"
#include "widgets/common/inspector.h"

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

/// What an act would be done to.
struct Subjects
{
    std::vector<Uuid> ids;
    QString whyNone; ///< why it can be done to none of them; empty: it can, or they have different reasons
};
Subjects subjectsOf(const std::vector<const RunRow *> &rows, const std::function<QString(const Run &)> &whyNot);
/// What becomes of a button: it acts on those of the subjects that can be acted on, says how many, or is disabled with the
/// reason.  `one` and `many` are its words; `many` has %1 for the number.
void offer(Inspector *inspector, QPushButton *button, const Subjects &subjects, std::size_t shown, const QString &one, const QString &many,
           const QString &forbidden);
void addFacts(Inspector::Content &content, const QList<Fact> &facts);

} // namespace zandb
