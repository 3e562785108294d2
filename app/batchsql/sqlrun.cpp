// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlrun.h"

#include "agent/protocol/base64.h"

#include "app/workflow/newrun.h"

namespace zandb::batchsql {
namespace {

constexpr int mostStatements = 10'000;

RunDetail makeRunOf(const char *kind, const Instance &instance, Json args, const std::string &author, TimePoint now)
{
    workflow::ByHand wish;
    wish.kind = kind;
    wish.hostId = instance.hostId;
    wish.targetId = instance.id;
    wish.args = std::move(args);
    wish.policies.maxRetries = 0;
    wish.author = author;
    wish.now = now;
    return workflow::makeRun(wish);
}

} // namespace

RunDetail makeSqlRun(const Instance &instance, wire::SqlArgs args, const std::string &author, TimePoint now)
{
    args.instance = instance.name;
    return makeRunOf("sql", instance, Json(args), author, now);
}

RunDetail makeUndoRun(const Instance &instance, wire::SqlUndoArgs args, const std::string &author, TimePoint now)
{
    args.instance = instance.name;
    return makeRunOf("sql_undo", instance, Json(args), author, now);
}

void SqlResults::add(const Json &item)
{
    const auto number = item.is_object() && item.contains("statement") ? integerIn(item.at("statement"), 1, mostStatements) : std::nullopt;
    if (!number)
        return;
    if (m_statements.size() < static_cast<std::size_t>(*number))
        m_statements.resize(static_cast<std::size_t>(*number));
    StatementResult &statement = m_statements[static_cast<std::size_t>(*number - 1)];
    if (item.contains("done")) {
        if (auto end = decode<wire::SqlStatementEnd>(item))
            statement.end = std::move(*end);
        return;
    }
    if (item.contains("cols") && item.at("cols").is_array() && statement.columns.empty()) {
        for (const Json &column : item.at("cols"))
            statement.columns.push_back(column.is_object() && column.contains("name") && column.at("name").is_string() ? column.at("name").get<std::string>() : "");
    }
    if (item.contains("rows") && item.at("rows").is_array()) {
        for (const Json &row : item.at("rows")) {
            if (!row.is_array() || row.size() != statement.columns.size())
                continue;
            if (statement.rows.size() < m_mostRows)
                statement.rows.push_back(row);
            else
                ++statement.notKept;
        }
    }
}

std::string cellText(const Json &cell)
{
    if (cell.is_null())
        return "NULL";
    if (cell.is_string())
        return cell.get<std::string>();
    if (cell.is_object() && cell.contains("text") && cell.at("text").is_string())
        return cell.at("text").get<std::string>() + "...";
    if (cell.is_object() && cell.contains("b64") && cell.at("b64").is_string()) {
        // bytes that are no text: as they are written in SQL
        if (const auto bytes = fromBase64(cell.at("b64").get<std::string>())) {
            std::string hex = "0x";
            for (const char c : *bytes) {
                const auto byte = static_cast<unsigned char>(c);
                hex += "0123456789ABCDEF"[byte >> 4];
                hex += "0123456789ABCDEF"[byte & 15];
            }
            return hex + (cell.contains("cut") ? "..." : "");
        }
    }
    return dumpJson(cell);
}

std::string csvLine(const std::vector<Json> &cells)
{
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0)
            line += ',';
        if (cells[i].is_null())
            continue;
        const std::string text = cellText(cells[i]);
        if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos) {
            line += text;
            continue;
        }
        line += '"';
        for (const char c : text)
            line += c == '"' ? std::string("\"\"") : std::string(1, c);
        line += '"';
    }
    return line;
}

} // namespace zandb::batchsql
