// SPDX-License-Identifier: GPL-3.0-or-later
// The guard's verdict of any text.
#include "agent/rules/alterplan.h"
#include "tests/fuzz/require.h"

#include <algorithm>

using namespace zandb::rules;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    const Verdict verdict = judge(text);
    require(verdict.at <= size && verdict.why().starts_with("G1"));
    require(std::ranges::all_of(verdict.why(), [](char c) { return c >= 0x20 && c < 0x7f; }));
    require(!verdict.allowed || std::string_view("RMVXDHTA").find(verdict.statementClass) != std::string_view::npos);
    require(verdict.allowed || (verdict.subject.tables.empty() && !verdict.localAt && !verdict.needsConfirmation));
    if (size + 4 <= maxStatementBytes) {
        for (const char *tail : {" ", "\n", "\t\r\n"})
            require(judge(text + tail).allowed == verdict.allowed);
    }
    // what is added or cut off never leaves the rule
    const auto &subject = verdict.subject;
    if (const auto asked = askedOnline(text, subject); asked && asked->size() <= maxStatementBytes)
        require(judge(*asked).allowed && judge(*asked).statementClass == 'X' && !judge(*asked).subject.onlineAt);
    require(subject.rows == 0 || (subject.where < subject.limitEnd && subject.limitEnd <= size));
    // a role takes away and never gives; so does knowing the server
    for (const GuardRole role : {GuardRole::Viewer, GuardRole::Operator, GuardRole::Admin}) {
        const Verdict byRole = judge(text, {.role = role});
        require(byRole.allowed == (verdict.allowed && role >= verdict.leastRole));
    }
    for (const GuardFlavour flavour : {GuardFlavour::MariaDb, GuardFlavour::MySql})
        require(!judge(text, {.flavour = flavour}).allowed || verdict.allowed);
    require(!judge(text, {.schema = "mysql"}).allowed);
    if (!verdict.allowed)
        return 0;
    // what is allowed holds none of what runs other things, whatever its class
    require(text.find("/*!") == std::string::npos || text.find('\'') != std::string::npos || text.find('"') != std::string::npos || text.find('`') != std::string::npos);
    if (verdict.statementClass == 'D')
        require(verdict.subject.rows >= 1 && verdict.subject.rows <= maxBoundedRows && verdict.subject.tables.size() == 1 && verdict.subject.where < size);
    if (verdict.localAt) {
        std::string sent = text;
        sent.insert(*verdict.localAt, " LOCAL");
        const Verdict local = judge(sent);
        require(sent.size() > maxStatementBytes || (local.allowed && local.statementClass == 'M' && !local.localAt));
    }
    return 0;
}
