// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/alterplan.h"

#include <algorithm>

namespace zandb::rules {
namespace {

using Algorithm = AlterPlan::Algorithm;
using Action = GuardSubject::Action;

AlterPlan planOf(Action action, bool mariaDb)
{
    switch (action) {
    case Action::AddIndex:
    case Action::AddUnique:
        return {Algorithm::InPlace, true, false};
    case Action::AddFulltext:
    case Action::AddSpatial:
        return {Algorithm::InPlace, false, false};
    case Action::DropIndex:
        return {Algorithm::InPlace, true, false};
    case Action::RenameIndex:
    case Action::AlterIndex:
    case Action::Stats:
        return {mariaDb ? Algorithm::Instant : Algorithm::InPlace, true, false};
    case Action::Rebuild:
        return {Algorithm::InPlace, true, true};
    case Action::Partition:
        return {Algorithm::Unknown, false, false};
    case Action::PartitionRebuild:
        return {Algorithm::Unknown, false, true};
    }
    return {};
}

} // namespace

AlterPlan planAlter(const GuardSubject &subject, GuardFlavour flavour, int version)
{
    const bool mariaDb = flavour == GuardFlavour::MariaDb;
    // older servers know fewer ways, and what they do is for the server to say
    const bool known = flavour != GuardFlavour::Unknown && version >= (mariaDb ? 100'600 : 80'000);
    if (!known || subject.actions.empty())
        return {};
    AlterPlan plan{Algorithm::Instant, true, false};
    bool unknown = false;
    for (const Action action : subject.actions) {
        const AlterPlan one = planOf(action, mariaDb);
        unknown = unknown || one.algorithm == Algorithm::Unknown;
        plan.algorithm = std::max(plan.algorithm, one.algorithm);
        plan.allowsWrites = plan.allowsWrites && one.allowsWrites;
        plan.rebuilds = plan.rebuilds || one.rebuilds;
    }
    if (unknown)
        plan.algorithm = Algorithm::Unknown;
    if (subject.copies)
        plan = {Algorithm::Copy, false, true};
    plan.allowsWrites = plan.allowsWrites && !subject.locksOut;
    return plan;
}

std::optional<std::string> askedOnline(std::string_view text, const GuardSubject &subject)
{
    if (!subject.onlineAt || *subject.onlineAt > text.size())
        return std::nullopt;
    std::string asked(text.substr(0, *subject.onlineAt));
    asked += subject.isAlter ? ", ALGORITHM=INPLACE, LOCK=NONE" : " ALGORITHM=INPLACE LOCK=NONE";
    return asked.append(text.substr(*subject.onlineAt));
}

std::string_view toString(Algorithm algorithm)
{
    switch (algorithm) {
    case Algorithm::Instant:
        return "instant";
    case Algorithm::InPlace:
        return "inplace";
    case Algorithm::Copy:
        return "copy";
    case Algorithm::Unknown:
        break;
    }
    return "";
}

} // namespace zandb::rules
