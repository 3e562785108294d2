// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sharding/shardimport.h"

#include "agent/protocol/json.h"
#include "models/common/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace zandb {
namespace {

struct ShardText
{
    Q_DECLARE_TR_FUNCTIONS(ShardText)
};

constexpr std::size_t mostFaults = 100;
constexpr std::size_t mostDetail = 80;

enum Field { Database, Number, Owner, Count, Schema, Dsn, FieldCount };
constexpr std::array<std::string_view, FieldCount> names{"database", "shard", "owner", "count", "schema", "dsn"};
using Cells = std::array<std::string, FieldCount>;

std::string cutText(std::string_view text)
{
    return qs(text).left(mostDetail).toStdString();
}

std::string trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos)
        return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

std::optional<std::int64_t> wholeNumber(const std::string &text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0 || number > mostShardNumber)
        return std::nullopt;
    return number;
}

std::optional<Field> fieldNamed(std::string_view name)
{
    std::string lower = trimmed(name);
    for (char &c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower == "instance")
        return Owner;
    if (lower == "shard_id" || lower == "number")
        return Number;
    if (lower == "shard_count" || lower == "shards")
        return Count;
    const auto found = std::ranges::find(names, lower);
    return found == names.end() ? std::nullopt : std::optional(static_cast<Field>(found - names.begin()));
}

class Import
{
public:
    explicit Import(std::string_view text) : m_text(text)
    {
        if (m_text.starts_with("\xef\xbb\xbf"))
            m_text.remove_prefix(3);
    }

    ShardImport csv()
    {
        std::vector<std::optional<Field>> heading;
        std::size_t columns = 0, line = 1;
        char separator = ',';
        while (!m_text.empty()) {
            const std::size_t began = line;
            if (heading.empty())
                separator = separatorOf(m_text.substr(0, m_text.find('\n')));
            const auto cells = record(separator, line);
            if (!cells) {
                fault(began, "quote");
                break;
            }
            if (cells->size() == 1 && trimmed(cells->front()).empty())
                continue;
            if (heading.empty()) {
                for (const std::string &cell : *cells)
                    heading.push_back(fieldNamed(cell));
                columns = cells->size();
                for (const Field field : {Database, Number, Owner}) {
                    if (std::ranges::count(heading, std::optional(field)) != 1) {
                        fault(began, "heading", std::string(names[field]));
                        return std::move(m_import);
                    }
                }
                continue;
            }
            if (cells->size() != columns) {
                fault(began, "cells", std::to_string(cells->size()) + '/' + std::to_string(columns));
                continue;
            }
            Cells values;
            for (std::size_t i = 0; i < columns; ++i) {
                if (heading[i])
                    values[*heading[i]] = trimmed((*cells)[i]);
            }
            if (!take(began, values))
                break;
        }
        if (heading.empty() && m_import.faultCount == 0)
            fault(1, "heading", "database");
        return std::move(m_import);
    }

    ShardImport json()
    {
        const auto parsed = parseJson(m_text, 8);
        if (!parsed) {
            const auto detail = parsed.error().fields.find("detail");
            const std::string why = detail == parsed.error().fields.end() ? std::string() : detail->second;
            fault(lineOfError(why), "json", cutText(why.substr(std::min(why.find("syntax error"), why.size()))));
            return std::move(m_import);
        }
        if (!parsed->is_array()) {
            fault(1, "json", "[");
            return std::move(m_import);
        }
        const std::vector<std::size_t> lines = entryLines();
        std::size_t at = 0;
        for (const Json &entry : *parsed) {
            const std::size_t line = at < lines.size() ? lines[at] : 1;
            ++at;
            if (!entry.is_object()) {
                fault(line, "object");
                continue;
            }
            Cells values;
            bool right = true;
            for (const auto &[name, value] : entry.items()) {
                const auto field = fieldNamed(name);
                if (!field || value.is_null())
                    continue;
                const auto number = integerIn(value, 0, mostShardNumber);
                if (value.is_string())
                    values[*field] = value.get<std::string>();
                else if (number && (*field == Number || *field == Count))
                    values[*field] = std::to_string(*number);
                else {
                    fault(line, names[*field], *field == Dsn ? std::string() : cutText(dumpJson(value)));
                    right = false;
                }
            }
            if (right && !take(line, values))
                break;
        }
        return std::move(m_import);
    }

private:
    void fault(std::size_t line, std::string_view code, const std::string &detail = {})
    {
        ++m_import.faultCount;
        if (m_import.faults.size() < mostFaults)
            m_import.faults.push_back({line, std::string(code), detail});
    }

    static char separatorOf(std::string_view heading)
    {
        char best = ',';
        for (const char one : {';', '\t'}) {
            if (std::ranges::count(heading, one) > std::ranges::count(heading, best))
                best = one;
        }
        return best;
    }

    /// The cells up to the end of the line, which may stand in quotes; none when a quote has no end.
    std::optional<std::vector<std::string>> record(char separator, std::size_t &line)
    {
        std::vector<std::string> cells(1);
        bool quoted = false, wasQuoted = false;
        std::size_t i = 0;
        for (; i < m_text.size(); ++i) {
            const char c = m_text[i];
            if (quoted) {
                line += c == '\n';
                if (c != '"')
                    cells.back() += c;
                else if (i + 1 < m_text.size() && m_text[i + 1] == '"')
                    cells.back() += m_text[i++];
                else
                    quoted = false;
            } else if (c == '"' && !wasQuoted && trimmed(cells.back()).empty()) {
                quoted = wasQuoted = true;
                cells.back().clear();
            } else if (c == separator) {
                cells.emplace_back();
                wasQuoted = false;
            } else if (c == '\n') {
                ++i;
                ++line;
                break;
            } else {
                cells.back() += c;
            }
        }
        m_text.remove_prefix(i);
        return quoted ? std::nullopt : std::optional(std::move(cells));
    }

    /// Where each entry of the array begins.  The text is valid JSON.
    std::vector<std::size_t> entryLines() const
    {
        std::vector<std::size_t> lines;
        std::size_t line = 1;
        int depth = 0;
        bool inText = false, expected = false;
        for (std::size_t i = 0; i < m_text.size(); ++i) {
            const char c = m_text[i];
            line += c == '\n';
            if (inText) {
                if (c == '\\')
                    ++i;
                else
                    inText = c != '"';
                continue;
            }
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
                continue;
            if (depth == 1 && expected && c != ']') {
                lines.push_back(line);
                expected = false;
            }
            inText = c == '"';
            if (c == '[' || c == '{')
                expected = ++depth == 1 || expected;
            else if (c == ']' || c == '}')
                --depth;
            else if (c == ',' && depth == 1)
                expected = true;
        }
        return lines;
    }

    /// The parser says "at line 3, column 7".
    static std::size_t lineOfError(const std::string &why)
    {
        const auto at = why.find("at line ");
        return at == std::string::npos ? 1 : std::max<std::size_t>(1, std::strtoul(why.c_str() + at + 8, nullptr, 10));
    }

    /// False: no more is taken.
    bool take(std::size_t line, const Cells &cells)
    {
        const auto length = [&](Field field) { return qs(cells[field]).size(); };
        const auto number = wholeNumber(cells[Number]);
        const auto count = cells[Count].empty() ? std::optional<std::int64_t>(0) : wholeNumber(cells[Count]);
        for (const std::string &cell : cells) {
            if (qs(cell).toStdString() != cell || cell.find('\0') != std::string::npos) {
                fault(line, "encoding");
                return true;
            }
        }
        const std::size_t before = m_import.faultCount;
        if (cells[Database].empty() || length(Database) > 128)
            fault(line, "database", cutText(cells[Database]));
        if (!number)
            fault(line, "shard", cutText(cells[Number]));
        if (cells[Owner].empty() || length(Owner) > 255)
            fault(line, "owner", cutText(cells[Owner]));
        if (!count)
            fault(line, "count", cutText(cells[Count]));
        if (length(Schema) > 64)
            fault(line, "schema", cutText(cells[Schema]));
        if (length(Dsn) > 512)
            fault(line, "dsn");
        else if (holdsPassword(cells[Dsn]))
            fault(line, "password");
        if (m_import.faultCount > before)
            return true;
        Shard shard;
        shard.database = cells[Database];
        shard.number = *number;
        shard.count = *count;
        shard.owner = cells[Owner];
        shard.schema = cells[Schema];
        shard.dsn = cells[Dsn];
        if (const auto [first, isNew] = m_lines.emplace(shardId(shard), line); !isNew) {
            fault(line, "twice", std::to_string(first->second));
            return true;
        }
        if (m_import.shards.size() == mostShards) {
            fault(line, "many");
            return false;
        }
        m_import.shards.push_back(std::move(shard));
        return true;
    }

    std::string_view m_text;
    ShardImport m_import;
    std::map<Uuid, std::size_t> m_lines; ///< of each shard, to tell what stands twice
};

/// A cell that begins like a formula is one to a spreadsheet; that is the reader's, since a map must come back as it was.
std::string csvCell(const std::string &text)
{
    if (text.find_first_of(",;\t\"\n\r") == std::string::npos && text == trimmed(text))
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

} // namespace

ShardImport parseShards(std::string_view text, ShardFormat format)
{
    return format == ShardFormat::JsonFile ? Import(text).json() : Import(text).csv();
}

ShardFormat shardFormatOf(std::string_view file, std::string_view text)
{
    if (file.ends_with(".json") || file.ends_with(".JSON"))
        return ShardFormat::JsonFile;
    if (file.ends_with(".csv") || file.ends_with(".CSV"))
        return ShardFormat::CsvFile;
    const auto first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    return first != std::string_view::npos && (text[first] == '[' || text[first] == '{') ? ShardFormat::JsonFile : ShardFormat::CsvFile;
}

QString shardFaultText(const ShardImportFault &fault)
{
    const QString detail = qs(fault.detail);
    const auto what = [&]() -> QString {
        if (fault.code == "encoding")
            return ShardText::tr("the text is not UTF-8");
        if (fault.code == "quote")
            return ShardText::tr("a quotation mark has no end");
        if (fault.code == "heading")
            return ShardText::tr("the heading must name “%1” once").arg(detail);
        if (fault.code == "cells")
            return ShardText::tr("another number of cells than the heading has (%1)").arg(detail);
        if (fault.code == "json")
            return ShardText::tr("this is no JSON array of objects: %1").arg(detail);
        if (fault.code == "object")
            return ShardText::tr("an object is needed");
        if (fault.code == "database")
            return ShardText::tr("the logical database is missing or its name is too long: “%1”").arg(detail);
        if (fault.code == "shard")
            return ShardText::tr("the shard's number is missing or no whole number: “%1”").arg(detail);
        if (fault.code == "owner")
            return ShardText::tr("the owner (HOST/INSTANCE) is missing or too long: “%1”").arg(detail);
        if (fault.code == "count")
            return ShardText::tr("the number of shards is no whole number: “%1”").arg(detail);
        if (fault.code == "schema")
            return ShardText::tr("the schema's name is too long: “%1”").arg(detail);
        if (fault.code == "dsn")
            return ShardText::tr("the DSN is no text or too long");
        if (fault.code == "password")
            return ShardText::tr("the DSN holds a password; passwords do not belong into the map");
        if (fault.code == "twice")
            return ShardText::tr("the same shard stands in line %1 already").arg(detail);
        if (fault.code == "many")
            return ShardText::tr("more than a million shards");
        return qs(fault.code);
    };
    return ShardText::tr("line %1: %2").arg(QString::number(fault.line), what());
}

std::string writeShards(const std::vector<Shard> &shards, ShardFormat format)
{
    if (format == ShardFormat::JsonFile) {
        std::string text = "[";
        for (const Shard &shard : shards) {
            Json entry{{"database", shard.database}, {"shard", shard.number}, {"owner", shard.owner}};
            if (shard.count > 0)
                entry["count"] = shard.count;
            if (!shard.schema.empty())
                entry["schema"] = shard.schema;
            if (!shard.dsn.empty())
                entry["dsn"] = shard.dsn;
            text += (text.size() > 1 ? ",\n" : "\n") + dumpJson(entry);
        }
        return text + "\n]\n";
    }
    std::string text = "database,shard,owner,count,schema,dsn\n";
    for (const Shard &shard : shards)
        text += csvCell(shard.database) + ',' + std::to_string(shard.number) + ',' + csvCell(shard.owner) + ',' + (shard.count > 0 ? std::to_string(shard.count) : "") + ','
                + csvCell(shard.schema) + ',' + csvCell(shard.dsn) + '\n';
    return text;
}

} // namespace zandb
