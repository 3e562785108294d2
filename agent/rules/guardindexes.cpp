// SPDX-License-Identifier: GPL-3.0-or-later
// Class X: indexes and partitions.
#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

bool syntax(GuardParser &p)
{
    return p.deny(reasons::indexesSyntax);
}

using Action = GuardSubject::Action;

bool does(GuardParser &p, Action action)
{
    p.verdict.subject.actions.push_back(action);
    return true;
}

Action kindOfIndex(GuardParser &p)
{
    return p.isWord("UNIQUE"_w) ? Action::AddUnique : p.isWord("FULLTEXT"_w) ? Action::AddFulltext : p.isWord("SPATIAL"_w) ? Action::AddSpatial : Action::AddIndex;
}

bool isOfPartitions(Action action)
{
    return action == Action::Partition || action == Action::PartitionRebuild;
}

/// The statement is read to its end: where the online algorithm could be asked for.
bool endOf(GuardParser &p, bool named)
{
    if (!p.expectEnd(reasons::indexesSyntax))
        return false;
    GuardSubject &subject = p.verdict.subject;
    if (!named && std::ranges::none_of(subject.actions, isOfPartitions))
        subject.onlineAt = p.token(p.index() - 1).end;
    return true;
}

bool parseTable(GuardParser &p)
{
    const Token first = p.peek();
    auto table = p.takeTable();
    if (!table)
        return syntax(p);
    if (isSystemSchema(table->schema))
        return p.deny(reasons::indexesSystem, first);
    p.verdict.subject.tables.push_back(std::move(*table));
    return true;
}

bool parseName(GuardParser &p)
{
    if (!p.isName())
        return syntax(p);
    p.next();
    return true;
}

bool parseNames(GuardParser &p)
{
    do {
        if (!parseName(p))
            return false;
    } while (p.takeOp(","_op));
    return true;
}

/// An index that is not the primary key, which servers call PRIMARY in every case and quoting.
bool parseIndexName(GuardParser &p, bool dropped = false)
{
    if (!p.isName())
        return syntax(p);
    std::string name = p.nameOf(p.peek());
    if (couldBe(name, "primary"))
        return p.deny(reasons::primaryKey);
    if (dropped)
        p.verdict.subject.indexes.push_back(std::move(name));
    p.next();
    return true;
}

bool parseInteger(GuardParser &p)
{
    if (!p.integerOf(p.peek()))
        return syntax(p);
    p.next();
    return true;
}

/// The same word may be a name: IF is one only where EXISTS does not follow.
bool takeIfExists(GuardParser &p) { return p.takeAll("IF"_w, "EXISTS"_w); }
bool takeIfNotExists(GuardParser &p) { return p.takeAll("IF"_w, "NOT"_w, "EXISTS"_w); }

bool takeUsing(GuardParser &p)
{
    if (!p.isWord("USING"_w) || !isAny(p.peek(1).word, "BTREE"_w, "HASH"_w, "RTREE"_w))
        return false;
    p.moveTo(p.index() + 2);
    return true;
}

/// (column [(length)] [ASC | DESC], ...)
bool parseKeyParts(GuardParser &p)
{
    if (!p.takeOp("("_op))
        return syntax(p);
    do {
        if (!parseName(p))
            return false;
        if (p.takeOp("("_op)) {
            if (!parseInteger(p))
                return false;
            if (!p.takeOp(")"_op))
                return syntax(p);
        }
        if (!p.take("ASC"_w))
            p.take("DESC"_w);
    } while (p.takeOp(","_op));
    return p.takeOp(")"_op) || syntax(p);
}

bool parseIndexOptions(GuardParser &p)
{
    while (true) {
        if (takeUsing(p) || p.take("VISIBLE"_w) || p.take("INVISIBLE"_w) || p.takeAll("NOT"_w, "IGNORED"_w) || p.take("IGNORED"_w))
            continue;
        if (p.take("KEY_BLOCK_SIZE"_w)) {
            p.takeOp("="_op);
            if (!parseInteger(p))
                return false;
            continue;
        }
        if (p.take("COMMENT"_w)) {
            if (!p.isText())
                return syntax(p);
            p.next();
            continue;
        }
        return true;
    }
}

/// ALGORITHM [=] word, LOCK [=] word.
bool takeAlgorithmOrLock(GuardParser &p)
{
    const bool algorithm = p.isWord("ALGORITHM"_w);
    if (!algorithm && !p.isWord("LOCK"_w))
        return false;
    const std::size_t value = p.isOp("="_op, 1) ? 2 : 1;
    const Word word = p.peek(value).word;
    const bool known = algorithm ? isAny(word, "DEFAULT"_w, "INSTANT"_w, "INPLACE"_w, "COPY"_w, "NOCOPY"_w)
                                 : isAny(word, "DEFAULT"_w, "NONE"_w, "SHARED"_w, "EXCLUSIVE"_w);
    if (!known)
        return false;
    GuardSubject &subject = p.verdict.subject;
    subject.copies = subject.copies || (algorithm && word == "COPY"_w);
    subject.excludes = subject.excludes || (!algorithm && word == "EXCLUSIVE"_w);
    subject.locksOut = subject.excludes || subject.locksOut || (!algorithm && word == "SHARED"_w);
    p.moveTo(p.index() + value + 1);
    return true;
}

bool parseEngine(GuardParser &p)
{
    p.takeOp("="_op);
    if (!p.isName() || wordOf(p.nameOf(p.peek())) != "INNODB"_w)
        return syntax(p);
    p.next();
    return true;
}

bool parseComment(GuardParser &p)
{
    p.takeOp("="_op);
    if (!p.isText())
        return syntax(p);
    p.next();
    return true;
}

/// Constants, among them functions of constants, between parentheses.
bool parseBounds(GuardParser &p)
{
    if (!p.takeOp("("_op))
        return syntax(p);
    OperandRules rules;
    rules.columns = false;
    rules.toDays = true;
    rules.otherwise = reasons::indexesSyntax;
    do {
        if (p.take("MAXVALUE"_w))
            continue;
        if (p.isOp("("_op)) { // of several columns
            if (!parseBounds(p))
                return false;
        } else if (parseOperand(p, rules) == Operand::Denied) {
            return false;
        }
    } while (p.takeOp(","_op));
    return p.takeOp(")"_op) || syntax(p);
}

/// (PARTITION p [VALUES ...] [ENGINE=InnoDB] [COMMENT='...'], ...)
bool parsePartitions(GuardParser &p)
{
    if (!p.takeOp("("_op))
        return syntax(p);
    do {
        if (!p.take("PARTITION"_w))
            return syntax(p);
        if (!parseName(p))
            return false;
        if (p.takeAll("VALUES"_w, "LESS"_w, "THAN"_w)) {
            if (!p.take("MAXVALUE"_w) && !parseBounds(p))
                return false;
        } else if (p.takeAll("VALUES"_w, "IN"_w) && !parseBounds(p)) {
            return false;
        }
        while (!p.isOp(","_op) && !p.isOp(")"_op)) {
            if (p.take("ENGINE"_w)) {
                if (!parseEngine(p))
                    return false;
            } else if (!p.take("COMMENT"_w) || !parseComment(p)) {
                return syntax(p);
            }
        }
    } while (p.takeOp(","_op));
    return p.takeOp(")"_op) || syntax(p);
}

void takeLocal(GuardParser &p)
{
    if (!p.take("LOCAL"_w))
        p.take("NO_WRITE_TO_BINLOG"_w);
}

bool addIndex(GuardParser &p)
{
    does(p, kindOfIndex(p));
    bool kind = p.take("UNIQUE"_w) || p.take("FULLTEXT"_w) || p.take("SPATIAL"_w);
    kind = p.take("INDEX"_w) || p.take("KEY"_w) || kind;
    if (!kind)
        return syntax(p);
    takeIfNotExists(p);
    if (p.isName() && !p.isWord("USING"_w) && !parseIndexName(p))
        return false;
    takeUsing(p);
    return parseKeyParts(p) && parseIndexOptions(p);
}

bool add(GuardParser &p)
{
    if (!p.take("PARTITION"_w))
        return addIndex(p);
    does(p, Action::Partition);
    takeIfNotExists(p);
    takeLocal(p);
    return p.take("PARTITIONS"_w) ? parseInteger(p) : parsePartitions(p);
}

bool takeIndexWord(GuardParser &p)
{
    return p.take("INDEX"_w) || p.take("KEY"_w);
}

bool alterIndex(GuardParser &p)
{
    takeIfExists(p);
    if (!parseIndexName(p))
        return false;
    return p.take("VISIBLE"_w) || p.take("INVISIBLE"_w) || p.takeAll("NOT"_w, "IGNORED"_w) || p.take("IGNORED"_w) || syntax(p);
}

bool reorganize(GuardParser &p)
{
    takeLocal(p);
    if (!parseNames(p))
        return false;
    return p.take("INTO"_w) ? parsePartitions(p) : syntax(p);
}

/// {ANALYZE | CHECK | OPTIMIZE | REBUILD | REPAIR} PARTITION
bool maintainPartitions(GuardParser &p)
{
    takeLocal(p);
    return p.take("ALL"_w) || parseNames(p);
}

bool parseAction(GuardParser &p)
{
    if (takeAlgorithmOrLock(p))
        return true;
    if (p.take("FORCE"_w))
        return does(p, Action::Rebuild);
    if (p.take("ADD"_w))
        return add(p);
    if (p.take("DROP"_w)) {
        if (p.isWord("PRIMARY"_w))
            return p.deny(reasons::primaryKey);
        if (!takeIndexWord(p))
            return syntax(p);
        takeIfExists(p);
        return does(p, Action::DropIndex) && parseIndexName(p, true);
    }
    if (p.take("RENAME"_w)) {
        if (!takeIndexWord(p))
            return syntax(p);
        takeIfExists(p);
        if (!parseIndexName(p))
            return false;
        does(p, Action::RenameIndex);
        return p.take("TO"_w) ? parseIndexName(p) : syntax(p);
    }
    if (p.take("ALTER"_w))
        return takeIndexWord(p) ? does(p, Action::AlterIndex) && alterIndex(p) : syntax(p);
    if (p.take("ENGINE"_w))
        return does(p, Action::Rebuild) && parseEngine(p);
    if (p.isAnyWord("STATS_PERSISTENT"_w, "STATS_AUTO_RECALC"_w, "STATS_SAMPLE_PAGES"_w)) {
        does(p, Action::Stats);
        p.next();
        p.takeOp("="_op);
        return p.take("DEFAULT"_w) || parseInteger(p);
    }
    if (p.takeAll("REORGANIZE"_w, "PARTITION"_w))
        return does(p, Action::PartitionRebuild) && reorganize(p);
    if (p.takeAll("COALESCE"_w, "PARTITION"_w)) {
        does(p, Action::PartitionRebuild);
        takeLocal(p);
        return parseInteger(p);
    }
    if (p.isAnyWord("ANALYZE"_w, "CHECK"_w, "OPTIMIZE"_w, "REBUILD"_w, "REPAIR"_w) && p.isWord("PARTITION"_w, 1)) {
        does(p, p.isAnyWord("OPTIMIZE"_w, "REBUILD"_w) ? Action::PartitionRebuild : Action::Partition);
        p.moveTo(p.index() + 2);
        return maintainPartitions(p);
    }
    return syntax(p);
}

bool alterTable(GuardParser &p)
{
    p.moveTo(p.index() + 2);
    takeIfExists(p);
    if (!parseTable(p))
        return false;
    p.verdict.subject.isAlter = true;
    bool named = false;
    do {
        named = named || p.isAnyWord("ALGORITHM"_w, "LOCK"_w);
        if (!parseAction(p))
            return false;
    } while (p.takeOp(","_op));
    return endOf(p, named);
}

bool parseTrailer(GuardParser &p, bool named = false)
{
    named = named || p.isAnyWord("ALGORITHM"_w, "LOCK"_w);
    while (takeAlgorithmOrLock(p)) { }
    return endOf(p, named);
}

bool createIndex(GuardParser &p)
{
    p.next();
    does(p, kindOfIndex(p));
    if (!p.take("UNIQUE"_w) && !p.take("FULLTEXT"_w))
        p.take("SPATIAL"_w);
    if (!p.take("INDEX"_w))
        return syntax(p);
    takeIfNotExists(p);
    if (!parseIndexName(p))
        return false;
    takeUsing(p);
    if (!p.take("ON"_w))
        return syntax(p);
    return parseTable(p) && parseKeyParts(p) && parseIndexOptions(p) && parseTrailer(p);
}

bool dropIndex(GuardParser &p)
{
    p.moveTo(p.index() + 2);
    takeIfExists(p);
    if (!does(p, Action::DropIndex) || !parseIndexName(p, true))
        return false;
    if (!p.take("ON"_w))
        return syntax(p);
    return parseTable(p) && parseTrailer(p, true); // MariaDB knows neither word there
}

} // namespace

bool judgeIndexes(GuardParser &p)
{
    p.verdict.statementClass = 'X';
    p.verdict.reason = reasons::indexes;
    p.verdict.leastRole = GuardRole::Operator;
    p.verdict.needsConfirmation = true;
    if (p.isWord("ALTER"_w))
        return alterTable(p);
    return p.isWord("CREATE"_w) ? createIndex(p) : dropIndex(p);
}

} // namespace zandb::rules
