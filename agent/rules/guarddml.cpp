// SPDX-License-Identifier: GPL-3.0-or-later
// Class D: bounded UPDATE and DELETE; on tables of tools the same is class H.
#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

bool isComparison(Op op)
{
    return op == "="_op || op == "<=>"_op || op == "<"_op || op == "<="_op || op == ">"_op || op == ">="_op;
}

bool isUnequal(Op op)
{
    return op == "<>"_op || op == "!="_op;
}

bool sameName(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return low(x) == low(y);
    });
}

class DmlJudge
{
public:
    DmlJudge(GuardParser &p, bool onlyD) : m_p(p), m_onlyD(onlyD) {}

    bool run()
    {
        const bool update = m_p.isWord("UPDATE"_w);
        m_p.verdict.subject.deletes = !update;
        m_p.next();
        if (m_p.isAnyWord("LOW_PRIORITY"_w, "QUICK"_w, "IGNORE"_w, "HISTORY"_w))
            return m_p.deny(reasons::modifier);
        if (!update && !m_p.take("FROM"_w))
            return m_p.deny(reasons::severalTables);
        if (!parseTable())
            return false;
        if (update && !parseAssignments())
            return false;
        return parseWhere() && parseOrder(update) && parseLimit();
    }

private:
    bool parseTable()
    {
        GuardParser &p = m_p;
        const Token first = p.peek();
        auto table = p.takeTable();
        if (!table)
            return p.deny(reasons::dmlSyntax);
        if (isSystemSchema(table->schema))
            return p.deny(reasons::dmlSystem, first);
        if (!m_onlyD && isToolTable(*table)) {
            p.verdict.statementClass = 'H';
            p.verdict.reason = reasons::toolTables;
            p.verdict.needsConfirmation = false;
            m_rules.serverId = true;
        }
        m_table = *table;
        m_rules.table = &m_table;
        p.verdict.subject.tables.push_back(std::move(*table));
        if (p.isOp(","_op) || p.isOp("."_op) || p.isName()) {
            if (p.isAnyWord("WHERE"_w, "SET"_w))
                return true;
            if (p.isAnyWord("LIMIT"_w, "ORDER"_w))
                return p.deny(reasons::noWhere);
            return p.deny(p.isAnyWord("PARTITION"_w, "FOR"_w) ? reasons::modifier : reasons::severalTables);
        }
        return true;
    }

    /// SET c = literal | NULL | pure function | c + literal | c - literal, ...
    bool parseAssignments()
    {
        GuardParser &p = m_p;
        if (!p.take("SET"_w))
            return p.deny(reasons::dmlSyntax);
        do {
            std::string column;
            if (!parseColumn(&column))
                return false;
            if (!p.takeOp("="_op))
                return p.deny(reasons::dmlSyntax);
            if (!parseValue(column))
                return false;
            p.verdict.subject.setColumns.push_back(std::move(column));
            if (!p.isOp(","_op) && !p.isWord("WHERE"_w))
                return p.deny(p.atEnd() || p.isAnyWord("LIMIT"_w, "ORDER"_w) ? reasons::noWhere : reasons::value);
        } while (p.takeOp(","_op));
        return true;
    }

    /// The unqualified name.
    bool parseColumn(std::string *name)
    {
        const Token first = m_p.peek();
        if (!m_p.isName() || parseOperand(m_p, m_rules) != Operand::Column)
            return m_p.deny(reasons::dmlSyntax, first);
        *name = m_p.nameOf(m_p.token(m_p.index() - 1));
        return true;
    }

    bool parseValue(const std::string &column)
    {
        GuardParser &p = m_p;
        const Token first = p.peek();
        const Operand value = parseOperand(p, m_rules);
        if (value == Operand::Denied)
            return false;
        if (value != Operand::Column)
            return true;
        if (!sameName(p.nameOf(p.token(p.index() - 1)), column) || (!p.isOp("+"_op) && !p.isOp("-"_op)))
            return p.deny(reasons::value, first);
        p.next();
        if (p.peek().kind != TokenKind::Number)
            return p.deny(reasons::value);
        p.next();
        return true;
    }

    bool parseWhere()
    {
        GuardParser &p = m_p;
        if (!p.isWord("WHERE"_w))
            return p.deny(reasons::noWhere);
        const Token where = p.peek();
        p.verdict.subject.where = where.begin;
        p.next();
        if (!parseConjunction())
            return false;
        return m_bound || p.deny(reasons::noBound, where);
    }

    bool parseConjunction()
    {
        GuardParser &p = m_p;
        do {
            if (!parseConjunct())
                return false;
        } while (p.take("AND"_w));
        if (p.isAnyWord("OR"_w, "XOR"_w) || p.isOp("||"_op))
            return p.deny(reasons::disjunction);
        return true;
    }

    bool parseConjunct()
    {
        GuardParser &p = m_p;
        if (p.isWord("NOT"_w) || p.isOp("!"_op))
            return p.deny(reasons::disjunction);
        if (p.isOp("("_op)) {
            if (isAny(p.peek(1).word, "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w))
                return p.deny(reasons::subquery);
            p.next();
            if (!parseConjunction())
                return false;
            return p.takeOp(")"_op) || p.deny(reasons::dmlSyntax);
        }
        if (p.isWord("EXISTS"_w))
            return p.deny(reasons::subquery);
        const Operand left = parseOperand(p, m_rules);
        if (left == Operand::Denied)
            return false;
        bool bounds = left == Operand::Column;
        if (!parseCondition(bounds))
            return false;
        m_bound = m_bound || bounds;
        return true;
    }

    /// What comes behind the first operand; `bounds` stays when it bounds a column.
    bool parseCondition(bool &bounds)
    {
        GuardParser &p = m_p;
        if (isComparison(p.peek().op) || isUnequal(p.peek().op)) {
            bounds = bounds && !isUnequal(p.peek().op);
            p.next();
            return parseBound(bounds);
        }
        if (p.take("BETWEEN"_w)) {
            if (!parseBound(bounds))
                return false;
            return p.take("AND"_w) ? parseBound(bounds) : p.deny(reasons::dmlSyntax);
        }
        if (p.take("IN"_w)) {
            if (!p.takeOp("("_op))
                return p.deny(reasons::dmlSyntax);
            do {
                if (!parseBound(bounds))
                    return false;
            } while (p.takeOp(","_op));
            return p.takeOp(")"_op) || p.deny(reasons::dmlSyntax);
        }
        bounds = false;
        if (p.take("LIKE"_w)) {
            if (!p.isText())
                return p.deny(reasons::dmlSyntax);
            p.next();
            if (!p.take("ESCAPE"_w))
                return true;
            if (!p.isText())
                return p.deny(reasons::dmlSyntax);
            p.next();
            return true;
        }
        if (p.take("IS"_w)) {
            p.take("NOT"_w);
            return p.take("NULL"_w) || p.deny(reasons::dmlSyntax);
        }
        if (p.isAnyWord("OR"_w, "XOR"_w, "NOT"_w) || p.isOp("||"_op))
            return p.deny(reasons::disjunction);
        return p.deny(reasons::dmlSyntax);
    }

    bool parseBound(bool &bounds)
    {
        GuardParser &p = m_p;
        if (p.isOp("("_op) || p.isWord("SELECT"_w) || (p.isAnyWord("ANY"_w, "ALL"_w, "SOME"_w) && p.isOp("("_op, 1)))
            return p.deny(reasons::subquery);
        const Operand value = parseOperand(p, m_rules);
        bounds = bounds && value == Operand::Constant;
        return value != Operand::Denied;
    }

    bool parseOrder(bool update)
    {
        GuardParser &p = m_p;
        if (update || !p.isWord("ORDER"_w))
            return true;
        p.next();
        if (!p.take("BY"_w))
            return p.deny(reasons::dmlSyntax);
        do {
            std::string ignored;
            if (!parseColumn(&ignored))
                return false;
            if (!p.take("ASC"_w))
                p.take("DESC"_w);
        } while (p.takeOp(","_op));
        return true;
    }

    bool parseLimit()
    {
        GuardParser &p = m_p;
        if (p.atEnd())
            return p.deny(reasons::noLimit);
        if (!p.take("LIMIT"_w))
            return p.deny(reasons::dmlSyntax);
        const auto n = p.integerOf(p.peek());
        if (!n || *n < 1 || *n > maxBoundedRows)
            return p.deny(reasons::limit);
        p.verdict.subject.rows = *n;
        p.verdict.subject.limitEnd = p.peek().end;
        p.next();
        return p.expectEnd(p.isOp(","_op) || p.isWord("OFFSET"_w) ? reasons::limit : reasons::dmlSyntax);
    }

    GuardParser &m_p;
    const bool m_onlyD;
    GuardTable m_table;
    OperandRules m_rules;
    bool m_bound = false;
};

} // namespace

bool judgeDml(GuardParser &p, bool onlyD)
{
    p.verdict.statementClass = 'D';
    p.verdict.reason = reasons::dml;
    p.verdict.leastRole = GuardRole::Operator;
    p.verdict.needsConfirmation = true;
    return DmlJudge(p, onlyD).run();
}

} // namespace zandb::rules
