// SPDX-License-Identifier: GPL-3.0-or-later
// Class R: SHOW, EXPLAIN, DESC, and ANALYZE of MariaDB.
#include "agent/rules/guardparser.h"

namespace zandb::rules {
namespace {

void beginReading(GuardParser &p)
{
    p.verdict.statementClass = 'R';
    p.verdict.reason = reasons::reads;
    p.verdict.leastRole = GuardRole::Viewer;
}

/// What may stand behind SHOW and in front of its LIKE, WHERE and FROM, with options before it left out.
bool takeShowSubject(GuardParser &p)
{
    while (p.isAnyWord("FULL"_w, "EXTENDED"_w, "GLOBAL"_w, "SESSION"_w, "LOCAL"_w, "STORAGE"_w, "OPEN"_w))
        p.next();
    if (p.takeAll("TABLE"_w, "STATUS"_w) || p.takeAll("BINARY"_w, "LOGS"_w) || p.takeAll("MASTER"_w, "LOGS"_w) || p.takeAll("MASTER"_w, "STATUS"_w)
        || p.takeAll("BINARY"_w, "LOG"_w, "STATUS"_w) || p.takeAll("BINLOG"_w, "STATUS"_w) || p.takeAll("CHARACTER"_w, "SET"_w)
        || p.takeAll("FUNCTION"_w, "STATUS"_w) || p.takeAll("PROCEDURE"_w, "STATUS"_w) || p.takeAll("PACKAGE"_w, "STATUS"_w)
        || p.takeAll("PACKAGE"_w, "BODY"_w, "STATUS"_w) || p.takeAll("EXPLAIN"_w, "FOR"_w) || p.takeAll("ANALYZE"_w, "FOR"_w)
        || p.takeAll("ALL"_w, "SLAVES"_w, "STATUS"_w) || p.takeAll("ALL"_w, "REPLICAS"_w, "STATUS"_w) || p.takeAll("REPLICA"_w, "STATUS"_w)
        || p.takeAll("SLAVE"_w, "STATUS"_w))
        return true;
    if (p.isAnyWord("SLAVE"_w, "REPLICA"_w) && p.isText(1) && p.isWord("STATUS"_w, 2)) {
        p.moveTo(p.index() + 3); // of one connection of MariaDB
        return true;
    }
    if (p.isWord("ENGINE"_w) && p.isName(1) && isAny(p.peek(2).word, "STATUS"_w, "MUTEX"_w, "LOGS"_w)) {
        p.moveTo(p.index() + 3);
        return true;
    }
    if (p.isAnyWord("BINLOG"_w, "RELAYLOG"_w) && p.isWord("EVENTS"_w, 1)) {
        p.verdict.leastRole = GuardRole::Operator; // they hold rows
        p.moveTo(p.index() + 2);
        return true;
    }
    if (p.isAnyWord("TABLES"_w, "COLUMNS"_w, "FIELDS"_w, "PROCESSLIST"_w, "DATABASES"_w, "SCHEMAS"_w, "INDEX"_w, "INDEXES"_w, "KEYS"_w, "STATUS"_w,
                    "VARIABLES"_w, "CHARSET"_w, "COLLATION"_w, "ENGINES"_w, "ERRORS"_w, "WARNINGS"_w, "EVENTS"_w, "PLUGINS"_w, "PRIVILEGES"_w,
                    "PROFILE"_w, "PROFILES"_w, "TRIGGERS"_w, "AUTHORS"_w, "CONTRIBUTORS"_w, "CLIENT_STATISTICS"_w, "INDEX_STATISTICS"_w,
                    "TABLE_STATISTICS"_w, "USER_STATISTICS"_w, "LOCALES"_w, "QUERY_RESPONSE_TIME"_w, "WSREP_STATUS"_w, "WSREP_MEMBERSHIP"_w)
        || (p.isWord("COUNT"_w) && p.isOp("("_op, 1))) {
        if (!p.isWord("COUNT"_w))
            p.next();
        return true;
    }
    return false;
}

/// Behind SHOW CREATE.
bool judgeShowCreate(GuardParser &p)
{
    if (p.isAnyWord("USER"_w, "SERVER"_w))
        return p.deny(reasons::secretShow);
    if (!p.isAnyWord("DATABASE"_w, "SCHEMA"_w, "TABLE"_w, "VIEW"_w, "PROCEDURE"_w, "FUNCTION"_w, "TRIGGER"_w, "EVENT"_w, "SEQUENCE"_w, "PACKAGE"_w))
        return p.deny(reasons::readsSyntax);
    const bool package = p.isWord("PACKAGE"_w);
    p.next();
    if (package)
        p.take("BODY"_w);
    if (p.takeAll("IF"_w, "NOT"_w) && !p.take("EXISTS"_w))
        return p.deny(reasons::readsSyntax);
    return p.takeTable() ? p.expectEnd(reasons::readsSyntax) : p.deny(reasons::readsSyntax);
}

/// Behind SHOW GRANTS.
bool judgeShowGrants(GuardParser &p)
{
    p.verdict.subject.showsGrants = true;
    if (p.take("FOR"_w)) {
        if (p.take("CURRENT_USER"_w)) {
            if (p.takeOp("("_op) && !p.takeOp(")"_op))
                return p.deny(reasons::readsSyntax);
        } else if (!parseAccount(p, nullptr)) {
            return false;
        }
        if (p.take("USING"_w)) {
            do {
                if (!parseAccount(p, nullptr))
                    return false;
            } while (p.takeOp(","_op));
        }
    }
    return p.expectEnd(reasons::readsSyntax);
}

bool beginsReading(const GuardParser &p)
{
    return p.isOp("("_op) || p.isAnyWord("SELECT"_w, "WITH"_w, "TABLE"_w, "VALUES"_w);
}

/// FORMAT = JSON
bool takeFormat(GuardParser &p)
{
    if (!p.isWord("FORMAT"_w) || !p.isOp("="_op, 1) || (!p.isName(2) && p.peek(2).kind != TokenKind::Single))
        return false;
    p.moveTo(p.index() + 3);
    return true;
}

} // namespace

bool judgeShow(GuardParser &p)
{
    beginReading(p);
    p.next();
    if (p.take("CREATE"_w))
        return judgeShowCreate(p);
    if (p.take("GRANTS"_w))
        return judgeShowGrants(p);
    if (p.isWord("REPLICAS"_w) || (p.isAnyWord("SLAVE"_w, "REPLICA"_w) && p.isWord("HOSTS"_w, 1)))
        return p.deny(reasons::secretShow);
    return takeShowSubject(p) ? scanReading(p) : p.deny(reasons::readsSyntax);
}

bool judgeExplain(GuardParser &p)
{
    beginReading(p);
    const bool mariaDbs = p.isWord("ANALYZE"_w);
    p.next();
    bool analyze = mariaDbs;
    bool options = mariaDbs;
    while (true) {
        const std::size_t next = p.index() + 1;
        const bool more = isAny(p.token(next).word, "SELECT"_w, "WITH"_w, "VALUES"_w, "TABLE"_w, "UPDATE"_w, "DELETE"_w, "FORMAT"_w) || p.token(next).op == "("_op;
        if (takeFormat(p)) {
            options = true;
        } else if (!mariaDbs && p.isWord("ANALYZE"_w) && more) {
            analyze = options = true;
            p.next();
        } else if (!mariaDbs && p.isAnyWord("EXTENDED"_w, "PARTITIONS"_w) && more) {
            options = true;
            p.next();
        } else {
            break;
        }
    }
    if (beginsReading(p)) {
        if (!judgeReads(p))
            return false;
        if (!analyze)
            p.verdict.leastRole = GuardRole::Viewer; // nothing is read but the plan
        return true;
    }
    if (p.isAnyWord("UPDATE"_w, "DELETE"_w)) {
        if (analyze)
            return p.deny(reasons::analyzed);
        if (!judgeDml(p, true)) {
            p.verdict.statementClass = 'R';
            return false;
        }
        p.verdict.subject = {};
        p.verdict.needsConfirmation = false;
        beginReading(p);
        return true;
    }
    if (p.isAnyWord("INSERT"_w, "REPLACE"_w))
        return p.deny(analyze ? reasons::analyzed : reasons::explained);
    if (!analyze && p.takeAll("FOR"_w, "CONNECTION"_w)) {
        if (!p.integerOf(p.peek()))
            return p.deny(reasons::readsSyntax);
        p.next();
        return p.expectEnd(reasons::readsSyntax);
    }
    if (options || p.isAnyWord("ANALYZE"_w, "FOR"_w, "INTO"_w) || !p.takeTable())
        return p.deny(reasons::explained);
    if (!p.atEnd() && (p.isName() || p.peek().kind == TokenKind::Single))
        p.next(); // a column, or a pattern of columns
    return p.expectEnd(reasons::explained);
}

} // namespace zandb::rules
