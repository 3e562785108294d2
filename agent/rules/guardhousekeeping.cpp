// SPDX-License-Identifier: GPL-3.0-or-later
// Class M: housekeeping.
#include "agent/rules/guardparser.h"

namespace zandb::rules {
namespace {

bool syntax(GuardParser &p)
{
    return p.deny(reasons::housekeepingSyntax);
}

bool done(GuardParser &p)
{
    return p.expectEnd(reasons::housekeepingSyntax);
}

/// A table that is in no system schema.
bool parseTable(GuardParser &p)
{
    const Token first = p.peek();
    auto table = p.takeTable();
    if (!table)
        return syntax(p);
    if (isSystemSchema(table->schema))
        return p.deny(reasons::housekeepingSystem, first);
    p.verdict.subject.tables.push_back(std::move(*table));
    return true;
}

bool parseTables(GuardParser &p)
{
    do {
        if (!parseTable(p))
            return false;
    } while (p.takeOp(","_op));
    return true;
}

bool parseNames(GuardParser &p)
{
    do {
        if (!p.isName())
            return syntax(p);
        p.next();
    } while (p.takeOp(","_op));
    return true;
}

/// [LOCAL | NO_WRITE_TO_BINLOG] behind the first word, and where it belongs when it is not there.
void parseLocal(GuardParser &p)
{
    if (!p.take("LOCAL"_w) && !p.take("NO_WRITE_TO_BINLOG"_w))
        p.verdict.localAt = p.token(p.index() - 1).end;
}

bool parseTableWord(GuardParser &p)
{
    return p.take("TABLE"_w) || p.take("TABLES"_w) || syntax(p);
}

bool analyze(GuardParser &p)
{
    parseLocal(p);
    if (!parseTableWord(p) || !parseTables(p))
        return false;
    if (p.takeAll("PERSISTENT"_w, "FOR"_w, "ALL"_w))
        return done(p);
    if (p.takeAll("DROP"_w, "HISTOGRAM"_w, "ON"_w))
        return parseNames(p) && done(p);
    if (p.takeAll("UPDATE"_w, "HISTOGRAM"_w, "ON"_w)) {
        if (!parseNames(p))
            return false;
        if (p.take("WITH"_w)) {
            const auto n = p.integerOf(p.peek());
            if (!n || *n < 1 || *n > 1024)
                return p.deny(reasons::buckets);
            p.next();
            if (!p.take("BUCKETS"_w))
                return syntax(p);
        }
    }
    return done(p);
}

bool check(GuardParser &p)
{
    if (!parseTableWord(p) || !parseTables(p))
        return false;
    while (p.takeAll("FOR"_w, "UPGRADE"_w) || p.take("QUICK"_w) || p.take("FAST"_w) || p.take("MEDIUM"_w) || p.take("EXTENDED"_w) || p.take("CHANGED"_w)) { }
    return done(p);
}

bool checksum(GuardParser &p)
{
    if (!parseTableWord(p) || !parseTables(p))
        return false;
    if (!p.take("QUICK"_w))
        p.take("EXTENDED"_w);
    return done(p);
}

bool repair(GuardParser &p)
{
    p.verdict.needsConfirmation = true;
    parseLocal(p);
    if (!parseTableWord(p) || !parseTables(p))
        return false;
    while (p.take("QUICK"_w) || p.take("EXTENDED"_w)) { }
    if (p.isWord("USE_FRM"_w))
        return p.deny(reasons::useFrm);
    return done(p);
}

bool optimize(GuardParser &p)
{
    parseLocal(p);
    return parseTableWord(p) && parseTables(p) && done(p);
}

/// t [PARTITION (p, ...)] [{INDEX | KEY} (i, ...)]
bool parseIndexes(GuardParser &p)
{
    if (!parseTable(p))
        return false;
    if (p.isWord("PARTITION"_w) && p.isOp("("_op, 1)) {
        p.moveTo(p.index() + 2);
        if (!p.take("ALL"_w) && !parseNames(p))
            return false;
        if (!p.takeOp(")"_op))
            return syntax(p);
    }
    if (p.isAnyWord("INDEX"_w, "KEY"_w)) {
        p.next();
        if (!p.takeOp("("_op))
            return syntax(p);
        if (!parseNames(p))
            return false;
        if (!p.takeOp(")"_op))
            return syntax(p);
    }
    return true;
}

bool cacheIndex(GuardParser &p)
{
    if (!p.take("INDEX"_w))
        return syntax(p);
    do {
        if (!parseIndexes(p))
            return false;
    } while (p.takeOp(","_op));
    if (!p.take("IN"_w) || !p.isName())
        return syntax(p);
    p.next();
    return done(p);
}

bool loadIndex(GuardParser &p)
{
    if (!p.takeAll("INDEX"_w, "INTO"_w, "CACHE"_w))
        return syntax(p);
    do {
        if (!parseIndexes(p))
            return false;
        p.takeAll("IGNORE"_w, "LEAVES"_w);
    } while (p.takeOp(","_op));
    return done(p);
}

bool flush(GuardParser &p)
{
    parseLocal(p);
    if (p.isAnyWord("TABLES"_w, "TABLE"_w)) {
        p.next();
        if (p.atEnd() || p.isWord("WITH"_w))
            return p.deny(reasons::flushLocks);
        if (!parseTables(p))
            return false;
        return p.expectEnd(reasons::flushLocks);
    }
    do {
        if (p.isAnyWord("BINARY"_w, "ENGINE"_w, "ERROR"_w, "GENERAL"_w, "SLOW"_w, "RELAY"_w) && p.isWord("LOGS"_w, 1)) {
            p.moveTo(p.index() + 2);
        } else if (!p.takeAll("QUERY"_w, "CACHE"_w)) {
            if (!p.isAnyWord("LOGS"_w, "STATUS"_w, "HOSTS"_w, "PRIVILEGES"_w, "USER_RESOURCES"_w, "OPTIMIZER_COSTS"_w, "SSL"_w))
                return syntax(p);
            p.next();
        }
    } while (p.takeOp(","_op));
    return done(p);
}

bool kill(GuardParser &p)
{
    if (!p.take("HARD"_w))
        p.take("SOFT"_w);
    if (!p.take("CONNECTION"_w))
        p.take("QUERY"_w);
    const auto thread = p.integerOf(p.peek());
    if (!thread)
        return syntax(p);
    p.verdict.subject.thread = *thread;
    p.next();
    return done(p);
}

bool alterInstance(GuardParser &p)
{
    const bool known = p.takeAll("INSTANCE"_w, "RELOAD"_w, "TLS"_w) || p.takeAll("INSTANCE"_w, "ROTATE"_w, "INNODB"_w, "MASTER"_w, "KEY"_w)
        || p.takeAll("INSTANCE"_w, "ENABLE"_w, "INNODB"_w, "REDO_LOG"_w);
    return known ? done(p) : syntax(p);
}

/// NOW() - INTERVAL n unit
bool parseAgo(GuardParser &p)
{
    if (!p.isWord("NOW"_w) || !p.isOp("("_op, 1) || !p.isOp(")"_op, 2))
        return syntax(p);
    if (!checkCall(p, p.index()))
        return false;
    p.moveTo(p.index() + 3);
    if (!p.takeOp("-"_op) || !p.take("INTERVAL"_w) || !p.integerOf(p.peek()) || !isIntervalUnit(p.peek(1).word))
        return syntax(p);
    p.moveTo(p.index() + 2);
    return true;
}

bool purge(GuardParser &p)
{
    p.verdict.subject.purges = true;
    p.verdict.needsConfirmation = true;
    if (!p.isAnyWord("BINARY"_w, "MASTER"_w) || !p.isWord("LOGS"_w, 1))
        return syntax(p);
    p.moveTo(p.index() + 2);
    if (p.take("TO"_w)) {
        if (!p.isText())
            return syntax(p);
        p.next();
        return done(p);
    }
    if (!p.take("BEFORE"_w))
        return syntax(p);
    if (p.isText())
        p.next();
    else if (!parseAgo(p))
        return false;
    return done(p);
}

} // namespace

bool judgeHousekeeping(GuardParser &p)
{
    p.verdict.statementClass = 'M';
    p.verdict.reason = reasons::housekeeping;
    p.verdict.leastRole = GuardRole::Operator;
    const Word word = p.peek().word;
    p.next();
    if (word == "ANALYZE"_w)
        return analyze(p);
    if (word == "OPTIMIZE"_w)
        return optimize(p);
    if (word == "CHECK"_w)
        return check(p);
    if (word == "CHECKSUM"_w)
        return checksum(p);
    if (word == "REPAIR"_w)
        return repair(p);
    if (word == "CACHE"_w)
        return cacheIndex(p);
    if (word == "LOAD"_w)
        return loadIndex(p);
    if (word == "FLUSH"_w)
        return flush(p);
    if (word == "KILL"_w)
        return kill(p);
    if (word == "ALTER"_w)
        return alterInstance(p);
    if (word == "PURGE"_w)
        return purge(p);
    return p.takeAll("QUERY"_w, "CACHE"_w) ? done(p) : syntax(p); // RESET
}

} // namespace zandb::rules
