// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/runcontent.h"

#include "models/common/errortext.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct RunContent
{
    Q_DECLARE_TR_FUNCTIONS(RunContent)
};

} // namespace

Inspector::Content runContent(const RunRow &row, TimePoint now)
{
    const Run &run = row.run;
    Inspector::Content content;
    content.title = row.target;
    content.state = runStateText(row, now);
    content.look = row.look;
    if (run.error && run.state != RunState::Succeeded && run.state != RunState::Cancelled) {
        content.error = errorSummary(*run.error);
        content.advice = errorAdvice(*run.error);
        if (run.error->cause)
            content.cause = RunContent::tr("Cause: %1").arg(errorSummary(*run.error->cause));
    }
    return content;
}

void addFacts(Inspector::Content &content, const QList<Fact> &facts)
{
    for (const Fact &fact : facts)
        content.lines.push_back({fact.label, fact.value, fact.tip, fact.fixedWidth});
}

} // namespace zandb
