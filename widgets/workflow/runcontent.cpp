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

QString causeText(const Error &error)
{
    QStringList lines;
    for (const Error *cause = error.cause.get(); cause && lines.size() < 8; cause = cause->cause.get())
        lines << RunContent::tr("Cause: %1").arg(errorSummary(*cause));
    return lines.join(QLatin1Char('\n'));
}

Inspector::Content runContent(const RunRow &row, TimePoint now)
{
    const Run &run = row.run;
    Inspector::Content content;
    content.id = run.id;
    content.title = row.target;
    content.state = runStateText(row, now);
    content.look = row.look;
    if (run.error && run.state != RunState::Succeeded && run.state != RunState::Cancelled) {
        content.error = errorSummary(*run.error);
        content.advice = errorAdvice(*run.error);
        content.cause = causeText(*run.error);
    }
    return content;
}

void addFacts(Inspector::Content &content, const QList<Fact> &facts)
{
    for (const Fact &fact : facts)
        content.lines.push_back({fact.label, fact.value, fact.tip, fact.fixedWidth});
}

} // namespace zandb
