// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/runcontent.h"

#include "models/common/errortext.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <set>

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
    content.ids = {run.id};
    content.title = row.target;
    content.state = runStateText(row, now);
    content.look = row.look;
    if (run.error && run.state != RunState::Succeeded && run.state != RunState::Cancelled) {
        content.error = errorSummary(*run.error);
        content.advice = errorAdvice(toldError(*run.error, run));
        content.cause = causeText(*run.error);
    }
    return content;
}

Inspector::Content runsContent(const std::vector<const RunRow *> &rows, int chosen)
{
    Inspector::Content content;
    content.title = RunContent::tr("%n run(s) selected", nullptr, chosen);
    if (chosen > static_cast<int>(rows.size())) {
        content.advice = RunContent::tr("Select at most %1 to do something with all of them.").arg(rows.size());
        content.error = RunContent::tr("These are too many at once.");
        return content;
    }
    std::map<Look, int> states;
    std::map<QString, int> errors;
    std::set<QString> hosts;
    for (const RunRow *row : rows) {
        content.ids.push_back(row->run.id);
        ++states[row->look];
        hosts.insert(row->host);
        if (row->run.error && row->run.state != RunState::Succeeded && row->run.state != RunState::Cancelled)
            ++errors[errorSummary(*row->run.error)];
    }
    for (const auto &[look, count] : states)
        content.lines.push_back({lookText(look), QString::number(count), {}, false});
    content.lines.push_back({RunContent::tr("Hosts"), QString::number(hosts.size()), {}, false});
    std::vector<std::pair<int, QString>> often;
    for (const auto &[text, count] : errors)
        often.emplace_back(count, text);
    std::ranges::stable_sort(often, std::ranges::greater{}, &std::pair<int, QString>::first);
    constexpr std::size_t most = 8;
    for (std::size_t at = 0; at < std::min(often.size(), most); ++at)
        content.lines.push_back({RunContent::tr("%n time(s)", nullptr, often[at].first), often[at].second, {}, false});
    if (often.size() > most)
        content.lines.push_back({QString(), RunContent::tr("and %n more error(s)", nullptr, static_cast<int>(often.size() - most)), {}, false});
    return content;
}

Subjects subjectsOf(const std::vector<const RunRow *> &rows, const std::function<QString(const Run &)> &whyNot)
{
    Subjects subjects;
    std::set<QString> reasons;
    for (const RunRow *row : rows) {
        const QString reason = whyNot(row->run);
        if (reason.isEmpty())
            subjects.ids.push_back(row->run.id);
        else
            reasons.insert(reason);
    }
    if (subjects.ids.empty() && reasons.size() == 1)
        subjects.whyNone = *reasons.begin();
    else if (subjects.ids.empty())
        subjects.whyNone = RunContent::tr("This can be done with none of the selected runs.");
    return subjects;
}

void addFacts(Inspector::Content &content, const QList<Fact> &facts)
{
    for (const Fact &fact : facts)
        content.lines.push_back({fact.label, fact.value, fact.tip, fact.fixedWidth});
}

} // namespace zandb
