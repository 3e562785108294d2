// SPDX-License-Identifier: GPL-3.0-or-later
// Class T: replication.  SET GLOBAL read_only is judged among the variables.
#include "agent/rules/guardparser.h"

namespace zandb::rules {
namespace {

bool syntax(GuardParser &p)
{
    return p.deny(reasons::replicationSyntax);
}

bool takeThread(GuardParser &p)
{
    return p.take("IO_THREAD"_w) || p.take("SQL_THREAD"_w) || p.take("RELAY_THREAD"_w);
}

bool parseThreads(GuardParser &p)
{
    if (!takeThread(p))
        return true;
    while (p.takeOp(","_op)) {
        if (!takeThread(p))
            return syntax(p);
    }
    return true;
}

/// [FOR CHANNEL 'c']
bool parseChannel(GuardParser &p)
{
    if (!p.takeAll("FOR"_w, "CHANNEL"_w))
        return true;
    if (!p.isText())
        return syntax(p);
    p.next();
    return true;
}

} // namespace

bool judgeReplication(GuardParser &p)
{
    p.verdict.statementClass = 'T';
    p.verdict.reason = reasons::replication;
    p.verdict.leastRole = GuardRole::Admin;
    p.verdict.needsConfirmation = true;
    const bool reset = p.isWord("RESET"_w);
    p.verdict.subject.resetsReplica = reset;
    p.next();
    if (!reset && p.takeAll("ALL"_w, "SLAVES"_w))
        return parseThreads(p) && p.expectEnd(reasons::replicationSyntax);
    if (!p.take("REPLICA"_w) && !p.take("SLAVE"_w))
        return syntax(p);
    if (reset)
        return parseChannel(p) && p.expectEnd(reasons::replicationSyntax);
    if (p.isText()) { // a connection of MariaDB
        p.next();
        return parseThreads(p) && p.expectEnd(reasons::replicationSyntax);
    }
    return parseThreads(p) && parseChannel(p) && p.expectEnd(reasons::replicationSyntax);
}

} // namespace zandb::rules
