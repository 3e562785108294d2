// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace zandb::agent {

/// A schema's or table's name as the file system has it ("na@0vve", "a@002eb") -> as SQL has it ("naïve", "a.b").  Both
/// flavours write letters beyond ASCII as '@' and two characters, everything else as '@' and four hex digits.  What is
/// neither stays as it is.
std::string decodeName(std::string_view name);
/// A name that decodes to this one.  Letters beyond ASCII have two spellings; this one is not the servers' own.
std::string encodeName(std::string_view name);

/// One text for schema and table, for people and for comparing: "shop.orders", and in backquotes where a dot or a
/// backquote inside a name would make it ambiguous: "`a.b`.`c`".
std::string tableText(std::string_view schema, std::string_view table);

} // namespace zandb::agent
