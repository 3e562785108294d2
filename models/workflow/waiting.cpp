// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/waiting.h"

#include "models/common/format.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct WaitingText
{
    Q_DECLARE_TR_FUNCTIONS(WaitingText)
};

} // namespace

std::string_view toString(Waiting::Why why)
{
    static constexpr std::string_view words[] = {"executor", "time", "host_away", "lease", "window", "retry", "overlap", "lock", "task_limit",
                                                 "host_limit", "repository_limit"};
    return words[static_cast<std::size_t>(why)];
}

QString waitingText(const Waiting &waiting, const QString &behind)
{
    const QString at = waiting.until ? localTimeText(*waiting.until).left(16) : QString();
    switch (waiting.why) {
    case Waiting::Why::Executor:
        return WaitingText::tr("Waits for the program of the person who started it.");
    case Waiting::Why::Time:
        return WaitingText::tr("Waits until %1.").arg(at);
    case Waiting::Why::HostAway:
        return WaitingText::tr("Waits for its host, which does not answer.");
    case Waiting::Why::Lease:
        return WaitingText::tr("Waits for a headless instance: none serves its host.");
    case Waiting::Why::Window:
        return WaitingText::tr("Waits for its window, which opens %1.").arg(at);
    case Waiting::Why::Retry:
        return WaitingText::tr("Failed; tried again %1.").arg(at);
    case Waiting::Why::Overlap:
        return WaitingText::tr("Waits until an earlier run of the same task on this instance has ended.");
    case Waiting::Why::Lock:
        return WaitingText::tr("Waits for another run that works on this instance.");
    case Waiting::Why::TaskLimit:
        return WaitingText::tr("Waits for its turn: as many runs of its task as may run at once do. One is of %1.").arg(behind);
    case Waiting::Why::HostLimit:
        return WaitingText::tr("Waits for its turn: as many runs on its host as may run at once do. One is of %1.").arg(behind);
    case Waiting::Why::RepositoryLimit:
        return WaitingText::tr("Waits for its turn: as many runs into its repository as may run at once do. One is of %1.").arg(behind);
    }
    return {};
}

} // namespace zandb
