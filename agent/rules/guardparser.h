// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/guardreasons.h"
#include "agent/rules/sqlfunctions.h"
#include "agent/rules/sqllexer.h"

#include <span>

namespace zandb::rules {

/// A statement that is being judged: its tokens with a place among them, and the verdict so far.  Each parse...() below reads on and
/// returns false when the statement is denied; then the verdict says why.
class GuardParser
{
public:
    GuardParser(std::string_view text, std::span<const Token> tokens, const GuardContext &context) : m_text(text), m_tokens(tokens), m_context(context) {}

    const Token &peek(std::size_t ahead = 0) const { return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)]; }
    const Token &token(std::size_t index) const { return m_tokens[std::min(index, m_tokens.size() - 1)]; }
    std::size_t index() const { return m_at; }
    std::size_t count() const { return m_tokens.size(); }
    void moveTo(std::size_t index) { m_at = std::min(index, m_tokens.size() - 1); }
    void next() { moveTo(m_at + 1); }

    bool atEnd() const { return peek().kind == TokenKind::End || isOp(";"_op); }
    bool isOp(Op op, std::size_t ahead = 0) const { return peek(ahead).op == op; }
    bool isWord(Word word, std::size_t ahead = 0) const { return peek(ahead).word == word; }
    template<class... Words>
    bool isAnyWord(const Words &...words) const
    {
        return !peek().word.empty() && isAny(peek().word, words...);
    }
    bool isName(std::size_t ahead = 0) const { return peek(ahead).kind == TokenKind::Name || peek(ahead).kind == TokenKind::Backtick; }
    bool isText(std::size_t ahead = 0) const { return peek(ahead).kind == TokenKind::Single || peek(ahead).kind == TokenKind::Double; }

    /// Reads over it when it is there.
    bool take(Word word)
    {
        const bool is = isWord(word);
        if (is)
            next();
        return is;
    }
    bool takeOp(Op op)
    {
        const bool is = isOp(op);
        if (is)
            next();
        return is;
    }
    /// All of them, or none.
    template<class... Words>
    bool takeAll(const Words &...words)
    {
        std::size_t ahead = 0;
        const bool are = (isWord(words, ahead++) && ...);
        if (are)
            moveTo(m_at + sizeof...(words));
        return are;
    }

    std::string_view text() const { return m_text; }
    std::string_view textOf(const Token &token) const { return m_text.substr(token.begin, token.end - token.begin); }
    std::string nameOf(const Token &token) const { return rules::nameOf(m_text, token); }
    const GuardContext &context() const { return m_context; }

    /// An integer of decimal digits; nothing for others, or beyond 64 bits.
    std::optional<std::uint64_t> integerOf(const Token &token) const;
    /// A table's name: `t` or `s`.`t`.  Reads over it; nothing where there is none.
    std::optional<GuardTable> takeTable();

    /// The statement is denied at this token.  Always false.
    bool deny(const GuardReason &reason, const Token &token)
    {
        verdict.reason = reason;
        verdict.at = token.begin;
        verdict.detail = printable(token);
        return false;
    }
    bool deny(const GuardReason &reason) { return deny(reason, peek()); }

    /// The statement ends here, or is denied.
    bool expectEnd(const GuardReason &otherwise) { return atEnd() || deny(otherwise); }

    Verdict verdict;

private:
    std::string printable(const Token &token) const;

    const std::string_view m_text;
    const std::span<const Token> m_tokens;
    const GuardContext &m_context;
    std::size_t m_at = 0;
};

/// mysql, sys, information_schema or performance_schema, in any case, and also where a server that folds letters would take it for one.
bool isSystemSchema(std::string_view name);
/// Whether a server that folds case and accents could take `name` for `ascii`.
bool couldBe(std::string_view name, std::string_view ascii);
/// A table whose rows are not to be read through batch SQL.
bool isSecretTable(std::string_view schema, std::string_view table);

// One function per class.  The parser stands at the statement's first token.

/// R.  Also EXPLAIN, DESC, SHOW, ANALYZE of MariaDB.
bool judgeReads(GuardParser &p);
bool judgeShow(GuardParser &p);
bool judgeExplain(GuardParser &p);
/// Steps 3 and 4R over the tokens from here to the end: functions, locks, INTO, secret tables.  `leastRole` rises to operator where
/// a table is read that is in no system schema.
bool scanReading(GuardParser &p);
bool judgeHousekeeping(GuardParser &p);
bool judgeVariables(GuardParser &p);
bool judgeIndexes(GuardParser &p);
/// UPDATE and DELETE: class D, or H on the tables of tools.  `onlyD`: the statement is explained.
bool judgeDml(GuardParser &p, bool onlyD = false);
/// INSERT and REPLACE.
bool judgeToolTables(GuardParser &p);
bool judgeReplication(GuardParser &p);
bool judgeAccounts(GuardParser &p);
/// 'u'@'h'.  Reads over it.
bool parseAccount(GuardParser &p, GuardAccount *account);

/// The value of an expression without operators.
enum class Operand {
    Denied,
    Column,
    Constant, ///< a literal or an expression of dates without columns
    Null,
    Mixed     ///< a pure function of anything else
};

struct OperandRules
{
    bool columns = true;
    bool serverId = false; ///< @@server_id is a constant
    bool toDays = false;   ///< TO_DAYS is a function: in bounds of partitions
    GuardReason otherwise = reasons::value;
    const GuardTable *table = nullptr; ///< the one that columns may be qualified with
};
/// Reads one operand: a column, a literal, a pure function, dates with INTERVAL.
Operand parseOperand(GuardParser &p, const OperandRules &rules);
/// Whether the table belongs to a tool: percona.heartbeat, percona.checksums, dba_maint.*, spelt like that.
bool isToolTable(const GuardTable &table);
/// A function is called at this token, which a `(` follows; whether it is a pure one in this place.
bool checkCall(GuardParser &p, std::size_t nameIndex);

/// What list V knows of a variable.
struct ListedVariable
{
    std::string_view name;
    char statementClass = 'V'; ///< T for read_only and super_read_only
};
/// Null for what is not on list V.  `name` in lower case.
const ListedVariable *listedVariable(std::string_view name);

} // namespace zandb::rules
