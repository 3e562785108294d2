// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace zandb::agent {

/// A statement with its literals replaced by '?', cut to 200 bytes: fit for logs and errors.
std::string withoutLiterals(std::string_view statement);

struct TableName
{
    std::string schema; ///< "" when none is known
    std::string table;
};
/// The table a dump program reads with this statement of its own; empty for any other statement.  `schema` is the
/// session's, for names without one.
TableName tableDumped(std::string_view statement, std::string_view schema);
/// Whether a statement of a session with this default schema has the table at a place where a table stands: neither in a
/// literal, nor as a column, nor as a part of a longer name.  Letters compare without case.
bool namesTable(std::string_view statement, std::string_view schema, const TableName &table);

/// Whether this is one statement CREATE ... VIEW, as SHOW CREATE VIEW writes it, and nothing else.
bool isViewDefinition(std::string_view statement);

/// What mariadb-backup and others say of a statement they wait for holds other people's literals: these lines fit for logs.
class ToolLines
{
public:
    /// The line as it may be written; empty where nothing of it may (further lines of such a statement).
    std::string fit(std::string_view line);

private:
    bool m_inStatement = false;
};

} // namespace zandb::agent
