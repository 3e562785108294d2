// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a statement as JSON: cells, and packs of rows.
#include "agent/fleet/statementrunner.h"

#include "agent/protocol/base64.h"

namespace zandb::agent {
namespace {

/// BIT values come as bytes, most significant first.
std::string bitNumber(std::string_view bytes)
{
    std::uint64_t number = 0;
    for (const char byte : bytes)
        number = number << 8 | static_cast<unsigned char>(byte);
    return std::to_string(number);
}

} // namespace

Json cellToJson(const SqlCell &cell, const SqlColumn &column)
{
    if (!cell.bytes)
        return nullptr;
    Json value;
    if (column.type == "bit")
        value = bitNumber(*cell.bytes);
    else if (column.type == "binary" || column.type == "geometry")
        value = Json{{"b64", toBase64(*cell.bytes)}};
    else
        value = bytesToJson(*cell.bytes);
    if (!cell.isCut())
        return value;
    Json cut{{"cut", cell.size}};
    if (value.is_object())
        cut["b64"] = value["b64"];
    else
        cut["text"] = std::move(value);
    return cut;
}

void RowPacker::columns(const std::vector<SqlColumn> &columns)
{
    m_columns = columns;
    m_cols = Json::array();
    for (const SqlColumn &column : columns) {
        m_cols.push_back({{"name", bytesToJson(column.name)}, {"type", column.type}});
        if (column.isUnsigned)
            m_cols.back()["unsigned"] = true;
    }
    m_open = true;
}

void RowPacker::row(const std::vector<SqlCell> &row)
{
    Json values = Json::array();
    for (std::size_t i = 0; i < row.size(); ++i) {
        values.push_back(cellToJson(row[i], m_columns[i]));
        m_held += 8 + (row[i].bytes ? row[i].bytes->size() : 0);
    }
    m_rows.push_back(std::move(values));
    if (m_given ? m_held >= m_bytes : true)
        finish();
}

void RowPacker::finish()
{
    if (!m_open || (m_rows.empty() && m_given))
        return;
    Json item{{"rows", std::move(m_rows)}};
    if (!m_given)
        item["cols"] = m_cols;
    m_given = true;
    m_rows = Json::array();
    m_held = 0;
    m_give(std::move(item));
}

} // namespace zandb::agent
