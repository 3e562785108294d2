// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/kinds.h"

#include "agent/batchsql/sqlundo.h"
#include "agent/batchsql/sqlwork.h"

namespace zandb::agent {

void addSqlKinds(Kinds &kinds)
{
    Kind sql;
    sql.run = sqlWork;
    sql.isIdempotent = false; // whether an interrupted one has written nobody can say
    sql.leastRole = Role::Operator;
    sql.dispatcher = ByDispatcher::No;
    sql.pool = Pool::Short;
    Kind undo = sql;
    undo.run = sqlUndoWork;
    kinds["sql_undo"] = std::move(undo);
    kinds["sql"] = std::move(sql);
}

} // namespace zandb::agent
