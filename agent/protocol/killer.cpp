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

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

bool anyMatches(const std::vector<std::string> &patterns, std::string_view text)
{
    return std::ranges::any_of(patterns, [&](const std::string &pattern) { return matchesPattern(pattern, text); });
}

bool passes(const std::vector<std::string> &wanted, const std::vector<std::string> &except, std::string_view text)
{
    return (wanted.empty() || anyMatches(wanted, text)) && !anyMatches(except, text);
}

bool holds(const std::vector<std::string> &digests, std::string_view checksum)
{
    return !checksum.empty() && std::ranges::any_of(digests, [&](const std::string &digest) { return std::ranges::equal(digest, checksum, {}, upper, upper); });
}

} // namespace

bool matchesPattern(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0, t = 0, star = pattern.npos, behind = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            behind = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != pattern.npos) {
            p = star + 1;
            t = ++behind;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool matches(const KillPolicy &policy, const KillFacts &facts)
{
    if (facts.seconds <= policy.longerThanSeconds || !facts.rowsModified || *facts.rowsModified > policy.maxModifiedRows)
        return false;
    if (!passes(policy.users, policy.exceptUsers, facts.user) || !passes(policy.hosts, policy.exceptHosts, facts.host)
        || !passes(policy.databases, policy.exceptDatabases, facts.schema) || !passes(policy.commands, {}, facts.command)
        || !passes(policy.states, policy.exceptStates, facts.state))
        return false;
    if (policy.digests.empty() && policy.exceptDigests.empty())
        return true;
    return !facts.checksum.empty() && (policy.digests.empty() || holds(policy.digests, facts.checksum)) && !holds(policy.exceptDigests, facts.checksum);
}

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
