// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/rules/sqlguard.h"

#include <functional>

/// Rows of tables so that they can be put back exactly: BIT, FLOAT, DECIMAL, bytes of any character set, zero dates, NULL beside ''.
namespace zandb::agent {

/// A column that holds values of its own: generated ones are not among them.
struct RowColumn
{
    /// How its value is read and written.
    enum class Form {
        Number, ///< the server's own digits
        Double, ///< as many digits as make it exact, also of FLOAT
        Bit,    ///< as an unsigned integer
        Text,   ///< the bytes in the column's own character set
        Bytes,
        Json,   ///< MySQL's: its text
        Quoted, ///< a text that the server reads back: dates, UUID, INET6
        Unknown
    };
    std::string name;
    std::string type;      ///< "decimal(10,2) unsigned", as the server writes it
    std::string charset;   ///< of Form::Text
    Form form = Form::Unknown;
    bool onUpdate = false; ///< an UPDATE sets it to the current time unless it names it
    friend bool operator==(const RowColumn &, const RowColumn &) = default;
};

struct RowTable
{
    rules::GuardTable name;
    std::vector<RowColumn> columns;
    /// Indexes that name each row: the primary key first, then unique ones, of whole columns that are never NULL and not generated.
    std::vector<std::vector<std::string>> keys;

    const RowColumn *column(std::string_view name) const;
    std::size_t indexOf(std::string_view column) const; ///< columns.size() for none
};

using RowValues = std::vector<std::optional<std::string>>; ///< one for each column of the table

/// `schema`.`table`
std::string quoteTable(const rules::GuardTable &table);
/// Reads what the server says of the table, and holds its metadata lock until the end of the transaction.  A table that cannot be seen has no columns.
/// Errors: those of the queries.
Result<RowTable> readTable(SqlClient &client, const rules::GuardTable &table);

/// Reads all columns of rows: `tail` is what stands behind FROM t.  At most `bytes` of values, else backup of them is none: an empty optional.
/// A warning of the server (a value it could not give whole) ends it the same way.  Errors: those of the query.
Result<std::optional<std::vector<RowValues>>> readRows(SqlClient &client, const RowTable &table, const std::string &tail, std::int64_t bytes);

/// The value as it stands in a statement.
std::string literalOf(SqlClient &client, const RowColumn &column, const std::optional<std::string> &value);
/// "`id`=7 AND `name`='x'"
std::string keyCondition(SqlClient &client, const RowTable &table, const std::vector<std::string> &key, const RowValues &row);

} // namespace zandb::agent
