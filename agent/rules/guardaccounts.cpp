// SPDX-License-Identifier: GPL-3.0-or-later
// Class A: accounts and what they may do.
#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

bool syntax(GuardParser &p)
{
    return p.deny(reasons::accountsSyntax);
}

bool done(GuardParser &p)
{
    return p.expectEnd(reasons::accountsSyntax);
}

bool keep(GuardParser &p, GuardAccount account)
{
    p.verdict.subject.accounts.push_back(std::move(account));
    return true;
}

bool parseAccounts(GuardParser &p)
{
    do {
        GuardAccount account;
        if (!parseAccount(p, &account))
            return false;
        keep(p, std::move(account));
    } while (p.takeOp(","_op));
    return true;
}

bool isSocketPlugin(GuardParser &p)
{
    const Token &token = p.peek();
    if (token.kind == TokenKind::Single) {
        const std::string_view quoted = p.textOf(token);
        return quoted == "'auth_socket'" || quoted == "'unix_socket'";
    }
    return p.isName() && isAny(wordOf(p.nameOf(token)), "AUTH_SOCKET"_w, "UNIX_SOCKET"_w);
}

/// WITH MAX_QUERIES_PER_HOUR n ...
bool parseLimits(GuardParser &p)
{
    if (!p.take("WITH"_w))
        return true;
    int count = 0;
    while (true) {
        const std::string name = p.isName() ? p.nameOf(p.peek()) : std::string();
        const bool known = p.isAnyWord("MAX_QUERIES_PER_HOUR"_w, "MAX_UPDATES_PER_HOUR"_w, "MAX_USER_CONNECTIONS"_w, "MAX_STATEMENT_TIME"_w)
            || (p.peek().kind == TokenKind::Name && name.size() == 24 && couldBe(name, "max_connections_per_hour"));
        if (!known)
            return count > 0 || syntax(p);
        p.next();
        if (!p.integerOf(p.peek()))
            return syntax(p);
        p.next();
        ++count;
    }
}

/// [WITH limits] [PASSWORD EXPIRE] [ACCOUNT LOCK | UNLOCK], each at most once.
bool parseAccountOptions(GuardParser &p, bool mayUnlock, bool *locks)
{
    bool password = false, account = false, limits = false;
    *locks = false;
    while (!p.atEnd()) {
        if (!limits && p.isWord("WITH"_w)) {
            limits = true;
            if (!parseLimits(p))
                return false;
        } else if (!password && p.takeAll("PASSWORD"_w, "EXPIRE"_w)) {
            password = true;
        } else if (!account && p.takeAll("ACCOUNT"_w, "LOCK"_w)) {
            account = *locks = p.verdict.subject.locks = true;
        } else if (!account && mayUnlock && p.takeAll("ACCOUNT"_w, "UNLOCK"_w)) {
            account = p.verdict.subject.unlocks = true;
        } else {
            return p.deny(p.isWord("IDENTIFIED"_w) || p.isAnyWord("AS"_w, "BY"_w) ? reasons::secret : reasons::accountsSyntax);
        }
    }
    return true;
}

bool takeIfExists(GuardParser &p) { return p.takeAll("IF"_w, "EXISTS"_w); }

bool alterUser(GuardParser &p)
{
    takeIfExists(p);
    if (!parseAccounts(p))
        return false;
    if (p.atEnd())
        return syntax(p);
    bool locks = false;
    return parseAccountOptions(p, true, &locks);
}

/// [IDENTIFIED {WITH | VIA} socket plugin]
bool parseLogin(GuardParser &p, bool *viaSocket)
{
    *viaSocket = false;
    if (!p.take("IDENTIFIED"_w))
        return true;
    if (!p.take("WITH"_w) && !p.take("VIA"_w))
        return p.deny(reasons::secret);
    if (!isSocketPlugin(p))
        return p.deny(reasons::noLogin);
    *viaSocket = true;
    p.next();
    if (p.isAnyWord("AS"_w, "BY"_w, "USING"_w))
        return p.deny(reasons::secret);
    return !p.isAnyWord("OR"_w, "AND"_w, "INITIAL"_w) || p.deny(reasons::noLogin);
}

bool createUser(GuardParser &p)
{
    p.takeAll("IF"_w, "NOT"_w, "EXISTS"_w);
    bool all = true;
    do {
        GuardAccount account;
        bool viaSocket = false;
        if (!parseAccount(p, &account) || !parseLogin(p, &viaSocket))
            return false;
        all = all && viaSocket;
        keep(p, std::move(account));
    } while (p.takeOp(","_op));
    bool locks = false;
    if (!parseAccountOptions(p, false, &locks))
        return false;
    return all || locks || p.deny(reasons::noLogin);
}

bool dropUser(GuardParser &p)
{
    takeIfExists(p);
    return parseAccounts(p) && done(p);
}

/// The words of one privilege with single spaces between; "" where none is.
std::string takePrivilege(GuardParser &p)
{
    std::string words;
    while (p.peek().kind == TokenKind::Name && !p.isAnyWord("ON"_w, "FROM"_w, "TO"_w)) {
        if (!words.empty())
            words += ' ';
        for (const char c : p.textOf(p.peek()))
            words += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        p.next();
    }
    return words;
}

bool isIn(std::string_view privilege, std::span<const std::string_view> list)
{
    return std::ranges::find(list, privilege) != list.end();
}

constexpr std::string_view schemaPrivileges[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "SHOW VIEW", "INDEX", "LOCK TABLES",
                                                 "CREATE TEMPORARY TABLES", "EVENT", "TRIGGER"};
constexpr std::string_view globalPrivileges[] = {"USAGE", "PROCESS", "REPLICATION CLIENT", "REPLICATION SLAVE", "RELOAD", "SHOW DATABASES", "BACKUP_ADMIN"};

enum class Level { Global, Schema, Table };

/// What ON names.  `patternAt` is the schema's token.
bool parseObject(GuardParser &p, Level *level, Token *schema)
{
    *schema = p.peek();
    if (p.isOp("*"_op) && p.isOp("."_op, 1) && p.isOp("*"_op, 2)) {
        *level = Level::Global;
        p.moveTo(p.index() + 3);
        return true;
    }
    if (!p.isName() || !p.isOp("."_op, 1) || !(p.isOp("*"_op, 2) || p.isName(2)))
        return p.deny(reasons::grantScope);
    *level = p.isOp("*"_op, 2) ? Level::Schema : Level::Table;
    p.moveTo(p.index() + 3);
    return true;
}

/// A schema's name in GRANT: for `s`.* both servers read _ and % as patterns, for `s`.`t` they do not (and know no backslash).
bool checkGranted(GuardParser &p, Level level, const Token &schema)
{
    const std::string name = p.nameOf(schema);
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool escaped = name[i] == '\\' && level == Level::Schema && i + 1 < name.size() && name[i + 1] == '_';
        if (name[i] == '%' || (name[i] == '\\' && !escaped) || (name[i] == '_' && level == Level::Schema))
            return p.deny(reasons::grantPattern, schema);
        i += escaped;
        plain += name[i];
    }
    if (level == Level::Table && p.nameOf(p.token(p.index() - 1)).find('%') != std::string::npos)
        return p.deny(reasons::grantPattern, p.token(p.index() - 1));
    return !(couldBe(plain, "mysql") || couldBe(plain, "sys")) || p.deny(reasons::grantScope, schema);
}

bool grant(GuardParser &p)
{
    std::vector<std::pair<std::string, Token>> privileges;
    do {
        const Token first = p.peek();
        privileges.emplace_back(takePrivilege(p), first);
        if (p.isOp("("_op))
            return p.deny(reasons::privilege); // of columns
        if (privileges.back().first.empty())
            return p.deny(p.isWord("ON"_w) || p.isWord("TO"_w) ? reasons::accountsSyntax : reasons::privilege);
    } while (p.takeOp(","_op));
    for (const auto &[privilege, token] : privileges) {
        if (!isIn(privilege, schemaPrivileges) && !isIn(privilege, globalPrivileges))
            return p.deny(reasons::privilege, token);
    }
    if (!p.take("ON"_w))
        return syntax(p);
    p.take("TABLE"_w);
    Level level{};
    Token schema;
    if (!parseObject(p, &level, &schema))
        return false;
    for (const auto &[privilege, token] : privileges) {
        if (level == Level::Global ? !isIn(privilege, globalPrivileges) : !isIn(privilege, schemaPrivileges))
            return p.deny(reasons::privilege, token);
        p.verdict.subject.privileges.push_back(privilege);
    }
    if (level != Level::Global && !checkGranted(p, level, schema))
        return false;
    if (!p.take("TO"_w))
        return syntax(p);
    if (!parseAccounts(p))
        return false;
    if (p.isWord("IDENTIFIED"_w))
        return p.deny(reasons::secret);
    return done(p);
}

/// Privileges that servers know by words of their own; dynamic ones end in _ADMIN and their like.  A name beside them is a role, but
/// roles have no ON.
bool revoke(GuardParser &p)
{
    if (p.takeAll("ALL"_w, "PRIVILEGES"_w) || p.take("ALL"_w)) {
        if (p.takeOp(","_op)) {
            if (!p.takeAll("GRANT"_w, "OPTION"_w) || !p.take("FROM"_w))
                return syntax(p);
            return parseAccounts(p) && done(p);
        }
    } else {
        do {
            if (p.isAnyWord("PROXY"_w, "ADMIN"_w, "IF"_w))
                return p.deny(reasons::privilege);
            if (takePrivilege(p).empty())
                return p.deny(reasons::privilege);
            if (p.takeOp("("_op)) {
                do {
                    if (!p.isName())
                        return syntax(p);
                    p.next();
                } while (p.takeOp(","_op));
                if (!p.takeOp(")"_op))
                    return syntax(p);
            }
        } while (p.takeOp(","_op));
    }
    if (!p.take("ON"_w))
        return p.deny(reasons::privilege); // a role
    if (!p.take("TABLE"_w) && !p.take("FUNCTION"_w))
        p.take("PROCEDURE"_w);
    Level level{};
    Token schema;
    if (!parseObject(p, &level, &schema))
        return false;
    if (!p.take("FROM"_w))
        return syntax(p);
    return parseAccounts(p) && done(p);
}

/// The text of a quoted or unquoted name; nothing where servers could read it differently.
std::optional<std::string> textOfName(GuardParser &p)
{
    const Token &token = p.peek();
    const std::string_view raw = p.textOf(token);
    if (token.kind == TokenKind::Single) {
        const std::string_view inner = raw.substr(1, raw.size() - 2);
        if (inner.find('\\') != std::string_view::npos || inner.find('\'') != std::string_view::npos)
            return std::nullopt;
        return std::string(inner);
    }
    if (token.kind == TokenKind::Name || token.kind == TokenKind::Backtick || token.kind == TokenKind::Host)
        return p.nameOf(token);
    return std::nullopt;
}

} // namespace

bool parseAccount(GuardParser &p, GuardAccount *account)
{
    if (p.peek().kind == TokenKind::Double)
        return p.deny(reasons::doubleQuotes);
    if (p.isAnyWord("CURRENT_USER"_w, "CURRENT_ROLE"_w, "USER"_w, "PUBLIC"_w, "NONE"_w, "ALL"_w, "DEFAULT"_w))
        return p.deny(reasons::accountName);
    const auto user = textOfName(p);
    if (!user || user->empty())
        return p.deny(reasons::accountName);
    const Token name = p.peek();
    p.next();
    GuardAccount named{*user, ""};
    if (p.peek().kind == TokenKind::At) {
        const Token mark = p.peek();
        p.next();
        const auto host = textOfName(p);
        if (!host || p.peek().spaced || mark.spaced || p.peek().kind == TokenKind::Name)
            return p.deny(reasons::accountName);
        named.host = *host;
        p.next();
    } else if (couldBe(*user, "public")) {
        return p.deny(reasons::accountName, name); // everybody, on MariaDB, in every quoting
    }
    if (account)
        *account = std::move(named);
    return true;
}

bool judgeAccounts(GuardParser &p)
{
    p.verdict.statementClass = 'A';
    p.verdict.reason = reasons::accounts;
    p.verdict.leastRole = GuardRole::Admin;
    p.verdict.needsConfirmation = true;
    const Word word = p.peek().word;
    using Act = GuardSubject::AccountAct;
    p.verdict.subject.accountAct = word == "GRANT"_w ? Act::Grant : word == "REVOKE"_w ? Act::Revoke : word == "ALTER"_w ? Act::Alter : word == "CREATE"_w ? Act::Create : Act::Drop;
    p.next();
    if (word == "GRANT"_w)
        return grant(p);
    if (word == "REVOKE"_w)
        return revoke(p);
    p.next(); // USER
    if (word == "ALTER"_w)
        return alterUser(p);
    return word == "CREATE"_w ? createUser(p) : dropUser(p);
}

} // namespace zandb::rules
