// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/explainable.h"

#include "agent/rules/sqllexer.h"

#include <algorithm>
#include <tuple>

namespace zandb::rules {
namespace {

struct Refusal
{
    std::string reason;
    std::string detail;
};
const Refusal noForm{"explain.form", "this form has no SELECT that surely finds the same rows"};

/// Finds the parts of a statement among its tokens and puts a SELECT together from its own text.
class SelectBuilder
{
public:
    SelectBuilder(std::string_view text, const std::vector<Token> &tokens) : m_text(text), m_tokens(tokens), m_end(tokens.size() - 1)
    {
        std::size_t depth = 0;
        m_depths.reserve(tokens.size());
        for (const Token &token : tokens) {
            depth -= token.op == ")"_op && depth > 0;
            m_depths.push_back(depth);
            depth += token.op == "("_op;
        }
        if (m_end > 0 && tokens[m_end - 1].op == ";"_op)
            --m_end;
    }

    std::optional<Refusal> build(Explainable &made)
    {
        const Word first = word(0);
        if (op(0) == "("_op || isAny(first, "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w))
            return ofRead(made);
        if (first == "UPDATE"_w)
            return ofUpdate(made);
        if (first == "DELETE"_w)
            return ofDelete(made);
        if (isAny(first, "INSERT"_w, "REPLACE"_w))
            return ofInsert(made);
        return Refusal{"explain.kind", "only SELECT, UPDATE, DELETE and INSERT ... SELECT have a plan that is shown here"};
    }

private:
    Word word(std::size_t at) const { return at < m_end ? m_tokens[at].word : Word{}; }
    Op op(std::size_t at) const { return at < m_end ? m_tokens[at].op : 0; }
    bool isName(std::size_t at) const { return at < m_end && (m_tokens[at].kind == TokenKind::Name || m_tokens[at].kind == TokenKind::Backtick); }
    std::string slice(std::size_t from, std::size_t to) const
    {
        return from < to ? std::string(m_text.substr(m_tokens[from].begin, m_tokens[to - 1].end - m_tokens[from].begin)) : std::string();
    }
    /// The first of these words outside of parentheses; the end when there is none.
    template<class... Words>
    std::size_t find(std::size_t from, const Words &...words) const
    {
        for (std::size_t i = from; i < m_end; ++i) {
            if (m_depths[i] == 0 && !m_tokens[i].word.empty() && isAny(m_tokens[i].word, words...) && (i == 0 || op(i - 1) != "."_op))
                return i;
        }
        return m_end;
    }
    bool has(std::size_t from, std::size_t to, Word word) const
    {
        return std::any_of(m_tokens.begin() + static_cast<std::ptrdiff_t>(from), m_tokens.begin() + static_cast<std::ptrdiff_t>(to), [&](const Token &token) { return token.word == word; });
    }
    template<class... Words>
    std::size_t skip(std::size_t at, const Words &...words) const
    {
        while (!word(at).empty() && isAny(word(at), words...))
            ++at;
        return at;
    }

    std::optional<Refusal> ofRead(Explainable &made)
    {
        std::size_t lock = 0;
        for (; lock < m_end; ++lock) {
            if (m_depths[lock] == 0 && ((word(lock) == "FOR"_w && isAny(word(lock + 1), "UPDATE"_w, "SHARE"_w)) || (word(lock) == "LOCK"_w && word(lock + 1) == "IN"_w)))
                break;
        }
        // nothing but locking clauses may follow; what else there is the guard refuses
        for (std::size_t i = lock; i < m_end; ++i) {
            if (m_depths[i] != 0 || op(i) == "("_op || isAny(word(i), "INTO"_w, "UNION"_w, "SELECT"_w, "LIMIT"_w, "ORDER"_w))
                lock = m_end;
        }
        made.as = lock < m_end ? ExplainedAs::WithoutLock : ExplainedAs::Itself;
        made.text = slice(0, lock);
        return std::nullopt;
    }

    /// What finds the rows: the tables, and WHERE, ORDER BY and LIMIT behind them.
    std::optional<Refusal> finding(Explainable &made, ExplainedAs as, std::size_t tables, std::size_t tablesEnd, std::size_t tail)
    {
        if (tables >= tablesEnd || has(tables, tablesEnd, "FOR"_w) || find(tail, "RETURNING"_w) < m_end)
            return noForm;
        made.as = as;
        made.text = "SELECT * FROM " + slice(tables, tablesEnd) + (tail < m_end ? " " + slice(tail, m_end) : std::string());
        return std::nullopt;
    }

    std::optional<Refusal> ofUpdate(Explainable &made)
    {
        const std::size_t tables = skip(1, "LOW_PRIORITY"_w, "IGNORE"_w);
        const std::size_t set = find(tables, "SET"_w);
        const std::size_t tail = find(set, "WHERE"_w, "ORDER"_w, "LIMIT"_w, "RETURNING"_w);
        if (set == m_end)
            return noForm;
        if (has(set, tail, "SELECT"_w))
            return Refusal{"explain.set_subquery", "SET holds a subquery, which no SELECT of the same rows would run"};
        return finding(made, ExplainedAs::OfUpdate, tables, set, tail);
    }

    std::optional<Refusal> ofDelete(Explainable &made)
    {
        const std::size_t at = skip(1, "LOW_PRIORITY"_w, "QUICK"_w, "IGNORE"_w);
        const std::size_t from = find(at, "FROM"_w);
        if (from == m_end || word(at) == "HISTORY"_w)
            return noForm;
        std::size_t tables = from + 1;
        if (from == at) { // FROM t, u USING tables
            const std::size_t next = find(tables, "USING"_w, "WHERE"_w, "ORDER"_w, "LIMIT"_w, "RETURNING"_w);
            if (word(next) == "USING"_w)
                tables = next + 1;
        }
        const std::size_t tail = find(tables, "WHERE"_w, "ORDER"_w, "LIMIT"_w, "RETURNING"_w);
        return finding(made, ExplainedAs::OfDelete, tables, tail, tail);
    }

    std::size_t behindParentheses(std::size_t at) const
    {
        const std::size_t depth = m_depths[at];
        for (++at; at < m_end && !(m_depths[at] == depth && op(at) == ")"_op); ++at) { }
        return std::min(at + 1, m_end);
    }

    std::optional<Refusal> ofInsert(Explainable &made)
    {
        std::size_t at = skip(1, "LOW_PRIORITY"_w, "HIGH_PRIORITY"_w, "DELAYED"_w, "IGNORE"_w, "INTO"_w);
        if (!isName(at))
            return noForm;
        at += op(at + 1) == "."_op ? 3 : 1;
        if (word(at) == "PARTITION"_w && op(at + 1) == "("_op)
            at = behindParentheses(at + 1);
        if (op(at) == "("_op && op(at + 1) != "("_op && !isAny(word(at + 1), "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w))
            at = behindParentheses(at);
        if (isAny(word(at), "VALUES"_w, "VALUE"_w, "SET"_w))
            return Refusal{"explain.values", "it inserts values and finds no rows, so there is no plan"};
        if (op(at) != "("_op && !isAny(word(at), "SELECT"_w, "WITH"_w, "TABLE"_w))
            return noForm;
        std::size_t end = at;
        for (; end < m_end; ++end) {
            if (m_depths[end] == 0 && word(end) == "ON"_w && word(end + 1) == "DUPLICATE"_w && word(end + 2) == "KEY"_w)
                break;
        }
        if (find(at, "RETURNING"_w) < m_end)
            return noForm;
        made.as = ExplainedAs::OfInsert;
        made.text = slice(at, end);
        return std::nullopt;
    }

    const std::string_view m_text;
    const std::vector<Token> &m_tokens;
    std::size_t m_end; ///< behind the last token that counts: the final semicolon does not
    std::vector<std::size_t> m_depths;
};

Explainable refused(std::string reason, std::string detail)
{
    Explainable no;
    no.reason = std::move(reason);
    no.detail = std::move(detail);
    return no;
}

} // namespace

std::string_view toString(ExplainedAs as)
{
    switch (as) {
    case ExplainedAs::Itself:
        return "itself";
    case ExplainedAs::WithoutLock:
        return "without_lock";
    case ExplainedAs::OfUpdate:
        return "update";
    case ExplainedAs::OfDelete:
        return "delete";
    case ExplainedAs::OfInsert:
        break;
    }
    return "insert";
}

Explainable explainable(std::string_view statement, GuardContext context)
{
    std::vector<Token> tokens;
    if (const auto denied = checkBytes(statement))
        return refused(std::string(denied->reason.code), std::string(denied->reason.text));
    if (const auto denied = lexInAllModes(statement, tokens))
        return refused(std::string(denied->reason.code), std::string(denied->reason.text));
    Explainable made;
    if (const auto refusal = SelectBuilder(statement, tokens).build(made))
        return refused(refusal->reason, refusal->detail);
    context.role = GuardRole::Operator;
    context.wantsReads = true;
    const Verdict verdict = judge(made.text, context);
    if (!verdict.allowed || verdict.statementClass != 'R')
        return refused(std::string(verdict.allowed ? "explain.kind" : verdict.reason.code), verdict.why());
    made.allowed = true;
    made.tables = verdict.subject.reads;
    std::ranges::sort(made.tables, [](const GuardRead &a, const GuardRead &b) { return std::tie(a.schema, a.table, a.alias) < std::tie(b.schema, b.table, b.alias); });
    const auto same = std::ranges::unique(made.tables);
    made.tables.erase(same.begin(), same.end());
    return made;
}

} // namespace zandb::rules
