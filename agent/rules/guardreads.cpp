// SPDX-License-Identifier: GPL-3.0-or-later
// Class R: what reads.  It is not checked for grammar beyond what decides whether it reads: a server's 1064 harms nothing.
#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

/// Words that a `(` follows without calling anything.  All are reserved on every server, so that none can be a stored function's name.
bool opensParenthesis(const Word &word)
{
    return isAny(word, "SELECT"_w, "DISTINCT"_w, "DISTINCTROW"_w, "ALL"_w, "FROM"_w, "JOIN"_w, "STRAIGHT_JOIN"_w, "ON"_w, "USING"_w, "WHERE"_w, "HAVING"_w,
                 "BY"_w, "AND"_w, "OR"_w, "XOR"_w, "NOT"_w, "IN"_w, "BETWEEN"_w, "LIKE"_w, "REGEXP"_w, "RLIKE"_w, "DIV"_w, "EXISTS"_w, "WHEN"_w, "THEN"_w,
                 "ELSE"_w, "CASE"_w, "INTERVAL"_w, "AS"_w, "UNION"_w, "BINARY"_w, "INDEX"_w, "KEY"_w, "PARTITION"_w);
}

/// Words behind which a value stands, so that "..." is one also with ANSI_QUOTES.
bool leadsToValue(const Word &word)
{
    return isAny(word, "SELECT"_w, "ALL"_w, "DISTINCT"_w, "DISTINCTROW"_w, "SQL_NO_CACHE"_w, "WHERE"_w, "HAVING"_w, "ON"_w, "BY"_w, "AND"_w, "OR"_w, "XOR"_w,
                 "NOT"_w, "LIKE"_w, "REGEXP"_w, "RLIKE"_w, "DIV"_w, "MOD"_w, "BETWEEN"_w, "WHEN"_w, "THEN"_w, "ELSE"_w, "CASE"_w, "INTERVAL"_w, "ESCAPE"_w,
                 "BINARY"_w, "SEPARATOR"_w, "FROM"_w, "LEADING"_w, "TRAILING"_w, "BOTH"_w, "CHANNEL"_w, "IN"_w, "_UTF8MB4"_w, "_BINARY"_w);
}

bool isSelectOption(const Word &word)
{
    return isAny(word, "ALL"_w, "DISTINCT"_w, "DISTINCTROW"_w, "HIGH_PRIORITY"_w, "STRAIGHT_JOIN"_w, "SQL_SMALL_RESULT"_w, "SQL_BIG_RESULT"_w,
                 "SQL_BUFFER_RESULT"_w, "SQL_NO_CACHE"_w, "SQL_CACHE"_w, "SQL_CALC_FOUND_ROWS"_w);
}

/// Words that may stand behind a table in FROM and are no alias: all are reserved where they can stand there.
bool followsTable(const Word &word)
{
    return isAny(word, "JOIN"_w, "INNER"_w, "CROSS"_w, "LEFT"_w, "RIGHT"_w, "NATURAL"_w, "STRAIGHT_JOIN"_w, "ON"_w, "USING"_w, "WHERE"_w, "GROUP"_w, "HAVING"_w,
                 "ORDER"_w, "LIMIT"_w, "OFFSET"_w, "FETCH"_w, "UNION"_w, "EXCEPT"_w, "INTERSECT"_w, "WINDOW"_w, "USE"_w, "FORCE"_w, "IGNORE"_w, "FOR"_w)
        || isAny(word, "LOCK"_w, "PROCEDURE"_w, "INTO"_w, "TABLESAMPLE"_w, "ROWS"_w);
}

/// Whether a set operator may come behind it.  Older servers do not reserve EXCEPT and INTERSECT, so in other places they are names.
bool endsOperand(const Token &token)
{
    if (token.kind == TokenKind::Operator)
        return token.op == ")"_op;
    return token.kind != TokenKind::Hint && !(token.kind == TokenKind::Name && (opensParenthesis(token.word) || isSelectOption(token.word)));
}

bool isComparison(Op op)
{
    return op == "="_op || op == "<=>"_op || op == "<"_op || op == "<="_op || op == ">"_op || op == ">="_op || op == "<>"_op || op == "!="_op;
}

/// Reads a hint's text: names from the list with parentheses behind them.
class HintReader
{
public:
    HintReader(std::string_view text, std::uint64_t limit) : m_text(text), m_limit(limit) {}

    const GuardReason *run()
    {
        for (space(); m_at < m_text.size(); space()) {
            const Word word = wordOf(take());
            if (!isAny(word, "MAX_EXECUTION_TIME"_w, "INDEX"_w, "NO_INDEX"_w, "JOIN_INDEX"_w, "NO_JOIN_INDEX"_w, "JOIN_ORDER"_w, "JOIN_FIXED_ORDER"_w, "QB_NAME"_w)
                || !eat('('))
                return &reasons::hint;
            if (word == "MAX_EXECUTION_TIME"_w) {
                space();
                const std::string_view digits = take();
                std::uint64_t n = 0;
                for (const char c : digits)
                    n = c >= '0' && c <= '9' && n <= m_limit ? n * 10 + static_cast<unsigned>(c - '0') : m_limit + 1;
                if (digits.empty() || n == 0 || n > m_limit)
                    return &reasons::hintTime;
                if (!eat(')'))
                    return &reasons::hint;
            } else if (!arguments()) {
                return &reasons::hint;
            }
        }
        return nullptr;
    }

private:
    void space()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t' || m_text[m_at] == '\n' || m_text[m_at] == '\r'))
            ++m_at;
    }
    std::string_view take()
    {
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && wordCodes[static_cast<unsigned char>(m_text[m_at])] != 0)
            ++m_at;
        return m_text.substr(begin, m_at - begin);
    }
    bool eat(char c)
    {
        space();
        const bool is = m_at < m_text.size() && m_text[m_at] == c;
        m_at += is;
        return is;
    }
    /// Names, also in backticks, with commas, dots and @ between.
    bool arguments()
    {
        while (true) {
            space();
            if (eat(')'))
                return true;
            if (eat('`')) {
                const std::size_t begin = m_at;
                while (m_at < m_text.size() && (wordCodes[static_cast<unsigned char>(m_text[m_at])] != 0 || m_text[m_at] == ' ' || m_text[m_at] == '-'))
                    ++m_at;
                if (m_at == begin || !eat('`'))
                    return false;
            } else if (take().empty() && !eat(',') && !eat('@') && !eat('.')) {
                return false;
            }
        }
    }

    const std::string_view m_text;
    const std::uint64_t m_limit;
    std::size_t m_at = 0;
};

/// Walks over the tokens of a statement that reads.
class ReadingScan
{
public:
    explicit ReadingScan(GuardParser &p) : m_p(p) { m_levels.reserve(16); }

    bool run()
    {
        m_levels.push_back({});
        for (m_i = m_p.index(); m_p.token(m_i).kind != TokenKind::End; ++m_i) {
            if (!look(m_p.token(m_i)))
                return false;
        }
        if (level().with != With::None)
            return deny(reasons::withWrites);
        m_p.moveTo(m_i);
        return true;
    }

private:
    enum class Clause { Other, Items, From };
    enum class With { None, Name, Body, AfterBody };
    /// What is known between one pair of parentheses.
    struct Level
    {
        Clause clause = Clause::Other;
        bool select = false; ///< a SELECT stands here
        bool factor = false; ///< a table comes next
        With with = With::None;
        Word owner = {};     ///< the word in front of the parenthesis
    };

    Level &level() { return m_levels.back(); }
    const Token &before(std::size_t back = 1) const { return m_p.token(m_i - back); }
    bool hasBefore(std::size_t back = 1) const { return m_i >= back; }
    const Token &after(std::size_t ahead = 1) const { return m_p.token(m_i + ahead); }
    static bool isName(const Token &token) { return token.kind == TokenKind::Name || token.kind == TokenKind::Backtick; }
    bool isBehindDot() const { return hasBefore() && before().op == "."_op; }
    bool deny(const GuardReason &reason) { return m_p.deny(reason, m_p.token(m_i)); }
    bool denyAt(const GuardReason &reason, const Token &token) { return m_p.deny(reason, token); }

    bool look(const Token &token)
    {
        if (level().with == With::AfterBody && token.op != ","_op && token.op != "("_op && !isAny(token.word, "SELECT"_w, "TABLE"_w, "VALUES"_w))
            return deny(reasons::withWrites);
        switch (token.kind) {
        case TokenKind::Name:
            if (isBehindDot()) // s.NEXTVAL is a call in some modes
                return !isAny(token.word, "NEXTVAL"_w, "CURRVAL"_w) || deny(reasons::sequence);
            if (const auto ok = keyword(token.word))
                return *ok;
            return name(token);
        case TokenKind::Backtick:
            return isBehindDot() || name(token);
        case TokenKind::Double:
            return doubleQuoted();
        case TokenKind::Operator:
            return symbol(token);
        case TokenKind::At:
            return deny(reasons::userVariable);
        case TokenKind::Hint:
            if (const GuardReason *reason = HintReader(m_p.textOf(token).substr(3, token.end - token.begin - 5), m_p.context().hintMilliseconds).run())
                return deny(*reason);
            return true;
        default:
            return true;
        }
    }

    /// Nothing when the word is a name as far as this is concerned.
    std::optional<bool> keyword(const Word &word)
    {
        if (word == "INTO"_w)
            return deny(reasons::into);
        if (word == "LOCK"_w || (word == "FOR"_w && isAny(after().word, "UPDATE"_w, "SHARE"_w)))
            return deny(reasons::locks);
        if (word == "PROCEDURE"_w)
            return deny(reasons::procedure);
        if (word == "VALUE"_w && after().word == "FOR"_w)
            return deny(reasons::sequence);
        if (word == "SELECT"_w)
            return select();
        if (word == "WITH"_w)
            return with();
        if (word == "FROM"_w) {
            if (level().select) {
                level().clause = Clause::From;
                level().factor = true;
            }
            return true;
        }
        if (isAny(word, "JOIN"_w, "STRAIGHT_JOIN"_w)) {
            level().factor = level().factor || (level().clause == Clause::From && before().word != "FOR"_w);
            return true;
        }
        if (word == "TABLE"_w) {
            level().with = With::None;
            level().factor = true;
            return true;
        }
        if (word == "VALUES"_w) {
            level().with = With::None;
            return true;
        }
        if (isAny(word, "WHERE"_w, "GROUP"_w, "HAVING"_w, "ORDER"_w, "LIMIT"_w)
            || (word == "WINDOW"_w && isName(after()) && after(2).word == "AS"_w && after(3).op == "("_op)) {
            if (before().word != "FOR"_w) // of an index hint
                level().clause = Clause::Other;
            level().factor = false;
            return true;
        }
        // reserved on all servers: so that what a server might take for another statement never goes out as a read
        if (isAny(word, "DELETE"_w, "UPDATE"_w, "INSERT"_w, "DROP"_w, "ALTER"_w, "CREATE"_w, "GRANT"_w, "REVOKE"_w, "CALL"_w, "LOAD"_w)
            && after().op != "("_op)
            return deny(reasons::readsSyntax);
        if (word == "LATERAL"_w && level().factor && after().op == "("_op)
            return true;
        return std::nullopt;
    }

    bool select()
    {
        std::size_t ahead = 1;
        while (after(ahead).kind == TokenKind::Hint || isSelectOption(after(ahead).word))
            ++ahead;
        const Token &item = after(ahead);
        if (item.kind == TokenKind::End || item.op == ")"_op || item.op == ","_op || item.op == ";"_op
            || isAny(item.word, "FROM"_w, "WHERE"_w, "UNION"_w, "LIMIT"_w, "ORDER"_w, "GROUP"_w, "HAVING"_w))
            return deny(reasons::noItem);
        const Word owner = level().owner;
        level() = {Clause::Items, true, false, With::None, owner};
        return true;
    }

    bool with()
    {
        if (after().word == "ROLLUP"_w)
            return true;
        level().with = With::Name;
        if (after().word == "RECURSIVE"_w)
            ++m_i;
        return true;
    }

    bool name(const Token &token)
    {
        if (level().with == With::Name)
            return commonTable(token);
        const bool qualified = after().op == "."_op && isName(after(2));
        if (qualified && isSecretTable(m_p.nameOf(token), m_p.nameOf(after(2))))
            return deny(reasons::secretTable);
        if (level().factor && after().op != "("_op) {
            level().factor = false;
            readTable(token, qualified);
        }
        return true;
    }

    void readTable(const Token &token, bool qualified)
    {
        const std::string name = m_p.nameOf(token);
        if (qualified ? isSystemSchema(name) : token.word == "DUAL"_w || std::ranges::find(m_commonTables, name) != m_commonTables.end())
            return;
        m_p.verdict.leastRole = std::max(m_p.verdict.leastRole, GuardRole::Operator);
        if (m_p.context().wantsReads)
            note(qualified ? name : std::string(m_p.context().schema), qualified ? m_p.nameOf(after(2)) : name, qualified ? 3 : 1);
    }

    /// The table and its alias; `ahead` is where an alias may stand.
    void note(std::string schema, std::string table, std::size_t ahead)
    {
        if (after(ahead).word == "PARTITION"_w && after(ahead + 1).op == "("_op) {
            while (after(ahead).kind != TokenKind::End && after(ahead).op != ")"_op)
                ++ahead;
            ++ahead;
        }
        const bool named = after(ahead).word == "AS"_w;
        const Token &alias = after(named ? ahead + 1 : ahead);
        const bool is = alias.kind == TokenKind::Backtick || (alias.kind == TokenKind::Name && (named || !followsTable(alias.word)));
        std::string called = is ? m_p.nameOf(alias) : table;
        m_p.verdict.subject.reads.push_back({std::move(schema), std::move(table), std::move(called)});
    }

    /// NAME [(column, ...)] AS (
    bool commonTable(const Token &token)
    {
        m_commonTables.push_back(m_p.nameOf(token));
        std::size_t ahead = 1;
        if (after().op == "("_op) {
            for (ahead = 2; after(ahead).op != ")"_op; ++ahead) {
                if (!isName(after(ahead)) && after(ahead).op != ","_op)
                    return denyAt(reasons::readsSyntax, after(ahead));
            }
            ++ahead;
        }
        if (after(ahead).word != "AS"_w || after(ahead + 1).op != "("_op)
            return denyAt(reasons::readsSyntax, after(ahead));
        const Token &first = after(ahead + 2);
        if (first.op != "("_op && !isAny(first.word, "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w))
            return denyAt(reasons::withWrites, first);
        level().with = With::Body;
        m_i += ahead;
        return true;
    }

    bool doubleQuoted()
    {
        const bool value = !level().factor && after().op != "."_op && after().op != "("_op
            && (!hasBefore() || before().kind == TokenKind::Hint || (before().kind == TokenKind::Operator && before().op != ")"_op && before().op != "."_op)
                || (before().kind == TokenKind::Name && leadsToValue(before().word) && !(hasBefore(2) && before(2).op == "."_op)));
        return value || deny(reasons::doubleQuotes);
    }

    bool symbol(const Token &token)
    {
        if (token.op == "("_op)
            return open();
        if (token.op == ")"_op) {
            if (level().with != With::None)
                return deny(reasons::withWrites);
            m_closed = level().owner;
            m_levels.pop_back();
            if (level().with == With::Body)
                level().with = With::AfterBody;
        } else if (token.op == ","_op) {
            if (level().with == With::AfterBody)
                level().with = With::Name;
            else if (level().clause == Clause::From)
                level().factor = true;
        } else if (token.op == "."_op && level().factor) {
            // `.t` is a table of the default schema
            level().factor = false;
            m_p.verdict.leastRole = std::max(m_p.verdict.leastRole, GuardRole::Operator);
            if (m_p.context().wantsReads && isName(after()))
                note(std::string(m_p.context().schema), m_p.nameOf(after()), 2);
        }
        return true;
    }

    bool open()
    {
        Level inner;
        if (hasBefore() && m_i > m_first) {
            const Token &owner = before();
            if (owner.kind == TokenKind::Double)
                return denyAt(reasons::doubleQuotes, owner);
            if (owner.kind != TokenKind::Name && owner.kind != TokenKind::Backtick && owner.kind != TokenKind::Operator && owner.kind != TokenKind::Hint)
                return denyAt(reasons::readsSyntax, owner);
            if (owner.op == ")"_op && level().with != With::AfterBody)
                return deny(reasons::readsSyntax);
            if (isName(owner) && !call(owner, inner))
                return false;
        }
        if (level().with == With::AfterBody)
            level().with = With::None;
        if (level().factor) {
            level().factor = false;
            inner.clause = Clause::From;
            inner.factor = true;
        }
        m_levels.push_back(inner);
        return true;
    }

    bool call(const Token &owner, Level &inner)
    {
        inner.owner = owner.word;
        if (hasBefore(2) && before(2).op == "."_op)
            return denyAt(reasons::qualifiedCall, owner);
        if (owner.kind == TokenKind::Backtick)
            return denyAt(reasons::quotedCall, owner);
        const Word word = owner.word;
        if (!word.empty() && opensParenthesis(word))
            return true;
        const bool hasThird = hasBefore(2);
        if (isAny(word, "ANY"_w, "SOME"_w) && hasThird && isComparison(before(2).op))
            return true;
        if (word == "OVER"_w && hasThird && before(2).op == ")"_op)
            return true;
        // reserved on all servers: so that what a server might take for another statement never goes out as a read
        if (isAny(word, "DELETE"_w, "UPDATE"_w, "INSERT"_w, "DROP"_w, "ALTER"_w, "CREATE"_w, "GRANT"_w, "REVOKE"_w, "CALL"_w, "LOAD"_w)
            && after().op != "("_op)
            return deny(reasons::readsSyntax);
        if (word == "LATERAL"_w && level().factor && m_p.context().flavour != GuardFlavour::MariaDb)
            return true;
        if (isAny(word, "EXCEPT"_w, "INTERSECT"_w) && hasThird && endsOperand(before(2)))
            return true;
        if (word == "VALUES"_w && (!hasThird || before(2).op == "("_op || isAny(before(2).word, "UNION"_w, "ALL"_w, "DISTINCT"_w, "EXCEPT"_w, "INTERSECT"_w)
                                   || m_i == m_first + 1))
            return true;
        if (word == "ROW"_w && hasThird && (before(2).word == "VALUES"_w || (before(2).op == ","_op && m_closed == "ROW"_w)))
            return true;
        const Word around = level().owner;
        if (isCastType(word) && hasThird
            && ((around == "CAST"_w && before(2).word == "AS"_w) || (around == "CONVERT"_w && before(2).op == ","_op)))
            return true;
        return checkCall(m_p, m_i - 1);
    }

    GuardParser &m_p;
    std::size_t m_i = 0;
    const std::size_t m_first = m_p.index();
    std::vector<Level> m_levels;
    std::vector<std::string> m_commonTables;
    Word m_closed; ///< what stood in front of the parentheses that were closed last
};

} // namespace

bool checkCall(GuardParser &p, std::size_t nameIndex)
{
    const Token &name = p.token(nameIndex);
    if (nameIndex > 0 && p.token(nameIndex - 1).op == "."_op)
        return p.deny(reasons::qualifiedCall, name);
    if (name.kind == TokenKind::Backtick)
        return p.deny(reasons::quotedCall, name);
    const PureFunction *function = name.word.empty() ? nullptr : pureFunction(name.word);
    if (!function)
        return p.deny(reasons::function, name);
    if ((function->traits & SpaceMatters) != 0 && p.token(nameIndex + 1).spaced)
        return p.deny(reasons::spacedCall, name);
    if ((function->traits & MySqlOnly) != 0 && p.context().flavour == GuardFlavour::MariaDb)
        return p.deny(reasons::otherFlavour, name);
    return true;
}

bool scanReading(GuardParser &p)
{
    return ReadingScan(p).run();
}

bool judgeReads(GuardParser &p)
{
    p.verdict.statementClass = 'R';
    p.verdict.reason = reasons::reads;
    p.verdict.leastRole = GuardRole::Viewer;
    std::size_t i = p.index();
    while (p.token(i).op == "("_op)
        ++i;
    if (!isAny(p.token(i).word, "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w))
        return p.deny(reasons::readsSyntax, p.token(i));
    return scanReading(p);
}

} // namespace zandb::rules
