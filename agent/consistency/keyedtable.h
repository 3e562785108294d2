// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/protocol/consistency.h"

namespace zandb::agent {

struct KeyedColumn
{
    std::string name;
    std::string type;      ///< "int unsigned", without the width that some versions write
    std::string dataType;  ///< "int"
    std::string charset;   ///< empty: no text
    std::string collation;
    bool nullable = false;
    bool generated = false; ///< and stored
};

/// A table as it is read for a comparison: its columns but the virtual ones, which say nothing of their own, and the key along which it is read.
struct KeyedTable
{
    std::string schema;
    std::string name;
    std::string why;                ///< it cannot be: as in wire::ConsistencyChunk
    std::vector<KeyedColumn> columns;
    std::string index;              ///< its name
    std::vector<std::size_t> key;   ///< its columns, by place

    /// Of all that must be the same on both servers, or their rows cannot be compared.
    std::string definition() const;
    std::vector<std::string> keyNames() const;
};

/// Errors: those of SqlClient::query().
Result<KeyedTable> readKeyedTable(SqlClient &client, const std::string &schema, const std::string &table);

/// The SELECT of rows behind `after` and not behind `upTo` in the order of the key; `limit` 0: all of them.
/// Errors: protocol.bad_params (a key that does not fit).
Result<std::string> chunkQuery(const KeyedTable &table, const wire::ConsistencyKey &after, const wire::ConsistencyKey &upTo, std::int64_t limit);
/// The SELECT of the rows with these keys.  Errors: protocol.bad_params.
Result<std::string> rowsQuery(const KeyedTable &table, const std::vector<wire::ConsistencyKey> &keys);

/// How values of a type are written in SQL: "number", "text", "bytes".
std::string literalKind(const KeyedColumn &column);

} // namespace zandb::agent
