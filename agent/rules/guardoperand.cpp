// SPDX-License-Identifier: GPL-3.0-or-later
// Operands of class D and H and of partition bounds: a column, a literal, a pure function, dates.
#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

constexpr int deepest = 50;

class OperandReader
{
public:
    OperandReader(GuardParser &p, const OperandRules &rules) : m_p(p), m_rules(rules) {}

    Operand read(int depth = 0)
    {
        if (depth > deepest)
            return deny(reasons::parentheses);
        m_seconds = false;
        Operand value = primary(depth);
        if (value == Operand::Denied)
            return value;
        // UNIX_TIMESTAMP() - 3600
        if (m_seconds && (m_p.isOp("+"_op) || m_p.isOp("-"_op)) && m_p.peek(1).kind == TokenKind::Number) {
            m_p.moveTo(m_p.index() + 2);
            return value;
        }
        while ((m_p.isOp("+"_op) || m_p.isOp("-"_op)) && m_p.isWord("INTERVAL"_w, 1)) {
            m_p.next();
            if (value == Operand::Null || !interval(depth))
                return value == Operand::Null ? deny(m_rules.otherwise) : Operand::Denied;
            value = value == Operand::Constant ? Operand::Constant : Operand::Mixed;
        }
        return value;
    }

private:
    Operand deny(const GuardReason &reason)
    {
        m_p.deny(reason);
        return Operand::Denied;
    }

    Operand primary(int depth)
    {
        const Token &token = m_p.peek();
        switch (token.kind) {
        case TokenKind::Number:
        case TokenKind::Bits:
        case TokenKind::Single:
        case TokenKind::Double:
            m_p.next();
            return literalEnds() ? Operand::Constant : deny(m_rules.otherwise);
        case TokenKind::Operator:
            if ((m_p.isOp("-"_op) || m_p.isOp("+"_op)) && m_p.peek(1).kind == TokenKind::Number) {
                m_p.moveTo(m_p.index() + 2);
                return Operand::Constant;
            }
            return deny(!m_rules.toDays && m_p.isOp("("_op) && isAny(m_p.peek(1).word, "SELECT"_w, "WITH"_w) ? reasons::subquery : m_rules.otherwise);
        case TokenKind::System:
            if (m_rules.serverId && m_p.isWord("SERVER_ID"_w, 1) && !m_p.isOp("."_op, 2)) {
                m_p.moveTo(m_p.index() + 2);
                return Operand::Constant;
            }
            return deny(m_rules.otherwise);
        case TokenKind::Name:
        case TokenKind::Backtick:
            return name(depth);
        default:
            return deny(m_rules.otherwise);
        }
    }

    /// 'a' 'b' would be one string.
    bool literalEnds() const { return !m_p.isText(); }

    Operand name(int depth)
    {
        const Token &token = m_p.peek();
        const Word word = token.word;
        if (m_p.isOp("("_op, 1) && word != "INTERVAL"_w)
            return call(depth);
        if (m_p.isOp("."_op, 1) && m_p.isName(2) && (m_p.isOp("("_op, 3) || (m_p.isOp("."_op, 3) && m_p.isName(4) && m_p.isOp("("_op, 5))))
            return deny(reasons::qualifiedCall);
        if (!word.empty()) {
            if (isAny(word, "_UTF8MB4"_w, "_BINARY"_w) && (m_p.isText(1) || m_p.peek(1).kind == TokenKind::Bits)) {
                m_p.moveTo(m_p.index() + 2);
                return literalEnds() ? Operand::Constant : deny(m_rules.otherwise);
            }
            if (isAny(word, "DATE"_w, "TIME"_w, "TIMESTAMP"_w) && m_p.peek(1).kind == TokenKind::Single) {
                m_p.moveTo(m_p.index() + 2);
                return literalEnds() ? Operand::Constant : deny(m_rules.otherwise);
            }
            if (word == "NULL"_w || word == "TRUE"_w || word == "FALSE"_w || isDateWord(word)) {
                m_p.next();
                return word == "NULL"_w ? Operand::Null : Operand::Constant;
            }
            if (word == "CURRENT_USER"_w) {
                m_p.next();
                return Operand::Mixed;
            }
            if (isValueWord(word))
                return deny(!m_rules.toDays && isAny(word, "SELECT"_w, "EXISTS"_w) ? reasons::subquery : word == "NOT"_w ? reasons::disjunction : m_rules.otherwise);
        }
        return m_rules.columns ? column() : deny(m_rules.otherwise);
    }

    Operand column()
    {
        const Token first = m_p.peek();
        std::vector<std::string> parts;
        while (true) {
            if (!m_p.isName() || parts.size() == 3)
                return deny(m_rules.otherwise);
            parts.push_back(m_p.nameOf(m_p.peek()));
            m_p.next();
            if (!m_p.isOp("."_op))
                break;
            m_p.next();
        }
        const GuardTable *table = m_rules.table;
        const bool mine = parts.size() == 1 || (table && parts[parts.size() - 2] == table->table && (parts.size() == 2 || parts[0] == table->schema));
        if (!mine) {
            m_p.deny(reasons::severalTables, first);
            return Operand::Denied;
        }
        return Operand::Column;
    }

    Operand call(int depth)
    {
        const Word word = m_p.peek().word;
        const bool toDays = m_rules.toDays && m_p.peek().kind == TokenKind::Name && word == "TO_DAYS"_w;
        if (!toDays && !checkCall(m_p, m_p.index()))
            return Operand::Denied;
        const PureFunction *function = toDays ? nullptr : pureFunction(word);
        if (function && (function->traits & Aggregate) != 0)
            return deny(m_rules.otherwise);
        m_p.moveTo(m_p.index() + 2);
        bool constant = toDays || (function && (function->traits & DateValue) != 0);
        if (!m_p.isOp(")"_op)) {
            if (word == "TIMESTAMPDIFF"_w) {
                if (!isIntervalUnit(m_p.peek().word) || !m_p.isOp(","_op, 1))
                    return deny(m_rules.otherwise);
                m_p.moveTo(m_p.index() + 2);
            }
            if (!arguments(word, constant, depth))
                return Operand::Denied;
        }
        if (!m_p.takeOp(")"_op))
            return deny(m_rules.otherwise);
        m_seconds = constant && word == "UNIX_TIMESTAMP"_w;
        return constant ? Operand::Constant : Operand::Mixed;
    }

    bool arguments(const Word &word, bool &constant, int depth)
    {
        bool first = true;
        do {
            if (!first && isAny(word, "DATE_ADD"_w, "DATE_SUB"_w)) {
                if (!m_p.isWord("INTERVAL"_w)) {
                    deny(m_rules.otherwise);
                    return false;
                }
                if (!interval(depth))
                    return false;
                continue;
            }
            if (word == "CONVERT"_w && !first && isCastType(m_p.peek().word)) {
                if (!castType())
                    return false;
                continue;
            }
            const Operand argument = read(depth + 1);
            if (argument == Operand::Denied)
                return false;
            constant = constant && argument == Operand::Constant;
            if (word == "CAST"_w) {
                if (!m_p.take("AS"_w)) {
                    deny(m_rules.otherwise);
                    return false;
                }
                return castType();
            }
            if (word == "CONVERT"_w && m_p.isWord("USING"_w) && m_p.isName(1)) {
                m_p.moveTo(m_p.index() + 2);
                return true;
            }
            first = false;
        } while (m_p.takeOp(","_op));
        return true;
    }

    /// CHAR(10), DECIMAL(10,2), SIGNED INTEGER
    bool castType()
    {
        while (isCastType(m_p.peek().word))
            m_p.next();
        if (m_p.isOp("("_op)) {
            do {
                m_p.next();
                if (!m_p.integerOf(m_p.peek())) {
                    deny(m_rules.otherwise);
                    return false;
                }
                m_p.next();
            } while (m_p.isOp(","_op));
            if (!m_p.takeOp(")"_op)) {
                deny(m_rules.otherwise);
                return false;
            }
        }
        return true;
    }

    /// INTERVAL n unit
    bool interval(int depth)
    {
        m_p.next();
        const bool text = m_p.isText();
        if (!text && !m_p.isOp("-"_op) && m_p.peek().kind != TokenKind::Number) {
            deny(m_rules.otherwise);
            return false;
        }
        m_p.takeOp("-"_op);
        if ((!text && m_p.peek().kind != TokenKind::Number) || depth > deepest) {
            deny(m_rules.otherwise);
            return false;
        }
        m_p.next();
        if (!isIntervalUnit(m_p.peek().word)) {
            deny(m_rules.otherwise);
            return false;
        }
        m_p.next();
        return true;
    }

    GuardParser &m_p;
    const OperandRules &m_rules;
    bool m_seconds = false; ///< the operand is a number of seconds that the clock gives
};

} // namespace

Operand parseOperand(GuardParser &p, const OperandRules &rules)
{
    return OperandReader(p, rules).read();
}

} // namespace zandb::rules
