// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/sqltext.h"

#include <QString>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace zandb::store {
namespace {

std::string hex(std::string_view bytes)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2 + 3);
    text += "X'";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    text += '\'';
    return text;
}

std::string textLiteral(const std::string &bytes)
{
    if (!isUtf8(bytes))
        return hex(bytes);
    // a backslash means two things, depending on sql_mode; control characters are for no log's reader
    const bool plain = std::ranges::none_of(bytes, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f || c == '\\';
    });
    if (!plain)
        return "_utf8mb4 " + hex(bytes);
    std::string text;
    text.reserve(bytes.size() + 2);
    text += '\'';
    for (const char c : bytes) {
        if (c == '\'')
            text += '\'';
        text += c;
    }
    text += '\'';
    return text;
}

/// The end (one past) of the quoted part that begins at `at`; a doubled quote stays inside.
std::size_t quotedEnd(std::string_view sql, std::size_t at)
{
    const char quote = sql[at];
    for (std::size_t i = at + 1; i < sql.size(); ++i) {
        if (sql[i] != quote)
            continue;
        if (i + 1 < sql.size() && sql[i + 1] == quote) {
            ++i;
            continue;
        }
        return i + 1;
    }
    return sql.size();
}

} // namespace

bool isUtf8(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size();) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (first < 0xc2 || first > 0xf4 || i + length > bytes.size())
            return false;
        char32_t point = first & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(bytes[i + k]);
            if ((next & 0xc0) != 0x80)
                return false;
            point = point << 6 | (next & 0x3fu);
        }
        if ((length == 3 && point < 0x800) || (length == 4 && point < 0x10000) || point > 0x10ffff
            || (point >= 0xd800 && point <= 0xdfff))
            return false;
        i += length;
    }
    return true;
}

std::string literal(const Value &value)
{
    if (const auto *number = std::get_if<std::int64_t>(&value))
        return std::to_string(*number);
    if (const auto *real = std::get_if<double>(&value)) {
        if (!std::isfinite(*real))
            return "NULL";
        char text[40];
        std::snprintf(text, sizeof text, "%.17e", *real); // an exponent makes it a DOUBLE, not a DECIMAL
        return text;
    }
    if (const auto *bytes = std::get_if<std::string>(&value))
        return textLiteral(*bytes);
    return "NULL";
}

Result<std::string> substitute(std::string_view sql, const std::vector<Value> &arguments)
{
    std::string out;
    out.reserve(sql.size() + arguments.size() * 24);
    std::size_t used = 0;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        if (c == '\'' || c == '"' || c == '`') {
            const std::size_t end = quotedEnd(sql, i);
            out += sql.substr(i, end - i);
            i = end;
        } else if (c == '-' && sql.substr(i, 3) == "-- ") {
            const std::size_t end = std::min(sql.find('\n', i), sql.size());
            out += sql.substr(i, end - i);
            i = end;
        } else if (c == '?') {
            if (used == arguments.size())
                return fail(errors::internal, {{"detail", "fewer arguments than marks"}});
            out += literal(arguments[used++]);
            ++i;
        } else {
            out += c;
            ++i;
        }
    }
    if (used != arguments.size())
        return fail(errors::internal, {{"detail", "more arguments than marks"}});
    return out;
}

std::string textFor(const std::string &text, qsizetype longest)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).left(longest).toStdString();
}

std::string identifier(std::string_view name)
{
    std::string text = "`";
    for (const char c : name) {
        if (c == '`')
            text += '`';
        if (c != '\0')
            text += c;
    }
    return text + '`';
}

std::string marks(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += i == 0 ? "?" : ",?";
    return text;
}

std::string markRows(std::size_t rows, std::size_t columns)
{
    const std::string row = '(' + marks(columns) + ')';
    std::string text;
    for (std::size_t i = 0; i < rows; ++i) {
        if (i > 0)
            text += ',';
        text += row;
    }
    return text;
}

void append(std::vector<Value> &arguments, std::initializer_list<Value> more)
{
    arguments.insert(arguments.end(), more.begin(), more.end());
}

} // namespace zandb::store
