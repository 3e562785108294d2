// SPDX-License-Identifier: GPL-3.0-or-later
// Class H: rows in the tables of tools.
#include "agent/rules/guardparser.h"

namespace zandb::rules {
namespace {

bool syntax(GuardParser &p)
{
    return p.deny(reasons::toolSyntax);
}

bool parseValue(GuardParser &p)
{
    OperandRules rules;
    rules.columns = false;
    rules.serverId = true;
    rules.otherwise = reasons::toolSyntax;
    return parseOperand(p, rules) != Operand::Denied;
}

bool parseColumns(GuardParser &p)
{
    do {
        if (!p.isName())
            return syntax(p);
        p.next();
    } while (p.takeOp(","_op));
    return p.takeOp(")"_op) || syntax(p);
}

bool parseRows(GuardParser &p)
{
    do {
        if (!p.takeOp("("_op))
            return syntax(p);
        do {
            if (!parseValue(p))
                return false;
        } while (p.takeOp(","_op));
        if (!p.takeOp(")"_op))
            return syntax(p);
    } while (p.takeOp(","_op));
    return true;
}

bool parseUpdates(GuardParser &p)
{
    do {
        if (!p.isName())
            return syntax(p);
        p.next();
        if (!p.takeOp("="_op))
            return syntax(p);
        if (!parseValue(p))
            return false;
    } while (p.takeOp(","_op));
    return true;
}

} // namespace

bool judgeToolTables(GuardParser &p)
{
    p.verdict.statementClass = 'H';
    p.verdict.reason = reasons::toolTables;
    p.verdict.leastRole = GuardRole::Operator;
    const bool insert = p.isWord("INSERT"_w);
    p.next();
    if (p.isAnyWord("LOW_PRIORITY"_w, "DELAYED"_w, "HIGH_PRIORITY"_w, "IGNORE"_w))
        return syntax(p);
    p.take("INTO"_w);
    const Token first = p.peek();
    auto table = p.takeTable();
    if (!table)
        return syntax(p);
    if (!isToolTable(*table))
        return p.deny(reasons::notToolTable, first);
    p.verdict.subject.tables.push_back(std::move(*table));
    if (p.takeOp("("_op) && !parseColumns(p))
        return false;
    if (!p.take("VALUES"_w) && !p.take("VALUE"_w))
        return syntax(p);
    if (!parseRows(p))
        return false;
    if (insert && p.takeAll("ON"_w, "DUPLICATE"_w, "KEY"_w, "UPDATE"_w) && !parseUpdates(p))
        return false;
    return p.expectEnd(reasons::toolSyntax);
}

} // namespace zandb::rules
