// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/killer.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace zandb::wire {
namespace {

bool arePatterns(const std::vector<std::string> &patterns)
{
    return patterns.size() <= maxKillPatterns
        && std::ranges::all_of(patterns, [](const std::string &pattern) { return !pattern.empty() && pattern.size() <= maxKillPattern; });
}

bool areChecksums(const std::vector<std::string> &digests)
{
    return digests.size() <= maxKillPatterns && std::ranges::all_of(digests, [](const std::string &digest) {
        return digest.size() == 32 && digest.find_first_not_of("0123456789ABCDEFabcdef") == digest.npos;
    });
}

} // namespace

std::string_view problemOf(const KillPolicy &policy)
{
    if (policy.name.empty() || policy.name.size() > 64 || std::ranges::any_of(policy.name, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        return "name";
    if (policy.action != "query" && policy.action != "connection")
        return "action";
    if (!std::isfinite(policy.longerThanSeconds) || policy.longerThanSeconds < 1 || policy.longerThanSeconds > 31'536'000)
        return "longer_than";
    if (policy.maxPerMinute < 1 || policy.maxPerMinute > 600)
        return "max_per_minute";
    if (policy.maxModifiedRows < 0 || policy.maxModifiedRows > 1'000'000'000)
        return "max_modified_rows";
    if (!areChecksums(policy.digests) || !areChecksums(policy.exceptDigests))
        return "digest";
    for (const std::string &command : policy.commands) {
        if (command != "Query" && command != "Execute" && command != "Prepare" && command != "Fetch")
            return "command";
    }
    for (const auto *patterns : {&policy.users, &policy.hosts, &policy.databases, &policy.commands, &policy.states, &policy.exceptUsers,
                                 &policy.exceptHosts, &policy.exceptDatabases, &policy.exceptStates}) {
        if (!arePatterns(*patterns))
            return "patterns";
    }
    return {};
}

std::string_view problemOf(const std::vector<KillPolicy> &policies)
{
    if (policies.size() > maxKillPolicies)
        return "count";
    std::set<std::string_view> names;
    for (const KillPolicy &policy : policies) {
        if (const auto problem = problemOf(policy); !problem.empty())
            return problem;
        if (!names.insert(policy.name).second)
            return "twice";
    }
    return {};
}

} // namespace zandb::wire
