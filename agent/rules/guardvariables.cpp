// SPDX-License-Identifier: GPL-3.0-or-later
// Class V: variables, from list V; and read_only, which is class T.
#include "agent/rules/guardparser.h"

#include <algorithm>

namespace zandb::rules {
namespace {

constexpr ListedVariable listV[] = {
    {"slow_query_log"}, {"long_query_time"}, {"min_examined_row_limit"}, {"log_queries_not_using_indexes"}, {"log_throttle_queries_not_using_indexes"},
    {"log_slow_admin_statements"}, {"log_slow_replica_statements"}, {"log_slow_slave_statements"}, {"log_slow_verbosity"}, {"log_slow_rate_limit"},
    {"log_output"}, {"general_log"}, {"log_error_verbosity"}, {"log_warnings"},
    {"max_connections"}, {"max_user_connections"}, {"max_connect_errors"}, {"connect_timeout"}, {"wait_timeout"}, {"interactive_timeout"},
    {"net_read_timeout"}, {"net_write_timeout"}, {"lock_wait_timeout"}, {"max_allowed_packet"}, {"max_execution_time"}, {"max_statement_time"},
    {"thread_cache_size"}, {"table_open_cache"}, {"table_definition_cache"}, {"tmp_table_size"}, {"max_heap_table_size"}, {"sort_buffer_size"},
    {"join_buffer_size"}, {"read_buffer_size"}, {"read_rnd_buffer_size"},
    {"binlog_cache_size"}, {"max_binlog_size"}, {"binlog_expire_logs_seconds"}, {"expire_logs_days"}, {"sync_binlog"}, {"event_scheduler"},
    {"innodb_flush_log_at_trx_commit"}, {"innodb_buffer_pool_size"}, {"innodb_io_capacity"}, {"innodb_io_capacity_max"}, {"innodb_max_dirty_pages_pct"},
    {"innodb_lock_wait_timeout"}, {"innodb_print_all_deadlocks"}, {"innodb_adaptive_hash_index"}, {"innodb_old_blocks_time"},
    {"innodb_online_alter_log_max_size"}, {"innodb_redo_log_capacity"}, {"innodb_stats_persistent_sample_pages"}, {"innodb_thread_concurrency"},
    {"replica_parallel_workers"}, {"replica_parallel_threads"}, {"replica_net_timeout"}, {"slave_parallel_workers"}, {"slave_parallel_threads"},
    {"slave_net_timeout"},
    {"rpl_semi_sync_master_enabled"}, {"rpl_semi_sync_slave_enabled"}, {"rpl_semi_sync_source_enabled"}, {"rpl_semi_sync_replica_enabled"},
    {"rpl_semi_sync_master_timeout"}, {"rpl_semi_sync_slave_timeout"}, {"rpl_semi_sync_source_timeout"}, {"rpl_semi_sync_replica_timeout"},
    {"read_only", 'T'}, {"super_read_only", 'T'},
};

constexpr std::string_view sessionVariables[] = {"lock_wait_timeout", "innodb_lock_wait_timeout", "max_execution_time", "max_statement_time"};

using Scope = GuardAssignment::Scope;

/// A variable's name in lower case.
bool parseVariable(GuardParser &p, std::string *name)
{
    if (!p.isName())
        return p.deny(reasons::variablesSyntax);
    *name = p.nameOf(p.peek());
    for (char &c : *name) {
        if (static_cast<unsigned char>(c) >= 0x80)
            return p.deny(reasons::variableName);
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    }
    return true;
}

/// Finds the variable on list V, and raises the statement's class to T where it is one of those.
bool checkListed(GuardParser &p, const std::string &name)
{
    const ListedVariable *variable = listedVariable(name);
    if (!variable)
        return p.deny(reasons::notListed);
    if (variable->statementClass == 'T') {
        p.verdict.statementClass = 'T';
        p.verdict.reason = reasons::replication;
        p.verdict.leastRole = GuardRole::Admin;
    }
    return true;
}

bool parseLiteral(GuardParser &p, std::string *value)
{
    const std::size_t begin = p.peek().begin;
    const bool isSigned = p.takeOp("-"_op) || p.takeOp("+"_op);
    const bool isNumber = p.peek().kind == TokenKind::Number;
    const bool isWord = p.isAnyWord("ON"_w, "OFF"_w, "TRUE"_w, "FALSE"_w, "FILE"_w, "TABLE"_w, "NONE"_w);
    if (!isNumber && (isSigned || (!p.isText() && !isWord)))
        return p.deny(reasons::notLiteral);
    *value = p.text().substr(begin, p.peek().end - begin);
    p.next();
    return p.atEnd() || p.isOp(","_op) || p.deny(reasons::notLiteral);
}

/// `sticky` is the scope that holds for assignments that name none.
bool parseAssignment(GuardParser &p, Scope *sticky)
{
    GuardAssignment assignment;
    assignment.scope = *sticky;
    if (p.peek().kind == TokenKind::System) {
        p.next();
        if (p.isAnyWord("GLOBAL"_w, "PERSIST"_w) && p.isOp("."_op, 1))
            assignment.scope = p.isWord("GLOBAL"_w) ? Scope::Global : Scope::Persist;
        else
            return p.deny(reasons::variablesSyntax);
        p.moveTo(p.index() + 2);
    } else if (p.isAnyWord("GLOBAL"_w, "PERSIST"_w, "PERSIST_ONLY"_w, "SESSION"_w) && p.isName(1)) {
        *sticky = assignment.scope = p.isWord("GLOBAL"_w) ? Scope::Global
            : p.isWord("PERSIST"_w)                       ? Scope::Persist
            : p.isWord("SESSION"_w)                       ? Scope::Session
                                                          : Scope::PersistOnly;
        p.next();
    }
    if (!parseVariable(p, &assignment.name))
        return false;
    if (assignment.scope != Scope::Session) {
        if (!checkListed(p, assignment.name))
            return false;
    } else if (std::ranges::find(sessionVariables, assignment.name) == std::end(sessionVariables)) {
        return p.deny(listedVariable(assignment.name) ? reasons::notInSession : reasons::notListed);
    }
    p.next();
    if (!p.takeOp("="_op))
        return p.deny(reasons::variablesSyntax);
    if (!parseLiteral(p, &assignment.value))
        return false;
    p.verdict.subject.assignments.push_back(std::move(assignment));
    return true;
}

bool resetPersist(GuardParser &p)
{
    GuardAssignment assignment;
    assignment.scope = Scope::Reset;
    p.moveTo(p.index() + 2);
    if (!parseVariable(p, &assignment.name) || !checkListed(p, assignment.name))
        return false;
    p.next();
    p.verdict.subject.assignments.push_back(std::move(assignment));
    return p.expectEnd(reasons::variablesSyntax);
}

} // namespace

const ListedVariable *listedVariable(std::string_view name)
{
    const auto found = std::ranges::find(listV, name, &ListedVariable::name);
    return found == std::end(listV) ? nullptr : found;
}

bool judgeVariables(GuardParser &p)
{
    if (p.isWord("SET"_w)
        && (isAny(p.peek(1).word, "NAMES"_w, "PASSWORD"_w, "ROLE"_w, "STATEMENT"_w, "TRANSACTION"_w, "CHARACTER"_w, "CHARSET"_w, "RESOURCE"_w, "DEFAULT"_w)
            || p.isWord("TRANSACTION"_w, 2)))
        return p.deny(reasons::never);
    p.verdict.statementClass = 'V';
    p.verdict.reason = reasons::variables;
    p.verdict.leastRole = GuardRole::Operator;
    p.verdict.needsConfirmation = true;
    if (p.isWord("RESET"_w))
        return resetPersist(p);
    p.next();
    Scope sticky = Scope::Session;
    do {
        if (!parseAssignment(p, &sticky))
            return false;
    } while (p.takeOp(","_op));
    return p.expectEnd(reasons::variablesSyntax);
}

} // namespace zandb::rules
