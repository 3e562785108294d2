// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/judgedscript.h"

#include "agent/rules/sqlguard.h"
#include "agent/rules/sqlscript.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb {

const JudgedStatement *JudgedScript::at(std::size_t offset) const
{
    const auto after = std::ranges::upper_bound(statements, offset, {}, &JudgedStatement::offset);
    return after == statements.begin() ? (statements.empty() ? nullptr : &statements.front()) : &*std::prev(after);
}

std::vector<JudgedStatement>::const_iterator JudgedScript::firstFrom(int line) const
{
    return std::ranges::lower_bound(statements, line, {}, &JudgedStatement::line);
}

JudgedScript GuardCache::judge(const QByteArray &script, const std::string &schema)
{
    if (schema != m_schema)
        m_known.clear(); // what an unqualified name means decides
    m_schema = schema;
    m_anew = 0;
    JudgedScript judged;
    judged.text = script;
    const std::string_view text(script.constData(), static_cast<std::size_t>(script.size()));
    const auto split = rules::splitScript(text);
    if (split.problem) {
        judged.problem = qs(split.problem->text);
        judged.problemLine = static_cast<int>(split.problem->line) - 1;
        return judged;
    }
    std::unordered_map<std::string, GuardMark> next;
    rules::GuardContext context;
    context.schema = schema;
    judged.statements.reserve(split.items.size());
    for (const auto &item : split.items) {
        std::string one(text.substr(item.offset, item.length));
        auto known = next.find(one);
        if (known == next.end()) {
            if (auto before = m_known.extract(one)) {
                known = next.insert(std::move(before)).position;
            } else {
                ++m_anew;
                const auto verdict = rules::judge(one, context);
                known = next.emplace(std::move(one), GuardMark{verdict.allowed, verdict.needsConfirmation, verdict.statementClass, verdict.why(), verdict.at}).first;
            }
        }
        judged.statements.push_back({item.offset, item.length, static_cast<int>(item.line) - 1, known->second});
    }
    m_known = std::move(next);
    return judged;
}

} // namespace zandb
