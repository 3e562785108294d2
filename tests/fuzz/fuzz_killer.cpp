// SPDX-License-Identifier: GPL-3.0-or-later
// Statements as a process list shows them, and policies as they come over the wire: lines of the input are a statement, a user, a
// pattern, a state, and the rest a set of policies.
#include "agent/killer/decision.h"
#include "tests/fuzz/require.h"

#include <algorithm>

using namespace zandb;
using namespace zandb::agent;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char *>(data), size);
    const auto line = [&] {
        const auto end = std::min(rest.find('\n'), rest.size());
        const std::string text(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return text;
    };
    RunningStatement running;
    running.text = line();
    running.user = line();
    const std::string pattern = line();
    running.state = line();
    running.command = "Query";
    running.host = "localhost";
    running.seconds = 10;
    running.rowsModified = 0;

    const std::string word = leadingWord(running.text);
    require(word.size() <= 32 && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; }));
    const auto reason = protectionOf(running, {"zandb"});
    require(reason != Protected::No || (!word.empty() && running.user != "zandb"));
    require(toString(reason).empty() == (reason == Protected::No));
    require(wire::matchesPattern("*", running.text) && (pattern.find_first_of("*?") != pattern.npos || wire::matchesPattern(pattern, pattern)));
    wire::matchesPattern(pattern, running.text);

    const auto json = parseJson(rest);
    const auto set = json ? decode<wire::KillSet>(*json) : Result<wire::KillSet>(fail(json.error()));
    if (!set || !wire::problemOf(set->policies).empty())
        return 0;
    for (const wire::KillPolicy &policy : set->policies) {
        require(decode<wire::KillPolicy>(Json(policy)).has_value());
        wire::KillPolicy longer = policy;
        longer.longerThanSeconds = running.seconds;
        require(!matches(longer, running, {}));
        longer.exceptUsers = {"*"};
        longer.longerThanSeconds = 1;
        require(!matches(longer, running, {}));
    }
    return 0;
}
