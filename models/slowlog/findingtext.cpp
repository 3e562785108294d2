// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/findingtext.h"

#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct FindingText
{
    Q_DECLARE_TR_FUNCTIONS(FindingText)
};

QString time(std::int64_t us) { return shortDurationText(static_cast<double>(us)); }

} // namespace

QString findingTitle(const SlowFinding &finding, const QString &path)
{
    if (finding.kind == "slower")
        return FindingText::tr("%1: a statement is slower than usual").arg(path);
    if (finding.kind == "more")
        return FindingText::tr("%1: a statement is sent much more often than usual").arg(path);
    return FindingText::tr("%1: a new slow statement").arg(path);
}

QString findingDetail(const SlowFinding &finding)
{
    const SlowEvidence &evidence = finding.evidence;
    QString figures;
    if (finding.kind == "slower")
        figures = FindingText::tr("p95 %1, usually %2, %3 more a minute").arg(time(evidence.p95Us), time(evidence.p95BeforeUs), time(evidence.timeUs));
    else if (finding.kind == "more")
        figures = FindingText::tr("%1 calls in five minutes, usually %2, %3 more a minute").arg(countText(evidence.calls), countText(evidence.callsBefore), time(evidence.timeUs));
    else
        figures = FindingText::tr("%1 calls, %2 when it came").arg(countText(evidence.calls), time(evidence.timeUs));
    return figures + QStringLiteral(": ") + qs(finding.fingerprint);
}

} // namespace zandb
