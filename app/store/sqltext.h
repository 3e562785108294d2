// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <QtGlobal>

/// Making SQL text.  Pure functions.
namespace zandb::store {

/// A literal that means the same whatever sql_mode says: text in quotes when nothing in it needs a backslash,
/// `_utf8mb4 X'..'` for other UTF-8, `X'..'` for bytes.
std::string literal(const Value &value);
/// Replaces each `?` outside of quotes, backticks and comments.  Errors: internal when the counts differ.
Result<std::string> substitute(std::string_view sql, const std::vector<Value> &arguments);
/// An identifier in backticks.
std::string identifier(std::string_view name);
bool isUtf8(std::string_view bytes);
/// A text from outside for a column of `longest` characters: no longer, and UTF-8.
std::string textFor(const std::string &text, qsizetype longest);

/// `?,?,?`
std::string marks(std::size_t count);
/// `(?,?),(?,?)`: for multi-row INSERTs.
std::string markRows(std::size_t rows, std::size_t columns);
void append(std::vector<Value> &arguments, std::initializer_list<Value> more);

} // namespace zandb::store
