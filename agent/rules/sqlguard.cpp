// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqlguard.h"

#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

/// Statements that section 5 of the rule names.
bool isNever(const Word &word)
{
    return isAny(word, "DROP"_w, "CREATE"_w, "ALTER"_w, "RENAME"_w, "TRUNCATE"_w, "LOAD"_w, "IMPORT"_w, "HANDLER"_w, "CALL"_w, "DO"_w, "PREPARE"_w,
                 "EXECUTE"_w, "DEALLOCATE"_w, "BEGIN"_w, "COMMIT"_w, "ROLLBACK"_w, "SAVEPOINT"_w, "RELEASE"_w, "START"_w, "STOP"_w, "XA"_w, "LOCK"_w,
                 "UNLOCK"_w, "BACKUP"_w, "BINLOG"_w, "CHANGE"_w, "RESET"_w, "INSTALL"_w, "UNINSTALL"_w, "SHUTDOWN"_w, "RESTART"_w, "CLONE"_w, "USE"_w,
                 "SET"_w, "IF"_w, "CASE"_w, "LOOP"_w, "WHILE"_w, "REPEAT"_w, "FOR"_w, "DECLARE"_w, "RETURN"_w, "SIGNAL"_w, "RESIGNAL"_w, "GET"_w,
                 "DELIMITER"_w, "SOURCE"_w, "SYSTEM"_w, "HELP"_w);
}

bool deny(GuardParser &p, const GuardReason &reason)
{
    return p.deny(reason, p.token(0));
}

bool judgeCreate(GuardParser &p)
{
    if (p.isWord("USER"_w, 1))
        return judgeAccounts(p);
    for (std::size_t i = 1; i <= 2; ++i) {
        if (p.isWord("INDEX"_w, i))
            return judgeIndexes(p);
    }
    return deny(p, reasons::never);
}

bool judgeAlter(GuardParser &p)
{
    if (p.isWord("USER"_w, 1))
        return judgeAccounts(p);
    if (p.isWord("INSTANCE"_w, 1))
        return judgeHousekeeping(p);
    return p.isWord("TABLE"_w, 1) ? judgeIndexes(p) : deny(p, reasons::never);
}

bool judgeDrop(GuardParser &p)
{
    if (p.isWord("USER"_w, 1))
        return judgeAccounts(p);
    return p.isWord("INDEX"_w, 1) ? judgeIndexes(p) : deny(p, reasons::never);
}

bool judgeReset(GuardParser &p)
{
    if (p.isWord("QUERY"_w, 1))
        return judgeHousekeeping(p);
    if (p.isWord("PERSIST"_w, 1))
        return judgeVariables(p);
    return p.isWord("REPLICA"_w, 1) || p.isWord("SLAVE"_w, 1) ? judgeReplication(p) : deny(p, reasons::never);
}

bool judgeStartStop(GuardParser &p)
{
    return isAny(p.peek(1).word, "REPLICA"_w, "SLAVE"_w, "ALL"_w) ? judgeReplication(p) : deny(p, reasons::never);
}

bool judgeStatement(GuardParser &p)
{
    const Word word = p.peek().word;
    if (p.isOp("("_op) || isAny(word, "SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w))
        return judgeReads(p);
    if (word == "SHOW"_w)
        return judgeShow(p);
    if (isAny(word, "EXPLAIN"_w, "DESC"_w, "DESCRIBE"_w))
        return judgeExplain(p);
    if (word == "ANALYZE"_w)
        return isAny(p.peek(1).word, "TABLE"_w, "TABLES"_w, "LOCAL"_w, "NO_WRITE_TO_BINLOG"_w) ? judgeHousekeeping(p) : judgeExplain(p);
    if (isAny(word, "OPTIMIZE"_w, "CHECK"_w, "CHECKSUM"_w, "REPAIR"_w, "CACHE"_w, "FLUSH"_w, "KILL"_w, "PURGE"_w)
        || (word == "LOAD"_w && p.isWord("INDEX"_w, 1)))
        return judgeHousekeeping(p);
    if (word == "SET"_w)
        return judgeVariables(p);
    if (isAny(word, "UPDATE"_w, "DELETE"_w))
        return judgeDml(p);
    if (isAny(word, "INSERT"_w, "REPLACE"_w))
        return judgeToolTables(p);
    if (isAny(word, "GRANT"_w, "REVOKE"_w))
        return judgeAccounts(p);
    if (word == "CREATE"_w)
        return judgeCreate(p);
    if (word == "ALTER"_w)
        return judgeAlter(p);
    if (word == "DROP"_w)
        return judgeDrop(p);
    if (word == "RESET"_w)
        return judgeReset(p);
    if (isAny(word, "START"_w, "STOP"_w))
        return judgeStartStop(p);
    return deny(p, !word.empty() && isNever(word) ? reasons::never : reasons::unknown);
}

constexpr std::size_t keptTokens = 16'384;

std::string_view roleName(GuardRole role)
{
    return role == GuardRole::Viewer ? "viewer" : role == GuardRole::Operator ? "operator" : "admin";
}

Verdict denied(const Denial &denial, std::string_view text)
{
    Verdict verdict;
    verdict.reason = denial.reason;
    verdict.at = std::min(denial.at, text.size());
    return verdict;
}

/// @ belongs into names of accounts; where none can be, it begins a variable.
std::optional<Denial> checkAccountMarks(const std::vector<Token> &tokens)
{
    const Word word = tokens.front().word;
    if (isAny(word, "GRANT"_w, "REVOKE"_w, "SHOW"_w, "CREATE"_w, "ALTER"_w, "DROP"_w))
        return std::nullopt;
    const auto mark = std::ranges::find(tokens, TokenKind::At, &Token::kind);
    return mark == tokens.end() ? std::nullopt : std::optional(Denial{reasons::userVariable, mark->begin});
}

} // namespace

Verdict judge(std::string_view text, const GuardContext &context)
{
    if (const auto denial = checkBytes(text))
        return denied(*denial, text);
    // kept, since fresh memory for the tokens of a long statement costs more than to read it
    static thread_local std::vector<Token> tokens;
    if (const auto denial = lexInAllModes(text, tokens))
        return denied(*denial, text);
    if (!context.schema.empty() && isSystemSchema(context.schema))
        return denied({reasons::systemSchema, 0}, text);
    if (const auto denial = checkAccountMarks(tokens))
        return denied(*denial, text);

    GuardParser p(text, tokens, context);
    p.verdict.allowed = judgeStatement(p);
    Verdict verdict = std::move(p.verdict);
    const std::size_t first = tokens.front().begin;
    if (tokens.capacity() > keptTokens)
        std::vector<Token>().swap(tokens);
    verdict.at = std::min(verdict.at, text.size());
    if (!verdict.allowed) {
        verdict.needsConfirmation = false;
        verdict.localAt.reset();
        verdict.subject = {};
    } else if (context.role && *context.role < verdict.leastRole) {
        verdict.allowed = false;
        verdict.reason = reasons::role;
        verdict.detail = roleName(verdict.leastRole);
        verdict.at = first;
    }
    return verdict;
}

std::string Verdict::why() const
{
    std::string words(reason.rule);
    if (!reason.text.empty())
        words.append(" ").append(reason.text);
    if (!detail.empty())
        words.append(": ").append(detail);
    return words;
}

std::optional<GuardRole> guardRoleFromString(std::string_view word)
{
    for (const GuardRole role : {GuardRole::Viewer, GuardRole::Operator, GuardRole::Admin}) {
        if (word == roleName(role))
            return role;
    }
    return std::nullopt;
}

std::optional<GuardFlavour> guardFlavourFromString(std::string_view word)
{
    return word == "mysql"     ? std::optional(GuardFlavour::MySql)
        : word == "mariadb" ? std::optional(GuardFlavour::MariaDb)
                            : std::nullopt;
}

} // namespace zandb::rules
