// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlguard.h"

/// Every reason of the guard.  Codes are stable; the texts are for the offline verb and for logs.
namespace zandb::rules::reasons {

// step 1
inline constexpr GuardReason tooLong{"G1.1", "bytes.too_long", "the statement is longer than 65,536 bytes"};
inline constexpr GuardReason notUtf8{"G1.1", "bytes.not_utf8", "the text is no valid UTF-8"};
inline constexpr GuardReason control{"G1.1", "bytes.control", "control character other than TAB, LF and CR"};
inline constexpr GuardReason hidden{"G1.1", "bytes.hidden", "character that reorders or hides text"};
inline constexpr GuardReason lookAlike{"G1.1", "bytes.look_alike", "character that is not ASCII, outside of a literal, a name in backticks and a comment"};
inline constexpr GuardReason nothing{"G1.1", "bytes.nothing", "there is no statement, only space or comments"};

// step 2
inline constexpr GuardReason serverComment{"G1.2", "lexing.server_comment", "comment that servers execute"};
inline constexpr GuardReason strayEnd{"G1.2", "lexing.stray_comment_end", "*/ ends no comment"};
inline constexpr GuardReason nested{"G1.2", "lexing.nested_comment", "the beginning or end of a comment inside a comment"};
inline constexpr GuardReason openComment{"G1.2", "lexing.open_comment", "the comment has no end"};
inline constexpr GuardReason openString{"G1.2", "lexing.open_string", "the string has no end"};
inline constexpr GuardReason openName{"G1.2", "lexing.open_name", "the name in backticks has no end"};
inline constexpr GuardReason emptyName{"G1.2", "lexing.empty_name", "the name in backticks is empty"};
inline constexpr GuardReason dashes{"G1.2", "lexing.dashes", "-- without a space behind it: a comment or two signs"};
inline constexpr GuardReason backslash{"G1.2", "lexing.backslash", "backslash outside of a literal"};
inline constexpr GuardReason brace{"G1.2", "lexing.brace", "brace: an ODBC escape"};
inline constexpr GuardReason severalStatements{"G1.2", "lexing.several_statements", "; may only end the statement: one item is one statement"};
inline constexpr GuardReason userVariable{"G1.2", "lexing.user_variable", "user variable or account name in this place"};
inline constexpr GuardReason assignment{"G1.2", "lexing.assignment", ":= assigns"};
inline constexpr GuardReason colon{"G1.2", "lexing.label", "colon: a label"};
inline constexpr GuardReason placeholder{"G1.2", "lexing.placeholder", "? is a placeholder"};
inline constexpr GuardReason introducer{"G1.2", "lexing.introducer", "character set in front of a literal, other than _utf8mb4 and _binary"};
inline constexpr GuardReason national{"G1.2", "lexing.national", "N'...' has another character set"};
inline constexpr GuardReason number{"G1.2", "lexing.number", "number glued to a letter, or one that servers read differently"};
inline constexpr GuardReason dollar{"G1.2", "lexing.dollar", "name that begins with $: on newer servers the beginning of a string"};
inline constexpr GuardReason character{"G1.2", "lexing.character", "character that is part of no statement"};
inline constexpr GuardReason parentheses{"G1.2", "lexing.parentheses", "parentheses nested more than 50 deep"};
inline constexpr GuardReason unbalanced{"G1.2", "lexing.unbalanced", "parentheses do not pair"};
inline constexpr GuardReason modes{"G1.2", "lexing.modes", "with another sql_mode the string ends elsewhere"};
inline constexpr GuardReason doubleQuotes{"G1.2", "lexing.double_quotes", "\"...\" is only a value: no name, no alias, nothing before ("};
inline constexpr GuardReason hintPlace{"G1.2", "lexing.hint_place", "hint that does not stand right after SELECT"};
inline constexpr GuardReason hint{"G1.2", "lexing.hint", "hint that is not on the list"};
inline constexpr GuardReason hintTime{"G1.2", "lexing.hint_time", "MAX_EXECUTION_TIME beyond the limit of the order, or 0"};

// step 3
inline constexpr GuardReason function{"G1.3", "function.not_pure", "function that is not on the list of pure ones"};
inline constexpr GuardReason qualifiedCall{"G1.3", "function.qualified", "call of a stored function"};
inline constexpr GuardReason quotedCall{"G1.3", "function.quoted", "function name in backticks"};
inline constexpr GuardReason spacedCall{"G1.3", "function.spaced", "space before ( of a function that is then another one"};
inline constexpr GuardReason otherFlavour{"G1.3", "function.other_flavour", "not built into this server: a stored function would be called"};
inline constexpr GuardReason sequence{"G1.3", "function.sequence", "changes a sequence"};

// step 4
inline constexpr GuardReason role{"G1.4", "role", "needs a higher role"};
inline constexpr GuardReason unknown{"G1", "unknown", "no class of the rule names this statement"};
inline constexpr GuardReason systemSchema{"G1.4b", "schema.system_default", "a system schema is no default schema"};

inline constexpr GuardReason reads{"G1.4R", "reads", "reads"};
inline constexpr GuardReason readsSyntax{"G1.4R", "reads.syntax", "not a form of reading that the rule names"};
inline constexpr GuardReason into{"G1.4R", "reads.into", "INTO writes"};
inline constexpr GuardReason locks{"G1.4R", "reads.locks", "locking clause"};
inline constexpr GuardReason procedure{"G1.4R", "reads.procedure", "PROCEDURE"};
inline constexpr GuardReason noItem{"G1.4R", "reads.no_item", "SELECT without a select item"};
inline constexpr GuardReason secretTable{"G1.4R", "reads.secret_table", "table that holds hashes or what others typed"};
inline constexpr GuardReason secretShow{"G1.4R", "reads.secret_show", "SHOW that tells secrets"};
inline constexpr GuardReason withWrites{"G1.4R", "reads.with", "WITH that does not lead to a SELECT"};
inline constexpr GuardReason explained{"G1.4R", "reads.explained", "EXPLAIN of a statement that itself passes neither as a read nor as bounded DML"};
inline constexpr GuardReason analyzed{"G1.4R", "reads.analyzed", "EXPLAIN ANALYZE and ANALYZE run the statement, so it must read"};

inline constexpr GuardReason housekeeping{"G1.4M", "housekeeping", "housekeeping"};
inline constexpr GuardReason housekeepingSyntax{"G1.4M", "housekeeping.syntax", "not a form of housekeeping that the rule names"};
inline constexpr GuardReason housekeepingSystem{"G1.4M", "housekeeping.system_schema", "not on system schemas"};
inline constexpr GuardReason useFrm{"G1.4M", "housekeeping.use_frm", "REPAIR with USE_FRM"};
inline constexpr GuardReason flushLocks{"G1.4M", "housekeeping.flush_locks", "FLUSH TABLES without names, or with a lock"};
inline constexpr GuardReason buckets{"G1.4M", "housekeeping.buckets", "a histogram has 1 to 1024 buckets"};

inline constexpr GuardReason variables{"G1.4V", "variables", "variables"};
inline constexpr GuardReason variablesSyntax{"G1.4V", "variables.syntax", "not a form of SET that the rule names"};
inline constexpr GuardReason notListed{"G1.4V", "variables.not_listed", "variable that is not on list V"};
inline constexpr GuardReason notInSession{"G1.4V", "variables.not_in_session", "not one of the four that a session may set"};
inline constexpr GuardReason notLiteral{"G1.4V", "variables.not_literal", "the value is no literal"};
inline constexpr GuardReason variableName{"G1.4V", "variables.name", "name of a variable that is not pure ASCII"};

inline constexpr GuardReason indexes{"G1.4X", "indexes", "indexes and partitions"};
inline constexpr GuardReason indexesSyntax{"G1.4X", "indexes.syntax", "not a change of indexes or partitions that the rule names"};
inline constexpr GuardReason indexesSystem{"G1.4X", "indexes.system_schema", "not on system schemas"};
inline constexpr GuardReason primaryKey{"G1.4X", "indexes.primary_key", "the primary key"};

inline constexpr GuardReason dml{"G1.4D", "dml", "bounded change of rows"};
inline constexpr GuardReason dmlSyntax{"G1.4D", "dml.syntax", "not a form of bounded UPDATE or DELETE that the rule names"};
inline constexpr GuardReason noWhere{"G1.4D", "dml.no_where", "no WHERE"};
inline constexpr GuardReason noBound{"G1.4D", "dml.no_bound", "no WHERE with a bound"};
inline constexpr GuardReason noLimit{"G1.4D", "dml.no_limit", "no LIMIT"};
inline constexpr GuardReason limit{"G1.4D", "dml.limit", "LIMIT is no number from 1 to 10,000"};
inline constexpr GuardReason disjunction{"G1.4D", "dml.or", "OR, XOR or NOT in WHERE"};
inline constexpr GuardReason subquery{"G1.4D", "dml.subquery", "subquery"};
inline constexpr GuardReason severalTables{"G1.4D", "dml.several_tables", "more than one table, or an alias"};
inline constexpr GuardReason modifier{"G1.4D", "dml.modifier", "modifier"};
inline constexpr GuardReason dmlSystem{"G1.4D", "dml.system_schema", "not on system schemas"};
inline constexpr GuardReason value{"G1.4D", "dml.value", "not a value that the rule names"};

inline constexpr GuardReason toolTables{"G1.4H", "tool_tables", "tables of tools"};
inline constexpr GuardReason toolSyntax{"G1.4H", "tool_tables.syntax", "not a form of INSERT or REPLACE that the rule names"};
inline constexpr GuardReason notToolTable{"G1.4H", "tool_tables.not_listed", "INSERT and REPLACE only into percona.heartbeat, percona.checksums and dba_maint"};

inline constexpr GuardReason replication{"G1.4T", "replication", "replication"};
inline constexpr GuardReason replicationSyntax{"G1.4T", "replication.syntax", "not a form of START, STOP or RESET that the rule names"};

inline constexpr GuardReason accounts{"G1.4A", "accounts", "accounts"};
inline constexpr GuardReason accountsSyntax{"G1.4A", "accounts.syntax", "not a change of accounts that the rule names"};
inline constexpr GuardReason accountName{"G1.4A", "accounts.name", "not an account by its name"};
inline constexpr GuardReason secret{"G1.4A", "accounts.secret", "secret in the text"};
inline constexpr GuardReason noLogin{"G1.4A", "accounts.login", "an account is made only with auth_socket, unix_socket or ACCOUNT LOCK"};
inline constexpr GuardReason privilege{"G1.4A", "accounts.privilege", "privilege that is not granted on this level"};
inline constexpr GuardReason grantScope{"G1.4A", "accounts.scope", "privileges are granted on a named schema, a named table, or, of some, on *.*"};
inline constexpr GuardReason grantPattern{"G1.4A", "accounts.pattern", "the schema's name is a pattern here: write _ as \\_, and no %"};

// 5
inline constexpr GuardReason never{"G1.5", "never", "never through this path"};

} // namespace zandb::rules::reasons
