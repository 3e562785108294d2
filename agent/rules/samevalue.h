// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Whether two texts are the same value of a server's variable.  Option files, servers and people write one value in many ways.
/// Pure and thread-safe.
namespace zandb::rules {

/// What is known of a variable.  With `Unknown`, its name and the texts tell what they can.
enum class ValueKind {
    Unknown,
    Boolean, ///< ON, 1, TRUE, YES; OFF, 0, FALSE, NO
    Number,  ///< whole or decimal; K M G T P E are powers of 1024
    Word,    ///< one of `words`, in any case, or its position, from 0
    Set,     ///< words divided by commas, in any order and case; NAME=VALUE is a word too (optimizer_switch)
    Path,    ///< of a file or directory: a slash at the end, a doubled slash and /./ mean nothing
    Text     ///< each byte counts
};

struct ValueMeaning
{
    ValueKind kind = ValueKind::Unknown;
    std::vector<std::string> words = {}; ///< of Word and Set, in the server's order; empty: not known
};

/// The name as servers spell variables: lower case, `_` for `-`.
std::string variableName(std::string_view name);

/// The meaning that the name of a variable tells: paths (datadir, ..._file, ..._dir, ...), sets (sql_mode, optimizer_switch, ...) and texts whose order
/// counts (init_connect, authentication_policy, ...).  All others are Unknown.
ValueMeaning meaningOf(std::string_view name);

/// `ON` and `1`, `16M` and `16777216`, `10` and `10.000000`, `A,B` and `B,A`, `/tmp` and `/tmp/` are the same.  Of an Unknown meaning lists are
/// sets when all their parts are words, words are the same in any case, and a text that begins with a slash is a path.
bool sameValue(std::string_view one, std::string_view other, const ValueMeaning &meaning = {});

/// The same for a variable: meaningOf(name).
bool sameValueOf(std::string_view name, std::string_view one, std::string_view other);

/// The whole number that a text with or without a suffix (16M) means; false: it is none, or beyond 64 bits.
bool wholeNumber(std::string_view text, long long &number);

} // namespace zandb::rules
