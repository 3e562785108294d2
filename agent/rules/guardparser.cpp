// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/guardparser.h"

#include <algorithm>
#include <charconv>

namespace zandb::rules {
namespace {

constexpr std::string_view systemSchemas[] = {"mysql", "sys", "information_schema", "performance_schema"};

constexpr std::string_view secretTables[] = {"user", "global_priv", "db", "tables_priv", "columns_priv", "procs_priv", "roles_mapping", "password_history",
                                             "slave_master_info", "servers", "proxies_priv", "general_log", "slow_log"};

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// The next code point of valid UTF-8.
std::uint32_t takeCodePoint(std::string_view &rest)
{
    const auto lead = static_cast<unsigned char>(rest.front());
    const std::size_t length = std::min<std::size_t>(lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, rest.size());
    std::uint32_t value = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i)
        value = value << 6 | (static_cast<unsigned char>(rest[i]) & 0x3fu);
    rest.remove_prefix(length);
    return value;
}

/// Letters of the Latin alphabet with marks, the marks themselves, and the same letters in other widths and styles.
bool foldsToAscii(std::uint32_t c)
{
    return (c >= 0xaa && c <= 0x24f) || (c >= 0x300 && c <= 0x36f) || (c >= 0x1e00 && c <= 0x1eff) || (c >= 0x2070 && c <= 0x209c)
        || (c >= 0x2100 && c <= 0x218f) || (c >= 0x24b6 && c <= 0x24e9) || (c >= 0xfb00 && c <= 0xfb06) || (c >= 0xff01 && c <= 0xff5e)
        || (c >= 0x1d400 && c <= 0x1d7ff);
}

} // namespace

bool couldBe(std::string_view name, std::string_view ascii)
{
    // nearly all names differ in their first letter
    if (!name.empty() && static_cast<unsigned char>(name.front()) < 0x80 && lower(name.front()) != ascii.front())
        return false;
    while (!name.empty() && name.back() == ' ')
        name.remove_suffix(1);
    // bit i: the first i characters of `ascii` have been found
    std::uint64_t reached = 1;
    while (!name.empty() && reached != 0) {
        if (static_cast<unsigned char>(name.front()) < 0x80) {
            std::uint64_t after = 0;
            for (std::size_t i = 0; i < ascii.size(); ++i) {
                if ((reached >> i & 1) != 0 && ascii[i] == lower(name.front()))
                    after |= std::uint64_t{1} << (i + 1);
            }
            reached = after;
            name.remove_prefix(1);
        } else {
            reached = foldsToAscii(takeCodePoint(name)) ? reached | reached << 1 | reached << 2 : 0;
        }
    }
    return (reached >> ascii.size() & 1) != 0;
}

bool isSystemSchema(std::string_view name)
{
    return std::ranges::any_of(systemSchemas, [&](std::string_view schema) { return couldBe(name, schema); });
}

bool isSecretTable(std::string_view schema, std::string_view table)
{
    if (couldBe(schema, "performance_schema"))
        return couldBe(table, "user_variables_by_thread");
    return couldBe(schema, "mysql") && std::ranges::any_of(secretTables, [&](std::string_view secret) { return couldBe(table, secret); });
}

bool isToolTable(const GuardTable &table)
{
    return table.schema == "dba_maint" || (table.schema == "percona" && (table.table == "heartbeat" || table.table == "checksums"));
}

std::optional<std::uint64_t> GuardParser::integerOf(const Token &token) const
{
    if (token.kind != TokenKind::Number)
        return std::nullopt;
    const std::string_view digits = textOf(token);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

std::optional<GuardTable> GuardParser::takeTable()
{
    if (!isName())
        return std::nullopt;
    GuardTable table{std::string(m_context.schema), nameOf(peek())};
    next();
    if (isOp("."_op)) {
        if (!isName(1))
            return std::nullopt;
        next();
        table.schema = std::move(table.table);
        table.table = nameOf(peek());
        next();
    }
    return table;
}

std::string GuardParser::printable(const Token &token) const
{
    std::string shown;
    for (const char c : textOf(token).substr(0, 40))
        shown += c >= 0x20 && c < 0x7f ? c : '?';
    return shown;
}

} // namespace zandb::rules
