// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/checks/schematables.h"
#include "agent/protocol/checks.h"

namespace zandb::agent {

/// What the tables of one schema should not be: without a primary key, of another engine than InnoDB, with indexes whose work another does,
/// of several character sets.  Pure.
std::vector<wire::CheckFinding> findingsOf(const std::string &schema, const std::map<std::string, SchemaTable> &tables);

/// The index that does the work of `index`: its columns begin with the same ones in the same order.  A unique index is needed for what it forbids,
/// so only another unique one of exactly its columns does its work.  Of two equal ones the later by name is the needless one; the primary key never is.
/// Null: none.
const TableIndex *indexInstead(const SchemaTable &table, const TableIndex &index);

} // namespace zandb::agent
