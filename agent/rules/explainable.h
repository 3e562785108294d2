// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlguard.h"

/// Which statement's plan a server is asked for.  EXPLAIN of a SELECT can read rows while it plans, so only what the guard calls reading (class R) is
/// explained, and of a statement that writes the SELECT that finds the same rows.  Pure and reentrant.
namespace zandb::rules {

/// How the explained text came from the given one.
enum class ExplainedAs {
    Itself,
    WithoutLock, ///< FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE is left out
    OfUpdate,    ///< the rows that UPDATE finds
    OfDelete,    ///< the rows that DELETE finds
    OfInsert     ///< the SELECT of INSERT or REPLACE ... SELECT
};
/// Stable words: "itself", "without_lock", "update", "delete", "insert".
std::string_view toString(ExplainedAs as);

struct Explainable
{
    bool allowed = false;
    std::string text;                 ///< where allowed: what EXPLAIN is put before
    ExplainedAs as = ExplainedAs::Itself;
    std::vector<GuardRead> tables;    ///< where allowed: each table it names, once for each alias
    /// Where refused: a stable code, either the guard's ("lexing.server_comment", "reads.into", "function.not_pure") or one of
    /// "explain.kind", "explain.values", "explain.set_subquery", "explain.form".
    std::string reason;
    std::string detail;               ///< where refused: plain English
};

/// Judges a statement, and builds the SELECT of one that writes.  What cannot be built surely is refused.  `context.role` is taken to be an operator's.
Explainable explainable(std::string_view statement, GuardContext context);

} // namespace zandb::rules
