// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/slowlog/plan.h"

#include <QString>

/// A plan and its tables in words.  Translated where a translator is installed, so zandbctl prints them in English.
namespace zandb {

/// "full scan of many rows"
QString markText(PlanMark mark);
/// "table o AS a", "sort by c.name": what the node is, without its figures.
QString nodeText(const PlanNode &node);
/// "full scan", "by index lookup" for EXPLAIN's access types; the server's word for others.
QString accessText(const std::string &access);
/// How the explained text came from the one that was asked about; empty when it is the same.
QString asText(const std::string &as);
/// 20,051; 2.1 M for what is beyond a million.
QString planNumber(double number);
/// "id, name(10)"
QString indexColumnsText(const wire::ExplainedIndex &index);
/// Distinct values of the whole index, as the server estimates; empty when it does not say.
QString cardinalityText(const wire::ExplainedIndex &index);
/// "table of InnoDB", "view", "not found, or not to be seen".
QString tableKindText(const wire::ExplainedTable &table);

/// One line a node, indented; costly ones with "!!" and why.
QString planText(const Plan &plan);
/// Each table and its indexes; those that are used are marked.
QString tablesText(const wire::Explained &explained);
/// All of it for a ticket: statement, tree, EXPLAIN's table, tables.  `place`: "db1/my3306".
QString explainText(const wire::Explained &explained, const QString &place);

} // namespace zandb
